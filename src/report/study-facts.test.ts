import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { createStudy } from '../tune/index.ts';
import { openStorage } from '../tune/node.ts';
import { readStudy } from './study-facts.ts';

test('a trial that was run again counts once, as its last attempt', async () => {
  const file = join(temporaryFolder(), 'studies.db');
  const storage = await openStorage(file);
  const study = await createStudy({ storage, name: 's', onWarning: () => undefined });
  for (const value of [3, NaN, 1]) {
    const trial = await study.ask();
    if (value === 1) await study.park(trial);
    await study.tell(value === 1 ? await study.ask() : trial, value);
  }
  await storage.close();
  const { trials } = await readStudy(file);
  assert.deepEqual(
    trials.map(({ number, state }) => [number, state]),
    [
      [0, 'COMPLETE'],
      [1, 'FAIL'],
      [3, 'COMPLETE'],
    ],
  );
});
