/**
 * Confidence intervals. A proportion of one class's documents (its recall, its precision) has a closed form (Wilson); a
 * metric over all documents is resampled (bootstrap).
 */
import { ConfigError, invariant } from '../core/errors.ts';
import { exp, log } from '../core/math.ts';
import type { Rng } from '../core/rng.ts';
import { incompleteBeta } from './student.ts';

/** Lower and upper end. */
export type Interval = readonly [lower: number, upper: number];

/** What stands in place of an interval that {@link isNoInterval} tells. */
export const NO_INTERVAL = 'no interval: the same in every resample';

/**
 * Whether the ends are equal: all resamples had this value, as where no document is misclassified. That says nothing of
 * other documents.
 */
export function isNoInterval([lower, upper]: Interval): boolean {
  return lower === upper;
}

/**
 * The percentile bootstrap (Efron 1979): the (1 ± confidence) / 2 quantiles of the metrics of each resample. The documents
 * are resampled, not the model: the interval says how much the metric varies between test sets of this size, not between seeds.
 *
 * @param count N, documents to draw from, at least 1.
 * @param statistics Computes S values from a resample `[N]` of document indices (the same array each time).
 * @param size S.
 * @returns S intervals.
 */
export function bootstrapIntervals(
  count: number,
  size: number,
  statistics: (documents: Int32Array, out: Float64Array) => void,
  { samples, confidence, rng }: { samples: number; confidence: number; rng: Rng },
): Interval[] {
  return resampledValues(count, size, statistics, { samples, rng }).map((values) =>
    percentileInterval(values, confidence),
  );
}

/**
 * Draws as many documents as there are, with replacement, `samples` times, and computes S values from each draw.
 * @returns S lists `[samples]`, in ascending order.
 */
export function resampledValues(
  count: number,
  size: number,
  statistics: (documents: Int32Array, out: Float64Array) => void,
  { samples, rng }: { samples: number; rng: Rng },
): Float64Array[] {
  invariant(count > 0, 'a bootstrap needs documents');
  const documents = new Int32Array(count);
  const out = new Float64Array(size);
  const columns = Array.from({ length: size }, () => new Float64Array(samples));
  for (let s = 0; s < samples; s++) {
    for (let n = 0; n < count; n++) documents[n] = rng.int(count);
    statistics(documents, out);
    for (let k = 0; k < size; k++) columns[k][s] = out[k];
  }
  return columns.map((column) => column.sort());
}

/** The (1 ± confidence) / 2 quantiles of values in ascending order. */
export function percentileInterval(sorted: ArrayLike<number>, confidence: number): Interval {
  return [quantile(sorted, (1 - confidence) / 2), quantile(sorted, (1 + confidence) / 2)];
}

/**
 * The interval of a distance, which noise pushes up, from its values in resamples, which have that noise twice. On the scale
 * of squares, to which noise adds: the percentiles reflected at the value (the basic bootstrap, Davison and Hinkley 1997), and
 * at least up to the upper one less that noise twice. The reflection alone would end at √2 times the value, and so promise
 * that a distance is small where it is small by chance. Within the range of the distance, and widened to hold the value.
 *
 * @param sorted Values of the resamples, in ascending order.
 */
export function distanceInterval(
  sorted: Float64Array,
  value: number,
  { confidence, most }: { confidence: number; most: number },
): Interval {
  const [low, high] = percentileInterval(sorted, confidence).map((end) => end * end);
  const square = value * value;
  const noise = Math.max(0, sorted.reduce((sum, other) => sum + other * other, 0) / sorted.length - square);
  const lower = Math.sqrt(Math.max(0, 2 * square - high));
  const upper = Math.sqrt(Math.max(0, 2 * square - low, high - 2 * noise));
  return [Math.min(value, lower), Math.min(most, Math.max(value, upper))];
}

/** The q-quantile, q in [0, 1], of values in ascending order, linear between neighbours (NumPy's default). */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.min(Math.max(Math.floor(position), 0), sorted.length - 1);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/**
 * The score interval of a proportion (Wilson 1927): keeps its coverage for few documents and for proportions near 0 and 1,
 * where the usual p ± z·s.e. fails. No documents: [0, 1], nothing is known.
 */
export function wilsonInterval(successes: number, total: number, confidence = 0.95): Interval {
  if (total === 0) return [0, 1];
  const z = normalQuantile((1 + confidence) / 2);
  const p = successes / total;
  const centre = p + (z * z) / (2 * total);
  const spread = z * Math.sqrt((p * (1 - p)) / total + (z * z) / (4 * total * total));
  const scale = 1 + (z * z) / total;
  // at 0 and 1 the ends are exact; rounding must not move them
  const lower = successes === 0 ? 0 : (centre - spread) / scale;
  const upper = successes === total ? 1 : (centre + spread) / scale;
  return [lower, upper];
}

/**
 * The exact lower bound of a proportion (Clopper and Pearson 1934): the smallest p at which as many successes would still
 * be seen with a chance of 1 - `level`. A one-sided bound: the true p lies below it with a chance of at most 1 - `level`.
 */
export function clopperPearsonLower(successes: number, total: number, level = 0.95): number {
  if (successes === 0) return 0;
  const error = 1 - level;
  if (successes === total) return exp(log(error) / total);
  // P(X >= s) = I_p(s, n - s + 1) rises with p
  let [low, high] = [0, successes / total];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, successes, total - successes + 1) < error) low = middle;
    else high = middle;
  }
  return low;
}

/** Checks a confidence level, in (0, 1). */
export function checkConfidence(confidence: number): void {
  if (!(confidence > 0 && confidence < 1)) {
    throw new ConfigError(
      `[evaluate] confidence must be between 0 and 1, both excluded, but got ${confidence}. 0.95 is usual.`,
      { key: 'evaluate.confidence' },
    );
  }
}

/** z with P(Z ≤ z) = p for a standard normal Z, p in (0, 1); absolute error below 1e-12 for |z| < 6. */
export function normalQuantile(p: number): number {
  let low = -40;
  let high = 40;
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(Z ≤ z) = 1/2 + φ(z) (z + z³/3 + z⁵/(3·5) + …); the series gains nothing beyond |z| = 8. */
function normalCdf(z: number): number {
  if (z < -8) return 0;
  if (z > 8) return 1;
  let term = z;
  let sum = z;
  for (let n = 3; Math.abs(term) > 1e-18 * Math.abs(sum); n += 2) sum += term *= (z * z) / n;
  return 0.5 + sum * exp((-z * z) / 2) * 0.3989422804014327; // 1 / √(2π)
}
