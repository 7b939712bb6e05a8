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
  /** Share of the labels, in [0, 1), that is taken to be drawn at random from all classes. Default 0. */
  readonly doubt?: number;
}

/** The temperatures searched: from certain to nearly uniform, for scores of the size of margins. */
const RANGE: readonly [number, number] = [0.01, 100];
/** Halvings of the range of ln T: to within 1e-6. */
const HALVINGS = 24;
/** Smallest probability whose logarithm is taken. */
const TINY = 1e-300;

/**
 * d/dβ of the log loss at β = 1/T: Σ_i E_p[z] - E_q[z], q the label with the doubt about it. It rises with β, since the log
 * loss is convex in β.
 */
function slope({ scores, labels, targets, classes: C, doubt = 0 }: ScoredDocuments, beta: number): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    const row = i * C;
    let max = -Infinity;
    for (let c = 0; c < C; c++) max = Math.max(max, scores[row + c]);
    let [total, weighted, mean] = [0, 0, 0];
    for (let c = 0; c < C; c++) {
      const p = exp(beta * (scores[row + c] - max));
      total += p;
      weighted += p * scores[row + c];
      mean += scores[row + c] / C;
    }
    let own = targets ? 0 : scores[row + labels[i]];
    if (targets) for (let c = 0; c < C; c++) own += targets[row + c] * scores[row + c];
    sum += weighted / total - (1 - doubt) * own - doubt * mean;
  }
  return sum;
}

/** The temperature T in [0.01, 100] of the least log loss; 1 without documents. */
export function fitTemperature(documents: ScoredDocuments): number {
  if (documents.labels.length === 0) return 1;
  // bisection in ln β, where the slope changes sign
  let [low, high] = [log(1 / RANGE[1]), log(1 / RANGE[0])];
  for (let n = 0; n < HALVINGS; n++) {
    const middle = (low + high) / 2;
    if (slope(documents, exp(middle)) > 0) high = middle;
    else low = middle;
  }
  return exp(-(low + high) / 2);
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
