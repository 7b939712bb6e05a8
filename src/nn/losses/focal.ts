/**
 * Focal loss (Lin et al. 2017): the cross-entropy of a document counts less, the surer the network already is of its class.
 *
 *     p = softmax(z + τ log π)                            u = 1 - p_y; τ, π: see `logit_adjustment`
 *     L = -Σ_b w_{y_b} u_b^γ log p_b / Σ_b w_{y_b}        γ = 0: the cross-entropy
 *     dL/dz_bc = w_{y_b} u_b^γ (γ p_b log p_b / u_b - 1) ([c = y_b] - p_bc) / Σ_b w_{y_b}
 *
 * Its minimum is not at the class frequencies, so that the softmax would be underconfident. The probabilities are
 * therefore those that belong to the minimum (Charoenphakdee et al. 2021, theorem 11); the largest stays the largest:
 *
 *     P_c = h(p_c) / Σ_k h(p_k)                           h(v) = v / ((1-v)^γ - γ (1-v)^(γ-1) v log v)
 */
import { exp, log } from '../../core/math.ts';
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
} from './loss.ts';

const options = {
  focal_gamma: number({
    min: 0,
    max: 10,
    default: 2,
    doc: 'how strongly documents of which the network is confident are down-weighted; 0 is the cross-entropy',
  }),
  logit_adjustment: logitAdjustment,
};

/** Smallest u whose logarithm is taken: below it, a prediction is certain to float64 precision. */
const SMALLEST = 1e-300;

/** log(1 - u) / u, and -1 where u is 0; the series is exact to 2e-16 below 1e-4. */
function logRatio(logP: number, u: number): number {
  return u < 1e-4 ? -(1 + u * (1 / 2 + u * (1 / 3 + u * (1 / 4)))) : logP / u;
}

/** Focal loss. */
export const focal = lossDefinition({
  type: 'focal',
  summary: 'Focal loss: documents of which the network is already confident count less; for rare classes.',
  options,
  describe: ({ focal_gamma: gamma, logit_adjustment: tau }) => ({
    title: 'focal loss',
    settings: settingsOf({ gamma, 'logit adjustment': tau }),
    ...softmaxDescription,
    equations: [
      {
        kind: 'paragraph',
        text: [
          'Training lowers the focal loss of the true class ',
          { math: 'k' },
          ', with ',
          { math: `\\gamma = ${gamma}` },
          ':',
        ],
      },
      { kind: 'equations', lines: ['\\ell = -(1 - y_k)^{\\gamma} \\log y_k'] },
    ],
  }),
  create({ focal_gamma: gamma, logit_adjustment: tau }, context: LossContext): Loss {
    const C = context.classes;
    const w = classWeights(context); // [C]
    const shift = adjustments(tau, context); // [C]
    const z = new Float64Array(C); // [C] outputs of one row
    const p = new Float64Array(C); // [C] their softmax

    const run = ({ f, i, logits, ld, labels, B, dLogits }: LossInput) => {
      let weight = 0;
      for (let b = 0; b < B; b++) weight += w[i[labels + b]];
      let sum = 0;
      for (let b = 0; b < B; b++) {
        const row = logits + b * ld;
        const y = i[labels + b];
        let infinite = 0; // 0, but NaN where an output is infinite: that must show
        for (let c = 0; c < C; c++) {
          z[c] = f[row + c] + shift[c];
          infinite += 0 * z[c];
        }
        const { max, s } = softmax(z, 0, C, p);
        let u = 0; // 1 - p_y, without cancellation
        for (let c = 0; c < C; c++) if (c !== y) u += p[c];
        const logP = z[y] - max - log(s);
        const factor = gamma === 0 ? 1 : exp(gamma * log(Math.max(u, SMALLEST))); // u^γ
        sum += infinite - w[y] * factor * logP;
        if (dLogits === undefined) continue;
        const dRow = dLogits + b * ld;
        const slope = w[y] * factor * (gamma * p[y] * logRatio(logP, u) - 1);
        for (let c = 0; c < C; c++) f[dRow + c] = (slope * (c === y ? u : -p[c])) / weight;
        f.fill(0, dRow + C, dRow + ld);
      }
      return { loss: sum / weight, weight };
    };

    const probabilities: Loss['probabilities'] = ({ f, logits, ld, B }, to) => {
      for (let b = 0; b < B; b++) {
        const row = logits + b * ld;
        const { max, s } = softmax(f, row, C, p);
        const logS = log(s);
        for (let c = 0; c < C; c++) {
          let u = 0;
          for (let k = 0; k < C; k++) if (k !== c) u += p[k];
          const logP = f[row + c] - max - logS;
          const ratio = -logRatio(logP, u); // -log p / u
          z[c] = logP - gamma * log(Math.max(u, SMALLEST)) - log(1 + gamma * p[c] * ratio); // log h(p_c)
        }
        softmax(z, 0, C, to, b * C);
      }
    };
    return { run, probabilities };
  },
});
