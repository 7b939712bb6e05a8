/**
 * Stochastic gradient descent with momentum (Polyak, 1964; Nesterov, 1983) as PyTorch's `SGD`:
 *
 *     g = clip·g + λp
 *     u = g at the first step, then μu + (1-τ)g              only with momentum
 *     p = p - lr·g  (μ = 0),   p - lr·u,   or p - lr·(g + μu)  (Nesterov)
 *
 * u is `momentum_buffer`, μ is `momentum`, τ is `dampening`, λ is `weight_decay`.
 */
import { ConfigError } from '../../core/errors.ts';
import { boolean, number } from '../../core/options.ts';
import { settingsOf } from '../description.ts';
import { type Optimizer, optimizerDefinition } from './optimizer.ts';

const options = {
  momentum: number({ min: 0, below: 1, default: 0, doc: 'momentum μ, in [0, 1)' }),
  dampening: number({ min: 0, max: 1, default: 0, doc: 'dampening τ of the momentum, in [0, 1]' }),
  nesterov: boolean({ default: false, doc: 'Nesterov momentum' }),
  weight_decay: number({ min: 0, default: 0, doc: 'L2 penalty λ: λp is added to the gradient' }),
};

/** Stochastic gradient descent. */
export const sgd = optimizerDefinition({
  type: 'sgd',
  summary: 'Stochastic gradient descent, with momentum, Nesterov momentum and L2 penalty.',
  options,
  describe: ({ momentum, dampening, nesterov, weight_decay }) => ({
    title: nesterov ? 'SGD with Nesterov momentum' : 'SGD',
    settings: settingsOf({ momentum, dampening, 'weight decay': weight_decay }),
  }),
  create({ momentum, dampening, nesterov, weight_decay: weightDecay }): Optimizer {
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new ConfigError(
        `[optimizer sgd] nesterov must come with momentum above 0 and dampening 0, but got momentum ${momentum} and ` +
          `dampening ${dampening}. Set momentum to 0.9, or nesterov to false.`,
      );
    }
    return {
      slots: ['momentum_buffer'], // the kernel keeps one even without momentum; it stays zero then
      update(k, { parameters, gradients, slots, words, lr, clip, step }) {
        const first = step === 1;
        const damp = momentum === 0 ? 0 : first ? 1 : 1 - dampening;
        const direct = momentum === 0 || nesterov ? 1 : 0;
        const follow = nesterov ? momentum : momentum === 0 ? 0 : 1;
        k.sgd({
          p: parameters,
          g: gradients,
          u: slots[0],
          n: words,
          clip,
          l2: weightDecay,
          momentum: first ? 0 : momentum,
          damp,
          direct,
          follow,
          lr,
        });
      },
    };
  },
});
