/**
 * The folder of a cross-validation: `cv.json` with its settings and results, and until it is finished a file per
 * training.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { configSchema } from '../../config/schema.ts';
import { ConfigError, CorruptFileError } from '../../core/errors.ts';
import type { Evaluation } from '../../evaluate/evaluation.ts';
import { type MetricName, metrics } from '../../evaluate/metrics/index.ts';
import {
  lockRun,
  makeNumbered,
  makeOwnFolder,
  newestRun,
  readJson,
  type RunLock,
  safeName,
  writeJson,
} from '../../run/index.ts';
import { isTemporaryName } from '../../run/atomic.ts';
import { keptData } from '../../run/description.ts';
import type { ScoredFold } from '../search/pool.ts';

const FORMAT = { format: 'unroll.cv', version: 1 } as const;
const TRAINING = { format: 'unroll.cv-training', version: 1 } as const;

/** The files in the folder of a cross-validation. `--force` removes these and nothing else. */
export const cvEntries = {
  state: 'cv.json',
  predictions: 'oof.csv',
  margins: 'margins.csv',
  trainings: 'trainings.csv',
  summary: 'summary.md',
  figures: 'figures',
  folds: 'folds',
  labels: 'labels.csv',
  corrections: 'corrections.csv',
} as const;

/** Paths of the files of a cross-validation. */
export type CvPaths = Readonly<Record<keyof typeof cvEntries, string>>;

/** Paths of the files of a cross-validation. */
export function cvPaths(folder: string): CvPaths {
  return Object.fromEntries(
    Object.entries(cvEntries).map(([key, entry]) => [key, join(folder, entry)]),
  ) as unknown as CvPaths;
}

const names = metrics.map(({ type }) => type) as [MetricName, ...MetricName[]];
const interval = z.tuple([z.number(), z.number()]);

const metricResult = z.object({
  /** Mean over the folds of all repetitions. */
  mean: z.number(),
  /** Standard deviation between these folds, with n − 1. */
  sd: z.number(),
  /** Interval of the mean, corrected for the training documents that folds share (Nadeau and Bengio). */
  interval,
  /** Standard deviation between seeds on the same fold; null for one seed. */
  seed_sd: z.number().nullable(),
  /** Value of each fold, those of the first repetition first; the mean over seeds. */
  folds: z.array(z.number()),
});

const configurationResult = z.object({
  /** Parameters of the model, the mean over folds. */
  parameters: z.number(),
  /** With `train.auto`: in how many trainings which model was chosen. */
  chosen: z.object({ linear: z.int(), average: z.int(), network: z.int() }).optional(),
  metrics: z.record(z.enum(names), metricResult),
  /** The evaluation of all out-of-fold predictions together, without intervals. */
  out_of_fold: z.custom<Evaluation>((value) => typeof value === 'object' && value !== null),
});

const comparison = z.object({
  metric: z.enum(names),
  a: z.string(),
  b: z.string(),
  /** A less B. */
  difference: z.number(),
  interval,
  p: z.number(),
  /** p-value corrected by Holm's method for the pairs of this metric. */
  p_corrected: z.number(),
  df: z.number(),
  verdict: z.enum(['better', 'worse', 'not distinguishable']),
});

const schema = z.object({
  format: z.literal(FORMAT.format),
  version: z.literal(FORMAT.version),
  status: z.enum(['unfinished', 'finished']),
  /** Arguments of the first start as the user typed them, without the program. */
  command: z.array(z.string()),
  versions: z.record(z.string(), z.string()),
  data: keptData.extend({ classes: z.array(z.string()) }),
  folds: z.int().min(2),
  repeats: z.int().min(1),
  seeds: z.int().min(1),
  /** Whether copies of a document stay in one fold. */
  grouped: z.boolean(),
  /** Confidence level of the intervals. */
  confidence: z.number(),
  configurations: z.array(
    z.object({
      name: z.string(),
      config: configSchema,
      /** SHA-256 of its word vectors; left out without them. */
      vectors: z.string().optional(),
      results: configurationResult.nullable(),
    }),
  ),
  comparisons: z.array(comparison),
});

/** The content of `cv.json`. */
export type CvState = Omit<z.output<typeof schema>, 'format' | 'version'>;
/** The results of a configuration. */
export type ConfigurationResult = z.output<typeof configurationResult>;
/** In how many trainings which model was chosen. */
export type ChosenCounts = NonNullable<ConfigurationResult['chosen']>;
/** A metric over folds. */
export type MetricResult = z.output<typeof metricResult>;
/** Two configurations on one metric. */
export type CvComparison = z.output<typeof comparison>;

/** Writes the state atomically. */
export function writeState(folder: string, state: CvState): void {
  writeJson(cvPaths(folder).state, { ...FORMAT, ...state });
}

/** Reads `cv.json`. Errors as `readJson` */
export function readState(folder: string): CvState {
  const { format: _format, version: _version, ...state } = readJson(cvPaths(folder).state, schema, FORMAT);
  return state;
}

/** A folder locked by this process. */
export interface HeldFolder extends Pick<RunLock, 'release'> {
  readonly path: string;
  readonly paths: CvPaths;
}

/** Makes the folder of a new cross-validation, `runs/NAME-cv-N` unless another is given. @throws ConfigError where it is in use */
export function makeFolderOf(
  name: string,
  {
    output,
    force,
    root,
  }: { readonly output: string | undefined; readonly force: boolean; readonly root: string },
): HeldFolder {
  if (output === undefined) return hold(makeNumbered(root, safeName(`${name}-cv`)));
  return hold(output, makeOwnFolder(output, { what: 'cross-validation', entries: cvEntries, force }));
}

/** Opens the folder of a cross-validation to resume: the given one, or the newest of that name. @throws ConfigError where there is none */
export function openFolderOf(
  name: string,
  { output, root }: { readonly output: string | undefined; readonly root: string },
): HeldFolder {
  const path = output ?? newestRun(root, safeName(`${name}-cv`));
  if (path === undefined || !existsSync(cvPaths(path).state)) {
    const found =
      path === undefined
        ? `${root} holds none of ${name}`
        : `${path} ${existsSync(path) ? `holds no ${cvEntries.state}` : 'does not exist'}`;
    throw new ConfigError(
      `[--resume] there must be a cross-validation to resume, but ${found}. Name its folder with -o, or start without --resume.`,
      { key: 'resume' },
    );
  }
  return hold(path);
}

function hold(path: string, lock: RunLock = lockRun(path)): HeldFolder {
  const paths = cvPaths(path);
  for (const folder of [path, paths.folds]) {
    if (!existsSync(folder)) continue;
    for (const entry of readdirSync(folder))
      if (isTemporaryName(entry)) rmSync(join(folder, entry), { recursive: true, force: true });
  }
  return { path, paths, release: lock.release };
}

const trainingSchema = z.object({
  format: z.literal(TRAINING.format),
  version: z.literal(TRAINING.version),
  epochs: z.int().nullable(),
  best_epoch: z.int().nullable(),
  parameters: z.number(),
  seconds: z.number(),
  probabilities: z.array(z.number()),
  unknown: z.array(z.int().min(0)).default([]),
  // null: a document that was not trained on
  margins: z.array(z.number().nullable()).optional(),
  network_weight: z.number().optional(),
});

/** Saves the result of a training until all are done. */
export function writeTraining(paths: CvPaths, id: string, scores: ScoredFold): void {
  const { epochs, bestEpoch, parameters, seconds, probabilities, unknown, margins, networkWeight } = scores;
  writeJson(join(paths.folds, `${id}.json`), {
    ...TRAINING,
    ...{ epochs, best_epoch: bestEpoch, parameters, seconds },
    probabilities: Array.from(probabilities),
    unknown: [...unknown],
    ...(margins && { margins: Array.from(margins, (area) => (Number.isNaN(area) ? null : area)) }),
    ...(networkWeight !== undefined && { network_weight: networkWeight }),
  });
}

/**
 * The result of a training; undefined if it is not done. @throws CorruptFileError where the number of probabilities
 * differs
 */
export function readTraining(paths: CvPaths, id: string, size: number): ScoredFold | undefined {
  const path = join(paths.folds, `${id}.json`);
  if (!existsSync(path)) return undefined;
  const { epochs, best_epoch, parameters, seconds, probabilities, unknown, margins, network_weight } =
    readJson(path, trainingSchema, TRAINING);
  if (probabilities.length !== size) {
    throw new CorruptFileError(
      path,
      `[${path}] there must be ${size} probabilities, but there are ${probabilities.length}. Remove the file: its fold is then trained again.`,
    );
  }
  return {
    epochs,
    bestEpoch: best_epoch,
    parameters,
    seconds,
    probabilities: Float64Array.from(probabilities),
    unknown,
    ...(margins && { margins: Float64Array.from(margins, (area) => area ?? Number.NaN) }),
    ...(network_weight !== undefined && { networkWeight: network_weight }),
  };
}
