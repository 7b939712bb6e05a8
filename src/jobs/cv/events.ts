/** What happens during a cross-validation. */
import type { MetricName } from '../../evaluate/metrics/index.ts';
import type { EpochEvent } from '../../train/events.ts';

/** A training of a cross-validation: one configuration on one fold, with one seed. */
export interface CvTraining {
  /** Name of the configuration. */
  readonly configuration: string;
  /** From 1. */
  readonly repeat: number;
  /** From 1. */
  readonly fold: number;
  /** The seed that it is trained with. */
  readonly seed: number;
}

/** The folds are drawn, and trainings begin. */
export interface CvBeginsEvent {
  readonly type: 'cv-begins';
  /** Name of the data set. */
  readonly data: string;
  /** Number of documents. */
  readonly documents: number;
  /** Number of classes. */
  readonly classes: number;
  /** Documents with a copy, exact or near; copies stay in one fold. */
  readonly copies: number;
  /** Whether copies stay together. */
  readonly grouped: boolean;
  /** The folder of the cross-validation. */
  readonly folder: string;
  /** Names of the configurations. */
  readonly configurations: readonly string[];
  /** Folds of a repetition. */
  readonly folds: number;
  /** Repetitions, each with folds of its own. */
  readonly repeats: number;
  /** Seeds on each fold. */
  readonly seeds: number;
  /** Trainings in all. */
  readonly trainings: number;
  /** How many of these were done before. */
  readonly done: number;
  /** Trainings at the same time. */
  readonly workers: number;
}

/** A training begins. */
export interface CvTrainingBeganEvent {
  readonly type: 'cv-training-began';
  /** The training. */
  readonly training: CvTraining;
}

/** An epoch of a training is done. */
export interface CvEpochEvent {
  readonly type: 'cv-epoch';
  /** The training. */
  readonly training: CvTraining;
  /** The epoch, from 1. */
  readonly epoch: EpochEvent;
  /** Epochs that it may run. */
  readonly epochs: number;
}

/** A training is done, and its fold tested. */
export interface CvTrainingEndedEvent {
  readonly type: 'cv-training-ended';
  /** The training. */
  readonly training: CvTraining;
  /** On the test documents of the fold. */
  readonly metrics: Readonly<Record<MetricName, number>>;
  /** Epochs that were run; null for a model that is fitted at once. */
  readonly epochs: number | null;
  /** Wall time in seconds. */
  readonly seconds: number;
  /** Trainings that are done. */
  readonly done: number;
  /** Trainings in all. */
  readonly trainings: number;
}

/** Any event of a cross-validation. */
export type CvEvent = CvBeginsEvent | CvTrainingBeganEvent | CvEpochEvent | CvTrainingEndedEvent;
