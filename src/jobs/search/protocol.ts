/** The messages between the main thread and a worker of a search or a cross-validation. */
import type { FoldRows, FoldScores } from '../../classifier/fold.ts';
import type { ErrorKind } from '../../core/errors.ts';
import type { EngineChoice } from '../../engine/index.ts';
import type { TextOptions } from '../../text/pipeline.ts';
import type { MetricName } from '../../evaluate/metrics/index.ts';
import type { EpochEvent } from '../../train/events.ts';
import type { PackedPart, TrialFold } from '../../tune/training/documents.ts';
import type { TrialCost } from '../../tune/training/measure.ts';
import type { FoldOutcome, TrialConfig, TrialOutcome } from '../../tune/training/train-trial.ts';

/** Encoded documents, or texts if trials differ in how they read them. */
export type SharedDocuments =
  | { readonly kind: 'encoded'; readonly folds: readonly TrialFold<PackedPart>[] }
  | {
      readonly kind: 'texts';
      readonly texts: readonly string[];
      /** Class ids. */
      readonly labels: Int32Array;
      /** [N × C] soft labels. */
      readonly targets?: Float64Array | undefined;
      /** [N] copies of a document have the same number. */
      readonly groups?: Int32Array;
      /** Indices into the texts. */
      readonly folds: readonly { readonly train: Int32Array; readonly val: Int32Array }[];
    };

/** The initial data of a worker. */
export interface TrialWorkerData {
  readonly documents: SharedDocuments;
  readonly classes: number;
  readonly engine: EngineChoice;
  /** Two words of shared memory: see {@link STOP} and {@link ANSWER}. */
  readonly control: SharedArrayBuffer;
}

/** Word of the control block: 1 if the trial must end after this batch. */
export const STOP = 0;
/** Word of the control block: the answer of the main thread after an epoch. */
export const ANSWER = 1;
/** Values of {@link ANSWER}. */
export const WAIT = 0;
export const GO_ON = 1;
export const PRUNE = 2;

/** A configuration as a worker needs it. */
export interface WorkerConfig extends TrialConfig {
  readonly text: TextOptions;
}

/** A fold to train on and to test; only for workers that have texts. */
export interface WorkerFold {
  readonly config: WorkerConfig;
  readonly rows: FoldRows;
  /** Folder of its checkpoints. */
  readonly checkpoints: string;
  /** Whether to collect the margins of the training part. */
  readonly margins: boolean;
}

/** To a worker. */
export type ToWorker =
  | {
      readonly type: 'train';
      readonly config: WorkerConfig;
      readonly metric: MetricName;
      readonly latency: boolean;
      /** Folder of the trial's checkpoints; null keeps none. */
      readonly checkpoints: string | null;
    }
  | { readonly type: 'measure'; readonly config: WorkerConfig }
  | ({ readonly type: 'score' } & WorkerFold);

/** Messages from a worker. */
export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'epoch'; readonly fold: number; readonly epoch: EpochEvent }
  | { readonly type: 'fold'; readonly fold: number; readonly outcome: FoldOutcome }
  | { readonly type: 'trained'; readonly outcome: TrialOutcome }
  | { readonly type: 'measured'; readonly cost: TrialCost }
  /** Null: interrupted. */
  | { readonly type: 'scored'; readonly scores: (FoldScores & { readonly seconds: number }) | null }
  | {
      readonly type: 'failed';
      readonly kind: ErrorKind | null;
      readonly message: string;
      readonly stack: string;
    };
