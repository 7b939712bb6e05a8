/**
 * A running trial, the argument of an objective. Suggestions use the snapshot taken when the trial began, so they are
 * synchronous; changes are buffered until the next `flush`, `shouldPrune` or tell, and written in one transaction.
 */
import { ConfigError } from '../../core/errors.ts';
import type { RelativeSample } from '../samplers/sampler.ts';
import { distributionToJson } from '../space/distribution-json.ts';
import {
  categoricalDistribution,
  checkCompatible,
  type Choice,
  contains,
  type Distribution,
  equalDistributions,
  floatDistribution,
  intDistribution,
  isSingle,
  type ParamValue,
  type RangeOptions,
  toExternal,
  toInternal,
} from '../space/distributions.ts';
import type { TrialChanges, TrialTemplate } from '../storage/contract.ts';
import { type SamplingTask, samplingTask, type StudyContext } from '../study/context.ts';
import { asIfUninterrupted, type StudyOfTrial, type StudyView } from '../study/view.ts';
import { CONSTRAINT_PREFIX } from './constraints.ts';
import { repeatsAnother } from './duplicates.ts';
import { type TrialEnd, TrialFinishedError } from './end.ts';
import { type Attribute, type Attributes, type FrozenTrial, lastStep, trialParams } from './frozen-trial.ts';
import { changesOf, joined, NOTHING, type Pending } from './pending.ts';
import { FAIL_REASON } from './retry.ts';

/** The context of a trial. */
export interface TrialContext extends StudyContext {
  readonly studyId: number;
  /** The study when the trial began. */
  readonly study: StudyView;
}

/** The system attribute that counts how often the parameters were sampled again. */
const REDRAWS = 'redraws';

/** A running trial, made by `study.ask` and `study.optimize`. */
export class Trial {
  /** 0, 1, … within the study. */
  readonly number: number;
  readonly #context: TrialContext;
  #frozen: FrozenTrial;
  #relative: RelativeSample;
  /** The study, as samplers and pruners see it, when the trial began. */
  #seen: StudyOfTrial;
  #draws: number;
  #pending = NOTHING;
  readonly #params: Map<string, number>;
  readonly #distributions: Map<string, Distribution>;
  readonly #reports: Map<number, number>;
  #userAttrs: Attributes;
  #systemAttrs: Attributes;
  /** Steps that an earlier attempt reported and this one did not yet. */
  readonly #inherited: Set<number>;
  /** The highest step of an earlier attempt, -1 without one. */
  readonly #reached: number;
  /** Whether the last report repeats one after which an earlier attempt continued. */
  #replays = false;
  /** Attributes that the pruner stores when it prunes the trial. */
  #verdict: Attributes = {};

  /**
   * Samples the parameters that are chosen together.
   * @param frozen As the storage has it, or will have it: see `bind`.
   */
  constructor(context: TrialContext, frozen: FrozenTrial) {
    this.#context = context;
    this.number = frozen.number;
    this.#frozen = frozen;
    this.#params = new Map(frozen.internalParams);
    this.#distributions = new Map(frozen.distributions);
    this.#reports = new Map(frozen.intermediateValues);
    this.#userAttrs = frozen.userAttrs;
    this.#systemAttrs = frozen.systemAttrs;
    this.#inherited = new Set(frozen.intermediateValues.keys());
    this.#reached = lastStep(frozen) ?? -1;
    this.#seen = asIfUninterrupted(context.study, frozen);
    this.#draws = Number(frozen.systemAttrs[REDRAWS] ?? 0);
    this.#relative = this.#sampleRelative();
    while (this.#draws < context.redraws && this.#repeats(this.#relative.params)) {
      this.#redrawTogether();
    }
    this.#keepSystemAttrs(this.#relative.systemAttrs ?? {});
  }

  /** Unique within the storage. */
  get id(): number {
    return this.#frozen.id;
  }

  /** The parameters so far, as the objective sees them. */
  get params(): Readonly<Record<string, ParamValue>> {
    return trialParams(this.snapshot());
  }

  /** User attributes, including pending ones. */
  get userAttrs(): Attributes {
    return this.#userAttrs;
  }

  /** System attributes of samplers, pruners and the study. */
  get systemAttrs(): Attributes {
    return this.#systemAttrs;
  }

  /** The trial including pending changes. */
  snapshot(): FrozenTrial {
    return {
      ...this.#frozen,
      internalParams: new Map(this.#params),
      distributions: new Map(this.#distributions),
      intermediateValues: new Map(this.#reports),
      userAttrs: this.#userAttrs,
      systemAttrs: this.#systemAttrs,
    };
  }

  /**
   * A float in [low, high], on the grid low, low + step, … where there is a step.
   * @throws ConfigError where the range is none, or the study knows `name` as another kind
   */
  suggestFloat(name: string, low: number, high: number, options: RangeOptions = {}): number {
    return this.suggest(name, floatDistribution(low, high, options, name)) as number;
  }

  /**
   * An integer low, low + step, …, at most high.
   * @throws ConfigError where the range is none, or the study knows `name` as another kind
   */
  suggestInt(name: string, low: number, high: number, options: RangeOptions = {}): number {
    return this.suggest(name, intDistribution(low, high, options, name)) as number;
  }

  /**
   * One of `choices`, which stay the same in every trial of the study.
   * @throws ConfigError where there are none, or the study knows others of this name
   */
  suggestCategorical<const T extends Choice>(name: string, choices: readonly T[]): T {
    return this.suggest(name, categoricalDistribution(choices, name)) as T;
  }

  /**
   * A value of a distribution; repeated calls return the same one.
   * @throws ConfigError where the study knows `name` as another kind
   */
  suggest(name: string, distribution: Distribution): ParamValue {
    const known = this.#distributions.get(name);
    if (known) {
      checkCompatible(name, known, distribution);
      if (!equalDistributions(known, distribution)) {
        this.#warn(
          `[${name}] of trial ${this.number} should be asked for with one range, but got another one the second time. The value stays.`,
        );
      }
      return toExternal(known, this.#params.get(name)!);
    }
    const before = this.#context.study.trials.find((trial) => trial.distributions.has(name));
    if (before) checkCompatible(name, before.distributions.get(name)!, distribution);
    const internal = this.#choose(name, distribution);
    this.#params.set(name, internal);
    this.#distributions.set(name, distribution);
    this.#add({ params: [...this.#pending.params, { name, internal, distribution }] });
    return toExternal(distribution, internal);
  }

  /** Whether an earlier trial has exactly the current parameters of this one. */
  repeatsAnother(): boolean {
    return this.#repeats(this.#params);
  }

  /**
   * Forgets the parameters that are not written yet, so that they are sampled anew; after `repeatsAnother`.
   * @returns False where that was done as often as the study allows
   */
  redraw(): boolean {
    if (this.#draws >= this.#context.redraws || this.#pending.params.length === 0) return false;
    for (const { name } of this.#pending.params) {
      this.#params.delete(name);
      this.#distributions.delete(name);
    }
    this.#add({ params: [] });
    this.#redrawTogether();
    this.#keepSystemAttrs(this.#relative.systemAttrs ?? {});
    return true;
  }

  /**
   * Reports the value of the objective at a step, such as the loss after an epoch. The first report of a step is
   * kept, also that of an earlier attempt.
   * @param step An integer ≥ 0.
   * @throws ConfigError where the study has several objectives, or the step is none
   */
  report(value: number, step: number): void {
    if (this.#context.study.directions.length > 1) {
      throw new ConfigError(
        `[trial ${this.number}] reports need a study of one objective, but got ${this.#context.study.directions.length}. Leave them out.`,
      );
    }
    if (!Number.isSafeInteger(step) || step < 0) {
      throw new ConfigError(
        `[trial ${this.number}] the step of a report must be an integer from 0, but got ${step}. Count epochs or batches.`,
      );
    }
    if (typeof value !== 'number') {
      throw new ConfigError(
        `[trial ${this.number}] a report must be a number, but got ${JSON.stringify(value)}. Report the value of the objective so far.`,
      );
    }
    if (this.#reports.has(step)) {
      if (!this.#inherited.delete(step)) {
        this.#warn(`[trial ${this.number}] step ${step} was reported already. The first report stays.`);
      }
      this.#replays = step < this.#reached;
      return;
    }
    this.#replays = false;
    // the objective continued despite pruning
    this.#keepSystemAttrs(this.#verdict);
    this.#verdict = {};
    this.#reports.set(step, value);
    this.#add({ reports: new Map([...this.#pending.reports, [step, value]]) });
  }

  /**
   * Whether the pruner would stop this trial, by its reports so far. Writes pending changes. False up to the last
   * step of an earlier attempt, which was allowed to continue.
   * @throws TrialFinishedError if another process ended the trial, because its heartbeat stopped
   */
  async shouldPrune(): Promise<boolean> {
    await this.flush();
    if (this.#reports.size === 0 || this.#replays || this.#context.study.directions.length > 1) return false;
    const { storage, studyId, study, pruner } = this.#context;
    const trials = await storage.trials(studyId);
    const seen = asIfUninterrupted({ ...study, trials }, trials[this.number]);
    const { prune, systemAttrs = {} } = pruner.decide(seen.study, seen.trial);
    if (prune) {
      // written with the end: if this attempt dies before, the next one must get the same decision
      this.#verdict = systemAttrs;
    } else {
      this.#keepSystemAttrs(systemAttrs);
      await this.flush();
    }
    return prune;
  }

  /** Sets a user attribute of the trial: JSON. */
  setUserAttr(key: string, value: Attribute): void {
    this.#userAttrs = { ...this.#userAttrs, [key]: value };
    this.#add({ userAttrs: { ...this.#pending.userAttrs, [key]: value } });
  }

  /**
   * Sets the value of a constraint: violated above 0. A violating trial is never among the best. The first value is
   * kept.
   * @throws ConfigError where the value is NaN
   */
  setConstraint(name: string, value: number): void {
    if (typeof value !== 'number' || Number.isNaN(value)) {
      throw new ConfigError(
        `[constraint ${name}] must be a number, at most 0 where the limit is kept, but got ${value}. Give by how much the limit is exceeded.`,
      );
    }
    const key = CONSTRAINT_PREFIX + name;
    if (Object.hasOwn(this.#systemAttrs, key)) {
      this.#warn(`[constraint ${name}] of trial ${this.number} was set already. The first value stays.`);
      return;
    }
    this.#keepSystemAttrs({ [key]: value });
  }

  /**
   * Writes pending changes in one transaction.
   * @throws TrialFinishedError if another process ended the trial, because its heartbeat stopped
   */
  async flush(): Promise<void> {
    if (this.#pending !== NOTHING) await this.#write({});
  }

  /**
   * Ends the trial; used by `study.tell`.
   * @param systemAttrs To store with it.
   * @param retry A copy to make in the same transaction.
   * @throws TrialFinishedError where it has ended already
   * @throws ConfigError where the study knows a parameter as another kind; the trial has then failed
   */
  async end({ state, values }: TrialEnd, systemAttrs: Attributes = {}, retry?: TrialTemplate): Promise<void> {
    this.#keepSystemAttrs(retry ? systemAttrs : { ...this.#verdict, ...systemAttrs });
    try {
      await this.#write({ end: { state, values, retry } });
    } catch (error) {
      if (!(error instanceof ConfigError) || error instanceof TrialFinishedError) throw error;
      // the parameters cannot be stored, but the trial must be recorded
      this.#add({ params: [] });
      this.#keepSystemAttrs({ [FAIL_REASON]: error.message });
      await this.#write({ end: { state: 'FAIL', values: null } });
      throw error;
    }
  }

  /** Adds system attributes; used by the study. */
  keep(systemAttrs: Attributes): void {
    this.#keepSystemAttrs(systemAttrs);
  }

  /** Pending system attributes, for a storage that creates the trial with them. */
  get plannedAttrs(): Attributes {
    return this.#pending.systemAttrs;
  }

  /** Called when the storage has created the trial with `plannedAttrs`. */
  bind(created: FrozenTrial): void {
    this.#frozen = created;
    this.#seen = asIfUninterrupted(this.#context.study, created);
    this.#add({ systemAttrs: {} });
    if (this.#pending.params.length === 0) this.#pending = NOTHING;
  }

  async #write(extra: TrialChanges): Promise<void> {
    const pending = this.#pending;
    this.#pending = NOTHING;
    try {
      await this.#context.storage.writeTrial(this.id, { ...changesOf(pending), ...extra });
    } catch (error) {
      this.#pending = joined(pending, this.#pending);
      throw error;
    }
  }

  #choose(name: string, distribution: Distribution): number {
    const fixed = this.#fixed(name, distribution);
    if (fixed !== undefined) return fixed;
    if (isSingle(distribution)) return distribution.type === 'categorical' ? 0 : distribution.low;
    const together = this.#relative.params.get(name);
    if (together !== undefined && contains(distribution, together)) return together;
    const { study, trial } = this.#task();
    return this.#context.sampler.sampleIndependent(study, trial, name, distribution);
  }

  /** The internal value of a parameter that the trial was enqueued with. */
  #fixed(name: string, distribution: Distribution): number | undefined {
    const all = this.#frozen.systemAttrs.fixed_params as Attributes | undefined;
    if (!all || !Object.hasOwn(all, name)) return undefined;
    const where = `[${name}] of the enqueued trial ${this.number}`;
    const got = `${distributionToJson(distribution)}, but got ${JSON.stringify(all[name])}`;
    const internal = toInternal(distribution, all[name]);
    if (internal === undefined) {
      throw new ConfigError(`${where} must be one of ${got}. Enqueue a value that the objective knows.`);
    }
    if (!contains(distribution, internal))
      this.#warn(`${where} should be one of ${got}. It is used as it is.`);
    return internal;
  }

  #task(): SamplingTask {
    return samplingTask(this.#context, this.#seen, this.#draws);
  }

  #repeats(params: ReadonlyMap<string, number>): boolean {
    const { study, trial } = this.#seen;
    return repeatsAnother(study.trials, params, trial.number);
  }

  #sampleRelative(): RelativeSample {
    const { study, trial } = this.#task();
    return this.#context.sampler.sampleRelative(study, trial);
  }

  #redrawTogether() {
    this.#draws++;
    this.#keepSystemAttrs({ [REDRAWS]: this.#draws });
    this.#relative = this.#sampleRelative();
  }

  #keepSystemAttrs(attrs: Attributes) {
    if (Object.keys(attrs).length === 0) return;
    this.#systemAttrs = { ...this.#systemAttrs, ...attrs };
    this.#add({ systemAttrs: { ...this.#pending.systemAttrs, ...attrs } });
  }

  #add(part: Partial<Pending>) {
    this.#pending = { ...this.#pending, ...part };
  }

  #warn(message: string) {
    this.#context.onWarning(message);
  }
}
