/** The loop of a search: trials of a study, each trained by a worker thread. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SearchConfig } from '../../config/search.ts';
import { InterruptedError, UnrollError } from '../../core/errors.ts';
import type { MetricName } from '../../evaluate/metrics/index.ts';
import { type Reported, reportedBy } from '../../report/study-facts.ts';
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
import { type ObjectiveName, objectivesOf, type TuneOptions } from '../../tune/options.ts';
import type { TrialOutcome } from '../../tune/training/train-trial.ts';
import type { Job } from '../context.ts';
import { keepNotes, meanOver } from './notes.ts';
import type { TrialListener, TrialPool, WorkerTrial } from './pool.ts';

/** A search about to run. */
export interface TrialsJob {
  readonly study: Study;
  readonly search: SearchConfig;
  readonly pool: TrialPool;
  /** Unique name of this search among those that work on the study. */
  readonly worker?: string | undefined;
  /** Folder for the checkpoints of running trials; null keeps none. */
  readonly checkpoints: string | null;
}

/** The in-memory storage: no other process could notice that this one died. */
export const IN_MEMORY = new MemoryStorage().url;

/** The search is given up if this many first trials fail and no later one succeeds. */
const HOPELESS = 5;

/**
 * Runs trials until they are done or the job must stop; running trials are then queued to be run again.
 * @throws the error of the trials where all of the first ones fail
 */
export async function runTrials(trials: TrialsJob, job: Pick<Job, 'emit' | 'stop'>): Promise<OptimizeResult> {
  const { study, search, pool, worker } = trials;
  const { stop: signal, emit } = job;
  const { tune } = search;
  let last: UnrollError | undefined;
  const stopWorkers = () => {
    pool.stop();
  };
  const reported = reportedBy(await study.userAttrs());
  const run = async (trial: Trial) => {
    try {
      return await objective({ ...trials, reported }, trial, job);
    } catch (error) {
      if (error instanceof UnrollError) last = error;
      throw error;
    } finally {
      emit({ type: 'trial-ended', trial: trial.number });
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
      // a network that diverges is a result; an unexpected error ends the search
      catch: [UnrollError],
      callbacks: [
        async (_, trial) => {
          const all = await study.trials();
          emit({ type: 'trial-finished', trial, trials: all });
          if (last && nothingWorks(all)) throw hopeless(last);
        },
      ],
      onIdle(others) {
        emit({ type: 'waiting', others });
      },
      ...(tune.time_limit !== null && { timeout: tune.time_limit }),
      ...(tune.target !== null && { target: tune.target }),
      ...(tune.patience !== null && { patience: tune.patience }),
      ...(worker !== undefined && { worker }),
      ...(study.storage.url !== IN_MEMORY && { heartbeatSeconds: tune.heartbeat_seconds }),
    });
  } finally {
    signal.removeEventListener('abort', stopWorkers);
  }
}

/** Whether the first trials, in whatever order they ended, have all failed, and no later one has succeeded. */
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
  const message = `[tune] trials must end with a result, but the first ${HOPELESS} failed. The last error: ${last.message}`;
  return new UnrollError(last.kind, message, { cause: last });
}

/** Trains one trial; gives its values. */
async function objective(
  { search, pool, checkpoints: folder, reported }: TrialsJob & { readonly reported: Reported },
  trial: Trial,
  { emit, stop }: Pick<Job, 'emit' | 'stop'>,
) {
  suggestFromSpace(trial, search.space);
  // visible at once to other workers and to a retry
  await trial.flush();
  const config = search.configOf(trial.params);
  const { tune } = search;
  const checkpoints = folder === null ? null : join(folder, `trial-${firstAttempt(trial.snapshot())}`);
  // left by an earlier study of this name
  if (checkpoints !== null && !isRetry(trial.snapshot()))
    rmSync(checkpoints, { recursive: true, force: true });
  emit({ type: 'trial-began', trial: trial.number });
  const ask = async (value: number, step: number) => {
    trial.report(value, step);
    return !(await trial.shouldPrune());
  };
  const single = tune.folds === null;
  const outcome = await trainIn(
    pool,
    { config, checkpoints, metric: tune.objective, latency: tune.second_objective === 'latency' },
    {
      async onEpoch(fold, epoch) {
        emit({ type: 'trial-epoch', trial: trial.number, fold, epoch });
        if (!single || tune.second_objective !== null) return true;
        const goOn = await ask(
          reportOf(tune, reported, (name) => epoch[`val_${name}`] ?? NaN),
          epoch.epoch,
        );
        // after the last epoch, pruning saves nothing
        return goOn || epoch.epoch === config.train.epochs;
      },
      async onFold(fold, ended) {
        return (
          tune.second_objective !== null ||
          ask(
            reportOf(tune, reported, (name) => ended[name]),
            fold,
          )
        );
      },
    },
  );
  if (outcome.ended === 'interrupted' && stop.aborted) {
    throw new InterruptedError(`[trial ${trial.number}] stopped on request`);
  }
  keepNotes(trial, outcome);
  if (outcome.ended === 'pruned') throw new TrialPruned();
  return objectivesOf(tune).map(({ name }) => valueOf(name, outcome));
}

/** Trains a trial; keeps its checkpoints if it was interrupted. */
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

/**
 * The intermediate value of a trial: its objective or, in a study of older versions, the log loss with the
 * objective's sign.
 */
function reportOf(tune: TuneOptions, reported: Reported, valueOf: (name: MetricName) => number): number {
  if (reported === 'objective') return valueOf(tune.objective);
  const loss = valueOf('log_loss');
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
