/** From texts and labels to a trained and measured classifier, in memory. */
import { ConfigError, UnsupportedError } from '../core/errors.ts';
import { splitDataset } from '../data/splits.ts';
import { chooseEngine } from '../engine/index.ts';
import { type StartWorker, threadsMissing } from '../engine/workers.ts';
import type { Evaluation } from '../evaluate/index.ts';
import { told } from '../models/arguments.ts';
import { fittedAtOnce } from '../models/family.ts';
import { chooseFromData } from '../settings/from-data.ts';
import { resolveSettings } from '../settings/resolve.ts';
import type { TrainingResult } from '../train/index.ts';
import { clock } from './clock.ts';
import { describeDoubt, doubtAbout } from './doubt.ts';
import { trainInWorker } from './in-worker.ts';
import { fitAtOnce, type Learned, type SplitDocuments, trainInSteps } from './learn.ts';
import { load } from './load.ts';
import { writeModelFiles } from './model-files.ts';
import { trainingTexts } from './parts.ts';
import { browserPlatform, type Platform } from './platform.ts';
import { createTextClassifier, type TextClassifier } from './text-classifier.ts';
import {
  datasetOf,
  optionsOf,
  type TrainContext,
  type TrainingTexts,
  type TrainTextsOptions,
} from './train-arguments.ts';
import { requireNoThresholds } from './trained.ts';

/** A classifier that was just trained. */
export interface TrainedClassifier extends TextClassifier {
  /** Its evaluation on the test documents, which it was not trained on. Throws if `data.fractions` leaves none. */
  readonly evaluation: Evaluation;
  /** How training went; null for a model that is fitted at once. */
  readonly training: TrainingResult | null;
  /** Documents of each part. */
  readonly parts: { readonly train: number; readonly val: number; readonly test: number };
  /**
   * Notices about the data and the result, one sentence each: copies, rows left out, no better than the majority
   * class.
   */
  readonly notices: readonly string[];
  /** Its files by name (`model.safetensors`, `config.json`, `tokenizer.json`, `README.md`): what `load` takes. */
  files(): Map<string, Uint8Array<ArrayBuffer>>;
  /** Writes its files into a folder, replacing a model there; only in Node. */
  save(folder: string): Promise<void>;
}

/**
 * Trains a classifier on texts and labels and measures it on the part of them that is kept for the test. Close it when it is
 * no longer needed.
 * @throws ConfigError for arguments and settings that cannot be used
 * @throws DataError for documents that cannot be used, such as those of one class alone
 * @throws NonFiniteError where the loss is not finite
 * @throws InterruptedError after `signal` is aborted
 */
export async function train(
  source: TrainingTexts,
  options: TrainTextsOptions = {},
  platform: Platform = browserPlatform,
): Promise<TrainedClassifier> {
  const { context, layers } = optionsOf(options);
  const settings = resolveSettings(...layers);
  const dataset = datasetOf(source);
  const { worker } = context;
  if (worker && platform.write)
    throw new ConfigError(
      '[train] worker must be left out in Node, which starts its threads itself, but one was given. Leave it out.',
    );
  if (worker && 'document' in globalThis) return trainElsewhere(source, options, worker, context);
  const { seed, ...how } = settings.data;
  const splits = splitDataset(dataset, { ...how, seed: seed ?? settings.train.seed });
  const choices = chooseFromData(trainingTexts(dataset, splits), settings, layers);
  const chosen = choices ? resolveSettings(choices.layer, ...layers) : settings;
  return trainOn({ dataset, splits, settings: chosen, choices }, context, platform);
}

/** Trains in a worker, and makes the classifier here. */
async function trainElsewhere(
  source: TrainingTexts,
  options: TrainTextsOptions,
  worker: StartWorker,
  { now, engine, ...watch }: TrainContext,
): Promise<TrainedClassifier> {
  const { listener: _listener, signal: _signal, worker: _worker, now: _now, gpu: _gpu, ...sent } = options;
  const { files, evaluation, ...rest } = await trainInWorker(worker, { source, options: sent }, watch);
  const classifier = await load(files, { ...(now && { now }), engine });
  return withResults(classifier, { ...rest, test: evaluation, files: () => new Map(files) }, browserPlatform);
}

/** Trains on documents that are read and split; errors as {@link train}. */
export async function trainOn(
  documents: SplitDocuments,
  context: TrainContext,
  platform: Platform,
): Promise<TrainedClassifier> {
  const { dataset, splits, settings } = documents;
  if (settings.train.auto) {
    throw new ConfigError(
      '[train.auto] must be false here: only unroll train and unroll cv choose between models. Name one in model.type.',
      { key: 'train.auto' },
    );
  }
  if (splits.val.length === 0) requireNoThresholds(settings);
  const { listener = () => undefined, threads, engine, now = clock, worker } = context;
  const notices = [...new Set([...dataset.notices, ...splits.notices])];
  for (const text of notices) void listener({ type: 'notice', text });
  const atOnce = fittedAtOnce(settings.model) !== undefined;
  // a model that is fitted at once computes without an engine
  const choice = atOnce ? undefined : chooseEngine(now, engine);
  if (choice?.name === 'wasm plain') void listener({ type: 'notice', text: OTHER_BITS });
  const asked = settings.train.threads;
  const missing = threadsMissing();
  if (choice && missing && asked !== 'auto' && asked > 1)
    void listener({ type: 'notice', level: 'warning', text: `one thread trains, not ${asked}: ${missing}` });
  const learned =
    choice === undefined
      ? await fitAtOnce(documents, context)
      : await trainInSteps(documents, context, platform, choice);
  const { test } = learned;
  const doubt = test ? doubtAbout(settings.model, learned.prepared, test) : undefined;
  if (doubt) {
    void listener(doubt);
    notices.push(describeDoubt(doubt));
  }
  // a separate session for predictions: texts may be longer than those of the training
  const classifier = await createTextClassifier(
    learned.files,
    (name) => name,
    { threads: platform.threads(threads ?? 1, worker), worker },
    choice,
  );
  const parts = { train: splits.train.length, val: splits.val.length, test: splits.test.length };
  const files = () => writeModelFiles(learned.files);
  return withResults(classifier, { ...learned, files, parts, notices }, platform);
}

/** The notice for an engine without relaxed SIMD. */
const OTHER_BITS =
  'this browser has no relaxed SIMD, so multiply-add is not fused: the result is as good, but differs in its last digits from one trained elsewhere';

/** A classifier with the facts of its training, and its files. */
function withResults(
  classifier: TextClassifier,
  {
    training,
    test,
    files,
    parts,
    notices,
  }: Pick<Learned, 'training' | 'test'> & Pick<TrainedClassifier, 'files' | 'parts' | 'notices'>,
  platform: Platform,
): TrainedClassifier {
  return {
    ...classifier,
    ...{ training, parts, notices },
    get evaluation() {
      if (test) return test;
      throw new ConfigError(
        '[evaluation] there must be test documents to measure on, but data.fractions leaves none. Give its third number, such as [0.8, 0.1, 0.1].',
        { key: 'data.fractions' },
      );
    },
    files,
    async save(folder) {
      if (typeof folder !== 'string')
        throw new ConfigError(`[save] folder must be a path, but got ${told(folder)}.`);
      if (!platform.write) {
        throw new UnsupportedError(
          '[save] a folder can only be written in Node. In a browser, take classifier.files() and offer them for download.',
        );
      }
      platform.write(folder, files());
    },
  };
}
