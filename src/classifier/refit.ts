/**
 * `train.refit`: a network learns again from the training and the validation documents together, for as many epochs as were
 * found to be good. What the validation documents say (temperature, thresholds, which model is chosen) comes from the first
 * training, which has not seen them.
 */
import type { Splits } from '../data/splits.ts';
import type { LearningClassifier } from '../models/trainable.ts';
import type { Settings } from '../settings/sections.ts';
import { trainClassifier, type TrainingCheckpointStore, type TrainingResult } from '../train/index.ts';
import type { TrainingRun } from '../train/training-run.ts';
import type { Prepared } from './parts.ts';
import { pretrainedOf } from './plan.ts';
import type { TrainedModel } from './trained.ts';

/** Whether there are documents to learn from beside the training part, and they are wanted. */
export function refits(
  { train }: { readonly train: Pick<Settings['train'], 'refit'> },
  validation: { readonly length: number },
): boolean {
  return train.refit && validation.length > 0;
}

/** The training part with the validation part, in the order of the data; no validation part. */
export function joinedRows<Rows extends Record<'train' | 'val', Int32Array>>(
  rows: Rows,
): Omit<Rows, 'train' | 'val'> & Pick<Splits, 'train' | 'val'> {
  const train = Int32Array.from([...rows.train, ...rows.val]).sort();
  return { ...rows, train, val: new Int32Array() };
}

/** The checkpoints of the second training, beside those of the first. */
export function refitStore(store: TrainingCheckpointStore): TrainingCheckpointStore {
  const own = (name: string) => `refit-${name}`;
  return {
    save(name, checkpoint) {
      store.save(own(name), checkpoint);
    },
    load: (name) => store.load(own(name)),
  };
}

/** How the second training is watched, stopped and kept. */
export type RefitWatch = Pick<
  TrainingRun,
  'now' | 'store' | 'resume' | 'interrupted' | 'pause' | 'warmUp'
> & {
  /** Hears the proportion done, in [0, 1]. */
  readonly progress: (done: number) => void;
};

/**
 * Trains a network anew on joined documents, at the learning rates of the first training, until the epoch whose weights that
 * one has kept.
 */
export function trainAgain(
  session: LearningClassifier,
  joined: Pick<Prepared, 'train' | 'val' | 'vectors'>,
  settings: Pick<Settings, 'text' | 'model' | 'train'>,
  { bestEpoch: until }: Pick<TrainingResult, 'bestEpoch'>,
  { progress, ...watch }: RefitWatch,
): Promise<TrainingResult> {
  return trainClassifier({
    ...{ session, train: joined.train, val: joined.val, options: settings.train, until, ...watch },
    pretrained: pretrainedOf(settings, joined),
    reading: settings.text,
    listener(event) {
      if (event.type === 'step') progress((event.epoch - 1 + event.batch / event.batches) / until);
    },
  });
}

/** The network that has learned again; its scores of the validation documents are those of the first. */
export function refittedModel(first: TrainedModel, second: TrainedModel): TrainedModel {
  return {
    ...second,
    notices: [...second.notices, 'trained again on the training and the validation documents together'],
    score: (part) => (part === 'val' ? first : second).score(part),
  };
}
