/**
 * Are two classifiers different, on the same documents? McNemar's test counts the documents that only one got right;
 * the paired bootstrap estimates how large the difference may be.
 *
 * Both speak of the two trained models and of documents like these. They do not say what another seed, another split
 * or another data set would give.
 */
import { invariant } from '../core/errors.ts';
import { exp } from '../core/math.ts';
import { createRng, type Rng } from '../core/rng.ts';
import { bootstrapIntervals, checkConfidence, type Interval } from './intervals.ts';
import { accuracy } from './metrics/accuracy.ts';
import { classCounter } from './metrics/class-counts.ts';
import { macroF1 } from './metrics/f1.ts';

/** Two classifiers' predictions for the same N documents. */
export interface PairedPredictions {
  /** `[N]` true class ids in [0, C). */
  readonly labels: Int32Array;
  /** `[N]` classes that A predicted. */
  readonly a: Int32Array;
  /** `[N]` classes that B predicted. */
  readonly b: Int32Array;
  /** C. */
  readonly classes: number;
}

/** McNemar's test. */
export interface McNemar {
  /** Documents that only A got right. */
  readonly only_a: number;
  /** Documents that only B got right. */
  readonly only_b: number;
  /** Two-sided p-value of "neither is right more often", in [0, 1]. */
  readonly p: number;
  /** How p was computed. */
  readonly method: 'exact' | 'chi-squared';
}

/** A metric of both, and the difference with its interval. */
export interface PairedDifference {
  /** Value of A. */
  readonly a: number;
  /** Value of B. */
  readonly b: number;
  /** a - b. */
  readonly difference: number;
  /** Percentile bootstrap over documents; undefined where no resamples were asked for. */
  readonly interval?: Interval;
}

/** Two classifiers compared. */
export interface PairedComparison {
  /** N. */
  readonly documents: number;
  /** Documents that both got right. */
  readonly both_right: number;
  /** Documents that neither got right. */
  readonly both_wrong: number;
  /** Confidence level of the intervals, in (0, 1). */
  readonly confidence: number;
  /** Resamples of the bootstrap. */
  readonly bootstrap_samples: number;
  /** The two accuracies and their difference. */
  readonly accuracy: PairedDifference;
  /** The two macro F1 and their difference. */
  readonly macro_f1: PairedDifference;
  /** McNemar's test of the two accuracies. */
  readonly mcnemar: McNemar;
}

/** How the comparison is made. */
export interface PairedOptions {
  /** Bootstrap resamples; 0 gives no intervals. Default 2000. */
  readonly bootstrap_samples?: number;
  /** Confidence level of the intervals, in (0, 1). Default 0.95. */
  readonly confidence?: number;
  /** Source of the resamples. Default: seed 0. */
  readonly rng?: Rng;
}

/** What the test says of A beside B. */
export type Verdict = 'better' | 'worse' | 'not distinguishable';

/** Most discordant pairs for the exact test: 2^-1000 is still a normal double, 2^-1023 is not. */
const EXACT_UP_TO = 1000;

/** Compares two classifiers on the same documents, of which there must be one at least. */
export function comparePaired(
  { labels, a, b, classes }: PairedPredictions,
  { bootstrap_samples = 2000, confidence = 0.95, rng = createRng(0) }: PairedOptions = {},
): PairedComparison {
  const documents = labels.length;
  invariant(
    documents > 0 && a.length === documents && b.length === documents,
    'as many predictions as labels',
  );
  checkConfidence(confidence);
  const agree = [0, 0, 0, 0]; // neither, only A, only B, both
  for (let n = 0; n < documents; n++) {
    agree[(a[n] === labels[n] ? 1 : 0) + (b[n] === labels[n] ? 2 : 0)]++;
  }
  const metricsOf = pairedMetrics({ labels, a, b, classes });
  const [accuracyA, accuracyB, f1A, f1B] = metricsOf(Int32Array.from(labels, (_, n) => n));
  const intervals: readonly Interval[] =
    bootstrap_samples === 0
      ? []
      : bootstrapIntervals(
          documents,
          2,
          (drawn, out) => {
            const [accuracyOfA, accuracyOfB, f1OfA, f1OfB] = metricsOf(drawn);
            out[0] = accuracyOfA - accuracyOfB;
            out[1] = f1OfA - f1OfB;
          },
          { samples: bootstrap_samples, confidence, rng },
        );
  const difference = (of: number, against: number, interval: Interval | undefined): PairedDifference => ({
    a: of,
    b: against,
    difference: of - against,
    ...(interval ? { interval } : {}),
  });
  return {
    documents,
    both_right: agree[3],
    both_wrong: agree[0],
    confidence,
    bootstrap_samples,
    accuracy: difference(accuracyA, accuracyB, intervals.at(0)),
    macro_f1: difference(f1A, f1B, intervals.at(1)),
    mcnemar: mcnemar(agree[1], agree[2]),
  };
}

/**
 * McNemar's test (1947) of the documents that one alone got right: were they a fair coin's? Up to 1000 of them the
 * two-sided binomial test, exactly; above, χ² with one degree of freedom and Edwards's continuity correction.
 */
export function mcnemar(onlyA: number, onlyB: number): McNemar {
  const count = onlyA + onlyB;
  const counts = { only_a: onlyA, only_b: onlyB };
  if (count <= EXACT_UP_TO) {
    return { ...counts, p: exactP(Math.min(onlyA, onlyB), count), method: 'exact' };
  }
  const beyond = Math.max(Math.abs(onlyA - onlyB) - 1, 0);
  return { ...counts, p: Math.min(1, 2 * normalTail(beyond / Math.sqrt(count))), method: 'chi-squared' };
}

/** Better or worse if p is below `alpha`, by which classifier was right alone more often. */
export function verdictOf({ only_a, only_b, p }: McNemar, alpha = 0.05): Verdict {
  if (!(p < alpha) || only_a === only_b) return 'not distinguishable';
  return only_a > only_b ? 'better' : 'worse';
}

/**
 * Holm's correction (1979) for several tests: p-values such that calling those below α keeps the chance of one false
 * call or more at α at most. In the order given.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((i, j) => pValues[i] - pValues[j]);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  for (const [rank, i] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * pValues[i]));
    adjusted[i] = largest;
  }
  return adjusted;
}

/** P of a result as one-sided as `fewer` of `count`, or more so, on either side, for a fair coin. */
function exactP(fewer: number, count: number): number {
  let term = 2 ** -count; // P(0 of count)
  let sum = term;
  for (let k = 1; k <= fewer; k++) sum += term *= (count - k + 1) / k;
  return Math.min(1, 2 * sum);
}

/** P(Z > z), z ≥ 0, for a standard normal Z; relative error below 1e-12. */
export function normalTail(z: number): number {
  const density = exp((-z * z) / 2) * 0.3989422804014327; // 1 / √(2π)
  if (z < 3) {
    let term = z;
    let sum = z;
    for (let n = 3; term > 1e-18 * sum; n += 2) sum += term *= (z * z) / n;
    return 0.5 - density * sum;
  }
  // Laplace's continued fraction, from its far end
  let fraction = z;
  for (let k = 120; k >= 1; k--) fraction = z + k / fraction;
  return density / fraction;
}

/** Accuracy of A and B, macro F1 of A and B, over drawn documents. */
function pairedMetrics({ labels, a, b, classes }: PairedPredictions) {
  const counters = [classCounter(labels, a, classes), classCounter(labels, b, classes)];
  return (drawn: Int32Array): readonly [number, number, number, number] => {
    const [ofA, ofB] = counters.map((count) => count(drawn));
    return [accuracy.compute(ofA), accuracy.compute(ofB), macroF1.compute(ofA), macroF1.compute(ofB)];
  };
}
