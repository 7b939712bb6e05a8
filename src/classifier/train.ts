/** From texts and labels to a trained and measured classifier, in memory. */
import { ConfigError, DataError, InterruptedError, UnsupportedError, invariant } from '../core/errors.ts';
import { createDataset, type Dataset, type Row } from '../data/dataset.ts';
import { splitDataset, type Splits } from '../data/splits.ts';
import { chooseEngine, type EngineChoice, type EngineRequest } from '../engine/index.ts';
import { type StartWorker, threadsMissing } from '../engine/workers.ts';
import type { Evaluation } from '../evaluate/index.ts';
import { requireTexts, told } from '../models/arguments.ts';
import { networkOptionsOf, fittedAtOnce, openModel } from '../models/family.ts';
import { type Choices, chooseFromData } from '../settings/from-data.ts';
import { type ConfigLayer, plainLayer } from '../settings/layer.ts';
import { resolveSettings } from '../settings/resolve.ts';
import type { Settings, SettingsInput } from '../settings/sections.ts';
import { trainClassifier, type TrainingResult } from '../train/index.ts';
import type { GivenVectors } from '../vectors/place.ts';
import { clock } from './clock.ts';
import { type Device, type GpuModule, openDevice } from './device.ts';
import { describeDoubt, doubtAbout } from './doubt.ts';
import type { ClassifierEvent } from './events.ts';
import { writeModelFiles } from './model-files.ts';
import { fitModel } from './fit.ts';
import { trainInWorker } from './in-worker.ts';
import { prepareParts, type PreparedTexts, splitTexts, trainingTexts } from './parts.ts';
import { planOf, pretrainedOf, withVectors } from './plan.ts';
import { load } from './load.ts';
import { createTextClassifier, type TextClassifier } from './text-classifier.ts';
import {
  calibrate,
  describeFiles,
  measurePart,
  requireNoThresholds,
  type Trained,
  trainedAtOnce,
  trainedInSteps,
} from './trained.ts';

/** Documents to learn from. */
export interface TrainingTexts {
  /** The documents. */
  readonly texts: readonly string[];
  /** The class of each. */
  readonly labels: readonly (string | number)[];
  /** What to call them, in messages and in the model card. Default `texts`. */
  readonly name?: string;
}

/** What training gets beside its settings. All of it may be left out. */
export interface TrainContext {
  /** Hears what happens: notices, `prepared`, the events of training, and `doubt` about a model that is no use. `false` for an epoch ends training after it. */
  readonly listener?: (event: ClassifierEvent) => boolean | void | Promise<boolean | void>;
  /** Aborted to stop: training ends soon after with an InterruptedError, and nothing is kept. An AbortSignal. */
  readonly signal?: { readonly aborted: boolean };
  /**
   * Number of threads, from 1; it does not change the result. A page needs `worker` for more than one, and must be
   * cross-origin isolated: otherwise one thread trains, and a notice says so. Default `train.threads`.
   */
  readonly threads?: number;
  /**
   * In a page: starts a worker whose script imports `unrolled/worker`. Training runs there, and the page stays responsive.
   * In a worker of the page it starts further threads. Default: training runs where it is called.
   */
  readonly worker?: StartWorker;
  /**
   * In a page: loads the part for the GPU, `() => import('unrolled/gpu')`, where `train.device` is gpu or auto. With `worker`, the
   * worker loads it. Node needs none.
   */
  readonly gpu?: () => Promise<GpuModule>;
  /** An engine or a build to compute with, such as `reference`. Default the fastest. */
  readonly engine?: EngineRequest;
  /** Clock in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
}

/** The sections of a configuration, and what training gets beside them. */
export type TrainTextsOptions = SettingsInput & TrainContext;

/** A classifier that was just trained. */
export interface TrainedClassifier extends TextClassifier {
  /** How good it is on the test documents, which it has not seen. Asking for it throws where `data.fractions` leaves none. */
  readonly evaluation: Evaluation;
  /** How training went; null for a model that is fitted at once. */
  readonly training: TrainingResult | null;
  /** Documents of each part. */
  readonly parts: { readonly train: number; readonly val: number; readonly test: number };
  /** What there is to know about the data and the result, one sentence each: copies, rows left out, no better than the majority class. */
  readonly notices: readonly string[];
  /** Its files by name (`model.safetensors`, `config.json`, `tokenizer.json`, `README.md`): what `load` takes. */
  files(): Map<string, Uint8Array<ArrayBuffer>>;
  /** Writes its files into a folder, in the place of a model that stands there; in Node alone. */
  save(folder: string): Promise<void>;
}

/** What differs between Node and a browser. */
export interface Platform {
  /** The number of threads that `train.threads` stands for. */
  threads(setting: Settings['train']['threads'], worker?: StartWorker): number;
  /** Pretrained vectors that the settings name; left out where there are no files. */
  vectors?(texts: readonly string[], settings: Settings): Promise<GivenVectors | undefined>;
  /** Loads the part for the GPU; left out where a page names it. */
  gpu?(): Promise<GpuModule>;
  /** Writes the files of a folder; left out where there are no folders. */
  write?(folder: string, files: ReadonlyMap<string, Uint8Array>): void;
}

/** Most threads that are used unasked: beyond four, waiting for each other costs more than another one brings. */
const MOST_THREADS = 4;

/** Threads of a page are workers that it must start itself, on memory that it must be allowed to share. */
export const browserPlatform: Platform = {
  threads(setting, worker) {
    if (threadsMissing() !== undefined) return 1;
    if (setting !== 'auto') return setting;
    return worker ? Math.min(MOST_THREADS, navigator.hardwareConcurrency) : 1;
  },
};

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

/** Options of `train`, apart: what is not a section, and the sections as layers. @throws ConfigError */
export function optionsOf(options: TrainContext & object): {
  readonly context: TrainContext;
  readonly layers: readonly ConfigLayer[];
} {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ConfigError(
      `[train] the options must be an object such as { train: { epochs: 6 } }, but got ${told(options)}.`,
    );
  }
  const { listener, signal, threads, engine, now, worker, gpu, ...sections } = options;
  if (listener !== undefined && typeof listener !== 'function')
    throw new ConfigError(`[train] listener must be a function, but got ${told(listener)}.`);
  if (signal !== undefined && typeof (signal as unknown as AbortSignal | null)?.aborted !== 'boolean')
    throw new ConfigError(`[train] signal must be an AbortSignal, but got ${told(signal)}.`);
  if (worker !== undefined && typeof worker !== 'function')
    throw new ConfigError(
      `[train] worker must be a function that starts a worker, but got ${told(worker)}. Write () => new Worker(...).`,
    );
  if (gpu !== undefined && typeof gpu !== 'function')
    throw new ConfigError(`[train] gpu must be a function that loads unrolled/gpu, but got ${told(gpu)}.`);
  const context = {
    ...(gpu && { gpu }),
    ...(worker && { worker }),
    ...(listener && { listener }),
    ...(signal && { signal }),
    ...(threads !== undefined && { threads }),
    ...(engine && { engine }),
    ...(now && { now }),
  };
  const layers = [plainLayer(sections, 'the options of train')];
  if (threads !== undefined) layers.push(plainLayer({ train: { threads } }, 'threads'));
  return { context, layers };
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

function datasetOf(source: TrainingTexts): Dataset {
  if (typeof source === 'string') {
    throw new UnsupportedError(
      `[train] a file can only be read in Node, but got ${told(source)}. Read it, and give { texts, labels }.`,
    );
  }
  if (typeof source !== 'object' || source === null)
    throw new ConfigError(
      `[train] the documents must be { texts, labels }, but got ${told(source)}. Give a list of texts, and a list with the label of each.`,
    );
  const { texts, labels, name = 'texts' } = source;
  requireTexts('train', texts);
  if (!Array.isArray(labels))
    throw new ConfigError(`[train] labels must be a list of labels, but got ${told(labels)}.`);
  const wrong = labels.findIndex((label) => typeof label !== 'string' && typeof label !== 'number');
  if (wrong >= 0) {
    throw new ConfigError(
      `[train] labels[${wrong}] must be a text or a number, but got ${told(labels[wrong])}.`,
    );
  }
  if (texts.length !== labels.length) {
    throw new DataError(
      `[train] there must be a label for each text, but there are ${texts.length} texts and ${labels.length} labels. Leave out what has no label.`,
    );
  }
  return createDataset(
    texts.map((text, row): Row => ({ text, label: String(labels[row]), row })),
    { name },
  );
}

/** Documents that are read and split, and the complete settings. */
export interface SplitDocuments {
  readonly dataset: Dataset;
  readonly splits: Splits;
  readonly settings: Settings;
  /** Which of the settings follow from the data. Default none. */
  readonly choices?: Choices | null;
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
  const doubt = test && settings.model.type !== 'majority' ? doubtAbout(learned.prepared, test) : undefined;
  if (doubt) {
    void listener(doubt);
    notices.push(describeDoubt(doubt));
  }
  // a session of its own for predictions: texts may be longer than those of the training
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

/** Said where an engine without relaxed SIMD trains. */
const OTHER_BITS =
  'this browser has no relaxed SIMD, so multiply-add is not fused: the result is as good, but differs in its last digits from one trained elsewhere';

/** A classifier with what is known of its training, and its files. */
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

/** What a training comes to. */
interface Learned {
  readonly prepared: PreparedTexts;
  readonly training: TrainingResult | null;
  /** Null without a test part. */
  readonly test: Evaluation | null;
  readonly files: ReturnType<typeof describeFiles>;
}

function learned(trained: Trained, training: TrainingResult | null): Learned {
  const { prepared } = trained;
  const calibration = calibrate(trained);
  const measured = prepared.test.labels.length > 0 ? measurePart(trained, 'test', calibration) : null;
  const test = measured && measured.evaluation;
  return { prepared, training, test, files: describeFiles(trained, calibration, test) };
}

const pause = () => new Promise<void>((resolve) => setTimeout(resolve));

async function fitAtOnce(
  { dataset, splits, settings }: SplitDocuments,
  { listener = () => undefined, signal }: TrainContext,
): Promise<Learned> {
  const prepared = splitTexts(dataset, splits, (event) => void listener(event));
  const fitted = await fitModel(settings.model, prepared, settings, {
    listener: (event) => void listener(event),
    async pause() {
      await pause();
      if (signal?.aborted)
        throw new InterruptedError(
          '[train] stopped on request before the model was fitted; nothing was kept.',
        );
    },
  });
  invariant(fitted !== undefined, 'the model is fitted at once');
  return learned({ model: trainedAtOnce(fitted, prepared), prepared, config: settings }, null);
}

async function vectorsOf(
  { dataset, splits, settings }: SplitDocuments,
  platform: Platform,
): Promise<GivenVectors | undefined> {
  const name = networkOptionsOf(settings.model)?.vectors ?? null;
  if (name === null) return undefined;
  if (platform.vectors)
    return platform.vectors(
      Array.from(splits.train, (i) => dataset.texts[i]),
      settings,
    );
  throw new UnsupportedError(
    `[model.vectors] word vectors can only be read in Node, but model.vectors is ${JSON.stringify(name)}. Leave it out, or train in Node.`,
  );
}

async function trainInSteps(
  documents: SplitDocuments,
  { listener = () => undefined, signal, now = clock, worker, gpu }: TrainContext,
  platform: Platform,
  choice: EngineChoice,
): Promise<Learned> {
  const { dataset, splits, settings: given, choices } = documents;
  const vectors = await vectorsOf(documents, platform);
  const prepared = prepareParts(dataset, splits, given, (event) => void listener(event), vectors);
  const settings = withVectors(given, prepared);
  if (choices) void listener({ type: 'chosen', facts: choices.facts, settings: choices.settings });
  const session = await openModel(settings.model, {
    engine: choice,
    threads: platform.threads(settings.train.threads, worker),
    worker,
    ...planOf(settings, prepared),
  });
  let device: Device | undefined;
  try {
    device = await openDevice(session, {
      ...{ options: settings.train, train: prepared.train, now, gpu: gpu ?? platform.gpu },
      notice: (text) => void listener({ type: 'notice', text }),
    });
    const result = await trainClassifier({
      session: device.learner,
      train: prepared.train,
      val: prepared.val,
      options: settings.train,
      pretrained: pretrainedOf(settings, prepared),
      reading: settings.text,
      now,
      pause,
      interrupted: () => signal?.aborted ?? false,
      listener,
    });
    if (result.reason === 'interrupted') {
      throw new InterruptedError(
        `[train] stopped on request in epoch ${result.epochs}, after step ${result.steps}; nothing was kept.`,
      );
    }
    await device.finish();
    const model = trainedInSteps(session, prepared, result, settings.model);
    return learned({ model, prepared, config: settings }, result);
  } finally {
    await device?.close();
    await session.close();
  }
}
