/** What happens during a search. */
import type { EpochEvent } from '../../train/events.ts';
import type { FrozenTrial, StopReason, TrialState } from '../../tune/index.ts';
import type { TuneOptions } from '../../tune/options.ts';
import type { TrialCost } from '../../tune/training/measure.ts';

/** How many trials a study has; one that was run again counts once. */
export interface TrialCounts {
  readonly trials: number;
  /** Number of trials by state; states without trials are left out. */
  readonly states: Readonly<Partial<Record<TrialState, number>>>;
}

/** The study of a search was made, or opened. */
export interface StudyOpenedEvent {
  readonly type: 'study-opened';
  /** Name of the study. */
  readonly study: string;
  /** URL of the storage, without its password. */
  readonly storage: string;
  /** Trials of a study that is resumed; null for a new one. */
  readonly found: TrialCounts | null;
}

/** Which documents trials are trained and scored on. */
export interface SearchDocumentsEvent {
  readonly type: 'search-documents';
  /** Name of the data set. */
  readonly data: string;
  /** Number of documents. */
  readonly documents: number;
  /** Number of classes. */
  readonly classes: number;
  /** Number of folds that trials are scored on; null for the validation part. */
  readonly folds: number | null;
  /** Documents that trials are scored on, over all folds. */
  readonly judged: number;
  /** Documents for the test at the end. */
  readonly test: number;
}

/** Every requested trial has been run before. */
export interface NothingLeftEvent {
  readonly type: 'nothing-left';
  /** Trials by state. */
  readonly counts: TrialCounts;
}

/** A preview of the cost: a few configurations of the space were measured. */
export interface SearchCostEvent {
  readonly type: 'search-cost';
  /** What was measured. */
  readonly costs: readonly TrialCost[];
  /** Remaining trials. */
  readonly left: number;
  /** Processes of the search. */
  readonly workers: number;
  /** Seconds; null without one. */
  readonly timeLimit: number | null;
}

/** With folds, a trial reports once per fold, so with this warm-up the pruner prunes nothing. */
export interface NothingPrunedEvent {
  readonly type: 'nothing-pruned';
  /** Number of folds. */
  readonly folds: number;
  /** Name of the pruner. */
  readonly pruner: string;
  /** First step, from 0, at which the pruner may prune. */
  readonly warmUp: number;
}

/** Trials begin. */
export interface SearchBeginsEvent {
  readonly type: 'search-begins';
  /** How it is searched. */
  readonly tune: TuneOptions;
  /** Trials at the same time. */
  readonly workers: number;
  /** Proportion of the trials that had been run before, in [0, 1). */
  readonly done: number;
}

/** A trial begins. */
export interface TrialBeganEvent {
  readonly type: 'trial-began';
  /** Its number, from 0. */
  readonly trial: number;
}

/** An epoch of a trial is done. */
export interface TrialEpochEvent {
  readonly type: 'trial-epoch';
  /** The trial. */
  readonly trial: number;
  /** From 0. */
  readonly fold: number;
  /** The epoch, from 1. */
  readonly epoch: EpochEvent;
}

/** A trial has stopped running. */
export interface TrialEndedEvent {
  readonly type: 'trial-ended';
  /** The trial. */
  readonly trial: number;
}

/** A trial is final. */
export interface TrialFinishedEvent {
  readonly type: 'trial-finished';
  /** The trial. */
  readonly trial: FrozenTrial;
  /** All trials of the study. */
  readonly trials: readonly FrozenTrial[];
}

/** Waiting: other processes still run trials, which this one takes over if they die. */
export interface WaitingEvent {
  readonly type: 'waiting';
  /** Trials of other processes. */
  readonly others: number;
}

/** The trials are done. */
export interface SearchEndedEvent {
  readonly type: 'search-ended';
  /** Why it ended. */
  readonly reason: StopReason;
  /** Trials that this search ran. */
  readonly ran: number;
  /** Trials by state. */
  readonly counts: TrialCounts;
}

/** The best trial is about to be trained again, for its model and the test. */
export interface BestTrialEvent {
  readonly type: 'best-trial';
  /** The trial. */
  readonly trial: number;
  /** The model of this trial by another command, which should have the same bits; null where there is none. */
  readonly before: string | null;
}

/** The model differs from that of its trial, which another machine or version computed. */
export interface ModelDiffersEvent {
  readonly type: 'model-differs';
  /** The trial. */
  readonly trial: number;
  /** Log loss of the model on the validation part, and that of the trial. */
  readonly loss: number;
  /** Loss of the trial. */
  readonly trialLoss: number | undefined;
}

/** Any event of a search. */
export type SearchEvent =
  | StudyOpenedEvent
  | SearchDocumentsEvent
  | NothingLeftEvent
  | SearchCostEvent
  | NothingPrunedEvent
  | SearchBeginsEvent
  | TrialBeganEvent
  | TrialEpochEvent
  | TrialEndedEvent
  | TrialFinishedEvent
  | WaitingEvent
  | SearchEndedEvent
  | BestTrialEvent
  | ModelDiffersEvent;
