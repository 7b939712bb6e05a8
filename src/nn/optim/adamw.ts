/**
 * AdamW (Loshchilov and Hutter, 2019) as PyTorch's `AdamW`: Adam whose weight decay shrinks the parameter directly
 * instead of passing through the running means:
 *
 *     p = (1 - lr·λ) p;   then Adam's update with g = clip·g
 */
import { number } from '../../core/options.ts';
import { settingsOf } from '../description.ts';
import { ADAM_SLOTS, adamOptions, adamUpdate } from './adam.ts';
import { type Optimizer, optimizerDefinition } from './optimizer.ts';

/** AdamW. */
export const adamw = optimizerDefinition({
  type: 'adamw',
  summary: 'Adam with decoupled weight decay.',
  method: {
    name: 'AdamW',
    works: {
      loshchilov2019: 'I. Loshchilov and F. Hutter. Decoupled weight decay regularization. ICLR, 2019.',
    },
  },
  options: {
    ...adamOptions,
    weight_decay: number({ min: 0, default: 0.01, doc: 'decay λ: parameters shrink by the factor 1 - lr·λ' }),
  },
  describe: ({ weight_decay }) => ({
    title: 'AdamW',
    settings: settingsOf({ 'weight decay': weight_decay }),
  }),
  create: (options): Optimizer => ({
    slots: ADAM_SLOTS,
    update: (k, update) => adamUpdate(k, update, options, options.weight_decay, true),
  }),
});
