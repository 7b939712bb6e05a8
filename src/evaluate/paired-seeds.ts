/**
 * Are two settings different, when each was trained with several seeds? A mean over seeds varies for two reasons: other
 * seeds give other weights, and other test documents are easier or harder. Both are counted here.
 */
import { invariant } from '../core/errors.ts';
import { studentQuantile, studentTest } from './student.ts';
import { checkConfidence, type Interval } from './intervals.ts';
import { compareResampled } from './resampled.ts';
import { mean, variance } from './sample.ts';

/** Mean accuracy of A less that of B, with its test. */
export interface SeedComparison {
  /** What the variance was taken from: all runs on the same documents, or each seed with a split of its own. */
  readonly design: 'same documents' | 'split by seed';
  /** Mean accuracy of A over its seeds, in [0, 1]. */
  readonly a: number;
  /** That of B. */
  readonly b: number;
  /** A less B. */
  readonly difference: number;
  /** Of the difference, at `confidence`. */
  readonly interval: Interval;
  /** Of the interval. */
  readonly confidence: number;
  /** Two-sided p of "no difference", in [0, 1]. */
  readonly p: number;
  /** Difference by its standard error; infinite where nothing varies. */
  readonly t: number;
  /** Degrees of freedom. */
  readonly df: number;
}

/** Two settings on the same N documents: for each seed, `[N]` with 1 where the document was classified right. */
export interface SeededPredictions {
  /** One for each seed of A, at least one. */
  readonly a: readonly ArrayLike<number>[];
  /** One for each seed of B, at least one; A or B has two at least. */
  readonly b: readonly ArrayLike<number>[];
}

/**
 * Compares two settings whose runs were all tested on the same documents. With D_n the mean of A less that of B on
 * document n, and s² the variance of a setting's accuracies over its seeds, the difference has the variance
 *
 *     var(D) / N + s²_A / seeds_A + s²_B / seeds_B
 *
 * and t has the degrees of freedom of Satterthwaite (1946). What a seed and a document do together is in both parts, so
 * that the test is a little cautious. A setting of one seed is taken to vary as the other does.
 */
export function compareSeeds({ a, b }: SeededPredictions, confidence = 0.95): SeedComparison {
  checkConfidence(confidence);
  const documents = a.at(0)?.length ?? 0;
  invariant(
    documents > 1 && [...a, ...b].every(({ length }) => length === documents) && b.length > 0,
    'each run says of the same documents, two or more, which it classified right',
  );
  invariant(a.length > 1 || b.length > 1, 'one setting has two seeds at least');
  const [seedsA, seedsB] = [a, b].map((runs) => runs.map((right) => mean(right)));
  const differences = Float64Array.from({ length: documents }, (_, n) => onDocument(a, n) - onDocument(b, n));
  const parts = [{ variance: variance(differences) / documents, df: documents - 1 }];
  const varied = [seedsA, seedsB].filter(({ length }) => length > 1);
  for (const accuracies of [seedsA, seedsB]) {
    const own = accuracies.length > 1 ? accuracies : varied[0];
    parts.push({ variance: variance(own) / accuracies.length, df: own.length - 1 });
  }
  const { total, df } = addVariances(parts);
  return tested('same documents', mean(seedsA), mean(seedsB), { error: Math.sqrt(total), df, confidence });
}

/** Two settings on the test part of one seed: `[N]` each, 1 where the document was classified right. */
export interface SeedPair {
  /** Of the run of A. */
  readonly a: ArrayLike<number>;
  /** Of the run of B, on the same documents. */
  readonly b: ArrayLike<number>;
}

/**
 * Compares two settings where each seed has a split of its own, the same one for both: the corrected resampled t-test
 * (Nadeau and Bengio, 2003). Splits share training documents, so that the variance of the J differences is multiplied by
 * 1 / J + `testByTrain` rather than by 1 / J. That variance is at least what the documents of a split give, or a few
 * differences that happen to be equal would look certain.
 *
 * @param pairs Two at least, of two documents or more.
 * @param testByTrain Test documents for each training document.
 */
export function compareSplitSeeds(
  pairs: readonly SeedPair[],
  testByTrain: number,
  confidence = 0.95,
): SeedComparison {
  checkConfidence(confidence);
  invariant(pairs.length > 1, 'two seeds at least');
  const [a, b] = [pairs.map((pair) => mean(pair.a)), pairs.map((pair) => mean(pair.b))];
  const ofDocuments = pairs.map((pair) => {
    const differences = Float64Array.from(pair.a, (right, n) => right - pair.b[n]);
    return variance(differences) / differences.length;
  });
  const compared = compareResampled(a, b, testByTrain, { confidence, leastVariance: mean(ofDocuments) });
  return { design: 'split by seed', ...compared };
}

/**
 * The interval of a setting's mean accuracy over its seeds, all on the same documents: of these documents and these
 * seeds, as in {@link compareSeeds}.
 *
 * @param runs Two seeds at least; for each `[N]` with 1 where the document was classified right, N of 2 or more.
 */
export function meanOverSeeds(runs: readonly ArrayLike<number>[], confidence = 0.95): Interval {
  checkConfidence(confidence);
  const documents = runs.at(0)?.length ?? 0;
  invariant(runs.length > 1 && documents > 1, 'two seeds at least, on two documents or more');
  const accuracies = runs.map((right) => mean(right));
  const onDocuments = Float64Array.from({ length: documents }, (_, n) => onDocument(runs, n));
  const { total, df } = addVariances([
    { variance: variance(onDocuments) / documents, df: documents - 1 },
    { variance: variance(accuracies) / runs.length, df: runs.length - 1 },
  ]);
  const reach = studentQuantile((1 + confidence) / 2, df) * Math.sqrt(total);
  const middle = mean(accuracies);
  return [Math.max(0, middle - reach), Math.min(1, middle + reach)];
}

/** A sum of independent variances, with the degrees of freedom of Satterthwaite. */
function addVariances(parts: readonly { readonly variance: number; readonly df: number }[]) {
  const total = parts.reduce((sum, part) => sum + part.variance, 0);
  const spread = parts.reduce((sum, part) => sum + part.variance ** 2 / part.df, 0);
  return { total, df: spread === 0 ? parts[0].df : total ** 2 / spread };
}

function tested(
  design: SeedComparison['design'],
  a: number,
  b: number,
  { error, df, confidence }: { readonly error: number; readonly df: number; readonly confidence: number },
): SeedComparison {
  const difference = a - b;
  return { design, a, b, difference, confidence, df, ...studentTest(difference, { error, df, confidence }) };
}

function onDocument(runs: readonly ArrayLike<number>[], n: number): number {
  return runs.reduce((sum, right) => sum + right[n], 0) / runs.length;
}
