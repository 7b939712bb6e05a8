/**
 * A study: trials with common objectives, in a storage that several processes may share. `ask` and `tell` are its
 * core; `optimize` is a loop over them. Its stored part is in `stored-study.ts`.
 */
import { ConfigError } from '../../core/errors.ts';
import type { Pruner } from '../pruners/pruner.ts';
import type { Sampler } from '../samplers/sampler.ts';
import type { StudyRecord, TrialTemplate } from '../storage/contract.ts';
import { endOf, type ObjectiveValue, tellable, type TrialEnd, TrialFinishedError } from '../trial/end.ts';
import { type Attributes, blankTrial, type FrozenTrial, isFinished } from '../trial/frozen-trial.ts';
import {
  countFirstAttempts,
  FAIL_REASON,
  mayClaim,
  parkedCopy,
  retryHistory,
  retryOf,
  type RetryOptions,
  WORKER,
} from '../trial/retry.ts';
import { Trial } from '../trial/trial.ts';
import {
  type AskOptions,
  type AskTell,
  HEARTBEAT,
  type Objective,
  type Space,
  type TellOptions,
} from './ask-tell.ts';
import { samplingTask, type StudyContext } from './context.ts';
import { type OptimizeOptions, type OptimizeResult, runTrials, type StopReason } from './optimize.ts';
import { StoredStudy } from './stored-study.ts';
import { asIfUninterrupted } from './view.ts';

export type { Objective } from './ask-tell.ts';

/** The id of a trial that the storage has not made yet. */
const UNKNOWN = -1;

/** A study: made by `createStudy` and `loadStudy`. */
export class Study extends StoredStudy implements AskTell {
  readonly #context: StudyContext;
  /** Trials that this object has begun and that are not told yet, by number. */
  readonly #running = new Map<number, Trial>();
  #asking: Promise<unknown> = Promise.resolve();
  #optimizing = false;
  #stopping: StopReason | undefined;

  constructor(context: StudyContext, record: StudyRecord) {
    super(context.storage, record);
    this.#context = context;
  }

  /** The sampler, which is not stored. */
  get sampler(): Sampler {
    return this.#context.sampler;
  }

  /** The pruner, which is not stored. */
  get pruner(): Pruner {
    return this.#context.pruner;
  }

  /** Reports a warning. */
  warn(message: string): void {
    this.#context.onWarning(message);
  }

  /**
   * Begins a trial: one from the queue, or a new one.
   * @param space Parameters to suggest at once. Default none: the objective suggests them.
   */
  async ask(space: Space = {}): Promise<Trial> {
    return (await this.askWithin({ space })) as Trial;
  }

  /** As `ask`; undefined if the budget is used up. */
  askWithin(options: AskOptions = {}): Promise<Trial | undefined> {
    // one at a time, so that the next one sees the plans of this one
    const asked = this.#asking.then(() => this.#ask(options));
    this.#asking = asked.catch(() => undefined);
    return asked;
  }

  async #ask({
    space = {},
    budget = Infinity,
    repeat = true,
    heartbeatSeconds,
    worker,
  }: AskOptions): Promise<Trial | undefined> {
    const { storage } = this;
    const heartbeat = heartbeatSeconds !== undefined;
    const systemAttrs = {
      ...(heartbeat && { [HEARTBEAT]: heartbeatSeconds }),
      ...(worker !== undefined && { [WORKER]: worker }),
    };
    let trials = await storage.trials(this.id);
    if (mayClaim(trials, budget)) {
      const claimed = await storage.claimWaiting(this.id, { heartbeat, systemAttrs });
      if (claimed) return this.#begin(claimed, await storage.trials(this.id), space);
    }
    if (countFirstAttempts(trials) >= budget) return undefined;
    if (!repeat && this.#isUsedUp(trials)) return undefined;
    // attributes of the sampler are written with the trial, so that others see its plans at once
    const planned = this.#plan(blankTrial(UNKNOWN, trials.length), trials, space);
    const template = { systemAttrs: { ...systemAttrs, ...planned.plannedAttrs } };
    const created = await storage.createTrialWithin(this.id, budget, template, { heartbeat });
    if (!created) return undefined;
    if (created.number !== planned.number) {
      // another process got that number: sample again with another random stream and the new trial
      trials = await storage.trials(this.id);
      return this.#begin(created, trials, space);
    }
    planned.bind(created);
    this.#running.set(planned.number, planned);
    await planned.flush();
    return planned;
  }

  /** Whether the sampler is exhausted, and none of its trials waits or runs. */
  async isUsedUp(): Promise<boolean> {
    const trials = await this.trials();
    return trials.every(({ state }) => isFinished(state)) && this.#isUsedUp(trials);
  }

  #isUsedUp(trials: readonly FrozenTrial[]): boolean {
    return this.sampler.isUsedUp?.(this.viewOf(trials)) ?? false;
  }

  /** Begins a trial that is already stored. */
  async #begin(frozen: FrozenTrial, trials: readonly FrozenTrial[], space: Space) {
    const trial = this.#plan(frozen, trials, space);
    this.#running.set(trial.number, trial);
    await trial.flush();
    return trial;
  }

  #plan(frozen: FrozenTrial, trials: readonly FrozenTrial[], space: Space): Trial {
    const context = { ...this.#context, studyId: this.id, study: this.viewOf(trials) };
    const trial = new Trial(context, frozen);
    const suggestAll = () => {
      for (const [name, distribution] of Object.entries(space)) trial.suggest(name, distribution);
    };
    suggestAll();
    while (trial.repeatsAnother() && trial.redraw()) suggestAll();
    return trial;
  }

  /**
   * Ends a trial, and writes its pending changes, in one transaction.
   * @param trial The trial, or its number.
   * @param value Its value, or one per objective; ±Infinity allowed.
   * @returns The trial as it is now
   * @throws TrialFinishedError if it has already ended: another process may have ended it, because its heartbeat
   * stopped
   * @throws ConfigError where there is no such trial, it waits, or state and value contradict each other
   */
  tell(trial: Trial | number, value?: ObjectiveValue, options: TellOptions = {}): Promise<FrozenTrial> {
    return this.#tell(trial, value, options);
  }

  /** @param retry A copy to make in the same transaction. */
  async #tell(
    trial: Trial | number,
    value: ObjectiveValue | undefined,
    { state, skipIfFinished = false, reason }: TellOptions,
    retry?: TrialTemplate,
  ): Promise<FrozenTrial> {
    const running = typeof trial === 'number' ? this.#running.get(trial) : trial;
    const stored = running ? undefined : tellable(await this.view(), Number(trial), skipIfFinished);
    if (stored && isFinished(stored.state)) return stored;
    const current = (running?.snapshot() ?? stored)!;
    const end = endOf(current, value, state, this.directions.length);
    if (end.reason !== undefined) this.warn(`[trial ${current.number}] ${end.reason}. It counts as failed.`);
    const why = reason ?? end.reason;
    const systemAttrs = {
      ...(why !== undefined && end.state === 'FAIL' && { [FAIL_REASON]: why }),
      ...(!retry && (await this.#afterTrial(current, end))),
    };
    try {
      if (running) await running.end(end, systemAttrs, retry);
      else await this.storage.writeTrial(current.id, { systemAttrs, end: { ...end, retry } });
    } catch (error) {
      // after any other error, which may be temporary, the trial can be told again
      if (error instanceof ConfigError) this.#running.delete(current.number);
      if (!(skipIfFinished && error instanceof TrialFinishedError)) throw error;
    }
    this.#running.delete(current.number);
    return this.storage.trial(current.id);
  }

  async #afterTrial(trial: FrozenTrial, { state, values }: TrialEnd): Promise<Attributes> {
    const { sampler } = this;
    if (!sampler.afterTrial) return {};
    const task = samplingTask(this.#context, asIfUninterrupted(this.viewOf(await this.trials()), trial));
    const { systemAttrs = {}, stop = false } = sampler.afterTrial(task.study, task.trial, state, values);
    if (stop) this.#stopping ??= 'sampler';
    return systemAttrs;
  }

  /**
   * Asks for trials, runs the objective and tells, until it is time to stop.
   * @throws errors of the objective that `catch` does not list; the trial has then failed, and all told results are
   * kept
   * @throws ConfigError within another `optimize` of this study, or where an option is out of its range
   */
  async optimize(objective: Objective, options: OptimizeOptions<Study> = {}): Promise<OptimizeResult> {
    if (this.#optimizing) {
      throw new ConfigError(
        `[study ${this.name}] must not optimise within its own optimisation. Use another study, or call it afterwards.`,
      );
    }
    this.#optimizing = true;
    this.#stopping = undefined;
    try {
      return await runTrials(this, objective, options, () => this.#stopping);
    } finally {
      this.#optimizing = false;
    }
  }

  /**
   * Stops `optimize` from beginning more trials; for objectives and callbacks.
   * @throws ConfigError outside `optimize`
   */
  stop(): void {
    if (!this.#optimizing) {
      throw new ConfigError(
        `[study ${this.name}] can be stopped only while it optimises. Call stop within the objective or a callback.`,
      );
    }
    this.#stopping ??= 'stop';
  }

  /** The trials that this object has begun and that are not told yet, by number. */
  get running(): readonly Trial[] {
    return [...this.#running.values()].sort((a, b) => a.number - b.number);
  }

  /** Drops a trial that another process has ended. */
  forget(trial: Trial): void {
    this.#running.delete(trial.number);
  }

  /**
   * Returns a trial to the queue, to be run again: it ends as FAIL, and a copy with its parameters waits.
   * @returns The number of the copy
   */
  async park(trial: Trial, { keepReports = false }: Pick<RetryOptions, 'keepReports'> = {}): Promise<number> {
    const copy = parkedCopy(trial.snapshot(), { keepReports });
    await this.#tell(trial, undefined, { state: 'FAIL', reason: 'interrupted' }, copy);
    const trials = await this.trials();
    return trials.findLast((other) => retryHistory(other).at(-1) === trial.number)!.number;
  }

  /**
   * Ends trials whose heartbeat stopped as FAIL and puts copies in the queue.
   * @param graceSeconds How old the last heartbeat may be.
   * @returns The trials that this call ended
   */
  async retryStale(graceSeconds: number, options: RetryOptions = {}): Promise<readonly FrozenTrial[]> {
    const failed = await this.storage.failStale(this.id, graceSeconds, (trial) => retryOf(trial, options));
    for (const trial of failed) {
      this.warn(
        `[trial ${trial.number}] its worker sent no heartbeat for ${graceSeconds} s. ` +
          (retryOf(trial, options)
            ? 'It will be run again.'
            : 'It has no retries left and counts as failed.'),
      );
    }
    return failed;
  }

  /**
   * Ends the running trials of workers that are known to be gone as FAIL, and puts copies in the queue, without waiting for
   * their heartbeats to grow old.
   * @param isGone Asked with the names under which `optimize` ran them.
   * @returns These trials
   */
  async retryLost(
    isGone: (worker: string) => boolean,
    options: RetryOptions = {},
  ): Promise<readonly FrozenTrial[]> {
    const trials = await this.trials();
    const lost = trials.filter((trial) => {
      const worker = trial.systemAttrs[WORKER];
      if (trial.state !== 'RUNNING' || typeof worker !== 'string') return false;
      // Optuna copies the name with the trial that it runs again
      const before = trials[retryHistory(trial).at(-1) ?? -1] as FrozenTrial | undefined;
      return before?.systemAttrs[WORKER] !== worker && isGone(worker);
    });
    const ended: FrozenTrial[] = [];
    for (const trial of lost) {
      const retry = retryOf(trial, options);
      const told = { state: 'FAIL', reason: 'its worker has ended', skipIfFinished: true } as const;
      ended.push(await this.#tell(trial.number, undefined, told, retry));
      this.warn(
        `[trial ${trial.number}] its process has ended. ` +
          (retry ? 'It will be run again.' : 'It has no retries left and counts as failed.'),
      );
    }
    return ended;
  }
}
