import { ConfigError } from '../core/errors.ts';
import { minOf } from '../core/lists.ts';
import { createRng } from '../core/rng.ts';
import { apportionClasses, dealClasses } from './apportion.ts';
import { assignGroups, groupsOf } from './assign.ts';
import type { Dataset } from './dataset.ts';
import { classCounts } from './dataset.ts';
import type { Duplicates } from './duplicates.ts';
import { findDuplicates } from './duplicates.ts';
import { waysAround } from './rare-classes.ts';
import { requireClasses, requireContrast } from './splits.ts';

/** One round of a cross-validation: indices into the data set, ascending. */
export interface Fold {
  /** Indices into the data set, ascending. */
  readonly train: Int32Array<ArrayBuffer>;
  /** For early stopping; drawn from the documents that the fold does not test. */
  readonly val: Int32Array<ArrayBuffer>;
  /** Indices of the documents that this fold tests, ascending; no other fold of the round tests them. */
  readonly test: Int32Array<ArrayBuffer>;
}

/** Options of {@link createFolds}. */
export interface FoldOptions {
  /** Number of folds, at least 2. Default 5. */
  readonly folds?: number;
  /** Proportion of a fold's other documents used for validation, in [0, 1). Default 0.1. */
  readonly valFraction?: number;
  /** Seed of the assignment, in [0, 2^32). */
  readonly seed?: number;
  /** Which of several repetitions, each with folds of its own, from 0. Default 0. */
  readonly repeat?: number;
  /** Allow copies on both sides. Default false. */
  readonly allowLeakage?: boolean;
  /** Jaccard similarity of near copies. Default 0.9. */
  readonly nearDuplicates?: number;
  /** The copies in the data set, if already known. */
  readonly duplicates?: Duplicates;
}

/**
 * Refuses more folds than a class has documents: it would be missing from the test part of some.
 * @throws ConfigError that names the class and how many it has
 */
export function requireFoldable(dataset: Dataset, folds: number): void {
  requireContrast(dataset);
  const counts = classCounts(dataset);
  const rare = dataset.labelNames.flatMap((name, c) => (counts[c] < folds ? [{ name, has: counts[c] }] : []));
  if (rare.length === 0) return;
  const shown = rare.slice(0, 5).map(({ name, has }) => `${JSON.stringify(name)} (${has})`);
  const more = rare.length > shown.length ? ` and ${rare.length - shown.length} more` : '';
  const fewest = minOf(rare, ({ has }) => has);
  const single = rare.filter(({ has }) => has === 1).length;
  const column = single > counts.length / 2 ? ' Is this the right label column (--label-col)?' : '';
  const fix = fewest < 2 ? 'Add' : `Use --folds ${fewest}${fewest > 2 ? ' or fewer' : ''}, or add`;
  throw new ConfigError(
    `[folds] every class must have a document for each of the ${folds} folds, but ${shown.join(', ')}${more} ` +
      `${rare.length === 1 ? 'has' : 'have'} fewer.${column} ${fix} documents, ${waysAround(dataset, rare.length, folds)}.`,
    { key: 'folds' },
  );
}

/** Stratified k-fold cross-validation that keeps copies in one fold: each document is tested exactly once. */
export function createFolds(dataset: Dataset, options: FoldOptions = {}): Fold[] {
  const { folds = 5, valFraction = 0.1, seed = 0, repeat = 0 } = options;
  const { allowLeakage = false, nearDuplicates = 0.9 } = options;
  const size = dataset.texts.length;
  requireClasses(dataset);
  if (!Number.isInteger(folds) || folds < 2 || folds > size) {
    throw new ConfigError(
      `[folds] must be a whole number from 2 to the ${size} documents, but got ${folds}.`,
      { key: 'folds' },
    );
  }
  const all = Int32Array.from({ length: size }, (_, i) => i);
  const groupOf = allowLeakage
    ? all
    : (options.duplicates ?? findDuplicates(dataset.texts, { threshold: nearDuplicates })).groupOf;
  const rng = repeat === 0 ? createRng(seed).fork('folds') : createRng(seed).fork('folds', repeat);
  const foldOf = assignGroups(
    groupsOf(groupOf),
    dataset.labels,
    dealClasses(classCounts(dataset), folds),
    rng,
  );
  return Array.from({ length: folds }, (_, fold) => {
    const rest = all.filter((i) => foldOf[i] !== fold);
    const restCounts = classCounts({
      labels: dataset.labels.filter((_, i) => foldOf[i] !== fold),
      labelNames: dataset.labelNames,
    });
    const targets = apportionClasses(restCounts, [1 - valFraction, valFraction]);
    const side = assignGroups(groupsOf(groupOf, rest), dataset.labels, targets, rng.fork('val', fold));
    return {
      train: rest.filter((i) => side[i] === 0),
      val: rest.filter((i) => side[i] === 1),
      test: all.filter((i) => foldOf[i] === fold),
    };
  });
}
