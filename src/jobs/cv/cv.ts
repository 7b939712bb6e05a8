/** The cross-validation job: configurations trained and tested on the same stratified folds, and compared. */
import { availableParallelism } from 'node:os';
import type { Override } from '../../config/index.ts';
import type { ConfigInput } from '../../config/schema.ts';
import { ConfigError, DataError, InterruptedError } from '../../core/errors.ts';
import { VERSION } from '../../core/version.ts';
import type { Dataset } from '../../data/dataset.ts';
import { chooseEngine } from '../../engine/index.ts';
import { networkOptionsOf } from '../../models/family.ts';
import { describeVersions, makeFolder, resumeTypedCommand } from '../../run/index.ts';
import { hashOfVectors } from '../../vectors/for-texts.ts';
import { beginJob, type Job, type JobContext, pause, stoppable } from '../context.ts';
import { readLabelled } from '../read-data.ts';
import { keepSource } from '../run-data.ts';
import { type FoldPool, startTrialPool } from '../search/pool.ts';
import { refuseResumeAndForce, requireSameData } from '../train/start.ts';
import { requireVectors } from '../vector-files.ts';
import { type Configuration, continueWith, followData, resolveConfigurations } from './configurations.ts';
import { drawFigures, removeTrainings, writeResults } from './files.ts';
import { type CvCounts, type CvPlan, planCv, requireCounts, unlearnedClasses } from './plan.ts';
import { resultsOf } from './results.ts';
import { type CvState, type HeldFolder, makeFolderOf, openFolderOf, readState, writeState } from './state.ts';
import { withThresholds } from './thresholds.ts';
import { doubtsOf } from './doubts.ts';
import { type DoneTraining, readTrainings, runTrainings } from './trainings.ts';

/** What to cross-validate. */
export interface CvRequest {
  /** DATA: a file, a folder with one sub-folder per class, `-` for standard input, or the name of a known data set. */
  readonly source: string;
  /** Configurations: files or presets by their names, or objects of sections. Default: the default configuration. */
  readonly configs?: readonly (string | ConfigInput)[];
  /** Single keys over all of them. */
  readonly overrides?: readonly Override[];
  /** Folds, at least 2 and at most the documents of the rarest class. Default 5. */
  readonly folds?: number | undefined;
  /** Repetitions, each with folds of its own. Default 1. */
  readonly repeats?: number | undefined;
  /** Seeds on each fold: `train.seed` and those after it. Default 1. */
  readonly seeds?: number | undefined;
  /** Trainings at the same time, each on one thread. Default: the number of cores. */
  readonly workers?: number | undefined;
  /** The folder. Default `runs/NAME-cv-N`, the first that is free. */
  readonly output?: string | undefined;
  /** Resume an interrupted cross-validation; finished folds are not trained again. Default false. */
  readonly resume?: boolean;
  /** Replace the cross-validation in `output`. Default false. */
  readonly force?: boolean;
  /** Keep the margins of training documents in `margins.csv`, where the models learn in steps. Default false. */
  readonly margins?: boolean;
}

/** A finished cross-validation. */
export interface CrossValidated {
  /** Its folder. */
  readonly folder: string;
  /** The content of its `cv.json`. */
  readonly results: CvState;
}

/** Folder of the numbered cross-validations. */
const RUNS = 'runs';

/**
 * Cross-validates: every configuration is trained on each fold and tested on the documents held out of it. The same
 * data, configurations and seeds give the same bits, whatever the workers and however often it was interrupted.
 * @throws ConfigError for settings that cannot be used, more folds than a class has documents, and a resumption with
 * others
 * @throws DataError for data that cannot be used, or is not that of the cross-validation to resume
 * @throws NonFiniteError where the loss of a training is not finite
 * @throws InterruptedError after `stop`, with finished folds and the state of running ones saved
 */
export async function crossValidate(request: CvRequest, context: JobContext = {}): Promise<CrossValidated> {
  const { source, output, resume = false, force = false } = request;
  const job = beginJob(context);
  refuseResumeAndForce({ resume, force });
  const counts = countsOf(request);
  const given = await resolveConfigurations(request.configs ?? [], request.overrides ?? []);
  for (const { config, layers } of given) await requireVectors(config, layers, job);
  const dataset = await readLabelled(source, given[0].config, job);
  const planned = (configurations: readonly Configuration[]) => {
    const plan = planCv(dataset, configurations, counts);
    const unlearned = unlearnedClasses(plan, dataset);
    if (unlearned !== undefined) job.notice(unlearned);
    return plan;
  };
  const begun = resume ? undefined : planned(await followData(given, dataset, counts.folds, job));
  const folder = begun
    ? makeFolderOf(dataset.name, { output, force, root: RUNS })
    : openFolderOf(dataset.name, { output, root: RUNS });
  const { path } = folder;
  try {
    // from before there is something to resume: whoever stops it learns how to go on
    const trained = await stoppable(job, 'cross-validation', async () => {
      const { plan, state } = begun
        ? { plan: begun, state: await beginState(path, { plan: begun, dataset, source }, job) }
        : await resumedState(path, { dataset, counts, given, planned }, job);
      const all = { folder, plan, dataset, state, request };
      return { ...all, done: state.status === 'finished' ? undefined : await trainLeft(all, job) };
    });
    const validated = await conclude(trained, job);
    for (const doubt of doubtsOf(validated.results)) job.emit(doubt);
    return validated;
  } finally {
    folder.release();
  }
}

function countsOf({ folds = 5, repeats = 1, seeds = 1, workers }: CvRequest): CvCounts {
  const counts = { folds, repeats, seeds };
  requireCounts(counts);
  if (workers === undefined || (Number.isInteger(workers) && workers >= 1 && workers <= 256)) return counts;
  throw new ConfigError(`[--workers] must be a whole number from 1 to 256, but got ${String(workers)}.`, {
    key: 'workers',
  });
}

async function beginState(
  path: string,
  { plan, dataset, source }: { readonly plan: CvPlan; readonly dataset: Dataset; readonly source: string },
  job: Job,
): Promise<CvState> {
  const { folds, repeats, seeds, grouped, configurations } = plan;
  const hashes = await vectorHashes(plan, job);
  const state: CvState = {
    status: 'unfinished',
    command: [...job.command],
    versions: describeVersions(VERSION),
    data: {
      ...{ name: dataset.name, ...keepSource(source), hash: dataset.hash },
      ...{ documents: dataset.texts.length, classes: [...dataset.labelNames] },
    },
    ...{ folds, repeats, seeds, grouped },
    confidence: configurations[0].config.evaluate.confidence,
    configurations: configurations.map(({ name, config }, i) => ({
      ...{ name, config },
      ...(hashes[i] !== undefined && { vectors: hashes[i] }),
      results: null,
    })),
    comparisons: [],
  };
  writeState(path, state);
  return state;
}

/** SHA-256 of the word vectors of each configuration; every file is read once. */
async function vectorHashes({ configurations }: CvPlan, job: Job): Promise<readonly (string | undefined)[]> {
  const hashes: (string | undefined)[] = [];
  const sources = configurations.map(({ config: { model } }) => networkOptionsOf(model)?.vectors ?? null);
  for (const [i, { config }] of configurations.entries()) {
    const first = sources.indexOf(sources[i]);
    hashes.push(first < i ? hashes[first] : await hashOfVectors(config.model, { cacheDir: job.cacheDir }));
  }
  return hashes;
}

interface Asked {
  readonly dataset: Dataset;
  readonly counts: CvCounts;
  readonly given: readonly Configuration[];
  planned(configurations: readonly Configuration[]): CvPlan;
}

/** The state and the plan of a cross-validation to resume. @throws ConfigError, DataError where another one is asked for */
async function resumedState(
  path: string,
  { dataset, counts, given, planned }: Asked,
  job: Job,
): Promise<{ readonly plan: CvPlan; readonly state: CvState }> {
  const state = readState(path);
  requireSameData(dataset, state);
  for (const key of ['folds', 'repeats', 'seeds'] as const) {
    if (state[key] === counts[key]) continue;
    throw new ConfigError(
      `[--resume] --${key} must be that of ${path}, ${state[key]}, but is ${counts[key]}. Restore it, or start another cross-validation without --resume.`,
      { key },
    );
  }
  const plan = planned(continueWith(state.configurations, given, path));
  if (state.status === 'finished') return { plan, state };
  const hashes = await vectorHashes(plan, job);
  for (const [i, { name, vectors }] of state.configurations.entries()) {
    if (vectors === hashes[i]) continue;
    throw new DataError(
      `[--resume] the word vectors of ${name} must be those of ${path}, but their file has changed since. Restore it, or start another cross-validation without --resume.`,
    );
  }
  return { plan, state };
}

interface Begun {
  readonly folder: HeldFolder;
  readonly plan: CvPlan;
  readonly dataset: Dataset;
  readonly state: CvState;
  readonly request: CvRequest;
}

/** Measures and writes what the trainings gave; of one that was finished before, only the results are read. */
async function conclude(
  { folder, plan, dataset, state, done: all }: Begun & { readonly done: readonly DoneTraining[] | undefined },
  job: Job,
): Promise<CrossValidated> {
  const { path, paths } = folder;
  if (all === undefined) {
    job.emit({ type: 'finished-before', run: path });
    removeTrainings(paths);
    return { folder: path, results: state };
  }
  const done = withThresholds(plan, dataset, all);
  const { configurations, comparisons } = resultsOf(plan, dataset, done, state.confidence);
  const results: CvState = {
    ...state,
    status: 'finished',
    configurations: state.configurations.map((one, i) => ({ ...one, results: configurations[i] })),
    comparisons: [...comparisons],
  };
  writeResults(folder, results, dataset, done);
  removeTrainings(paths);
  await drawFigures(paths, results, job);
  return { folder: path, results };
}

/** Runs the remaining trainings; returns all of them in the order of the plan. */
async function trainLeft(
  { folder: { path, paths }, plan, dataset, request }: Begun,
  job: Job,
): Promise<readonly DoneTraining[]> {
  const before = readTrainings(plan, dataset, paths);
  const { folds, repeats, seeds, grouped, duplicates, configurations, trainings } = plan;
  const left = before.filter((one) => one === undefined).length;
  const workers = Math.max(1, Math.min(request.workers ?? availableParallelism(), left));
  job.emit({
    type: 'cv-begins',
    ...{ data: dataset.name, documents: dataset.texts.length, classes: dataset.labelNames.length },
    copies: duplicates.groupOf.reduce((sum, first, i) => sum + Number(first !== i), 0),
    ...{ grouped, folder: path, configurations: configurations.map(({ name }) => name) },
    ...{ folds, repeats, seeds, trainings: trainings.length, done: trainings.length - left, workers },
  });
  if (left === 0) return before.filter((one) => one !== undefined);
  makeFolder(paths.folds, 'keep finished folds');
  let pool: FoldPool | undefined;
  try {
    await pause(job, `${trainings.length - left} of ${trainings.length}`);
    pool = await startTrialPool(workers, {
      documents: {
        kind: 'texts',
        ...{ texts: dataset.texts, labels: dataset.labels, targets: dataset.targets, folds: [] },
        ...(grouped && { groups: duplicates.groupOf }),
      },
      classes: dataset.labelNames.length,
      engine: chooseEngine(job.now, job.engine),
    });
    const context = { plan, dataset, paths, pool, margins: request.margins ?? false };
    return await runTrainings(context, before, job);
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    throw new InterruptedError(
      `[cv] stopped on request; ${error.message} trainings ${error.message.startsWith('1 of') ? 'is' : 'are'} done and kept in ${path}. ` +
        `Resume it with: ${resumeTypedCommand(job.command, path)}`,
    );
  } finally {
    await pool?.close();
  }
}
