/** What the main thread and a worker of a search say to each other. */
import type { ErrorKind } from '../../core/errors.ts';
import type { EngineChoice } from '../../engine/index.ts';
import type { TextOptions } from '../../text/pipeline.ts';
import type { MetricName } from '../../evaluate/metrics/index.ts';
import type { EpochEvent } from '../../train/events.ts';
import type { PackedPart, TrialFold } from '../../tune/training/documents.ts';
import type { TrialCost } from '../../tune/training/measure.ts';
import type { FoldOutcome, TrialConfig, TrialOutcome } from '../../tune/training/train-trial.ts';

/** Documents that every trial reads alike, or their texts where trials differ in how they read them. */
export type SharedDocuments =
  | { readonly kind: 'encoded'; readonly folds: readonly TrialFold<PackedPart>[] }
  | {
      readonly kind: 'texts';
      readonly texts: readonly string[];
      /** Class ids. */
      readonly labels: Int32Array;
      /** Indices into the texts. */
      readonly folds: readonly { readonly train: Int32Array; readonly val: Int32Array }[];
    };

/** What a worker begins with. */
export interface TrialWorkerData {
  readonly documents: SharedDocuments;
  readonly classes: number;
  readonly engine: EngineChoice;
  /** Two words of shared memory: see {@link STOP} and {@link ANSWER}. */
  readonly control: SharedArrayBuffer;
}

/** Word of the control block: 1 where the trial must end after this batch. */
export const STOP = 0;
/** Word of the control block: what the main thread says to an epoch. */
export const ANSWER = 1;
/** Values of {@link ANSWER}. */
export const WAIT = 0;
export const GO_ON = 1;
export const PRUNE = 2;

/** A configuration as a worker needs it. */
export interface WorkerConfig extends TrialConfig {
  readonly text: TextOptions;
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
  | { readonly type: 'measure'; readonly config: WorkerConfig };

/** From a worker. */
export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'epoch'; readonly fold: number; readonly epoch: EpochEvent }
  | { readonly type: 'fold'; readonly fold: number; readonly outcome: FoldOutcome }
  | { readonly type: 'trained'; readonly outcome: TrialOutcome }
  | { readonly type: 'measured'; readonly cost: TrialCost }
  | {
      readonly type: 'failed';
      readonly kind: ErrorKind | null;
      readonly message: string;
      readonly stack: string;
    };
