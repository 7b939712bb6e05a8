/**
 * The interface of storages of studies. The database storages keep Optuna's relational schema (revision v3.2.0.a,
 * schema version 12); one conformance suite runs on every storage.
 *
 * Writes that belong together are one call and one transaction. All methods may be called by several processes at
 * once.
 */
import type { Distribution } from '../space/distributions.ts';
import type { Attribute, Attributes, Direction, FrozenTrial, TrialState } from '../trial/frozen-trial.ts';

/** A study without its trials. */
export interface StudyRecord {
  /** Unique among the current studies of the storage. */
  readonly id: number;
  /** Unique within the storage; 1 to 512 characters. */
  readonly name: string;
  /** One per objective. */
  readonly directions: readonly Direction[];
  /** User attributes. */
  readonly userAttrs: Attributes;
  /** System attributes of samplers, tools and the study itself. */
  readonly systemAttrs: Attributes;
}

/** The initial fields of a trial, without id and number. Default: empty, and RUNNING from now on. */
export type TrialTemplate = Partial<Omit<FrozenTrial, 'id' | 'number'>>;

/** Changes to an unfinished trial, written atomically. */
export interface TrialChanges {
  /** Parameters in the order in which they were suggested. An existing one keeps its first value. */
  readonly params?: readonly {
    readonly name: string;
    readonly internal: number;
    readonly distribution: Distribution;
  }[];
  /** Reports by step; an existing step keeps its first value. */
  readonly intermediateValues?: ReadonlyMap<number, number>;
  /** Overwrites key by key. */
  readonly userAttrs?: Attributes;
  /** Overwrites key by key. */
  readonly systemAttrs?: Attributes;
  /** The end of the trial: it is final afterwards, and `datetimeComplete` is set. */
  readonly end?: {
    readonly state: Exclude<TrialState, 'RUNNING' | 'WAITING'>;
    readonly values: readonly number[] | null;
    /** A trial to make with it: a copy that runs this one again. */
    readonly retry?: TrialTemplate | undefined;
  };
}

/** How a trial is started. */
export interface TrialBeginning {
  /**
   * Whether the first heartbeat is written with it, so that no process can die unnoticed between the two. Default
   * false.
   */
  readonly heartbeat?: boolean;
}

/** A storage of studies. */
export interface StudyStorage {
  /** How it was opened, without a password: `in memory`, `sqlite:///FILE`, `postgresql://…`. */
  readonly url: string;

  /** @throws ConfigError where the name is taken */
  createStudy(name: string, directions: readonly Direction[]): Promise<StudyRecord>;
  /**
   * Makes a study with its trials atomically: for imports. Trials get numbers in their order.
   * @throws ConfigError where the name is taken
   */
  importStudy(study: Omit<StudyRecord, 'id'>, trials: readonly TrialTemplate[]): Promise<StudyRecord>;
  /** Removes a study and its trials. @throws ConfigError where there is none of this id */
  deleteStudy(studyId: number): Promise<void>;
  /** All studies by id. */
  studies(): Promise<readonly StudyRecord[]>;
  /** The study of this name, undefined where there is none. */
  findStudy(name: string): Promise<StudyRecord | undefined>;
  /** Overwrites one attribute of a study. */
  setStudyAttr(studyId: number, kind: 'user' | 'system', key: string, value: Attribute): Promise<void>;

  /** Makes a trial: RUNNING and started now, or as the template says. Numbers are 0, 1, … without a gap, in the order of ids. */
  createTrial(studyId: number, template?: TrialTemplate): Promise<FrozenTrial>;
  /**
   * As `createTrial`, but undefined if the study already has `budget` trials; counted and written in one transaction,
   * so that several workers together stay within the budget. A copy that retries another trial (it has the system
   * attribute `failed_trial`) does not count.
   */
  createTrialWithin(
    studyId: number,
    budget: number,
    template?: TrialTemplate,
    beginning?: TrialBeginning,
  ): Promise<FrozenTrial | undefined>;
  /**
   * Claims the WAITING trial with the lowest id: it becomes RUNNING, started now, and no other process gets it.
   * Undefined if none is waiting.
   * @param beginning.systemAttrs To write with it, key by key. Default none.
   */
  claimWaiting(
    studyId: number,
    beginning?: TrialBeginning & { readonly systemAttrs?: Attributes },
  ): Promise<FrozenTrial | undefined>;
  /**
   * Writes changes.
   * @throws TrialFinishedError where the trial is finished (checked first)
   * @throws ConfigError where a parameter has another kind, scale or choices than elsewhere in the study
   */
  writeTrial(trialId: number, changes: TrialChanges): Promise<void>;
  /** One trial. @throws ConfigError where there is none of this id */
  trial(trialId: number): Promise<FrozenTrial>;
  /** The trials of a study by number; later writes do not change what was returned. */
  trials(studyId: number): Promise<readonly FrozenTrial[]>;

  /** Writes a heartbeat of a RUNNING trial, by the database's own clock. */
  heartbeat(trialId: number): Promise<void>;
  /**
   * Ends RUNNING trials whose last heartbeat is more than `graceSeconds` ago as FAIL, and returns those that this
   * call ended: each trial is returned to only one caller. A trial without any heartbeat is left alone. After an
   * outage of the database, during which no heartbeats could be written, the grace period starts when it is back.
   * @param retry Returns the trial to create when one is ended: a copy that runs it again. Default none.
   */
  failStale(
    studyId: number,
    graceSeconds: number,
    retry?: (trial: FrozenTrial) => TrialTemplate | undefined,
  ): Promise<readonly FrozenTrial[]>;

  /** Closes connections and releases locks. */
  close(): Promise<void>;
}
