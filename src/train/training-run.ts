/** The input and the result of a training. */
import type { MetricName } from '../evaluate/metrics/index.ts';
import type { LearningClassifier, PretrainedVectors, Tensor } from '../models/trainable.ts';
import type { Truncation } from '../text/encode.ts';
import type { RowVectors } from './augmentation/index.ts';
import type { TrainingCheckpointStore, TrainingState } from './checkpoint.ts';
import type { EpochDocuments, TrainingPart } from './epoch-documents.ts';
import type { StopReason, TrainListener } from './events.ts';
import type { Margins } from './margins.ts';
import type { TrainOptions } from './options.ts';

/** The input of `trainClassifier`. */
export interface TrainingRun {
  /** A session with training; `capacityFor` says how large it must be. Left with the best parameters. */
  readonly session: LearningClassifier;
  /** The training documents. */
  readonly train: TrainingPart;
  /** Its documents by epochs. Default: as the options say. */
  readonly documents?: EpochDocuments;
  /** Gives parameters to begin with in place of those drawn, by name; undefined where it was interrupted. */
  readonly warmUp?: (() => Promise<Readonly<Record<string, Tensor>> | undefined>) | undefined;
  /** Empty: no early stopping, the last parameters are kept, as with `keep: last`. */
  readonly val: TrainingPart;
  /** The `train` section of the configuration. */
  readonly options: TrainOptions;
  /** Pretrained vectors for the rows that the session's plan has for them, and how they are trained. */
  readonly pretrained?:
    | (PretrainedVectors & {
        /** Factor on the learning rate. */
        readonly rate: number;
        /** Epochs from the start in which they are frozen. */
        readonly frozenEpochs: number;
        /** The rows that they fill. Default: no neighbours of words are known. */
        readonly rows?: RowVectors;
      })
    | undefined;
  /** How texts were cut: phases that read less cut them further in the same way. Default: they keep the beginning. */
  readonly reading?: { readonly max_length: number; readonly truncation: Truncation } | undefined;
  /** Called with each event. */
  readonly listener?: TrainListener;
  /** The epoch after which training ends, from 1; the schedule is that of `options.epochs`. Default `options.epochs`. */
  readonly until?: number;
  /** Where checkpoints go; none are kept otherwise. */
  readonly store?: TrainingCheckpointStore;
  /** Goes on from the store's last checkpoint, if there is one. */
  readonly resume?: boolean;
  /** Asked after each batch; true saves a checkpoint and ends training. */
  readonly interrupted?: () => boolean;
  /** Clock in milliseconds. */
  readonly now: () => number;
  /** An additional validation metric for the events of epochs. Default none. */
  readonly metric?: MetricName;
  /** Collects the margins of the training documents. */
  readonly margins?: Margins | undefined;
  /** Awaited now and then, so that signals and timers are processed. */
  readonly pause?: () => Promise<void>;
}

/** How training went. */
export interface TrainingResult {
  /** Why training ended. */
  readonly reason: StopReason;
  /** Epochs worked on. */
  readonly epochs: number;
  /** From 1; 0 when none was completed. */
  readonly bestEpoch: number;
  /** Optimiser steps in all. */
  readonly steps: number;
  /** How often the schedule lowered the learning rate. */
  readonly lrReductions: number;
  /** Seconds in total, and only in steps, over all resumptions. */
  readonly seconds: number;
  /** Seconds in optimiser steps, over all resumptions. */
  readonly stepSeconds: number;
  /** Metrics of the best epoch on the validation part; null without one. */
  readonly val: TrainingState['best'];
}
