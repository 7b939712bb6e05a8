/**
 * The core of studies: asking for trials and telling their results. The loop, and other runners of trials, build on
 * it.
 */
import type { Distribution } from '../space/distributions.ts';
import type { StudyStorage } from '../storage/contract.ts';
import type { FinalState, ObjectiveValue } from '../trial/end.ts';
import type { Direction, FrozenTrial, TrialState } from '../trial/frozen-trial.ts';
import type { RetryOptions } from '../trial/retry.ts';
import type { Trial } from '../trial/trial.ts';
import type { StudyView } from './view.ts';

/** The system attribute of a trial that gives heartbeats: seconds between them. */
export const HEARTBEAT = 'heartbeat_seconds';

/** An objective function: returns the value of a trial, or one per objective of the study. */
export type Objective = (trial: Trial) => ObjectiveValue | Promise<ObjectiveValue>;

/** Distributions by parameter. */
export type Space = Readonly<Record<string, Distribution>>;

/** Options of `ask`. */
export interface AskOptions {
  /** Parameters to suggest at once, so that they are written with the trial. Default none. */
  readonly space?: Space;
  /**
   * No new trial once the study has this many, whether finished, running or waiting; one that is run again counts
   * once. Default unlimited.
   */
  readonly budget?: number;
  /** Whether to begin a trial if the sampler is exhausted and repeats itself. Default true. */
  readonly repeat?: boolean;
  /**
   * Seconds between the heartbeats of the caller; stored with the trial, and the first is sent when it begins.
   * Default: no heartbeats.
   */
  readonly heartbeatSeconds?: number | undefined;
  /** Name of the worker; stored with the trial, for `retryLost`. Default none. */
  readonly worker?: string | undefined;
}

/** Options of `tell`. */
export interface TellOptions {
  /** COMPLETE needs a value, PRUNED and FAIL have none. Default COMPLETE if the value is valid, else FAIL. */
  readonly state?: FinalState;
  /** Leave a finished trial as it is instead of throwing. Default false. */
  readonly skipIfFinished?: boolean;
  /** Why it failed; kept as the system attribute `fail_reason`. */
  readonly reason?: string;
}

/** A study, as used by code that runs its trials. */
export interface AskTell {
  /** The study's name, unique within its storage. */
  readonly name: string;
  /** One per objective. */
  readonly directions: readonly Direction[];
  /** Its storage. */
  readonly storage: StudyStorage;
  /** The trials that this object has begun and that are not told yet, by number. */
  readonly running: readonly Trial[];
  /** Begins a trial: one from the queue, or a new one; undefined if the budget is used up. */
  askWithin(options?: AskOptions): Promise<Trial | undefined>;
  /**
   * Ends a trial, and writes its pending changes, in one transaction.
   * @param trial The trial, or its number.
   * @param value Its value, or one per objective; ±Infinity allowed.
   * @returns The trial as it is now
   * @throws TrialFinishedError if it has already ended: another process may have ended it, because its heartbeat
   * stopped
   * @throws ConfigError where there is no such trial, it waits, or state and value contradict each other
   */
  tell(trial: Trial | number, value?: ObjectiveValue, options?: TellOptions): Promise<FrozenTrial>;
  /** Returns a trial to the queue, to be run again. */
  park(trial: Trial, options?: Pick<RetryOptions, 'keepReports'>): Promise<number>;
  /** Drops a trial that another process has ended. */
  forget(trial: Trial): void;
  /** Ends trials whose heartbeat stopped as FAIL and puts copies in the queue. */
  retryStale(graceSeconds: number, options?: RetryOptions): Promise<readonly FrozenTrial[]>;
  /** A snapshot of the trials by number, of some states or all. */
  trials(states?: readonly TrialState[]): Promise<readonly FrozenTrial[]>;
  /** Whether the sampler is exhausted, and none of its trials waits or runs. */
  isUsedUp(): Promise<boolean>;
  /** The study at this moment. */
  view(): Promise<StudyView>;
  /** Reports a warning. */
  warn(message: string): void;
}
