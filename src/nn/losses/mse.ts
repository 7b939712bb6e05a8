/**
 * Mean squared error between the raw outputs and the one-hot class, as PyTorch's `MSELoss` on
 * `one_hot(y)`; class weights multiply the rows.
 *
 *     L = Σ_b w_{y_b} Σ_c (z_bc - [c = y_b])² / (C Σ_b w_{y_b})
 *     dL/dz_bc = 2 w_{y_b} (z_bc - [c = y_b]) / (C Σ_b w_{y_b})
 */
import {
  classWeights,
  type Loss,
  type LossContext,
  lossDefinition,
  type LossInput,
  softmaxDescription,
  softmaxProbabilities,
} from './loss.ts';

/** Mean squared error to the one-hot class. */
export const mse = lossDefinition({
  type: 'mse',
  summary: 'Mean squared error between the outputs and the one-hot class.',
  options: {},
  describe: () => ({
    title: 'mean squared error',
    settings: [],
    ...softmaxDescription,
    equations: [
      {
        kind: 'paragraph',
        text: [
          'Training lowers the mean squared error between the outputs ',
          { math: 'z' },
          ' and the targets ',
          { math: 't' },
          ', which are 1 for the true class and 0 for the other ones of ',
          { math: 'C' },
          ':',
        ],
      },
      { kind: 'equations', lines: ['\\ell = \\frac{1}{C} \\sum_{c=1}^{C} (z_c - t_c)^2'] },
    ],
  }),
  create(_options, context: LossContext): Loss {
    const C = context.classes;
    const w = classWeights(context); // [C]

    const run = ({ f, i, logits, ld, labels, B, dLogits }: LossInput) => {
      let weight = 0;
      for (let b = 0; b < B; b++) weight += C * w[i[labels + b]];
      let sum = 0;
      for (let b = 0; b < B; b++) {
        const row = logits + b * ld;
        const y = i[labels + b];
        for (let c = 0; c < C; c++) {
          const error = f[row + c] - (c === y ? 1 : 0);
          sum += w[y] * error * error;
          if (dLogits !== undefined) f[dLogits + b * ld + c] = (2 * w[y] * error) / weight;
        }
        if (dLogits !== undefined) f.fill(0, dLogits + b * ld + C, dLogits + (b + 1) * ld);
      }
      return { loss: sum / weight, weight };
    };
    return { run, probabilities: softmaxProbabilities(C), isSoftmax: true };
  },
});
