/**
 * What happens during training, as typed events. Progress bar, metrics file and pruner are listeners; the loop knows
 * none of them.
 */

/** A batch is done. */
export interface StepEvent {
  readonly type: 'step';
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Batches done in this epoch, of how many. */
  readonly batch: number;
  readonly batches: number;
  /** Optimiser steps since the start. */
  readonly step: number;
  /** Running means over the epoch so far. */
  readonly loss: number;
  readonly accuracy: number;
  /** Learning rate of this step. */
  readonly lr: number;
}

/** An epoch is done: one line of `metrics.jsonl`. */
export interface EpochEvent {
  readonly type: 'epoch';
  /** From 1. */
  readonly epoch: number;
  readonly step: number;
  /** Learning rate of the last step. */
  readonly lr: number;
  /** Means over the epoch's batches, with dropout and while learning. */
  readonly train_loss: number;
  readonly train_accuracy: number;
  /** On the validation part, without dropout; the loss with the smoothing and class weights of training. */
  readonly val_loss: number;
  readonly val_accuracy: number;
  readonly val_macro_f1: number;
  /** Mean of -log of the label's probability on the validation part, whatever the loss of training. Older runs lack it. */
  readonly val_log_loss?: number;
  /** The best epoch so far. */
  readonly best: boolean;
  /** The schedule lowered the learning rate after this epoch. */
  readonly lr_reduced: boolean;
  /** Wall time of the epoch. */
  readonly seconds: number;
}

/** A checkpoint is on the disk. */
export interface CheckpointEvent {
  readonly type: 'checkpoint';
  readonly epoch: number;
  readonly batch: number;
  readonly step: number;
}

/** Why training ended. */
export type StopReason = 'epochs' | 'early-stopping' | 'interrupted' | 'stopped';

/** Training ended. */
export interface StopEvent {
  readonly type: 'stop';
  readonly reason: StopReason;
  readonly epoch: number;
  readonly bestEpoch: number;
}

/** Any event. */
export type TrainEvent = StepEvent | EpochEvent | CheckpointEvent | StopEvent;

/** Hears events. Returning false from an epoch event stops training (pruning). */
export type TrainListener = (event: TrainEvent) => boolean | void;
