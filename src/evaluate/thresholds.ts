/**
 * Decision thresholds, one for each class: the predicted class is the one whose probability is largest in proportion to its
 * threshold. They are chosen on documents that the scores were not fitted to, for the highest macro F1, so that a rare class is
 * predicted as often as that needs. With two classes they are the usual ones: a class is predicted above its threshold.
 *
 *     q_c = (p_c / t_c) / Σ_k (p_k / t_k)      Σ_c t_c = 1; without a choice t_c = 1/C, and q = p
 */
import { exp, log } from '../core/math.ts';
import { type ProbableDocuments, scaleProbabilities } from './temperature.ts';

/** What thresholds may be chosen for: the names of `train.thresholds`. */
export const THRESHOLDS = ['none', 'macro_f1'] as const;

/** Factors on the probabilities of a class that are tried: 2^(-4), 2^(-3.5), …, 2^4. */
const STEPS = Array.from({ length: 17 }, (_, s) => s - 8)
  // of equally good ones the one nearest to no change
  .sort((a, b) => Math.abs(a) - Math.abs(b) || a - b);
/** Passes over the classes, at most; most end sooner, since nothing changes any more. */
const ROUNDS = 5;

const factorOf = (step: number): number => exp((step * log(2)) / 2);

/**
 * `[C]` the thresholds of the highest macro F1, which sum to 1. Class by class, rare ones first, the factor is taken that raises it
 * most, until none does.
 */
export function chooseThresholds({ probabilities, labels, classes: C }: ProbableDocuments): number[] {
  const counts = new Array<number>(C).fill(0);
  for (const label of labels) counts[label]++;
  const order = counts.map((_, c) => c).sort((a, b) => counts[a] - counts[b] || a - b);
  const steps = new Array<number>(C).fill(0);
  let best = macroF1(labels, predictedWith(probabilities, labels.length, steps), counts);
  for (let round = 0, changed = true; changed && round < ROUNDS; round++) {
    changed = false;
    for (const c of order) {
      const before = steps[c];
      for (const step of STEPS) {
        const tried = steps.with(c, step);
        const score = macroF1(labels, predictedWith(probabilities, labels.length, tried), counts);
        if (score > best + 1e-12) [best, steps[c]] = [score, step];
      }
      changed ||= steps[c] !== before;
    }
  }
  const inverse = steps.map((step) => factorOf(-step));
  const total = inverse.reduce((sum, value) => sum + value, 0);
  return inverse.map((value) => value / total);
}

/** `[N]` the classes when the probabilities of each class are multiplied by 2^(step/2); of equal ones the first. */
function predictedWith(p: ArrayLike<number>, documents: number, steps: readonly number[]): Int32Array {
  const factors = steps.map(factorOf);
  const C = factors.length;
  const predicted = new Int32Array(documents);
  for (let n = 0; n < documents; n++) {
    let [top, best] = [-1, 0];
    for (let c = 0; c < C; c++) {
      const value = p[n * C + c] * factors[c];
      if (value > top) [top, best] = [value, c];
    }
    predicted[n] = best;
  }
  return predicted;
}

function macroF1(labels: Int32Array, predicted: Int32Array, counts: readonly number[]): number {
  const C = counts.length;
  const [right, times] = [new Float64Array(C), new Float64Array(C)];
  for (const [n, c] of predicted.entries()) {
    times[c]++;
    if (labels[n] === c) right[c]++;
  }
  const f1 = counts.map((count, c) => (count + times[c] > 0 ? (2 * right[c]) / (count + times[c]) : 0));
  return f1.reduce((sum, value) => sum + value, 0) / C;
}

/** How the probabilities of a model become those that are told. */
export interface Calibrated {
  /** What logarithms of probabilities are divided by; 1: nothing. */
  readonly temperature: number;
  /** `[C]` thresholds of the classes; undefined where none were chosen. */
  readonly thresholds?: readonly number[] | undefined;
}

/** q_c = (p_c^(1/T) / t_c) / Σ_k (p_k^(1/T) / t_k), for each row of `[N × C]`. */
export function calibrateRows(
  probabilities: Float64Array,
  classes: number,
  { temperature, thresholds }: Calibrated,
): Float64Array {
  return applyThresholds(scaleProbabilities(probabilities, classes, temperature), thresholds);
}

/** Probabilities in proportion to the thresholds of their classes, each row summing to 1; `[N × C]` row-major. */
export function applyThresholds(
  probabilities: Float64Array,
  thresholds: readonly number[] | undefined,
): Float64Array {
  if (!thresholds) return probabilities;
  const C = thresholds.length;
  const result = new Float64Array(probabilities.length);
  for (let row = 0; row < result.length; row += C) {
    let total = 0;
    for (let c = 0; c < C; c++) total += result[row + c] = probabilities[row + c] / thresholds[c];
    for (let c = 0; c < C; c++) result[row + c] /= total;
  }
  return result;
}
