/** What happens during a search. */
import type { EpochEvent } from '../../train/events.ts';
import type { FrozenTrial, StopReason, TrialState } from '../../tune/index.ts';
import type { TuneOptions } from '../../tune/options.ts';
import type { TrialCost } from '../../tune/training/measure.ts';

/** How many trials a study has; one that was run again counts once. */
export interface TrialCounts {
  readonly trials: number;
  /** By state; states that no trial is in are left out. */
  readonly states: Readonly<Partial<Record<TrialState, number>>>;
}

/** The study of a search is made, or taken from the storage. */
export interface StudyOpenedEvent {
  /** Which event this is. */
  readonly type: 'study-opened';
  /** Name of the study. */
  readonly study: string;
  /** URL of the storage, without its password. */
  readonly storage: string;
  /** What a study that is resumed holds; null for a new one. */
  readonly found: TrialCounts | null;
}

/** Which documents trials are trained and scored on. */
export interface SearchDocumentsEvent {
  /** Which event this is. */
  readonly type: 'search-documents';
  /** Name of the data set. */
  readonly data: string;
  /** Number of documents. */
  readonly documents: number;
  /** Number of classes. */
  readonly classes: number;
  /** Folds that judge a trial; null for the validation part. */
  readonly folds: number | null;
  /** Documents that judge a trial, over all folds. */
  readonly judged: number;
  /** Documents for the test at the end. */
  readonly test: number;
}

/** Every trial that was asked for has been run before. */
export interface NothingLeftEvent {
  /** Which event this is. */
  readonly type: 'nothing-left';
  /** Trials by state. */
  readonly counts: TrialCounts;
}

/** What a few configurations of the space cost, before the search begins. */
export interface SearchCostEvent {
  /** Which event this is. */
  readonly type: 'search-cost';
  /** What was measured. */
  readonly costs: readonly TrialCost[];
  /** Trials that are still to run. */
  readonly left: number;
  /** Processes of the search. */
  readonly workers: number;
  /** Seconds; null without one. */
  readonly timeLimit: number | null;
}

/** With folds a trial reports once per fold: with this warm-up, the pruner prunes nothing. */
export interface NothingPrunedEvent {
  /** Which event this is. */
  readonly type: 'nothing-pruned';
  /** Number of folds. */
  readonly folds: number;
  /** Name of the pruner. */
  readonly pruner: string;
  /** First step, from 0, that the pruner looks at. */
  readonly warmUp: number;
}

/** Trials begin. */
export interface SearchBeginsEvent {
  /** Which event this is. */
  readonly type: 'search-begins';
  /** How to search. */
  readonly tune: TuneOptions;
  /** Trials at the same time. */
  readonly workers: number;
  /** Proportion of the trials that were run before, in [0, 1). */
  readonly done: number;
}

/** A trial begins. */
export interface TrialBeganEvent {
  /** Which event this is. */
  readonly type: 'trial-began';
  /** Its number, from 0. */
  readonly trial: number;
}

/** An epoch of a trial is done. */
export interface TrialEpochEvent {
  /** Which event this is. */
  readonly type: 'trial-epoch';
  /** The trial. */
  readonly trial: number;
  /** From 0. */
  readonly fold: number;
  /** The epoch, from 1. */
  readonly epoch: EpochEvent;
}

/** A trial runs no more. */
export interface TrialEndedEvent {
  /** Which event this is. */
  readonly type: 'trial-ended';
  /** The trial. */
  readonly trial: number;
}

/** A trial is final. */
export interface TrialFinishedEvent {
  /** Which event this is. */
  readonly type: 'trial-finished';
  /** The trial. */
  readonly trial: FrozenTrial;
  /** All trials of the study. */
  readonly trials: readonly FrozenTrial[];
}

/** Nothing is left to begin, but other processes still run trials, which would be taken over if one of them died. */
export interface WaitingEvent {
  /** Which event this is. */
  readonly type: 'waiting';
  /** Trials of other processes. */
  readonly others: number;
}

/** The trials are done. */
export interface SearchEndedEvent {
  /** Which event this is. */
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
  /** Which event this is. */
  readonly type: 'best-trial';
  /** The trial. */
  readonly trial: number;
  /** Where another command has put its model, which should have the same bits; null where none has. */
  readonly before: string | null;
}

/** The model is not the one of its trial: another machine, or another version, computed it. */
export interface ModelDiffersEvent {
  /** Which event this is. */
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
