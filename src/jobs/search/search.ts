/**
 * The search job: trials of a study, then the best one trained again, measured and saved as a run. With `train.auto` the trials
 * are of the network, and the choice between it, the linear model and their average comes at the end.
 */
import { resolve } from 'node:path';
import { trainingTexts } from '../../classifier/parts.ts';
import { requireNetwork } from '../train/auto.ts';
import { type ConfigLayer, loadConfig, plainLayer } from '../../config/index.ts';
import { type Override, overrideLayer } from '../../config/overrides.ts';
import { resolveSearch, type SearchConfig } from '../../config/search.ts';
import { suited } from '../../config/suited.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { Splits } from '../../data/splits.ts';
import { makeFolder, openRunFolder } from '../../run/index.ts';
import { chooseFromData } from '../../settings/from-data.ts';
import { type FrozenTrial, type Study, type StudyStorage, trialParams } from '../../tune/index.ts';
import { openStorage } from '../../tune/storage/open.ts';
import { hashOfVectors } from '../../vectors/for-texts.ts';
import { beginJob, type Job, type JobContext } from '../context.ts';
import { prepareDataset } from '../parts.ts';
import { correctLabelled, readLabelled, splitLabelled, withAbsolutePaths } from '../read-data.ts';
import { onWait } from '../study-address.ts';
import { requireVectors } from '../vector-files.ts';
import { requireCpu } from '../../train/options.ts';
import { type Outcome, readOutcome, trainAndSave } from '../train/run.ts';
import { finishedRun, keepRun, modelBefore, requireFree, requireWritable, tellDifference } from './best.ts';
import { chooseTrial, type Found, nothingFound } from './results.ts';
import { searchStudy } from './run.ts';
import { keepSettings } from './settings.ts';
import { openSearchStudy } from './study.ts';

/** The folder of numbered runs. */
const RUNS = 'runs';
/** Default storage of studies. */
export const DEFAULT_STORAGE = `sqlite:///${RUNS}/studies.db`;

/** What to search on which data. */
export interface SearchRequest {
  /** DATA: a file, a folder, `-` for standard input, or a known data set. */
  readonly source: string;
  /** A configuration with ranges instead of values: a file, a preset, or an object. Default the preset `search`. */
  readonly config?: string | Readonly<Record<string, unknown>> | undefined;
  /** Single keys over it. */
  readonly overrides?: readonly Override[];
  /** URL of the storage of studies. Default `DEFAULT_STORAGE`. */
  readonly storage?: string | undefined;
  /** Name of the study; an existing one is resumed. Default `DATA-N`, the first that is free. */
  readonly study?: string | undefined;
  /** Require an existing study: that of `study`, or the newest of this data. Default false. */
  readonly resume?: boolean;
  /** The run folder of the best model. Default `runs/NAME-N`, the first that is free. */
  readonly output?: string | undefined;
  /** Replace the run in `output`. Default false. */
  readonly force?: boolean;
}

/**
 * Searches, then trains and measures the best.
 * @throws ConfigError for settings that cannot be used, another study of that name, or a search without a result
 * @throws DataError where the data cannot be used
 * @throws InterruptedError after `stop`: all results are kept, and running trials wait to be run again
 */
export async function search(request: SearchRequest, context: JobContext = {}): Promise<Found> {
  const { source, output, force = false, resume = false } = request;
  const job = beginJob(context);
  const layers = await searchLayers(request);
  const plain = resolveSearch(...layers);
  requireCpu(plain.example.train);
  requireNetwork(plain.example);
  await requireVectors(plain.example, layers, job);
  job.emit({ type: 'working', on: 'reading' });
  const read = await readLabelled(source, plain.example, job);
  job.emit({ type: 'working', on: 'splitting' });
  const splits = await splitLabelled(read, plain.example, job);
  const dataset = await correctLabelled(read, splits, plain.example, job);
  const choices = chooseFromData(trainingTexts(dataset, splits), plain.example, layers);
  const config = choices ? resolveSearch(choices.layer, ...layers) : plain;
  if (choices) job.emit({ type: 'chosen', facts: choices.facts, settings: choices.settings });
  if (request.storage === undefined) makeFolder(RUNS, 'keep studies');
  const storage = await openStorage(request.storage ?? DEFAULT_STORAGE, { onWait: onWait(job) });
  try {
    // a resumed search may be finished, with its model in this folder
    const mayBeDone = resume || request.study !== undefined;
    if (output !== undefined && !force && !mayBeDone) requireFree(output);
    const vectors = await hashOfVectors(config.example.model, { cacheDir: job.cacheDir });
    const opened = { storage, name: request.study, resume, search: config, dataset, vectors };
    const study = await openSearchStudy(opened, job);
    const kept = force ? undefined : await finishedRun(study, config.tune.trials);
    const done =
      kept !== undefined && (output === undefined || resolve(output) === resolve(kept)) ? kept : undefined;
    if (output !== undefined && !force && done === undefined) requireFree(output);
    requireWritable(output ?? RUNS);
    return await searchIn(study, { source, output, force, config, dataset, splits, storage, done }, job);
  } finally {
    await storage.close();
  }
}

interface Ready {
  readonly source: string;
  readonly output: string | undefined;
  readonly force: boolean;
  readonly config: SearchConfig;
  readonly dataset: Dataset;
  readonly splits: Splits;
  readonly storage: StudyStorage;
  /** The run of the best trial, where the search and its run are finished. */
  readonly done: string | undefined;
}

async function searchIn(study: Study, ready: Ready, job: Job): Promise<Found> {
  const { config: search, dataset, splits, storage } = ready;
  await keepSettings(study, search, splits, job.command);
  await searchStudy({ study, search, dataset, splits }, job);
  const best = chooseTrial(await study.view());
  if (!best) throw nothingFound(study, await study.trials());
  if (ready.done !== undefined) {
    const outcome = readOutcome(openRunFolder(ready.done), search.configOf(trialParams(best)), job);
    return { view: await study.view(), best, search, storage: storage.url, outcome };
  }
  const before = await modelBefore(study, best);
  job.emit({ type: 'best-trial', trial: best.number, before });
  const outcome = await trainBest(best, ready, job);
  await keepRun(study, outcome.run, best);
  return { view: await study.view(), best, search, storage: storage.url, outcome };
}

/** Trains the best trial again, to the same bits, into a run folder. */
async function trainBest(best: FrozenTrial, ready: Ready, job: Job): Promise<Outcome> {
  const { source, output, force, dataset } = ready;
  const config = withAbsolutePaths(ready.config.configOf(trialParams(best)));
  const prepared = await prepareDataset(dataset, config, job);
  const run = { source, config, prepared, resumed: undefined, output, force };
  const outcome = await trainAndSave(run, job);
  // the network of the trial may not be what the validation documents chose
  if (!config.train.auto) tellDifference(best, outcome, job);
  return outcome;
}

async function searchLayers({
  config = 'search',
  overrides = [],
}: SearchRequest): Promise<readonly ConfigLayer[]> {
  const given = overrideLayer(overrides);
  if (typeof config !== 'string') return [plainLayer(config, 'the configuration'), given];
  return [suited(await loadConfig(config, { search: true }), given), given];
}
