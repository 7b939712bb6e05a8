/** A run as reports and comparisons see it: everything that its folder holds, read once. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { Config } from '../config/schema.ts';
import { CorruptFileError, FileError } from '../core/errors.ts';
import { readRunSources } from '../figures/read-run.ts';
import type { Sources } from '../figures/sources.ts';
import {
  type BaselineResults,
  type ChoiceRecord,
  openRunFolder,
  readBaseline,
  readChoice,
  readDescription,
  readMetrics,
  readScratch,
  readSeeds,
  readSplits,
  type RunDescription,
  type RunFolder,
  runEntries,
  type ScratchFile,
  SEEDS_FILE,
  type SeedsState,
  type SplitRows,
} from '../run/index.ts';

const heldOut = z.looseObject({ loss: z.number(), accuracy: z.number(), macro_f1: z.number() });
const summarySchema = z.looseObject({
  params: z.number().optional(),
  epochs: z.number().optional(),
  best_epoch: z.number().optional(),
  refit_documents: z.number().optional(),
  seconds: z.number().optional(),
  seconds_per_step: z.number().optional(),
  val: heldOut.nullish(),
});

/** The summary that `train` writes at the end of the metrics. */
export type RunSummary = z.output<typeof summarySchema>;

/** The line of a document in `predictions.csv`. */
export interface Prediction {
  /** Record number in the source. */
  readonly row: number;
  /** Name of the true class. */
  readonly label: string;
  /** Name of the class that was predicted. */
  readonly predicted: string;
  /** Probability of the predicted class, in [0, 1]. */
  readonly score: number;
}

/** A run; undefined for what its folder lacks. */
export interface RunFacts {
  /** Short and unique among the runs read together. */
  readonly name: string;
  /** Its folder. */
  readonly run: RunFolder;
  /** The resolved configuration. */
  readonly config: Config | undefined;
  /** Command, versions, machine, seed, data. */
  readonly description: RunDescription | undefined;
  /** The final summary of `train`. */
  readonly summary: RunSummary | undefined;
  /** Row ids of the three parts. */
  readonly splits: SplitRows | undefined;
  /** Of the test documents. */
  readonly predictions: readonly Prediction[] | undefined;
  /** The warm-up of `unroll scratch`. */
  readonly scratch: ScratchFile | undefined;
  /** The linear classifier that it was measured against. */
  readonly baseline: BaselineResults | undefined;
  /** Which model was kept, where the validation documents chose. */
  readonly choice: ChoiceRecord | undefined;
  /** For a run of several seeds: which they are, and how they are combined. */
  readonly seeds: SeedsState | undefined;
  /** What its figures are drawn from. */
  readonly sources: Sources;
}

/** How many seeds a run averages; null for a run of one model. */
export function ensembleSize({ seeds }: Pick<RunFacts, 'seeds'>): number | null {
  return seeds?.keep === 'ensemble' ? seeds.seeds.length : null;
}

/**
 * Reads runs; a folder that is not a run stands for all runs directly in it.
 * @throws FileError where there is none, CorruptFileError where a file of one is damaged.
 */
export function readRuns(paths: readonly string[]): RunFacts[] {
  const folders = [...new Set(paths.flatMap(runsIn))];
  return folders.map((folder, i) => readRun(folder, nameOf(folder, folders, i)));
}

function runsIn(path: string): string[] {
  if (isRun(path) || !existsSync(path) || !statSync(path).isDirectory()) return [path];
  const found = readdirSync(path)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((entry) => join(path, entry))
    .filter(isRun);
  if (found.length > 0) return found;
  throw new FileError(
    path,
    `[${path}] there must be a run, or a folder of runs, but none was found. Correct the path, or train first.`,
  );
}

function isRun(path: string): boolean {
  return [runEntries.description, runEntries.metrics, runEntries.test].some((entry) =>
    existsSync(join(path, entry)),
  );
}

/** The folder's name; with that of its parent where two names are equal. */
function nameOf(folder: string, all: readonly string[], index: number): string {
  const name = basename(resolve(folder));
  const same = (other: string, i: number) => i !== index && basename(resolve(other)) === name;
  return all.some(same) ? `${basename(resolve(folder, '..'))}/${name}` : name;
}

function readRun(path: string, name: string): RunFacts {
  const { config, sources } = readRunSources(path);
  const run = openRunFolder(path);
  const { description, metrics, splits, predictions, scratch, baseline, choice } = run.paths;
  const summary = readMetrics(metrics).findLast((record) => record['summary'] !== undefined)?.['summary'];
  const parsed = summarySchema.safeParse(summary);
  return {
    name,
    run,
    config,
    sources,
    description: existsSync(description) ? readDescription(description) : undefined,
    summary: parsed.success ? parsed.data : undefined,
    splits: existsSync(splits) ? readSplits(splits) : undefined,
    scratch: existsSync(scratch) ? readScratch(scratch) : undefined,
    seeds: existsSync(join(path, SEEDS_FILE)) ? readSeeds(path) : undefined,
    choice: existsSync(choice) ? readChoice(choice) : undefined,
    baseline: existsSync(baseline) ? readBaseline(baseline) : undefined,
    predictions: existsSync(predictions) ? readPredictions(predictions) : undefined,
  };
}

const predictionSchema = z.object({
  row_id: z.coerce.number().int().min(0),
  label: z.string(),
  predicted: z.string(),
  score: z.coerce.number(),
});

/** Reads `predictions.csv` of a run. @throws CorruptFileError where it is not such a file. */
export function readPredictions(path: string): Prediction[] {
  try {
    const rows = parse<unknown>(readFileSync(path, 'utf8'), { columns: firstOfEach });
    return rows.map((row) => {
      const { row_id, ...rest } = predictionSchema.parse(row);
      return { row: row_id, ...rest };
    });
  } catch (cause) {
    throw new CorruptFileError(
      path,
      `[${path}] predictions must be a table with row_id, label, predicted and score, but this one cannot be read. Remove it (the run then has no tests and no misclassified documents), or train again.`,
      { cause },
    );
  }
}

/** The first four columns; the scores of the classes after them may be called anything. */
function firstOfEach(head: readonly string[]): (string | false)[] {
  return head.map((name, i) => (i < 4 ? name : false));
}
