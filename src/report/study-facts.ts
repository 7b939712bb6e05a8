/** A study as reports and figures see it, read from its storage once. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ConfigError, FileError, UnrollError } from '../core/errors.ts';
import { didYouMean, nearest } from '../core/nearest.ts';
import type { Evaluation } from '../evaluate/index.ts';
import { readRunSources } from '../figures/read-run.ts';
import type { StudyFacts } from '../figures/sources.ts';
import { openRunFolder } from '../run/index.ts';
import { importJournal, openStorage } from '../tune/node.ts';
import type { StudyRecord, StudyStorage } from '../tune/storage/contract.ts';
import { MemoryStorage } from '../tune/storage/memory.ts';
import { METRIC_NAMES } from '../tune/study/stored-study.ts';
import { lastAttempts } from '../tune/trial/retry.ts';

/** What is known about a study in addition to its trials. */
export interface StudyReportFacts extends StudyFacts {
  /** URL of its storage, without the password. */
  readonly storage: string;
  /** What `unroll tune` keeps with a study of its own; undefined for others. */
  readonly search?: SearchFacts | undefined;
  /** The model of a trial, trained again; undefined where its run folder is not there. */
  readonly model?: ModelOfTrial | undefined;
}

/** The run that resulted from a search. */
export interface ModelOfTrial {
  readonly trial: number;
  readonly path: string;
  /** On the test documents. */
  readonly evaluation: Evaluation | undefined;
}

/** The user attributes that `unroll tune` keeps with a study: what is searched, how, and the run of the best trial. */
export const SEARCH_ATTRIBUTES = {
  search: 'unroll:search',
  settings: 'unroll:settings',
  run: 'unroll:run',
} as const;

/** The run of the best trial: its folder, as the process that wrote it saw it, and the SHA-256 of its weights. */
export const keptRun = z.looseObject({ path: z.string(), trial: z.number(), weights: z.string().optional() });
const typed = z.looseObject({ type: z.string() });
const searchSchema = z.looseObject({
  data: z.looseObject({ name: z.string(), hash: z.string(), documents: z.number() }),
  tune: z.looseObject({ objective: z.string(), folds: z.number().nullish() }),
  config: z.string(),
});
const reportsSchema = z.looseObject({ reports: z.literal('objective') });

/** What trials of a study of `unroll tune` report at each step: its objective or, in older ones, the log loss. */
export type Reported = 'objective' | 'log_loss';

/** What the trials of a study report, by its user attributes. */
export function reportedBy(userAttrs: Readonly<Record<string, unknown>>): Reported {
  return reportsSchema.safeParse(userAttrs[SEARCH_ATTRIBUTES.search]).success ? 'objective' : 'log_loss';
}

const settingsSchema = z.looseObject({
  sampler: typed.optional(),
  pruner: typed.optional(),
  seed: z.number().optional(),
  /** Documents that a trial is scored on. */
  judged: z.number().optional(),
  command: z.array(z.string()).optional(),
});

/** A search of `unroll tune`. */
export interface SearchFacts {
  /** The data. */
  readonly data: { readonly name: string; readonly hash: string; readonly documents: number };
  /** What is optimised. */
  readonly objective: string;
  /** Number of folds. */
  readonly folds: number | null;
  /** The configuration with its ranges, YAML. */
  readonly config: string;
  /** Settings that are the same in all trials. */
  readonly settings: z.output<typeof settingsSchema>;
}

/** The database of studies in a folder of runs. */
const IN_FOLDER = 'studies.db';

/** Most studies that a message names. */
const LISTED = 8;

/** Whether a word of the command line names a storage of studies rather than a run: an address, a database, a journal. */
export function isStudyAddress(word: string): boolean {
  // any URL: one that is no storage is refused later, in a message without its password
  if (/^([a-z][a-z\d+.-]+:\/\/|(sqlite|postgres(ql)?)(\+\w+)?:)/i.test(word)) return true;
  return /\.(db|sqlite3?|log|journal)$/i.test(word) && !(existsSync(word) && statSync(word).isDirectory());
}

/**
 * Reads a study.
 * @param address A storage's address, a SQLite file, a journal file, or a folder that holds `studies.db`.
 * @param name May be left out where the storage holds one study alone.
 * @param options `runAt`: where to look for the run of the best trial, which may be kept by a path that begins elsewhere;
 *   undefined to leave it out. Default: at the path as kept.
 * @throws ConfigError where there is no such study, or none is named among several
 * @throws FileError, CorruptFileError where the storage cannot be read
 */
export async function readStudy(
  address: string,
  name?: string,
  {
    onWait = () => undefined,
    runAt = (path) => path,
  }: {
    readonly onWait?: (message: string) => void;
    readonly runAt?: (path: string) => string | undefined;
  } = {},
): Promise<StudyReportFacts> {
  const { storage, shown } = await openToRead(address, onWait);
  try {
    const record = choose(await storage.studies(), name, shown);
    // a trial that was run again counts once
    const attempts = lastAttempts(await storage.trials(record.id));
    const trials = [...attempts].sort((a, b) => a.number - b.number);
    const metricNames = z.array(z.string()).safeParse(record.systemAttrs[METRIC_NAMES]);
    const search = searchOf(record);
    const model = modelOf(record, runAt);
    return {
      name: record.name,
      directions: record.directions,
      trials,
      storage: shown,
      ...(model ? { model } : {}),
      ...(metricNames.success ? { metric_names: metricNames.data } : {}),
      ...(search ? { search, reports: reportsOf(record, search) } : {}),
    };
  } finally {
    await storage.close();
  }
}

/** Older studies report the log loss, with the sign of their objective. */
function reportsOf(
  { directions, userAttrs }: StudyRecord,
  { objective }: SearchFacts,
): NonNullable<StudyFacts['reports']> {
  return reportedBy(userAttrs) === 'objective'
    ? { name: `validation ${objective}`, negated: false }
    : { name: 'validation log loss', negated: directions[0] === 'maximize' };
}

async function openToRead(
  word: string,
  onWait: (message: string) => void,
): Promise<{ readonly storage: StudyStorage; readonly shown: string }> {
  const address = existsSync(word) && statSync(word).isDirectory() ? join(word, IN_FOLDER) : word;
  if (/\.(log|journal)$/i.test(address)) {
    const storage = new MemoryStorage();
    await importJournal(address, storage);
    return { storage, shown: address };
  }
  if (!address.includes(':') && !existsSync(address)) {
    throw new FileError(
      address,
      `[${address}] there must be a database of studies, but the file does not exist. Correct the path, or search first: unroll tune.`,
    );
  }
  const storage = await openStorage(address, { onWait, create: false });
  return { storage, shown: storage.url };
}

function choose(studies: readonly StudyRecord[], name: string | undefined, where: string): StudyRecord {
  const names = studies.map((study) => study.name);
  const more = names.length - LISTED;
  const listed =
    names.length === 0 ? 'none' : names.slice(0, LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
  if (name === undefined) {
    if (studies.length === 1) return studies[0];
    throw new ConfigError(
      `[--study] must name one of the studies in ${where}, which holds ${listed}. ${names.length === 0 ? 'Search first: unroll tune.' : `Add --study ${names[0]}, or another.`}`,
      { key: 'study' },
    );
  }
  const found = studies.find((study) => study.name === name);
  if (found) return found;
  const guess = nearest(name, names);
  throw new ConfigError(
    `[--study] must be one of the studies in ${where}, which holds ${listed}, but got "${name}".${didYouMean(guess)}`,
    { key: 'study' },
  );
}

function searchOf({ userAttrs }: StudyRecord): SearchFacts | undefined {
  const search = searchSchema.safeParse(userAttrs[SEARCH_ATTRIBUTES.search]);
  if (!search.success) return undefined;
  const settings = settingsSchema.safeParse(userAttrs[SEARCH_ATTRIBUTES.settings]);
  const { data, tune, config } = search.data;
  return {
    data: { name: data.name, hash: data.hash, documents: data.documents },
    objective: tune.objective,
    folds: tune.folds ?? null,
    config,
    settings: settings.success ? settings.data : {},
  };
}

function modelOf(
  { userAttrs }: StudyRecord,
  runAt: (path: string) => string | undefined,
): ModelOfTrial | undefined {
  const kept = keptRun.safeParse(userAttrs[SEARCH_ATTRIBUTES.run]);
  if (!kept.success) return undefined;
  const { trial, weights } = kept.data;
  const path = runAt(kept.data.path);
  if (path === undefined || !existsSync(path)) return undefined;
  // where several machines share a study, a folder of that name may hold another run here
  if (weights !== undefined && weightsDigest(path) !== weights) return undefined;
  try {
    return { path, trial, evaluation: readRunSources(path).sources.evaluation };
  } catch (error) {
    // a report without its test results is better than none
    if (error instanceof UnrollError) return undefined;
    throw error;
  }
}

/** The SHA-256 of a run's weights, those of all members of an average, as hexadecimal digits; undefined where it has none. */
export function weightsDigest(path: string): string | undefined {
  const { model } = openRunFolder(path).paths;
  const files = existsSync(model) ? readdirSync(model).filter((name) => name.endsWith('.safetensors')) : [];
  if (files.length === 0) return undefined;
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(readFileSync(join(model, file)));
  return hash.digest('hex');
}

/** Documents that a trial is scored on: as kept with the study, or by the proportions of the split; undefined where unknown. */
export function judgedDocuments({ search }: StudyReportFacts): number | undefined {
  if (!search) return undefined;
  if (search.settings.judged !== undefined) return search.settings.judged;
  const parsed = z
    .looseObject({ data: z.looseObject({ fractions: z.array(z.number()).length(3) }) })
    .safeParse(parse(search.config));
  if (!parsed.success) return undefined;
  const [train, val, test] = parsed.data.data.fractions;
  const share = search.folds === null ? val / (train + val + test) : (train + val) / (train + val + test);
  return Math.round(search.data.documents * share);
}
