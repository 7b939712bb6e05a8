/** `train` and `load` of `unrolled` in Node: as in a browser, and from files and folders. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  load as loadAnywhere,
  type LoadOptions,
  type ModelSource,
  type TextClassifier,
  train as trainAnywhere,
  type TrainContext,
  type TrainedClassifier,
  type TrainingTexts,
  type TrainTextsOptions,
} from '../classifier/index.ts';
import type { Platform } from '../classifier/platform.ts';
import { trainOn } from '../classifier/train.ts';
import { optionsOf } from '../classifier/train-arguments.ts';
import { resolveConfig } from '../config/resolve.ts';
import type { ConfigInput } from '../config/schema.ts';
import { loadClassifier, makeFolder, writeFilesAtomic } from '../run/index.ts';
import { vectorsFor } from '../vectors/for-texts.ts';
import { beginJob } from './context.ts';
import { correctLabelled, readLabelled, splitLabelled, withAbsolutePaths } from './read-data.ts';
import { loadGpu, threadCount } from './sessions.ts';
import { chooseConfig } from './train/chosen.ts';

const platform: Platform = {
  gpu: loadGpu,
  threads: threadCount,
  vectors: (texts, settings, watch = {}) => vectorsFor(texts, settings, watch),
  write(folder, files) {
    makeFolder(dirname(folder), 'make the folder of the model');
    writeFilesAtomic(folder, files);
  },
};

/** The sections of a configuration, and the other options of a training. */
export type TrainFileOptions = ConfigInput & TrainContext;

/**
 * Trains a classifier and measures it on the part of the documents that is kept for the test. Nothing is written; `save`
 * does that. Close the classifier when it is no longer needed.
 * @param source Texts and labels; or a file, a folder with one sub-folder per class, or the name of a known data set.
 * @throws ConfigError for arguments and settings that cannot be used
 * @throws DataError for documents that cannot be used
 * @throws NonFiniteError where the loss is not finite
 * @throws InterruptedError after `signal` is aborted
 */
export async function train(source: TrainingTexts, options?: TrainTextsOptions): Promise<TrainedClassifier>;
export async function train(source: string, options?: TrainFileOptions): Promise<TrainedClassifier>;
export async function train(
  source: string | TrainingTexts,
  options: TrainFileOptions | TrainTextsOptions = {},
): Promise<TrainedClassifier> {
  if (typeof source !== 'string') return trainAnywhere(source, options, platform);
  const { context, layers } = optionsOf(options);
  const config = withAbsolutePaths(resolveConfig(...layers));
  // notices on the data come from `trainOn`
  const job = beginJob();
  const read = await readLabelled(source, config, job);
  const splits = await splitLabelled(read, config, job);
  const dataset = await correctLabelled(read, splits, config, job);
  const { settings, choices } = chooseConfig({ dataset, splits }, config, layers);
  return trainOn({ dataset, splits, settings, choices }, context, platform);
}

/**
 * Loads a saved classifier. Close it when it is no longer needed.
 * @param source A run folder or a model folder; an address (`https://...`) of one; or the files of a model.
 * @throws ConfigError for arguments that cannot be used
 * @throws FileError where a file is missing or cannot be read
 * @throws CorruptFileError where a file is damaged, or the files do not fit together
 */
export async function load(source: ModelSource, options: LoadOptions = {}): Promise<TextClassifier> {
  const address = typeof source === 'object' && source !== null && 'href' in source ? source.href : source;
  if (typeof address !== 'string' || /^(?:https?|blob|data):/.test(address))
    return loadAnywhere(source, options);
  const { fetch: _, ...rest } = options;
  return loadClassifier(address.startsWith('file:') ? fileURLToPath(address) : address, rest);
}
