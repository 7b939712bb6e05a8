/**
 * Scores of one model on several splits of the same documents, such as the folds of a cross-validation. The splits share
 * training documents, so the scores are not independent: their mean varies more than s² / J says. Nadeau and Bengio
 * ("Inference for the generalization error", 2003) take the variance of the mean of J scores as
 *
 *     (1 / J + testByTrain) · s²
 *
 * with `testByTrain` the test documents for each training document: 1 / (k − 1) for k folds, repeated or not.
 */
import { invariant } from '../core/errors.ts';
import { checkConfidence, type Interval } from './intervals.ts';
import { studentTest, type StudentTest } from './student.ts';
import { mean, variance } from './sample.ts';

/** The mean of a score over splits. */
export interface ResampledMean {
  /** Mean over the J splits. */
  readonly mean: number;
  /** Standard deviation between the splits, with J − 1. */
  readonly sd: number;
  /** Of the mean, with the corrected variance and J − 1 degrees of freedom. */
  readonly interval: Interval;
}

/** Two models on the same splits, A less B. */
export interface ResampledComparison extends StudentTest {
  /** Mean score of A. */
  readonly a: number;
  /** That of B. */
  readonly b: number;
  /** A less B. */
  readonly difference: number;
  /** Of the interval. */
  readonly confidence: number;
  /** Degrees of freedom, J − 1. */
  readonly df: number;
}

/** How {@link compareResampled} tests. */
export interface ResampledOptions {
  /** Of the interval. Default 0.95. */
  readonly confidence?: number;
  /** The variance of the differences is taken to be this at least: a few that happen to be equal would look certain. Default 0. */
  readonly leastVariance?: number;
}

/**
 * The mean of a score over splits, with its interval.
 * @param scores One for each split, two at least.
 */
export function meanOverResamples(
  scores: readonly number[],
  testByTrain: number,
  confidence = 0.95,
): ResampledMean {
  checkConfidence(confidence);
  invariant(scores.length > 1, 'two splits at least');
  const middle = mean(scores);
  const spread = variance(scores);
  const error = Math.sqrt(spread * (1 / scores.length + testByTrain));
  const { interval } = studentTest(middle, { error, df: scores.length - 1, confidence });
  return { mean: middle, sd: Math.sqrt(spread), interval };
}

/**
 * The corrected resampled t-test of two models on the same splits.
 * @param a Scores of A, one for each split, two at least.
 * @param b Those of B, in the same order.
 */
export function compareResampled(
  a: readonly number[],
  b: readonly number[],
  testByTrain: number,
  { confidence = 0.95, leastVariance = 0 }: ResampledOptions = {},
): ResampledComparison {
  checkConfidence(confidence);
  invariant(a.length > 1 && a.length === b.length, 'two splits at least, the same for both');
  const spread = Math.max(variance(a.map((score, j) => score - b[j])), leastVariance);
  const error = Math.sqrt(spread * (1 / a.length + testByTrain));
  const df = a.length - 1;
  const [meanA, meanB] = [mean(a), mean(b)];
  const difference = meanA - meanB;
  return {
    ...{ a: meanA, b: meanB, difference, confidence, df },
    ...studentTest(difference, { error, df, confidence }),
  };
}
