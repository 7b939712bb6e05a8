/** From documents that are split to a model that has learned from them: fitted at once, or trained in steps. */
import { InterruptedError, UnsupportedError, invariant } from '../core/errors.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Splits } from '../data/splits.ts';
import type { EngineChoice } from '../engine/index.ts';
import type { Evaluation } from '../evaluate/index.ts';
import { networkOptionsOf, openModel } from '../models/family.ts';
import type { Choices } from '../settings/from-data.ts';
import type { Settings } from '../settings/sections.ts';
import { trainClassifier, type TrainingResult } from '../train/index.ts';
import type { GivenVectors } from '../vectors/place.ts';
import { clock } from './clock.ts';
import { type Device, openDevice } from './device.ts';
import { fitModel } from './fit.ts';
import { prepareParts, type PreparedTexts, splitTexts } from './parts.ts';
import { planOf, pretrainedOf, withVectors } from './plan.ts';
import type { Platform } from './platform.ts';
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

/** What a training comes to. */
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

/** Trains a model step by step. @throws InterruptedError after `signal` is aborted */
export async function trainInSteps(
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
