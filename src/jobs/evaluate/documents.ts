/** The documents that a model is measured on: the test documents of its run, or others. */
import { existsSync } from 'node:fs';
import { basename, isAbsolute } from 'node:path';
import type { Config } from '../../config/schema.ts';
import { ConfigError, CorruptFileError, DataError } from '../../core/errors.ts';
import { classCounts, type Dataset, rowsOf } from '../../data/dataset.ts';
import { leaveOutRareClasses } from '../../data/rare-classes.ts';
import type { ReadAs } from '../../data/read-as.ts';
import { readDescription } from '../../run/description.ts';
import type { RunFolder } from '../../run/run-folder.ts';
import { readSplits } from '../../run/splits-file.ts';
import type { Job } from '../context.ts';
import { readLabelled } from '../read-data.ts';
import { findSource } from '../run-data.ts';
import { isKnown } from '../run-of.ts';
import { tellTrainedOn } from './trained-on.ts';

/** Documents to measure on. */
export interface Measured {
  readonly dataset: Dataset;
  /** Whether they are the run's own test documents. */
  readonly own: boolean;
}

/**
 * Reads the documents to measure on.
 * @param source DATA as typed; undefined for the data of the run.
 * @param like How the training data was read.
 * @param others The command that takes other documents, for messages.
 * @throws ConfigError where DATA is needed
 * @throws DataError where the data of the run is gone or has changed, or has no test documents
 */
export async function chooseDocuments(
  run: RunFolder,
  source: string | undefined,
  config: Config,
  job: Job,
  like: ReadAs | null,
  others = 'unroll evaluate RUN DATA',
): Promise<Measured> {
  // the files of validation and test documents, and what is rare, belong to the data of the run
  const { min_class_size: fewest } = config.data;
  const alone: Config = { ...config, data: { ...config.data, val: null, test: null, min_class_size: 1 } };
  if (!isKnown(run)) {
    if (source === undefined && existsSync(run.paths.description)) {
      throw new CorruptFileError(
        run.paths.splits,
        `[${run.path}] a run must have its ${basename(run.paths.splits)}, which names its test documents, but the file is gone. ` +
          `Restore it from a copy, or give documents of your own: ${others}.`,
      );
    }
    if (source === undefined) {
      throw new ConfigError(
        `[evaluate] ${run.path} is a model without its run, so DATA must be given: ${others}.`,
      );
    }
    return { dataset: await readLabelled(source, alone, job, like), own: false };
  }
  const { data } = readDescription(run.paths.description);
  const from = source ?? findSource(data, `Give it: ${others}, where - is standard input.`);
  if (source === undefined && isAbsolute(from) && !existsSync(from)) {
    throw new DataError(
      `[${run.path}] the data of the run must be where it was, but there is no ${from}. Put it back, or give its new place: ${others}.`,
    );
  }
  const read = await readLabelled(from, source === undefined ? config : alone, job, like);
  const frequent = source === undefined ? read : frequentClasses(read, fewest);
  const dataset = frequent.hash === data.hash ? frequent : read;
  if (dataset.hash !== data.hash) {
    if (source !== undefined) {
      await tellTrainedOn(dataset, run, job);
      return { dataset, own: false };
    }
    throw new DataError(
      `[${data.source}] the data must be that of the run, but has changed since (${dataset.texts.length} documents, then ${data.documents}). ` +
        `Restore the file, or give another: ${others}.`,
    );
  }
  const { test } = readSplits(run.paths.splits);
  if (test.length === 0) {
    throw new DataError(`[${run.path}] the run has no test documents. Give others: ${others}.`);
  }
  return { dataset: rowsOf(dataset, test), own: true };
}

/** The documents without rare classes; all of them where each class is rare, as in a small file. */
function frequentClasses(dataset: Dataset, fewest: number): Dataset {
  return classCounts(dataset).some((size) => size >= fewest) ? leaveOutRareClasses(dataset, fewest) : dataset;
}
