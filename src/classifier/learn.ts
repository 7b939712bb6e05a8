/** From split documents to a trained model: fitted at once, or trained in steps. */
import { InterruptedError, UnsupportedError, invariant } from '../core/errors.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Splits } from '../data/splits.ts';
import type { EngineChoice } from '../engine/index.ts';
import type { Evaluation } from '../evaluate/index.ts';
import { openModel } from '../models/family.ts';
import type { TrainableClassifier } from '../models/trainable.ts';
import type { Choices } from '../settings/from-data.ts';
import type { Settings } from '../settings/sections.ts';
import { trainClassifier, type TrainingResult } from '../train/index.ts';
import type { GivenVectors } from '../vectors/place.ts';
import { clock } from './clock.ts';
import { type Device, openDevice } from './device.ts';
import { fitModel } from './fit.ts';
import { type Prepared, prepareParts, type PreparedTexts, splitTexts } from './parts.ts';
import { planOf, pretrainedOf, withVectors } from './plan.ts';
import { warmUpOf } from './warm-up.ts';
import type { Platform } from './platform.ts';
import { joinedRows, refits, refittedModel, trainAgain } from './refit.ts';
import type { TrainContext } from './train-arguments.ts';
import {
  calibrate,
  describeFiles,
  measurePart,
  type Trained,
  trainedAtOnce,
  trainedInSteps,
} from './trained.ts';

/** Documents that are read and split, and the complete settings. */
export interface SplitDocuments {
  readonly dataset: Dataset;
  readonly splits: Splits;
  readonly settings: Settings;
  /** Which of the settings follow from the data. Default none. */
  readonly choices?: Choices | null;
}

/** The result of a training. */
export interface Learned {
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

/** Fits a model to all training documents at once. @throws InterruptedError after `signal` is aborted */
export async function fitAtOnce(
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

/** Trains a model step by step. @throws InterruptedError after `signal` is aborted */
export async function trainInSteps(
  documents: SplitDocuments,
  context: TrainContext,
  platform: Platform,
  choice: EngineChoice,
): Promise<Learned> {
  const { dataset, splits, settings: given, choices } = documents;
  const { listener = () => undefined, signal, now = clock, worker } = context;
  if (given.train.warm_up_texts !== null) {
    throw new UnsupportedError(
      '[train.warm_up_texts] must be null in a training in memory, which reads no files. Use unroll train, or leave it out.',
    );
  }
  const textsOf = (rows: Int32Array) => Array.from(rows, (i) => dataset.texts[i]);
  const vectorsOf = (rows: Int32Array) => wordVectors(textsOf(rows), given, context, platform);
  const vectors = await vectorsOf(splits.train);
  const prepared = prepareParts(dataset, splits, given, (event) => void listener(event), vectors);
  const settings = withVectors(given, prepared);
  if (choices) void listener({ type: 'chosen', facts: choices.facts, settings: choices.settings });
  const where = { context, platform, choice };
  const warmUp = ({ train, pipeline, vectors: placed }: Prepared, threads: number) =>
    warmUpOf(
      settings,
      { train, vocabularySize: pipeline.vocabulary.size, ...(placed && { vectors: placed }) },
      [],
      {
        ...{ engine: choice, threads, worker, now, pause },
        interrupted: () => signal?.aborted ?? false,
        listener: (event) => void listener(event),
      },
    );
  return onDevice(settings, prepared, where, async (session, device) => {
    const result = await trainClassifier({
      session: device.learner,
      train: prepared.train,
      val: prepared.val,
      options: settings.train,
      pretrained: pretrainedOf(settings, prepared),
      reading: settings.text,
      warmUp: warmUp(prepared, session.threads),
      now,
      pause,
      interrupted: () => signal?.aborted ?? false,
      listener,
    });
    requireWhole(result);
    await device.finish();
    const model = trainedInSteps(session, prepared, result, settings.model);
    // who ended the first training early wants no second one
    if (result.reason === 'stopped' || !refits(settings, splits.val))
      return learned({ model, prepared, config: settings }, result);
    const rows = joinedRows(splits);
    const again = await vectorsOf(rows.train);
    const joined = prepareParts(dataset, rows, settings, () => undefined, again);
    void listener({
      type: 'refit-begins',
      documents: joined.train.labels.length,
      epochs: result.bestEpoch,
    });
    return onDevice(settings, joined, where, async (own, other) => {
      const second = await trainAgain(other.learner, joined, settings, result, {
        ...{ now, pause, interrupted: () => signal?.aborted ?? false },
        warmUp: warmUp(joined, own.threads),
        progress: (done) => void listener({ type: 'fitting', what: 'refit', done }),
      });
      requireWhole(second);
      await other.finish();
      const kept = refittedModel(model, trainedInSteps(own, joined, second, settings.model));
      // what is said of the parts is said of those of the split
      const parts = { train: prepared.train, val: prepared.val, splits };
      return learned({ model: kept, prepared: { ...joined, ...parts }, config: settings }, result);
    });
  });
}

/** Time in ms after which the learning of vectors lets timers and signals through, when it next reports progress. */
const PAUSE_MS = 50;

/** The vectors that the settings name, with progress. @throws InterruptedError after `signal` is aborted */
function wordVectors(
  texts: readonly string[],
  settings: Settings,
  { listener = () => undefined, signal, now = clock }: TrainContext,
  platform: Platform,
): Promise<GivenVectors | undefined> {
  let paused = now();
  return platform.vectors(texts, settings, {
    async progress(done) {
      void listener({ type: 'fitting', what: 'vectors', done });
      if (now() - paused >= PAUSE_MS) {
        await pause();
        paused = now();
      }
      if (signal?.aborted)
        throw new InterruptedError(
          '[train] stopped on request before word vectors were learned; nothing was kept.',
        );
    },
  });
}

interface Where {
  readonly context: TrainContext;
  readonly platform: Platform;
  readonly choice: EngineChoice;
}

/** Works with a session for these documents, on the device that is asked for; gives both back. */
async function onDevice<T>(
  settings: Settings,
  prepared: Prepared,
  { context: { listener = () => undefined, now = clock, worker, gpu }, platform, choice }: Where,
  work: (session: TrainableClassifier, device: Device) => Promise<T>,
): Promise<T> {
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
    return await work(session, device);
  } finally {
    await device?.close();
    await session.close();
  }
}

/** @throws InterruptedError where a training was stopped */
function requireWhole({ reason, epochs, steps }: TrainingResult): void {
  if (reason !== 'interrupted') return;
  throw new InterruptedError(
    `[train] stopped on request in epoch ${epochs}, after step ${steps}; nothing was kept.`,
  );
}
