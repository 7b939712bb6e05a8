import { ConfigError } from '../core/errors.ts';
import { createRng } from '../core/rng.ts';
import { apportionClasses } from './apportion.ts';
import { assignGroups, groupsOf } from './assign.ts';
import type { Dataset } from './dataset.ts';
import { classCounts } from './dataset.ts';
import type { Duplicates } from './duplicates.ts';
import { findDuplicates } from './duplicates.ts';
import { requireClasses } from './splits.ts';

/** One round of a cross-validation: indices into the data set, ascending. */
export interface Fold {
  /** Indices into the data set, ascending. */
  readonly train: Int32Array<ArrayBuffer>;
  /** For early stopping; drawn from what the fold does not test. */
  readonly val: Int32Array<ArrayBuffer>;
  /** Indices of the documents that this fold alone tests, ascending. */
  readonly test: Int32Array<ArrayBuffer>;
}

/** Options of {@link createFolds}. */
export interface FoldOptions {
  /** Number of folds, at least 2. Default 5. */
  readonly folds?: number;
  /** Share of a fold's other documents that validates, in [0, 1). Default 0.1. */
  readonly valFraction?: number;
  /** Seed of the assignment, in [0, 2^32). */
  readonly seed?: number;
  /** Lets copies stand on both sides. Default false. */
  readonly allowLeakage?: boolean;
  /** Jaccard similarity of near copies. Default 0.9. */
  readonly nearDuplicates?: number;
  /** The copies in the data set, where they are known already. */
  readonly duplicates?: Duplicates;
}

/** Stratified k-fold cross-validation that keeps copies in one fold: each document is tested exactly once. */
export function createFolds(dataset: Dataset, options: FoldOptions = {}): Fold[] {
  const { folds = 5, valFraction = 0.1, seed = 0, allowLeakage = false, nearDuplicates = 0.9 } = options;
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
  const rng = createRng(seed).fork('folds');
  const equal = Array.from({ length: folds }, () => 1 / folds);
  const foldOf = assignGroups(
    groupsOf(groupOf),
    dataset.labels,
    apportionClasses(classCounts(dataset), equal),
    rng,
  );
  return equal.map((_, fold) => {
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
