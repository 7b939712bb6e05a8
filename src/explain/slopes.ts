/** How derivatives pass through what turns outputs into probabilities. */
import type { Calibrated } from '../evaluate/thresholds.ts';
import type { Loss } from '../nn/losses/loss.ts';

/**
 * From ∂L/∂p to ∂L/∂z where p = softmax(z): dz_c = p_c (dp_c - Σ_k p_k dp_k), for each row.
 * @param p `[m × C]` row-major, as `dp` and the result.
 */
export function throughSoftmax(p: Float64Array, dp: Float64Array, C: number): Float64Array<ArrayBuffer> {
  const dz = new Float64Array(p.length);
  for (let row = 0; row < p.length; row += C) {
    let mean = 0;
    for (let k = row; k < row + C; k++) mean += p[k] * dp[k];
    for (let k = row; k < row + C; k++) dz[k] = p[k] * (dp[k] - mean);
  }
  return dz;
}

/**
 * From ∂L/∂q to ∂L/∂p where q_c = (p_c^(1/T) / t_c) / Σ_k (p_k^(1/T) / t_k), with a temperature T and thresholds t: q is the
 * softmax of (ln p_c) / T - ln t_c, so that dp_c = q_c (dq_c - Σ_k q_k dq_k) / (T p_c), whatever the thresholds.
 * @param p `[m × C]` row-major, as the others.
 */
export function throughCalibration(
  p: Float64Array,
  q: Float64Array,
  dq: Float64Array,
  { classes: C, temperature: T, thresholds }: Calibrated & { readonly classes: number },
): Float64Array {
  if (T === 1 && !thresholds) return dq;
  const dp = throughSoftmax(q, dq, C);
  for (let k = 0; k < dp.length; k++) dp[k] = p[k] > 0 ? dp[k] / (T * p[k]) : 0;
  return dp;
}

/** Probabilities of outputs. */
export function probabilitiesOf(loss: Loss, z: Float64Array, C: number): Float64Array<ArrayBuffer> {
  const p = new Float64Array(z.length);
  loss.probabilities({ f: z, logits: 0, ld: C, B: z.length / C }, p);
  return p;
}

/** Half the distance of the central differences, in units of an output: their error is below 1e-9 of a probability. */
const H = 1e-5;

/** From ∂L/∂p to ∂L/∂z for any loss; by central differences where the probabilities are no softmax. */
export function throughLoss(
  loss: Loss,
  z: Float64Array,
  p: Float64Array,
  dp: Float64Array,
  C: number,
): Float64Array<ArrayBuffer> {
  if (loss.isSoftmax) return throughSoftmax(p, dp, C);
  const dz = new Float64Array(z.length);
  const moved = z.slice();
  for (let c = 0; c < C; c++) {
    const probabilitiesAt = (step: number) => {
      for (let k = c; k < z.length; k += C) moved[k] = z[k] + step;
      return probabilitiesOf(loss, moved, C);
    };
    const [up, down] = [probabilitiesAt(H), probabilitiesAt(-H)];
    for (let k = c; k < z.length; k += C) moved[k] = z[k];
    for (let k = 0; k < z.length; k++) dz[k - (k % C) + c] += (dp[k] * (up[k] - down[k])) / (2 * H);
  }
  return dz;
}
