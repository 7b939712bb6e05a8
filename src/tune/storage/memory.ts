/**
 * Studies in memory: for tests, for browsers, and for searches whose history is not needed afterwards.
 *
 * Trials are immutable snapshots. A write replaces one snapshot; the list is copied only if a caller has it.
 */
import type { Distribution } from '../space/distributions.ts';
import {
  type Attribute,
  type Attributes,
  type Direction,
  type FrozenTrial,
  isFinished,
} from '../trial/frozen-trial.ts';
import { countFirstAttempts, firstAttempt } from '../trial/retry.ts';
import {
  checkChanges,
  checkParams,
  checkStudy,
  checkUnfinished,
  copyAttribute,
  copyAttributes,
  fillTemplate,
  nameTaken,
  noSuch,
  withStudyAttr,
} from './checks.ts';
import type { StudyRecord, StudyStorage, TrialBeginning, TrialChanges, TrialTemplate } from './contract.ts';

/** Options of `MemoryStorage`. */
export interface MemoryStorageOptions {
  /** The clock of start, end and heartbeat. Default: the system's. */
  readonly now?: () => Date;
}

interface Study {
  record: StudyRecord;
  /** By number. */
  trials: FrozenTrial[];
  /** Whether a caller has `trials`: copy before the next change. */
  shared: boolean;
  /** Numbers of WAITING trials; ascending, since a trial waits from its beginning or never. */
  readonly waiting: Set<number>;
  /** The first distribution of each parameter. */
  readonly distributions: Map<string, Distribution>;
  /** Time of the last heartbeat by trial number, in ms. */
  readonly heartbeats: Map<number, number>;
}

/** A storage in memory. Ids are never reused. */
export class MemoryStorage implements StudyStorage {
  readonly url = 'memory:';
  readonly #now: () => Date;
  readonly #studies = new Map<number, Study>();
  /** Study and number by trial id. */
  readonly #places = new Map<number, { readonly study: Study; readonly number: number }>();
  #lastStudy = 0;
  #lastTrial = 0;

  constructor({ now = () => new Date() }: MemoryStorageOptions = {}) {
    this.#now = now;
  }

  createStudy(name: string, directions: readonly Direction[]): Promise<StudyRecord> {
    return this.importStudy({ name, directions, userAttrs: {}, systemAttrs: {} }, []);
  }

  async importStudy(study: Omit<StudyRecord, 'id'>, trials: readonly TrialTemplate[]): Promise<StudyRecord> {
    const checked = checkStudy(study);
    if (await this.findStudy(checked.name)) throw nameTaken(checked.name);
    const id = ++this.#lastStudy;
    const record: StudyRecord = { id, ...checked };
    this.#studies.set(id, {
      record,
      trials: [],
      shared: false,
      waiting: new Set(),
      distributions: new Map(),
      heartbeats: new Map(),
    });
    try {
      for (const trial of trials) await this.createTrial(id, trial);
    } catch (error) {
      await this.deleteStudy(id);
      throw error;
    }
    return record;
  }

  async deleteStudy(studyId: number): Promise<void> {
    for (const { id } of this.#study(studyId).trials) this.#places.delete(id);
    this.#studies.delete(studyId);
  }

  async studies(): Promise<readonly StudyRecord[]> {
    return [...this.#studies.values()].map(({ record }) => record);
  }

  async findStudy(name: string): Promise<StudyRecord | undefined> {
    for (const { record } of this.#studies.values()) if (record.name === name) return record;
    return undefined;
  }

  async setStudyAttr(studyId: number, kind: 'user' | 'system', key: string, value: Attribute): Promise<void> {
    const copy = copyAttribute(key, value);
    const study = this.#study(studyId);
    study.record = withStudyAttr(study.record, kind, key, copy);
  }

  async createTrial(studyId: number, template: TrialTemplate = {}): Promise<FrozenTrial> {
    const filled = fillTemplate(template, this.#now());
    const study = this.#study(studyId);
    checkParams(
      study.distributions,
      [...filled.distributions].map(([name, distribution]) => ({ name, distribution })),
    );
    return this.#append(study, filled);
  }

  async createTrialWithin(
    studyId: number,
    budget: number,
    template: TrialTemplate = {},
    { heartbeat = false }: TrialBeginning = {},
  ): Promise<FrozenTrial | undefined> {
    const { trials } = this.#study(studyId);
    if (countFirstAttempts(trials) >= budget) return undefined;
    const trial = await this.createTrial(studyId, template);
    if (heartbeat) await this.heartbeat(trial.id);
    return trial;
  }

  async claimWaiting(
    studyId: number,
    { heartbeat = false, systemAttrs = {} }: TrialBeginning & { readonly systemAttrs?: Attributes } = {},
  ): Promise<FrozenTrial | undefined> {
    const study = this.#study(studyId);
    const waiting = firstOf([...study.waiting].map((number) => study.trials[number]));
    if (!waiting) return undefined;
    const trial: FrozenTrial = {
      ...waiting,
      state: 'RUNNING',
      datetimeStart: this.#now(),
      systemAttrs: { ...waiting.systemAttrs, ...copyAttributes(systemAttrs) },
    };
    study.waiting.delete(waiting.number);
    this.#put(study, trial);
    if (heartbeat) await this.heartbeat(trial.id);
    return trial;
  }

  async writeTrial(trialId: number, changes: TrialChanges): Promise<void> {
    const { study, number } = this.#place(trialId);
    const trial = study.trials[number];
    checkUnfinished(trial);
    const { params = [], end } = changes;
    const parts = checkChanges(changes);
    checkParams(study.distributions, params);
    const internalParams = new Map(trial.internalParams);
    const distributions = new Map(trial.distributions);
    for (const { name, internal, distribution } of params) {
      if (internalParams.has(name)) continue;
      internalParams.set(name, internal);
      distributions.set(name, distribution);
    }
    const retry = end?.retry && fillTemplate(end.retry, this.#now());
    if (end) study.waiting.delete(number);
    this.#put(study, {
      ...trial,
      internalParams,
      distributions,
      // the first report of a step stays
      intermediateValues:
        parts.intermediateValues.size === 0
          ? trial.intermediateValues
          : new Map([...trial.intermediateValues, ...parts.intermediateValues, ...trial.intermediateValues]),
      userAttrs: { ...trial.userAttrs, ...parts.userAttrs },
      systemAttrs: { ...trial.systemAttrs, ...parts.systemAttrs },
      ...(end && { state: end.state, values: parts.values, datetimeComplete: this.#now() }),
    });
    if (retry) this.#append(study, retry);
  }

  async trial(trialId: number): Promise<FrozenTrial> {
    const { study, number } = this.#place(trialId);
    return study.trials[number];
  }

  async trials(studyId: number): Promise<readonly FrozenTrial[]> {
    const study = this.#study(studyId);
    study.shared = true;
    return study.trials;
  }

  async heartbeat(trialId: number): Promise<void> {
    const { study, number } = this.#place(trialId);
    if (study.trials[number].state === 'RUNNING') study.heartbeats.set(number, this.#now().getTime());
  }

  async failStale(
    studyId: number,
    graceSeconds: number,
    retry: (trial: FrozenTrial) => TrialTemplate | undefined = () => undefined,
  ): Promise<readonly FrozenTrial[]> {
    const study = this.#study(studyId);
    const now = this.#now();
    const failed: FrozenTrial[] = [];
    for (const [number, time] of study.heartbeats) {
      const trial = study.trials[number];
      if (isFinished(trial.state)) study.heartbeats.delete(number);
      if (trial.state !== 'RUNNING' || now.getTime() - time <= graceSeconds * 1000) continue;
      const ended: FrozenTrial = { ...trial, state: 'FAIL', datetimeComplete: now };
      study.heartbeats.delete(number);
      this.#put(study, ended);
      failed.push(ended);
    }
    failed.sort((a, b) => a.number - b.number);
    for (const trial of failed) {
      const copy = retry(trial);
      if (copy) this.#append(study, fillTemplate(copy, now));
    }
    return failed;
  }

  async close(): Promise<void> {
    // nothing to close
  }

  #study(id: number): Study {
    const study = this.#studies.get(id);
    if (!study) throw noSuch('study', id, this.url);
    return study;
  }

  #place(trialId: number) {
    const place = this.#places.get(trialId);
    if (!place) throw noSuch('trial', trialId, this.url);
    return place;
  }

  /** Makes a trial from checked fields. */
  #append(study: Study, filled: Omit<FrozenTrial, 'id' | 'number'>): FrozenTrial {
    const number = study.trials.length;
    const trial: FrozenTrial = { id: ++this.#lastTrial, number, ...filled };
    this.#places.set(trial.id, { study, number });
    if (trial.state === 'WAITING') study.waiting.add(number);
    this.#put(study, trial);
    return trial;
  }

  /** Replaces or appends a snapshot. */
  #put(study: Study, trial: FrozenTrial) {
    if (study.shared) {
      study.trials = study.trials.slice();
      study.shared = false;
    }
    study.trials[trial.number] = trial;
  }
}

/** The trial whose first attempt came first. */
function firstOf(trials: readonly FrozenTrial[]): FrozenTrial | undefined {
  let first: FrozenTrial | undefined;
  for (const trial of trials) if (!first || firstAttempt(trial) < firstAttempt(first)) first = trial;
  return first;
}
