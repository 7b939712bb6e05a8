/** The study of a search: made, or resumed if search and data are the same. */
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { renderConfig } from '../../config/render.ts';
import type { SearchConfig } from '../../config/search.ts';
import { ConfigError } from '../../core/errors.ts';
import { maxOf } from '../../core/lists.ts';
import type { Dataset } from '../../data/dataset.ts';
import { SEARCH_ATTRIBUTES } from '../../report/study-facts.ts';
import {
  type Attribute,
  createStudy,
  loadStudy,
  pruners,
  samplers,
  spaceDistributions,
  type Study,
  type StudyRecord,
  type StudyStorage,
} from '../../tune/index.ts';
import { objectivesOf, prunerOf } from '../../tune/options.ts';
import { METRIC_NAMES } from '../../tune/study/stored-study.ts';
import type { Job } from '../context.ts';
import { countTrials } from './counts.ts';

/** User attribute of a study with its search space and its data. */
const IDENTITY = SEARCH_ATTRIBUTES.search;

/** Which study is wanted. */
export interface StudyRequest {
  readonly storage: StudyStorage;
  /** `--study`; undefined for one named after the data. */
  readonly name: string | undefined;
  /** `--resume`: require an existing study. */
  readonly resume: boolean;
  readonly search: SearchConfig;
  readonly dataset: Dataset;
  /** SHA-256 of the word vectors that trials read; undefined without them. */
  readonly vectors?: string | undefined;
}

/**
 * Makes the study of a search or, with `name` or `resume`, opens the existing one and reports its trials.
 * @throws ConfigError where there is none to resume, or the study is of another search or other data
 */
export async function openSearchStudy(
  request: StudyRequest,
  job: Pick<Job, 'emit' | 'notice'>,
): Promise<Study> {
  const { storage, search, dataset, vectors, resume } = request;
  const identity = identityOf(search, dataset, vectors);
  const context = contextOf(search, job);
  for (;;) {
    const studies = await storage.studies();
    const name = request.name ?? nameFor(dataset.name, studies, resume);
    const record = studies.find((study) => study.name === name);
    if (resume && !record) throw nothingToResume(name, studies, storage);
    if (record && (await isBegun(record, storage))) {
      requireSame(record, identity, storage);
      const study = await loadStudy({ ...context, name, storage });
      const found = countTrials(await study.trials());
      job.emit({ type: 'study-opened', study: name, storage: storage.url, found });
      return study;
    }
    if (!(await makeStudy(name, { search, storage, identity, empty: record !== undefined }))) continue;
    job.emit({ type: 'study-opened', study: name, storage: storage.url, found: null });
    return loadStudy({ ...context, name, storage });
  }
}

function contextOf({ tune, example, space }: SearchConfig, { notice }: Pick<Job, 'notice'>) {
  const seed = tune.seed ?? example.train.seed;
  const { type, ...options } = tune.sampler;
  return {
    sampler: samplers.create({ type, ...options }, { seed, space: spaceDistributions(space) }),
    pruner: pruners.create(prunerOf(tune)),
    redraws: tune.redraws,
    onWarning: notice,
  };
}

/** Makes a study with its identity in one step; false if another process has just made it. */
async function makeStudy(
  name: string,
  {
    search,
    storage,
    identity,
    empty,
  }: {
    readonly search: SearchConfig;
    readonly storage: StudyStorage;
    readonly identity: Attribute;
    /** Adopts an existing empty study, such as one made by Optuna. */
    readonly empty: boolean;
  },
): Promise<boolean> {
  const objectives = objectivesOf(search.tune);
  const directions = objectives.map(({ direction }) => direction);
  const metricNames = objectives.map((objective) => objective.name);
  if (empty) {
    const study = await createStudy({ name, storage, directions, loadIfExists: true });
    await study.setUserAttr(IDENTITY, identity);
    await study.setMetricNames(metricNames);
    return true;
  }
  try {
    const userAttrs = { [IDENTITY]: identity };
    const systemAttrs = { [METRIC_NAMES]: metricNames };
    await storage.importStudy({ name, directions, userAttrs, systemAttrs }, []);
    return true;
  } catch (error) {
    if (error instanceof ConfigError && (await storage.findStudy(name))) return false;
    throw error;
  }
}

/** `bbc-news-1`, `bbc-news-2`, …: the first that is free, or the newest to be resumed. */
function nameFor(data: string, studies: readonly StudyRecord[], resume: boolean): string {
  const numbers = studies.flatMap(({ name }) => {
    const number = name.startsWith(`${data}-`) ? name.slice(data.length + 1) : '';
    return /^\d{1,9}$/.test(number) ? [Number(number)] : [];
  });
  return `${data}-${Math.max(0, maxOf(numbers)) + (resume ? 0 : 1)}`;
}

function nothingToResume(name: string, studies: readonly StudyRecord[], { url }: StudyStorage): ConfigError {
  const names = studies.map((study) => study.name);
  const known = names.length === 0 ? 'holds none' : `holds ${names.slice(0, 8).join(', ')}`;
  return new ConfigError(
    `[--resume] there must be a study to resume, but ${url} ${known}${name.endsWith('-0') ? '' : `, and no ${name}`}. ` +
      'Name it with --study, or start without --resume.',
    { key: 'resume' },
  );
}

/** Whether a study holds anything; one made by Optuna may be empty. */
async function isBegun({ id, userAttrs }: StudyRecord, storage: StudyStorage): Promise<boolean> {
  return userAttrs[IDENTITY] !== undefined || (await storage.trials(id)).length > 0;
}

/** What must stay the same within a study, in addition to what the storage itself keeps. */
function identityOf(
  { space, tune }: SearchConfig,
  { name, hash, texts }: Dataset,
  vectors: string | undefined,
): Attribute {
  const { objective, second_objective, folds } = tune;
  const config = space.config as { train?: Record<string, unknown>; evaluate?: unknown };
  const { evaluate: _evaluate, train = {}, ...sections } = config;
  const { threads: _t, checkpoint_seconds: _s, calibrate: _c, baseline: _b, ...kept } = train;
  return {
    format: 1,
    // all trials of a study must report the same metric: older studies lack this key, and keep to the log loss
    reports: 'objective',
    data: { name, hash, documents: texts.length, ...(vectors !== undefined && { vectors }) },
    tune: { objective, second_objective, folds },
    config: renderConfig({ ...sections, train: kept }),
  };
}

function requireSame({ name, userAttrs }: StudyRecord, identity: Attribute, { url }: StudyStorage): void {
  const before = userAttrs[IDENTITY] as Record<string, Attribute> | undefined;
  const after = identity as Record<string, Attribute>;
  if (!before) {
    throw new ConfigError(
      `[--study] must be a study of unroll tune, but ${name} in ${url} was made by something else. Use another name.`,
      { key: 'study' },
    );
  }
  const what = {
    data: vectorsDiffer(before['data'], after['data']) ? 'other word vectors' : 'other data',
    tune: 'another objective or other folds',
    config: 'another configuration',
  };
  for (const [key, words] of Object.entries(what)) {
    if (isDeepStrictEqual(before[key], after[key])) continue;
    throw new ConfigError(
      `[--study] ${name} must be a study of this search, but it has ${words}: ${differenceOf(before[key], after[key])}. ` +
        'Change that back, or use another name.',
      { key: 'study' },
    );
  }
}

/** Whether two studies are of the same documents, but of other word vectors. */
function vectorsDiffer(before: Attribute | undefined, after: Attribute): boolean {
  const [there, here] = [before, after] as Record<string, Attribute | undefined>[];
  return there?.['hash'] === here['hash'] && there?.['vectors'] !== here['vectors'];
}

/** The first key in which two parts of an identity differ, and what each has there. */
function differenceOf(before: Attribute, after: Attribute): string {
  const [there, here] = [before, after].map((part) =>
    leavesOf(typeof part === 'string' ? parse(part) : part),
  );
  const key = [...here.keys(), ...there.keys()].find((name) => there.get(name) !== here.get(name)) ?? '';
  const shown = (leaves: typeof here) => (leaves.has(key) ? `${key}: ${leaves.get(key)}` : `no ${key}`);
  return `${shown(there)} there, ${shown(here)} here`;
}

/** The values of a mapping as JSON, by their dotted paths. */
function leavesOf(value: unknown, path = ''): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return new Map([[path, JSON.stringify(value)]]);
  }
  const below = (key: string) => (path === '' ? key : `${path}.${key}`);
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...leavesOf(inner, below(key))]));
}
