/** The core of studies: asking for trials and telling how they ended. What the loop, and others that run trials, build on. */
import type { Distribution } from '../space/distributions.ts';
import type { StudyStorage } from '../storage/contract.ts';
import type { FinalState, ObjectiveValue } from '../trial/end.ts';
import type { Direction, FrozenTrial, TrialState } from '../trial/frozen-trial.ts';
import type { RetryOptions } from '../trial/retry.ts';
import type { Trial } from '../trial/trial.ts';
import type { StudyView } from './view.ts';

/** The system attribute of a trial that gives heartbeats: seconds between them. */
export const HEARTBEAT = 'heartbeat_seconds';

/** What an objective is: gives the value of a trial, or one per objective of the study. */
export type Objective = (trial: Trial) => ObjectiveValue | Promise<ObjectiveValue>;

/** Distributions by parameter. */
export type Space = Readonly<Record<string, Distribution>>;

/** What comes with a trial that is asked for. */
export interface AskOptions {
  /** Parameters to suggest at once, so that they are written as the trial is made. Default none. */
  readonly space?: Space;
  /**
   * No new trial where the study has this many: finished, running and waiting, where one that is run again counts once.
   * Default no end.
   */
  readonly budget?: number;
  /** Whether a trial begins where the sampler has nothing left to try, and repeats itself. Default true. */
  readonly repeat?: boolean;
  /**
   * Seconds between the heartbeats that whoever asks will give; kept with the trial, and the first is sent as the
   * trial begins. Default none are given.
   */
  readonly heartbeatSeconds?: number | undefined;
  /** Name of whoever asks; kept with the trial, for `retryLost`. Default none. */
  readonly worker?: string | undefined;
}

/** How a trial is told. */
export interface TellOptions {
  /** COMPLETE needs a value, PRUNED and FAIL have none. Default COMPLETE where the value can be one, FAIL otherwise. */
  readonly state?: FinalState;
  /** Leaves a trial that ended already as it is, instead of an error. Default false. */
  readonly skipIfFinished?: boolean;
  /** Why it failed; kept as the system attribute `fail_reason`. */
  readonly reason?: string;
}

/** A study as those see it who run its trials. */
export interface AskTell {
  /** The study's name, unique within its storage. */
  readonly name: string;
  /** One per objective. */
  readonly directions: readonly Direction[];
  /** Where the study lives. */
  readonly storage: StudyStorage;
  /** The trials that this object was asked for and that are not told yet, by number. */
  readonly running: readonly Trial[];
  /** Begins a trial: one from the queue, or a new one; undefined where the budget is used up. */
  askWithin(options?: AskOptions): Promise<Trial | undefined>;
  /**
   * Ends a trial, and writes what it said and is not written yet, in one transaction.
   * @param trial The trial, or its number.
   * @param value Its value, or one per objective; ±Infinity allowed.
   * @returns The trial as it is now
   * @throws TrialFinishedError where it has ended already: somebody else may have ended it, because it seemed dead
   * @throws ConfigError where there is no such trial, it waits, or state and value contradict each other
   */
  tell(trial: Trial | number, value?: ObjectiveValue, options?: TellOptions): Promise<FrozenTrial>;
  /** Gives a trial back, to be run again by whoever asks next. */
  park(trial: Trial, options?: Pick<RetryOptions, 'keepReports'>): Promise<number>;
  /** Drops a trial that somebody else has ended. */
  forget(trial: Trial): void;
  /** Ends trials whose heartbeat stopped as FAIL and puts copies in the queue. */
  retryStale(graceSeconds: number, options?: RetryOptions): Promise<readonly FrozenTrial[]>;
  /** A snapshot of the trials by number, of some states or all. */
  trials(states?: readonly TrialState[]): Promise<readonly FrozenTrial[]>;
  /** Whether the sampler has nothing left to try, and nothing of it waits or runs. */
  isUsedUp(): Promise<boolean>;
  /** The study at this moment. */
  view(): Promise<StudyView>;
  /** Says what is odd but no error. */
  warn(message: string): void;
}
