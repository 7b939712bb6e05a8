/** The stored part of a study: its trials, the best of them, its attributes, and adding trials. */
import { ConfigError } from '../../core/errors.ts';
import type { ParamValue } from '../space/distributions.ts';
import type { StudyRecord, StudyStorage } from '../storage/contract.ts';
import { isEnqueuedAlready } from '../trial/duplicates.ts';
import {
  type Attribute,
  type Attributes,
  type Direction,
  type FrozenTrial,
  trialParams,
  type TrialState,
} from '../trial/frozen-trial.ts';
import { toTemplate, type TrialRecord } from '../trial/record.ts';
import { bestTrial, bestTrials } from './best.ts';
import type { StudyView } from './view.ts';

/** Options of `enqueueTrial`. */
export interface EnqueueOptions {
  /** User attributes of the trial. Default none. */
  readonly userAttrs?: Attributes;
  /** Skip it if a trial has, or waits with, the same parameters. Default false. */
  readonly skipIfExists?: boolean;
}

/** The system attribute with the names of the objectives. */
export const METRIC_NAMES = 'study:metric_names';

/** A study without what runs its trials: {@link Study} adds that. */
export class StoredStudy {
  readonly #storage: StudyStorage;
  readonly #record: StudyRecord;

  constructor(storage: StudyStorage, record: StudyRecord) {
    this.#storage = storage;
    this.#record = record;
  }

  /** Unique among the current studies of the storage. */
  get id(): number {
    return this.#record.id;
  }

  /** Unique within the storage. */
  get name(): string {
    return this.#record.name;
  }

  /** One per objective. */
  get directions(): readonly Direction[] {
    return this.#record.directions;
  }

  /** Its storage. */
  get storage(): StudyStorage {
    return this.#storage;
  }

  /**
   * Puts a trial in the queue. Parameters that are left out are sampled when it begins.
   * @param params As the objective sees them. A number outside the range is used as it is, with a warning; for a
   * value that is not one of the choices, the suggestion throws a ConfigError when the trial runs.
   * @returns The trial's number; undefined where it was left out
   */
  async enqueueTrial(
    params: Readonly<Record<string, ParamValue>>,
    { userAttrs = {}, skipIfExists = false }: EnqueueOptions = {},
  ): Promise<number | undefined> {
    if (skipIfExists && isEnqueuedAlready(await this.trials(), params)) return undefined;
    const template = { state: 'WAITING', userAttrs, systemAttrs: { fixed_params: { ...params } } } as const;
    return (await this.storage.createTrial(this.id, template)).number;
  }

  /**
   * Adds a trial from elsewhere, COMPLETE where nothing else is said.
   * @throws ConfigError where its parts do not fit each other or the study
   */
  async addTrial(record: TrialRecord): Promise<FrozenTrial> {
    return this.storage.createTrial(this.id, toTemplate(record, this.directions.length));
  }

  /** Adds trials in this order. */
  async addTrials(records: readonly TrialRecord[]): Promise<void> {
    const templates = records.map((record) => toTemplate(record, this.directions.length));
    for (const template of templates) await this.storage.createTrial(this.id, template);
  }

  /**
   * A snapshot of the trials by number.
   * @param states Only trials of these states. Default all.
   */
  async trials(states?: readonly TrialState[]): Promise<readonly FrozenTrial[]> {
    const trials = await this.storage.trials(this.id);
    return states ? trials.filter((trial) => states.includes(trial.state)) : trials;
  }

  /** The study with these trials. */
  viewOf(trials: readonly FrozenTrial[]): StudyView {
    return { name: this.name, directions: this.directions, trials };
  }

  /** The study at this moment. */
  async view(): Promise<StudyView> {
    return this.viewOf(await this.trials());
  }

  /**
   * The best feasible trial, the earliest of equals.
   * @throws ConfigError where the study has several objectives, or no feasible trial is complete
   */
  async bestTrial(): Promise<FrozenTrial> {
    return bestTrial(await this.view());
  }

  /** The value of the best trial. @throws ConfigError as `bestTrial` */
  async bestValue(): Promise<number> {
    return (await this.bestTrial()).values![0];
  }

  /** The parameters of the best trial. @throws ConfigError as `bestTrial` */
  async bestParams(): Promise<Readonly<Record<string, ParamValue>>> {
    return trialParams(await this.bestTrial());
  }

  /** The Pareto front by number: feasible complete trials that no other one beats everywhere. */
  async bestTrials(): Promise<readonly FrozenTrial[]> {
    return bestTrials(await this.view());
  }

  /** User attributes, as currently stored. */
  async userAttrs(): Promise<Attributes> {
    return (await this.#stored()).userAttrs;
  }

  /** System attributes of samplers, tools and the study itself. */
  async systemAttrs(): Promise<Attributes> {
    return (await this.#stored()).systemAttrs;
  }

  /** Sets a user attribute of the study: JSON. */
  async setUserAttr(key: string, value: Attribute): Promise<void> {
    await this.storage.setStudyAttr(this.id, 'user', key, value);
  }

  /** The names of the objectives, in order; undefined if never set. */
  async metricNames(): Promise<readonly string[] | undefined> {
    return (await this.systemAttrs())[METRIC_NAMES] as readonly string[] | undefined;
  }

  /** Sets the names of the objectives. @throws ConfigError unless there is one name per objective */
  async setMetricNames(names: readonly string[]): Promise<void> {
    if (names.length !== this.directions.length) {
      throw new ConfigError(
        `[metric names] must be ${this.directions.length}, one per objective, but got ${names.length}: ${names.join(', ')}.`,
      );
    }
    await this.storage.setStudyAttr(this.id, 'system', METRIC_NAMES, [...names]);
  }

  async #stored(): Promise<StudyRecord> {
    const found = await this.storage.findStudy(this.name);
    if (found) return found;
    throw new ConfigError(
      `[study ${this.name}] must be in ${this.storage.url}, but it is gone. Was it deleted?`,
    );
  }
}
