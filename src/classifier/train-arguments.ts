/** What `train` takes, and the checks of it. */
import { ConfigError, DataError, UnsupportedError } from '../core/errors.ts';
import { createDataset, type Dataset, type Row } from '../data/dataset.ts';
import type { EngineRequest } from '../engine/index.ts';
import type { StartWorker } from '../engine/workers.ts';
import { requireTexts, told } from '../models/arguments.ts';
import { type ConfigLayer, plainLayer } from '../settings/layer.ts';
import type { SettingsInput } from '../settings/sections.ts';
import type { GpuModule } from './device.ts';
import type { ClassifierEvent } from './events.ts';

/** Documents to learn from. */
export interface TrainingTexts {
  /** The documents. */
  readonly texts: readonly string[];
  /** The class of each. */
  readonly labels: readonly (string | number)[];
  /** What to call them, in messages and in the model card. Default `texts`. */
  readonly name?: string;
}

/** The options of training that are not settings. All of them may be left out. */
export interface TrainContext {
  /**
   * Called with each event: notices, `prepared`, the events of training, and `doubt` about a model that is not
   * useful. `false` for an epoch ends training after it.
   */
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
    throw new ConfigError(
      `[train] gpu must be a function that loads unrolled/gpu, but got ${told(gpu)}. Write () => import('unrolled/gpu').`,
    );
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

/** The documents as a data set. @throws ConfigError for what is no list of texts and labels @throws DataError where their numbers differ */
export function datasetOf(source: TrainingTexts): Dataset {
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
