/** The loop: ask, run the objective, tell, until it is time to stop. Several trials may run concurrently. */
import { ConfigError, InterruptedError } from '../../core/errors.ts';
import { TrialFinishedError, TrialPruned } from '../trial/end.ts';
import { type FrozenTrial, isFinished } from '../trial/frozen-trial.ts';
import { lastAttempts, mayClaim, type RetryOptions } from '../trial/retry.ts';
import type { Trial } from '../trial/trial.ts';
import { type AskTell, HEARTBEAT, type Objective } from './ask-tell.ts';
import { findBestTrial, isBetter } from './best.ts';
import { systemTimers, type Timers } from './timers.ts';
import type { StudyView } from './view.ts';

/** Why `optimize` began no more trials. */
export type StopReason =
  'trials' | 'timeout' | 'signal' | 'stop' | 'sampler' | 'target' | 'patience' | 'error';

/** Which errors of an objective only fail its trial. */
export type Catch =
  boolean | readonly (abstract new (...args: never[]) => Error)[] | ((error: unknown) => boolean);

/** When to stop, and how to run. Without any limit it runs until `stop()` or the signal. */
export interface OptimizeOptions<Study extends AskTell = AskTell> extends RetryOptions {
  /**
   * Trials of the whole study, including existing ones and those of other workers; failed ones count, and a trial
   * that is run again counts once. An integer from 0. Default unlimited.
   */
  readonly trials?: number;
  /** Trials that this call begins: an integer from 0. Default unlimited. */
  readonly newTrials?: number;
  /** Seconds, above 0, after which no trial begins; running ones finish. Default unlimited. */
  readonly timeout?: number;
  /** Stops when a trial is at least this good, or at once if there is one. For studies of one objective. */
  readonly target?: number;
  /**
   * Stops after this many trials of the study in a row, at least 1, without a better value; one that is run again
   * counts once. For studies of one objective.
   */
  readonly patience?: number;
  /** Concurrent trials, for asynchronous objectives: an integer from 1. Default 1. */
  readonly concurrency?: number;
  /**
   * Errors that only fail their trial while the search continues: all, some classes, or those for which a function
   * returns true. Default none.
   */
  readonly catch?: Catch;
  /** Called after each trial, in this order. */
  readonly callbacks?: readonly ((study: Study, trial: FrozenTrial) => void | Promise<void>)[];
  /**
   * Once aborted, no trial begins. If an objective then throws an InterruptedError, its trial is returned to the
   * queue.
   */
  readonly signal?: AbortSignal;
  /**
   * Seconds, above 0, between heartbeats, so that others notice when this process dies and run its trials again. The
   * objective must not block the event loop. Default off.
   */
  readonly heartbeatSeconds?: number;
  /**
   * Unique name of this process among those that work on the study; stored with its trials, see `Study.retryLost`.
   * Default none.
   */
  readonly worker?: string;
  /** How old a heartbeat may be, in seconds, before a trial counts as dead. Default twice `heartbeatSeconds`. */
  readonly graceSeconds?: number;
  /**
   * Whether a worker without trials left waits while others run theirs, to take over if one dies. With `trials` and
   * heartbeats. Default true.
   */
  readonly waitForOthers?: boolean;
  /** Called once when it waits for trials of others, with their number. Default none. */
  readonly onIdle?: (others: number) => void;
  /** Timers of timeout and heartbeats. Default the system's. */
  readonly timers?: Timers;
}

/** The result of a call. */
export interface OptimizeResult {
  /** Trials that ended in this call. */
  readonly ran: number;
  /** Why no more trials began: the first reason that held. */
  readonly stopped: StopReason;
}

/**
 * Runs trials of a study; called by `study.optimize`.
 * @param stopping Returns why the study was told to stop; undefined if it was not.
 */
export async function runTrials<Study extends AskTell>(
  study: Study,
  objective: Objective,
  options: OptimizeOptions<Study>,
  stopping: () => StopReason | undefined,
): Promise<OptimizeResult> {
  checkOptions(study, options);
  const { concurrency = 1, timeout, timers = systemTimers, signal } = options;
  let timedOut = false;
  let said = false;
  const cancel = timeout === undefined ? undefined : timers.after(timeout, () => (timedOut = true));
  const loop: Loop<Study> = {
    study,
    objective,
    options,
    begun: 0,
    ran: 0,
    stopped: undefined,
    sayIdle(others) {
      if (!said) options.onIdle?.(others);
      said = true;
    },
    reason: () =>
      loop.stopped ??
      stopping() ??
      (signal?.aborted ? 'signal' : undefined) ??
      (timedOut ? 'timeout' : undefined),
  };
  try {
    await stopIfEnough(loop);
    const runners = Array.from({ length: concurrency }, () => runOneByOne(loop));
    const ended = await Promise.allSettled(runners);
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
    return { ran: loop.ran, stopped: loop.reason() ?? ((await study.isUsedUp()) ? 'sampler' : 'trials') };
  } finally {
    cancel?.();
  }
}

/** State shared by the runners of one call. */
interface Loop<Study extends AskTell = AskTell> {
  readonly study: Study;
  readonly objective: Objective;
  readonly options: OptimizeOptions<Study>;
  /** Trials begun in this call. */
  begun: number;
  ran: number;
  stopped: StopReason | undefined;
  reason(): StopReason | undefined;
  /** Reports once that nothing is left to begin. */
  sayIdle(others: number): void;
}

async function runOneByOne<Study extends AskTell>(loop: Loop<Study>): Promise<void> {
  const { options, study } = loop;
  const { trials, newTrials = Infinity, heartbeatSeconds, timers = systemTimers, signal } = options;
  try {
    while (!loop.reason() && loop.begun < newTrials) {
      loop.begun++;
      const trial = await nextTrial(loop);
      if (trial) {
        await runTrial(loop, trial);
        continue;
      }
      loop.begun--;
      if (heartbeatSeconds === undefined || trials === undefined) return;
      const now = await study.trials();
      // returned to the queue meanwhile
      if (mayClaim(now, trials)) continue;
      const others = othersOf(loop, now);
      if (others === 0) return;
      loop.sayIdle(others);
      await pause(heartbeatSeconds, timers, signal);
    }
  } catch (error) {
    loop.stopped = 'error';
    throw error;
  }
}

async function nextTrial<Study extends AskTell>({ study, options }: Loop<Study>): Promise<Trial | undefined> {
  const { trials: budget = Infinity, heartbeatSeconds, graceSeconds, worker } = options;
  if (heartbeatSeconds !== undefined) await study.retryStale(graceSeconds ?? 2 * heartbeatSeconds, options);
  return study.askWithin({ budget, repeat: false, heartbeatSeconds, worker });
}

/** How many trials with heartbeats other processes run. */
function othersOf<Study extends AskTell>(
  { study, options }: Loop<Study>,
  trials: readonly FrozenTrial[],
): number {
  if (options.waitForOthers === false) return 0;
  const own = new Set(study.running.map((trial) => trial.number));
  return trials.filter(
    ({ state, number, systemAttrs }) =>
      state === 'RUNNING' && !own.has(number) && systemAttrs[HEARTBEAT] !== undefined,
  ).length;
}

async function runTrial<Study extends AskTell>(loop: Loop<Study>, trial: Trial): Promise<void> {
  const { study, options } = loop;
  const stopBeating = beat(loop, trial);
  let ended: FrozenTrial | undefined;
  let failure: { readonly error: unknown } | undefined;
  try {
    ended = await study.tell(trial, await loop.objective(trial));
  } catch (error) {
    if (error instanceof TrialPruned) ended = await study.tell(trial, undefined, { state: 'PRUNED' });
    else if (error instanceof TrialFinishedError) {
      study.warn(`${error.message} What this worker found is left out.`);
      study.forget(trial);
      return;
    } else if (error instanceof InterruptedError && options.signal?.aborted) {
      await study.park(trial, options);
      return;
    } else {
      failure = { error };
      ended = await tellFailed(study, trial, error);
    }
  } finally {
    stopBeating();
  }
  loop.ran++;
  for (const callback of options.callbacks ?? []) await callback(study, ended);
  if (failure && !isCaught(options.catch ?? false, failure.error)) throw failure.error;
  // callbacks find the reason in the trial
  if (failure && !options.callbacks?.length)
    study.warn(`[trial ${trial.number}] failed: ${messageOf(failure.error)}. The search continues.`);
  await stopIfEnough(loop);
}

async function stopIfEnough<Study extends AskTell>(loop: Loop<Study>): Promise<void> {
  const { study, options } = loop;
  if (options.target === undefined && options.patience === undefined) return;
  loop.stopped ??= enough(await study.view(), options);
}

/** The trial may already have ended, if storing its result failed. */
function tellFailed(study: AskTell, trial: Trial, error: unknown): Promise<FrozenTrial> {
  return study.tell(trial, undefined, { state: 'FAIL', reason: messageOf(error), skipIfFinished: true });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isCaught(which: Catch, error: unknown): boolean {
  if (typeof which === 'boolean') return which;
  if (typeof which === 'function') return which(error);
  return which.some((kind) => error instanceof kind);
}

/** Starts heartbeats; the first was sent when the trial began. Returns a function that stops them. */
function beat<Study extends AskTell>({ study, options }: Loop<Study>, trial: Trial): () => void {
  const { heartbeatSeconds, timers = systemTimers } = options;
  if (heartbeatSeconds === undefined) return () => undefined;
  let beating = false;
  const sign = async () => {
    // one pending heartbeat is enough
    if (beating) return;
    beating = true;
    try {
      await study.storage.heartbeat(trial.id);
    } catch (error) {
      study.warn(`[trial ${trial.number}] could not send a heartbeat: ${messageOf(error)}`);
    } finally {
      beating = false;
    }
  };
  return timers.every(heartbeatSeconds, () => void sign());
}

/** Waits some seconds, or until the signal. */
async function pause(seconds: number, timers: Timers, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = timers.after(seconds, done);
    signal?.addEventListener('abort', done);
  });
}

/** Whether the target or the patience is reached. */
function enough(
  view: StudyView,
  { target, patience }: Pick<OptimizeOptions, 'target' | 'patience'>,
): StopReason | undefined {
  const best = findBestTrial(view);
  if (!best) return undefined;
  const [value] = best.values!;
  if (target !== undefined && !isBetter(view.directions[0], target, value)) return 'target';
  if (patience === undefined) return undefined;
  const since = lastAttempts(view.trials).filter(
    (trial) => isFinished(trial.state) && endedAfter(trial, best),
  );
  return since.length >= patience ? 'patience' : undefined;
}

function endedAfter(trial: FrozenTrial, other: FrozenTrial): boolean {
  const between = trial.datetimeComplete!.getTime() - other.datetimeComplete!.getTime();
  return between === 0 ? trial.number > other.number : between > 0;
}

function checkOptions<Study extends AskTell>(
  study: Study,
  { target, patience, ...options }: OptimizeOptions<Study>,
) {
  if (study.directions.length > 1 && (target !== undefined || patience !== undefined)) {
    throw new ConfigError(
      `[${target === undefined ? 'patience' : 'target'}] needs a study of one objective, but got ${study.directions.length}. Leave it out.`,
    );
  }
  const { trials, newTrials, concurrency, timeout, heartbeatSeconds } = options;
  for (const [key, value, least] of [
    ['trials', trials, 0],
    ['newTrials', newTrials, 0],
    ['patience', patience, 1],
    ['concurrency', concurrency, 1],
  ] as const) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= least)) {
      throw new ConfigError(`[${key}] must be an integer from ${least}, but got ${value}.`);
    }
  }
  for (const [key, value] of [
    ['timeout', timeout],
    ['heartbeatSeconds', heartbeatSeconds],
  ] as const) {
    if (value !== undefined && !(value > 0)) {
      throw new ConfigError(`[${key}] must be seconds above 0, but got ${value}.`);
    }
  }
}
