/** Typed events of training. Progress bar, metrics file and pruner are listeners; the loop does not know them. */
import type { MetricName } from '../evaluate/metrics/index.ts';

/** A batch is done. */
export interface StepEvent {
  /** Tells the events apart. */
  readonly type: 'step';
  /** From 1. */
  readonly epoch: number;
  /** At most. */
  readonly epochs: number;
  /** Batches done in this epoch, of how many. */
  readonly batch: number;
  /** Batches of an epoch. */
  readonly batches: number;
  /** Optimiser steps since the start. */
  readonly step: number;
  /** Running means over the epoch so far. */
  readonly loss: number;
  /** Proportion of the documents so far labelled right, in [0, 1]. */
  readonly accuracy: number;
  /** Learning rate of this step. */
  readonly lr: number;
}

/**
 * An epoch is done: one line of `metrics.jsonl`. Of the metrics on the validation part it has the headlines, the log loss,
 * and what is monitored.
 */
export interface EpochEvent extends Readonly<Partial<Record<`val_${MetricName}`, number>>> {
  /** Tells the events apart. */
  readonly type: 'epoch';
  /** From 1. */
  readonly epoch: number;
  /** Optimiser steps since the start. */
  readonly step: number;
  /** Learning rate of the last step. */
  readonly lr: number;
  /** Means over the epoch's batches, with dropout and while learning. */
  readonly train_loss: number;
  /** Proportion of the training documents labelled right meanwhile, in [0, 1]. */
  readonly train_accuracy: number;
  /** On the validation part, without dropout; the loss with the smoothing and class weights of training. */
  readonly val_loss: number;
  /** Proportion of the validation documents labelled right, in [0, 1]. */
  readonly val_accuracy: number;
  /** Macro F1 on the validation documents, in [0, 1]. */
  readonly val_macro_f1: number;
  /** Mean of -log of the label's probability on the validation part, whatever the loss of training. Older runs lack it. */
  readonly val_log_loss?: number;
  /** The best epoch so far. */
  readonly best: boolean;
  /** The phase of the training, from 1, and what distinguishes it from the others; left out for a single phase. */
  readonly phase?: number;
  readonly phase_name?: string;
  /** The schedule lowered the learning rate after this epoch. */
  readonly lr_reduced: boolean;
  /** Wall time of the epoch. */
  readonly seconds: number;
}

/** A phase of a training with several begins, or is resumed. */
export interface PhaseEvent {
  /** Tells the events apart. */
  readonly type: 'phase';
  /** From 1. */
  readonly phase: number;
  /** Its first epoch from here on, from 1. */
  readonly epoch: number;
  /** What distinguishes it from the others: `cross-entropy, 400 tokens`. */
  readonly name: string;
}

/** A checkpoint is on the disk. */
export interface CheckpointEvent {
  /** Tells the events apart. */
  readonly type: 'checkpoint';
  /** The epoch under way, from 1. */
  readonly epoch: number;
  /** Batches done in it. */
  readonly batch: number;
  /** Optimiser steps since the start. */
  readonly step: number;
}

/** Why training ended. */
export type StopReason = 'epochs' | 'early-stopping' | 'interrupted' | 'stopped';

/** Training ended. */
export interface StopEvent {
  /** Tells the events apart. */
  readonly type: 'stop';
  /** Why training ended. */
  readonly reason: StopReason;
  /** The last epoch worked on, from 1. */
  readonly epoch: number;
  /** The epoch whose parameters are kept, from 1; 0 when none was completed. */
  readonly bestEpoch: number;
}

/** Any event. */
export type TrainEvent = StepEvent | EpochEvent | PhaseEvent | CheckpointEvent | StopEvent;

/**
 * Hears events. False from an epoch event, or a promise of it, stops training (pruning); training waits for that promise,
 * and for no other.
 */
export type TrainListener = (event: TrainEvent) => boolean | void | Promise<boolean | void>;
