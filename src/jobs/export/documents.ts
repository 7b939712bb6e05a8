/** The documents that an export is measured and checked on: held out from the training, or given. */
import { existsSync } from 'node:fs';
import { resolveConfig } from '../../config/index.ts';
import { alignLabels, type Dataset, rowsOf } from '../../data/dataset.ts';
import type { ReadAs } from '../../data/read-as.ts';
import type { HeldOut } from '../../export/int8.ts';
import { readDescription, readRunConfig, readSplits } from '../../run/index.ts';
import type { Job } from '../context.ts';
import { isKnown, runOf } from '../run-of.ts';
import { readLabelled } from '../read-data.ts';
import { readRunData } from '../run-data.ts';

/** The documents that are available. */
export interface ExportDocuments {
  /** To measure on: the given ones, else the test part, else the validation part; undefined where there are none. */
  readonly measured: HeldOut | undefined;
  /** Texts to compare on: the validation part, else those measured on; empty where there are none. */
  readonly compared: readonly string[];
}

const NONE: ExportDocuments = { measured: undefined, compared: [] };

/**
 * Reads them.
 * @param source DATA as typed; undefined for the data of the run.
 * @throws DataError, FileError where DATA cannot be read
 */
export async function exportDocuments(
  model: string,
  source: string | undefined,
  { labelNames, readAs }: { readonly labelNames: readonly string[]; readonly readAs?: ReadAs | undefined },
  job: Job,
): Promise<ExportDocuments> {
  const run = runOf(model);
  const layers = existsSync(run.paths.config) ? [readRunConfig(run.paths.config)] : [];
  const config = resolveConfig(...layers);
  const heldOut = (dataset: Dataset, what: string): HeldOut => {
    const { texts, labels } = alignLabels(dataset, labelNames, { unseen: 'leave-out' });
    return { texts, labels, what };
  };
  if (source !== undefined) {
    const alone = { ...config, data: { ...config.data, val: null, test: null, min_class_size: 1 } };
    const given = heldOut(await readLabelled(source, alone, job, readAs ?? null), `documents of ${source}`);
    return { measured: given, compared: given.texts };
  }
  if (!isKnown(run)) return NONE;
  const { dataset } = await readRunData(readDescription(run.paths.description), config, job);
  if (!dataset) return NONE;
  const { val, test } = readSplits(run.paths.splits);
  const validation = heldOut(rowsOf(dataset, val), 'validation documents of the run');
  const tested = heldOut(rowsOf(dataset, test), 'test documents of the run');
  const measured = [tested, validation].find(({ texts }) => texts.length > 0);
  const compared = [validation, tested].find(({ texts }) => texts.length > 0);
  return { measured, compared: compared?.texts ?? [] };
}
