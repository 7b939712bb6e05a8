/**
 * Temperature scaling (Guo et al. 2017): softmax(z / T) with the T that minimises the log loss on documents the scores
 * were not fitted to. It changes no prediction, only how sure it is.
 */
import { exp, log } from '../core/math.ts';
import type { Method } from '../core/method.ts';

/** Temperature scaling, as reports name it. */
export const temperatureScaling: Method = {
  name: 'temperature scaling',
  works: {
    guo2017:
      'C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger. On calibration of modern neural networks. ICML, 2017.',
  },
};

/** Documents' scores with their classes. */
export interface ScoredDocuments {
  /** [N × C] scores. */
  readonly scores: ArrayLike<number>;
  /** [N] class ids. */
  readonly labels: Int32Array;
  /** [N × C] soft labels, in place of the classes. */
  readonly targets?: Float64Array | undefined;
  /** C */
  readonly classes: number;
  /** Proportion of the labels, in [0, 1), that is taken to be drawn at random from all classes. Default 0. */
  readonly doubt?: number;
}

/** The temperatures searched: from certain to nearly uniform, for scores of the size of margins. */
const RANGE: readonly [number, number] = [0.01, 100];
/** Steps of Newton's method, then halvings of the range; the width in ln T that ends them. */
const [NEWTON, HALVINGS, CLOSE] = [20, 30, 1e-7];
/** Smallest probability whose logarithm is taken. */
const TINY = 1e-300;

/**
 * d/dβ of the log loss at β = 1/T, Σ_i E_p[z] - E_q[z], q the label with the doubt about it, and d²/dβ², Σ_i Var_p[z]. The
 * first rises with β, since the log loss is convex in β.
 */
function slope(
  { scores, labels, targets, classes: C, doubt = 0 }: ScoredDocuments,
  beta: number,
): { readonly first: number; readonly second: number } {
  let [first, second] = [0, 0];
  for (let i = 0; i < labels.length; i++) {
    const row = i * C;
    let max = -Infinity;
    for (let c = 0; c < C; c++) max = Math.max(max, scores[row + c]);
    let [total, weighted, squared, mean] = [0, 0, 0, 0];
    for (let c = 0; c < C; c++) {
      const z = scores[row + c];
      const p = exp(beta * (z - max));
      total += p;
      weighted += p * z;
      squared += p * (z - max) * (z - max);
      mean += z / C;
    }
    let own = targets ? 0 : scores[row + labels[i]];
    if (targets) for (let c = 0; c < C; c++) own += targets[row + c] * scores[row + c];
    const expected = weighted / total;
    first += expected - (1 - doubt) * own - doubt * mean;
    second += squared / total - (expected - max) * (expected - max);
  }
  return { first, second };
}

/** The temperature T in [0.01, 100] of the least log loss; 1 without documents. */
export function fitTemperature(documents: ScoredDocuments): number {
  if (documents.labels.length === 0) return 1;
  // Newton's method in ln β from T = 1, within the part of the range where the slope changes sign
  let [low, high] = [log(1 / RANGE[1]), log(1 / RANGE[0])];
  let at = 0;
  for (let n = 0; n < NEWTON + HALVINGS && high - low > CLOSE; n++) {
    const beta = exp(at);
    const { first, second } = slope(documents, beta);
    if (first > 0) high = at;
    else low = at;
    const next = at - first / (second * beta);
    const within = n < NEWTON && next > low && next < high;
    const before = at;
    at = within ? next : (low + high) / 2;
    if (within && Math.abs(at - before) < CLOSE) break;
  }
  return exp(-at);
}

/** Documents' probabilities with their classes. */
export interface ProbableDocuments {
  /** `[N × C]` row-major; each row a distribution over the classes. */
  readonly probabilities: ArrayLike<number>;
  /** `[N]` class ids. */
  readonly labels: Int32Array;
  /** C. */
  readonly classes: number;
}

/**
 * The temperature of probabilities, whose logarithms are the scores. As if one document in N + 1 had a label drawn at
 * random: without that, documents that are all predicted correctly would make every prediction certain.
 */
export function temperatureOf({ probabilities, labels, classes }: ProbableDocuments): number {
  const scores = Float64Array.from(probabilities, (p) => log(Math.max(p, TINY)));
  return fitTemperature({ scores, labels, classes, doubt: 1 / (labels.length + 1) });
}

/**
 * Probabilities at a temperature: p_c^(1/T) / Σ_k p_k^(1/T), which is softmax(z / T) where p is softmax(z). The most
 * probable class of each row stays the same, also in the last bit. At T = 1 they are returned as they are.
 * @param probabilities `[N × C]` row-major.
 */
export function scaleProbabilities(
  probabilities: Float64Array,
  classes: number,
  temperature: number,
): Float64Array {
  if (temperature === 1) return probabilities;
  const scaled = new Float64Array(probabilities.length);
  for (let row = 0; row < scaled.length; row += classes) {
    let best = row;
    for (let k = row + 1; k < row + classes; k++) if (probabilities[k] > probabilities[best]) best = k;
    const top = log(probabilities[best]);
    let total = 0;
    for (let k = row; k < row + classes; k++) {
      const power = exp(Math.min(0, (log(probabilities[k]) - top) / temperature));
      // nearly equal numbers may become equal, and of equal ones the first is predicted
      scaled[k] = k < best ? Math.min(power, 1 - 2 * Number.EPSILON) : power;
      total += scaled[k];
    }
    for (let k = row; k < row + classes; k++) scaled[k] /= total;
  }
  return scaled;
}
