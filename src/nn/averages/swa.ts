import { number } from '../../core/options.ts';
import { averageDefinition, firstStep } from './average.ts';

/**
 * Stochastic weight averaging: the mean of the weights after each of the last steps, as PyTorch's `AveragedModel`:
 *
 *     A_0 = W_0      A_t = A_{t-1} + (W_t - A_{t-1}) / (t + 1)
 *
 * The paper averages at the ends of cycles of a large learning rate; here every step counts, and the schedule is what
 * `train.schedule` says. With one that ends near zero, the last weights hardly differ and the mean changes little.
 */
export const swa = averageDefinition({
  type: 'swa',
  summary: 'mean of the weights over the last part of the steps',
  method: {
    name: 'stochastic weight averaging',
    works: {
      izmailov2018:
        'P. Izmailov, D. Podoprikhin, T. Garipov, D. Vetrov and A. G. Wilson. Averaging weights leads to wider optima and better generalization. UAI, 2018.',
    },
  },
  options: {
    start: number({
      min: 0,
      below: 1,
      default: 0.75,
      doc: 'proportion of the steps before it begins, in [0, 1)',
    }),
  },
  describe: ({ start }) => ({ title: 'stochastic weight averaging', settings: [['start', start]] }),
  create({ start }, context) {
    const first = firstStep(start, context);
    return { rate: (step) => (step < first ? 0 : 1 / (step - first + 1)) };
  },
});
