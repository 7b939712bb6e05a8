/** Runs a search on its study: workers, preview, trials, stop. */
import { rmdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { SearchConfig } from '../../config/search.ts';
import { InterruptedError } from '../../core/errors.ts';
import { folderName } from '../../core/folder-name.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { Splits } from '../../data/splits.ts';
import { chooseEngine } from '../../engine/index.ts';
import { resumeSearchCommand } from '../../run/index.ts';
import type { Study } from '../../tune/index.ts';
import { prunerOf, type TuneOptions } from '../../tune/options.ts';
import { type Job, stoppable } from '../context.ts';
import { countEnded, countTrials, describeTrials } from './counts.ts';
import { shareDocuments } from './documents.ts';
import type { NothingPrunedEvent } from './events.ts';
import { startTrialPool, type TrialPool } from './pool.ts';
import { bePresent, type Presence } from './presence.ts';
import { measureSearch } from './preview.ts';
import { IN_MEMORY, runTrials } from './trials.ts';

/** A search about to begin. */
export interface StudySearch {
  readonly study: Study;
  readonly search: SearchConfig;
  readonly dataset: Dataset;
  readonly splits: Splits;
  /** Measure first what the trials will cost. Default true. */
  readonly preview?: boolean;
}

/**
 * Runs the trials that are left of a study.
 * @throws InterruptedError where it was stopped: all results are kept, running trials wait to be run again
 */
export async function searchStudy(task: StudySearch, job: Job): Promise<void> {
  const { study, search } = task;
  const { tune } = search;
  const folder = checkpointFolder(study);
  const before = await study.trials();
  const left = tune.trials - countEnded(before);
  if (left <= 0) {
    job.emit({ type: 'nothing-left', counts: countTrials(before) });
    leave(folder, folder === null ? undefined : bePresent(folder));
    return;
  }
  const workers = tune.workers === 'auto' ? Math.min(availableParallelism(), left) : tune.workers;
  let pool: TrialPool | undefined;
  let presence: Presence | undefined;
  try {
    await stoppable(job, 'search', async () => {
      pool = await startTrialPool(workers, {
        documents: shareDocuments(task.dataset, task.splits, search, job),
        classes: task.dataset.labelNames.length,
        engine: chooseEngine(job.now, job.engine),
      });
      presence = folder === null ? undefined : bePresent(folder);
      if (presence) await takeOver(study, presence, tune);
      await searchWith(task, { pool, left, checkpoints: folder, worker: presence?.worker }, job);
    });
  } finally {
    await pool?.close();
    leave(folder, presence);
  }
}

interface Workplace {
  readonly pool: TrialPool;
  /** Trials that are still to run. */
  readonly left: number;
  readonly checkpoints: string | null;
  readonly worker: string | undefined;
}

async function searchWith(
  { study, search, preview = true }: StudySearch,
  { left, ...place }: Workplace,
  job: Job,
): Promise<void> {
  const { tune } = search;
  const { size: workers } = place.pool;
  job.emit({ type: 'search-begins', tune, workers, done: 1 - left / tune.trials });
  const costs = preview ? await measureSearch(search, place.pool) : [];
  job.emit({ type: 'search-cost', costs, left, workers, timeLimit: tune.time_limit });
  const idle = idlePruner(tune);
  if (idle) job.emit(idle);
  const { ran, stopped } = await runTrials({ study, search, ...place }, job);
  if (stopped === 'signal') throw await interrupted(study, job.command);
  job.emit({ type: 'search-ended', reason: stopped, ran, counts: countTrials(await study.trials()) });
}

/** Queues the trials of searches that died on this machine at once, without waiting for their heartbeats to expire. */
async function takeOver(study: Study, { gone }: Presence, tune: TuneOptions): Promise<void> {
  if (gone.size === 0) return;
  await study.retryLost((worker) => gone.has(worker), { maxRetries: tune.max_retries, keepReports: true });
}

/** Removes the files that this search, and earlier ones that were killed, left in the folder of the database. */
function leave(folder: string | null, presence: Presence | undefined): void {
  presence?.clear();
  presence?.release();
  if (folder !== null) removeEmpty(folder, dirname(folder));
}

/** With folds, a trial reports once per fold: a pruner warm-up meant for epochs would then prune nothing. */
export function idlePruner(tune: TuneOptions): NothingPrunedEvent | undefined {
  const { type: pruner, n_warmup_steps: warmUp } = prunerOf(tune);
  if (tune.folds === null || typeof warmUp !== 'number' || warmUp < tune.folds - 1) return undefined;
  return { type: 'nothing-pruned', folds: tune.folds, pruner, warmUp };
}

/** Where running trials keep their checkpoints: next to the database if that is a file, else nowhere (null). */
function checkpointFolder({ storage, name }: Study): string | null {
  const file = /^sqlite:\/\/\/(.+)$/.exec(storage.url)?.[1];
  return file === undefined || file === ':memory:'
    ? null
    : join(dirname(file), `${basename(file)}-trials`, folderName(name));
}

/** Removes empty folders; others may be in use by another search. */
function removeEmpty(...folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
  }
}

/**
 * The error of a search that was stopped: how to resume it, or that nothing was kept.
 * @param command The command line that started it; empty if none did.
 */
export async function interrupted(study: Study, command: readonly string[]): Promise<InterruptedError> {
  const { url } = study.storage;
  return new InterruptedError(
    `[tune] stopped on request; ${describeTrials(await study.trials())} in ${url}. ` +
      (url === IN_MEMORY
        ? 'They are gone: an in-memory study cannot be resumed. Give a --storage to keep the next one.'
        : command.length > 0
          ? `Resume it with: ${resumeSearchCommand(command, study.name)}`
          : `Resume the study ${study.name}.`),
  );
}
