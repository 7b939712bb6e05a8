/** The search itself: trials of a study, each trained by a worker thread, until it is time to stop. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SearchConfig } from '../../config/search.ts';
import { InterruptedError, UnrollError } from '../../core/errors.ts';
import { count } from '../../data/dataset.ts';
import {
  firstAttempt,
  isRetry,
  type FrozenTrial,
  lastAttempts,
  MemoryStorage,
  type OptimizeResult,
  type Study,
  suggestFromSpace,
  type Trial,
  TrialPruned,
} from '../../tune/index.ts';
import { type ObjectiveName, objectivesOf } from '../../tune/options.ts';
import type { TrialOutcome } from '../../tune/training/train-trial.ts';
import { keepNotes, meanOver } from './notes.ts';
import type { TrialListener, TrialPool, WorkerTrial } from './pool.ts';
import type { SearchProgress } from './progress.ts';

/** A search about to run. */
export interface SearchJob {
  readonly study: Study;
  readonly search: SearchConfig;
  readonly pool: TrialPool;
  readonly progress: SearchProgress;
  /** Name of this search among those that work on the study. */
  readonly worker?: string | undefined;
  /** Folder for the checkpoints of running trials; null keeps none. */
  readonly scratch: string | null;
  /** Aborted where running trials are to be parked. */
  readonly signal: AbortSignal;
}

/** Studies there are of this process alone: nobody else could notice that it died. */
export const IN_MEMORY = new MemoryStorage().url;

/** Trials that must fail for the search to be given up, where they are its first ones and none did better. */
const HOPELESS = 5;

/**
 * Runs trials.
 * @throws the error of the trials where nothing but failures comes
 */
export async function runSearch(job: SearchJob): Promise<OptimizeResult> {
  const { study, search, pool, progress, worker, signal } = job;
  const { tune } = search;
  let last: UnrollError | undefined;
  const stopWorkers = () => {
    pool.stop();
  };
  const run = async (trial: Trial) => {
    try {
      return await objective(job, trial);
    } catch (error) {
      if (error instanceof UnrollError) last = error;
      throw error;
    } finally {
      progress.ended(trial);
    }
  };
  signal.addEventListener('abort', stopWorkers);
  try {
    return await study.optimize(run, {
      trials: tune.trials,
      concurrency: pool.size,
      signal,
      maxRetries: tune.max_retries,
      keepReports: true,
      // a network that diverges is a result, if a bad one; what is not foreseen ends the search
      catch: [UnrollError],
      callbacks: [
        async (_, trial) => {
          const trials = await study.trials();
          progress.finished(trial, trials);
          if (last && nothingWorks(trials)) throw hopeless(last);
        },
      ],
      onIdle(others) {
        progress.note(
          `Nothing is left to begin: waiting for ${count(others, 'trial')} of other processes, to take over where one dies.`,
        );
      },
      ...(tune.time_limit !== null && { timeout: tune.time_limit }),
      ...(tune.target !== null && { target: tune.target }),
      ...(tune.patience !== null && { patience: tune.patience }),
      ...(worker !== undefined && { worker }),
      ...(study.storage.url !== IN_MEMORY && { heartbeatSeconds: tune.heartbeat_seconds }),
    });
  } finally {
    signal.removeEventListener('abort', stopWorkers);
    progress.end();
  }
}

/** Whether the first trials, whatever their order of ending, have all failed, and no later one did better. */
function nothingWorks(all: readonly FrozenTrial[]): boolean {
  const trials = lastAttempts(all);
  const first = trials.slice(0, HOPELESS);
  return (
    first.length === HOPELESS &&
    first.every(({ state }) => state === 'FAIL') &&
    !trials.some(({ state }) => state === 'COMPLETE' || state === 'PRUNED')
  );
}

function hopeless(last: UnrollError): UnrollError {
  const message = `[tune] trials must end with a result, but the first ${HOPELESS} failed. The last one: ${last.message}`;
  return new UnrollError(last.kind, message, { cause: last });
}

/** Trains one trial; gives its values. */
async function objective({ search, pool, progress, scratch, signal }: SearchJob, trial: Trial) {
  suggestFromSpace(trial, search.space);
  // others see at once what is being tried, and so does whoever runs it again
  await trial.flush();
  const config = search.configOf(trial.params);
  const { tune } = search;
  const checkpoints = scratch === null ? null : join(scratch, `trial-${firstAttempt(trial.snapshot())}`);
  // what lies there is of another study that had this name
  if (checkpoints !== null && !isRetry(trial.snapshot()))
    rmSync(checkpoints, { recursive: true, force: true });
  progress.began(trial);
  const ask = async (value: number, step: number) => {
    trial.report(value, step);
    return !(await trial.shouldPrune());
  };
  const single = tune.folds === null;
  const outcome = await trainIn(
    pool,
    { config, checkpoints, latency: tune.second_objective === 'latency' },
    {
      async onEpoch(fold, epoch) {
        progress.epoch(trial, fold, epoch);
        if (!single || tune.second_objective !== null) return true;
        const goOn = await ask(reportOf(search, epoch.val_log_loss ?? NaN), epoch.epoch);
        // after the last epoch there is nothing to save by pruning
        return goOn || epoch.epoch === config.train.epochs;
      },
      async onFold(fold, ended) {
        return tune.second_objective !== null || ask(reportOf(search, ended.log_loss), fold);
      },
    },
  );
  if (outcome.ended === 'interrupted' && signal.aborted) {
    throw new InterruptedError(`[trial ${trial.number}] stopped on request`);
  }
  keepNotes(trial, outcome);
  if (outcome.ended === 'pruned') throw new TrialPruned();
  return objectivesOf(tune).map(({ name }) => valueOf(name, outcome));
}

/** Trains a trial; its checkpoints stay where it was interrupted. */
async function trainIn(pool: TrialPool, trial: WorkerTrial, listener: TrialListener): Promise<TrialOutcome> {
  let over = true;
  try {
    const outcome = await pool.train(trial, listener);
    over = outcome.ended !== 'interrupted';
    return outcome;
  } finally {
    if (over && trial.checkpoints !== null) rmSync(trial.checkpoints, { recursive: true, force: true });
  }
}

/** The loss as the pruner sees it: with the sign that the study's direction asks for. */
function reportOf({ tune }: SearchConfig, loss: number): number {
  return objectivesOf(tune)[0].direction === 'maximize' ? -loss : loss;
}

function valueOf(name: ObjectiveName, { folds, params, latency }: TrialOutcome): number {
  switch (name) {
    case 'params':
      return params;
    case 'latency':
      return latency ?? NaN;
    default:
      return meanOver(folds, name);
  }
}
