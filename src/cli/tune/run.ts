/** A search from its study to its end: workers, preview, trials, Ctrl-C. */
import { rmdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { SearchConfig } from '../../config/search.ts';
import { InterruptedError } from '../../core/errors.ts';
import { count, type Dataset } from '../../data/dataset.ts';
import type { Splits } from '../../data/splits.ts';
import { chooseKernels } from '../../engine/index.ts';
import type { StopReason, Study } from '../../tune/index.ts';
import { prunerOf, type TuneOptions } from '../../tune/options.ts';
import { watchInterrupt } from '../interrupt.ts';
import type { Io } from '../io.ts';
import type { Say } from '../load-data.ts';
import { shareDocuments } from './documents.ts';
import { startTrialPool } from './pool.ts';
import { bePresent, type Presence } from './presence.ts';
import { costSentences, measureSearch } from './preview.ts';
import { createSearchProgress } from './progress.ts';
import { IN_MEMORY, runSearch } from './search.ts';
import { countEnded, describeTrials } from './trial-counts.ts';

/** A search about to begin. */
export interface StudyJob {
  readonly study: Study;
  readonly search: SearchConfig;
  readonly dataset: Dataset;
  readonly splits: Splits;
  readonly io: Io;
  readonly say: Say;
  readonly quiet: boolean;
  /** What the search is a part of; by default it stands alone. */
  readonly within?: Surroundings;
}

/** A larger work with a search in it: it stops the search, and knows better how long everything takes. */
export interface Surroundings {
  /** Aborted where the search is to stop. */
  readonly stop: AbortSignal;
  /** What the last line begins with, such as `3/7`. */
  readonly label: string;
  /** Hears how much of the search is done, in [0, 1]: at its beginning, and after each trial. */
  onShare(share: number): void;
  /** Seconds that are left of all of it. */
  left(): number;
}

/** Why a search ended, in words. */
const REASONS: Readonly<Record<Exclude<StopReason, 'signal' | 'error' | 'stop'>, string>> = {
  trials: 'all trials are done',
  timeout: 'the time limit is reached',
  sampler: 'every point of the grid was tried',
  target: 'the target is reached',
  patience: 'nothing better came',
};

/**
 * Runs the trials that are left of a study, with a preview of what they cost.
 * @throws InterruptedError after Ctrl-C: all results are kept, running trials wait to be run again
 */
export async function searchStudy(job: StudyJob): Promise<void> {
  const { study, search, say, io, quiet, within } = job;
  const { tune } = search;
  const scratch = scratchFolder(study);
  const left = tune.trials - countEnded(await study.trials());
  if (left <= 0) {
    say(`nothing is left to try: ${describeTrials(await study.trials())}`);
    leave(scratch, scratch === null ? undefined : bePresent(scratch));
    return;
  }
  const workers = tune.workers === 'auto' ? Math.min(availableParallelism(), left) : tune.workers;
  const progress = createSearchProgress(io.err, { quiet, now: io.now, tune, workers, ...within });
  const { width, plain, shared } = chooseKernels(io.now);
  const pool = await startTrialPool(workers, {
    documents: shareDocuments(job.dataset, job.splits, search, say),
    classes: job.dataset.labelNames.length,
    kernels: { width, plain, shared },
  });
  const watch = within
    ? undefined
    : watchInterrupt(() => {
        progress.note(
          'Stopping after this batch; results are kept and running trials will be run again. Ctrl-C again ends the program immediately.',
        );
      });
  let presence: Presence | undefined;
  try {
    presence = scratch === null ? undefined : bePresent(scratch);
    if (presence) await takeOver(study, presence, tune);
    within?.onShare(1 - left / tune.trials);
    const costs = within ? [] : await measureSearch(search, pool);
    for (const sentence of costSentences(costs, search, { left, workers })) say(sentence);
    const idle = idlePruner(tune);
    if (idle !== undefined) say(idle);
    const { ran, stopped } = await runSearch({
      study,
      search,
      pool,
      progress,
      scratch,
      worker: presence?.worker,
      signal: (within?.stop ?? watch?.signal)!,
    });
    if (stopped === 'signal') throw await interrupted(study);
    const why = stopped === 'error' || stopped === 'stop' ? stopped : REASONS[stopped];
    say(`${why}: ${count(ran, 'trial')} here; the study has ${describeTrials(await study.trials())}`);
  } finally {
    watch?.release();
    await pool.close();
    leave(scratch, presence);
  }
}

/** Runs the trials of searches that died on this machine again, at once rather than when their heartbeats are old. */
async function takeOver(study: Study, { gone }: Presence, tune: TuneOptions): Promise<void> {
  if (gone.size === 0) return;
  await study.retryLost((worker) => gone.has(worker), { maxRetries: tune.max_retries, keepReports: true });
}

/** Removes what this search, and those that died before it, left beside the database. */
function leave(scratch: string | null, presence: Presence | undefined): void {
  presence?.clear();
  presence?.release();
  if (scratch !== null) removeEmpty(scratch, dirname(scratch));
}

/** Over folds a trial reports once a fold: a warm-up that is meant for epochs would let every trial go on. */
export function idlePruner(tune: TuneOptions): string | undefined {
  const { type, n_warmup_steps: warmup } = prunerOf(tune);
  if (tune.folds === null || typeof warmup !== 'number' || warmup < tune.folds - 1) return undefined;
  return (
    `nothing will be pruned: over ${tune.folds} folds a trial reports at steps 0 to ${tune.folds - 2}, and the pruner ${type} ` +
    `looks from step ${warmup} on; tune.pruner auto compares fold by fold`
  );
}

/** Where running trials keep their checkpoints: beside the database where that is a file, else none. */
function scratchFolder({ storage, name }: Study): string | null {
  const file = /^sqlite:\/\/\/(.+)$/.exec(storage.url)?.[1];
  return file === undefined || file === ':memory:'
    ? null
    : join(dirname(file), `${basename(file)}-trials`, encodeURIComponent(name));
}

/** Removes folders that hold nothing; another search may still use them. */
function removeEmpty(...folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
  }
}

/** What is said of a search that was stopped: how to go on, or that nothing of it is left. */
export async function interrupted(study: Study): Promise<InterruptedError> {
  const { url } = study.storage;
  return new InterruptedError(
    `[tune] stopped on request; ${describeTrials(await study.trials())} in ${url}. ` +
      (url === IN_MEMORY
        ? 'They are gone: a study in memory cannot be gone on with. Give a --storage to keep the next one.'
        : `Go on with the same command and --study ${study.name} --resume.`),
  );
}
