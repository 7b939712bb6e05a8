/**
 * Cross-entropy of the softmax, with label smoothing (Szegedy et al. 2016) and class weights, as PyTorch's
 * `CrossEntropyLoss`, and with logit adjustment (Menon et al. 2021). The probabilities are the softmax of o.
 *
 *     z = o + τ log π                                     o outputs, τ logit adjustment, π frequencies of the classes
 *     p = softmax(z)                                      log p_c = z_c - max z - log Σ_k e^(z_k - max z)
 *     a_c = w_c ((1-ε) [c = y] + ε / C)                   target of class c; ε label smoothing, w class weights
 *     L = -Σ_b Σ_c a_bc log p_bc / Σ_b w_{y_b}            mean weighted by the class of each document
 *     dL/dz_bc = (p_bc Σ_k a_bk - a_bc) / Σ_b w_{y_b}
 *
 * With soft labels q (Σ_c q_c = 1), q_c stands in place of [c = y], and Σ_c w_c q_c in place of w_y.
 */
import { log } from '../../core/math.ts';
import { number } from '../../core/options.ts';
import { settingsOf } from '../description.ts';
import {
  adjustments,
  classWeights,
  logitAdjustment,
  type Loss,
  type LossContext,
  lossDefinition,
  type LossInput,
  softmax,
  softmaxDescription,
  softmaxProbabilities,
} from './loss.ts';

const options = {
  label_smoothing: number({
    min: 0,
    below: 1,
    default: 0,
    doc: 'proportion of the target spread over all classes, in [0, 1)',
  }),
  logit_adjustment: logitAdjustment,
};

/** Cross-entropy of the softmax. */
export const crossEntropy = lossDefinition({
  type: 'cross_entropy',
  summary: 'Cross-entropy of the softmax, with label smoothing and class weights.',
  options,
  describe: ({ label_smoothing: smoothing, logit_adjustment: tau }) => ({
    title: 'cross-entropy',
    settings: settingsOf({ 'label smoothing': smoothing, 'logit adjustment': tau }),
    ...softmaxDescription,
    equations:
      smoothing === 0
        ? [
            {
              kind: 'paragraph',
              text: ['Training lowers the cross-entropy of the true class ', { math: 'k' }, ':'],
            },
            { kind: 'equations', lines: ['\\ell = -\\log y_k'] },
          ]
        : [
            {
              kind: 'paragraph',
              text: [
                'Training lowers the cross-entropy of the true class ',
                { math: 'k' },
                ' among ',
                { math: 'C' },
                ', with label smoothing ',
                { math: `\\alpha = ${smoothing}` },
                ':',
              ],
            },
            {
              kind: 'equations',
              lines: ['\\ell = -(1 - \\alpha) \\log y_k - \\frac{\\alpha}{C} \\sum_{c=1}^{C} \\log y_c'],
            },
          ],
  }),
  create({ label_smoothing: smoothing, logit_adjustment: tau }, context: LossContext): Loss {
    const C = context.classes;
    const w = classWeights(context); // [C]
    const shift = adjustments(tau, context); // [C]
    const z = new Float64Array(C); // [C] outputs of one row, adjusted
    const p = new Float64Array(C); // [C] their softmax
    const a = new Float64Array(C); // [C] target of one row

    const q = new Float64Array(C); // [C] soft label of one row, or its class as one
    const run = ({ f, i, logits, ld, labels, targets, B, dLogits }: LossInput) => {
      /** Puts the soft label of a row into q. */
      const readTarget = (b: number) => {
        if (targets === undefined) q.fill(0)[i[labels + b]] = 1;
        else for (let c = 0; c < C; c++) q[c] = f[targets + b * C + c];
      };
      let weight = 0;
      for (let b = 0; b < B; b++) {
        readTarget(b);
        for (let c = 0; c < C; c++) weight += w[c] * q[c];
      }
      let sum = 0;
      for (let b = 0; b < B; b++) {
        const row = logits + b * ld;
        readTarget(b);
        for (let c = 0; c < C; c++) z[c] = f[row + c] + shift[c];
        const { max, s } = softmax(z, 0, C, p);
        const logS = log(s);
        let total = 0;
        for (let c = 0; c < C; c++) {
          a[c] = w[c] * (q[c] * (1 - smoothing) + smoothing / C);
          total += a[c];
          sum -= a[c] * (z[c] - max - logS); // also where a_c = 0, so that an infinite output shows
        }
        if (dLogits === undefined) continue;
        const dRow = dLogits + b * ld;
        for (let c = 0; c < C; c++) f[dRow + c] = (p[c] * total - a[c]) / weight;
        f.fill(0, dRow + C, dRow + ld);
      }
      return { loss: sum / weight, weight };
    };
    return { run, probabilities: softmaxProbabilities(C), isSoftmax: true };
  },
});
