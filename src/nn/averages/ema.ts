import { number } from '../../core/options.ts';
import { averageDefinition, firstStep } from './average.ts';

/**
 * The exponential moving average, as PyTorch's `AveragedModel` with `get_ema_multi_avg_fn(decay)`:
 *
 *     A_0 = W_0      A_t = decay · A_{t-1} + (1 - decay) · W_t
 */
export const ema = averageDefinition({
  type: 'ema',
  summary: 'exponential moving average of the weights',
  method: {
    name: 'averaging of weights',
    works: {
      polyak1992:
        'B. T. Polyak and A. B. Juditsky. Acceleration of stochastic approximation by averaging. SIAM Journal on Control and Optimization 30(4), 1992.',
    },
  },
  options: {
    decay: number({ min: 0, below: 1, default: 0.99, doc: 'factor of the average at each step, in [0, 1)' }),
    start: number({
      min: 0,
      below: 1,
      default: 0,
      doc: 'proportion of the steps before it begins, in [0, 1)',
    }),
  },
  describe: ({ decay, start }) => ({
    title: 'exponential moving average',
    settings: [['decay', decay], ...(start > 0 ? [['start', start] as const] : [])],
  }),
  create({ decay, start }, context) {
    const first = firstStep(start, context);
    return { rate: (step) => (step < first ? 0 : step === first ? 1 : 1 - decay) };
  },
});
