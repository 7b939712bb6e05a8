/**
 * The plan of a cross-validation: the folds of every repetition, and a training for each configuration, fold and
 * seed.
 */
import type { Config } from '../../config/schema.ts';
import { ConfigError } from '../../core/errors.ts';
import { minOf } from '../../core/lists.ts';
import { count } from '../../core/words.ts';
import type { Dataset } from '../../data/dataset.ts';
import { type Duplicates, findDuplicates } from '../../data/duplicates.ts';
import { createFolds, type Fold, requireFoldable } from '../../data/folds.ts';
import type { Configuration } from './configurations.ts';
import type { CvTraining } from './events.ts';

/** How often each configuration is trained. */
export interface CvCounts {
  /** Folds of a repetition, 2 at least. */
  readonly folds: number;
  /** Repetitions, each with folds of its own. */
  readonly repeats: number;
  /** Seeds on each fold. */
  readonly seeds: number;
}

/** A training to do. */
export interface PlannedTraining extends CvTraining {
  /** Index of the configuration, from 0. */
  readonly index: number;
  /** Unique: the name of its files. */
  readonly id: string;
  readonly rows: Fold;
}

/** A planned cross-validation. */
export interface CvPlan extends CvCounts {
  readonly configurations: readonly Configuration[];
  /** The trainings, in their order. */
  readonly trainings: readonly PlannedTraining[];
  /** Copies in the data. */
  readonly duplicates: Duplicates;
  /** Whether copies stay together. */
  readonly grouped: boolean;
}

/** Upper limit of each count, so that a typo does not start a month of work. */
const MOST = 10_000;

/** Refuses counts out of range. @throws ConfigError */
export function requireCounts(counts: CvCounts): void {
  for (const [key, least] of [
    ['folds', 2],
    ['repeats', 1],
    ['seeds', 1],
  ] as const) {
    const value = counts[key];
    if (Number.isInteger(value) && value >= least && value <= MOST) continue;
    throw new ConfigError(
      `[--${key}] must be a whole number from ${least} to ${MOST}, but got ${String(value)}.`,
      { key },
    );
  }
}

/** Draws the folds: the same ones for all configurations. @throws ConfigError for more folds than documents of a class */
export function planCv(dataset: Dataset, configurations: readonly Configuration[], counts: CvCounts): CvPlan {
  const { folds, repeats, seeds } = counts;
  requireFoldable(dataset, folds);
  const duplicates = findDuplicates(dataset.texts, {
    threshold: minOf(configurations, ({ config }) => config.data.near_duplicates),
  });
  const grouped = configurations.some(({ config }) => !config.data.allow_leakage);
  const [{ config: first }] = configurations;
  const drawn = Array.from({ length: repeats }, (_, repeat) =>
    configurations.map(({ config }) =>
      createFolds(dataset, {
        folds,
        repeat,
        seed: first.data.seed ?? first.train.seed,
        valFraction: valFraction(config),
        allowLeakage: !grouped,
        duplicates,
      }),
    ),
  );
  // configurations innermost: after an interruption, all but the last fold have results of every configuration
  const trainings = drawn.flatMap((ofRepeat, repeat) =>
    Array.from({ length: folds }, (_, fold) =>
      Array.from({ length: seeds }, (_, s) =>
        configurations.map(({ name, config }, index): PlannedTraining => ({
          configuration: name,
          index,
          repeat: repeat + 1,
          fold: fold + 1,
          seed: (config.train.seed + s) % 2 ** 32,
          id: `c${index + 1}-r${repeat + 1}-f${fold + 1}-s${s + 1}`,
          rows: ofRepeat[index][fold],
        })),
      ),
    ).flat(2),
  );
  return { ...counts, configurations, trainings, duplicates, grouped };
}

/**
 * The notice on classes that a fold does not train on: all their documents are copies of each other and stay in one
 * fold. Undefined where every fold trains on every class.
 */
export function unlearnedClasses({ trainings }: CvPlan, { labels, labelNames }: Dataset): string | undefined {
  const missing = new Map<number, number>();
  const folds = new Set<string>();
  for (const { index, repeat, fold, rows } of trainings) {
    const key = `${repeat} ${fold}`;
    if (index > 0 || folds.has(key)) continue;
    folds.add(key);
    const learned = new Set(Array.from(rows.train, (i) => labels[i]));
    for (const c of labelNames.keys()) if (!learned.has(c)) missing.set(c, (missing.get(c) ?? 0) + 1);
  }
  if (missing.size === 0) return undefined;
  const shown = [...missing]
    .slice(0, 5)
    .map(([c, n]) => `${JSON.stringify(labelNames[c])} (${count(n, 'fold')})`);
  const more = missing.size > shown.length ? ` and ${missing.size - shown.length} more` : '';
  return (
    `no training document of ${shown.join(', ')}${more}: these classes have too few documents that are not copies of each other, ` +
    'and copies stay in one fold. What is measured of them there tells nothing'
  );
}

/** The proportion of the documents outside the test part that is used for validation. */
function valFraction({ data: { fractions } }: Config): number {
  const [train, val] = fractions;
  return val / (train + val);
}
