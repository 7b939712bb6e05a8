/**
 * Temperature scaling (Guo et al. 2017): softmax(z / T) with the T that minimises the log loss on documents the scores
 * were not fitted to. It changes no prediction, only how sure it is.
 */
import { exp, log } from '../../core/math.ts';

/** Documents' scores with their classes. */
export interface ScoredDocuments {
  /** [N × C] scores. */
  readonly scores: ArrayLike<number>;
  /** [N] class ids. */
  readonly labels: Int32Array;
  /** C */
  readonly classes: number;
}

/** The temperatures searched: from certain to nearly uniform, for scores of the size of margins. */
const RANGE: readonly [number, number] = [0.01, 100];
/** Halvings of the range of ln T: to within 1e-6. */
const HALVINGS = 24;

/**
 * d/dβ of the log loss at β = 1/T: Σ_i E_p[z] - z_y. It rises with β, since the log loss is convex in β.
 */
function slope({ scores, labels, classes: C }: ScoredDocuments, beta: number): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    const row = i * C;
    let max = -Infinity;
    for (let c = 0; c < C; c++) max = Math.max(max, scores[row + c]);
    let [total, weighted] = [0, 0];
    for (let c = 0; c < C; c++) {
      const p = exp(beta * (scores[row + c] - max));
      total += p;
      weighted += p * scores[row + c];
    }
    sum += weighted / total - scores[row + labels[i]];
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
