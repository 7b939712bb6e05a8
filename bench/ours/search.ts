/** Whole studies: what sampler, storage and loop take beside the objective. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStudy, MemoryStorage, samplers } from '../../src/tune/index.ts';
import { openStorage } from '../../src/tune/storage/open.ts';
import type { SearchSpec } from '../support/protocol.ts';
import type { Work } from '../support/serve.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Sets studies up; each step is one of its own, with a seed of its own. */
export async function prepareSearch({ trials, storage }: SearchSpec): Promise<Work> {
  const folder = storage === 'sqlite' ? mkdtempSync(join(tmpdir(), 'unroll-bench-')) : undefined;
  const file =
    folder === undefined ? undefined : await openStorage(`sqlite:///${join(folder, 'studies.db')}`);
  let seed = 0;
  const step = async (): Promise<void> => {
    const sampler = samplers.create({ type: 'tpe' }, { seed: seed++ });
    const study = await createStudy({ storage: file ?? new MemoryStorage(), sampler });
    await study.optimize(
      (trial) => NAMES.reduce((sum, name) => sum + trial.suggestFloat(name, -5, 5) ** 2, 0),
      { trials },
    );
  };
  return {
    variants: { ours: { step, check: [] } },
    release: async () => {
      await file?.close();
      if (folder !== undefined) rmSync(folder, { recursive: true });
    },
  };
}
