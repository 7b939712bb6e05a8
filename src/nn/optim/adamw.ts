/**
 * AdamW (Loshchilov and Hutter, 2019) as PyTorch's `AdamW`: Adam whose weight decay shrinks the parameter directly
 * instead of passing through the running means:
 *
 *     p = (1 - lr·λ) p;   then Adam's update with g = clip·g
 */
import * as z from 'zod';
import { member } from '../../core/family.ts';
import { ADAM_SLOTS, adamOptions, adamUpdate } from './adam.ts';
import type { Optimizer } from './optimizer.ts';

/** AdamW. */
export const adamw = member({
  type: 'adamw',
  summary: 'Adam with decoupled weight decay.',
  options: adamOptions.extend({
    weight_decay: z
      .number()
      .min(0)
      .default(0.01)
      .describe('decay λ: parameters shrink by the factor 1 - lr·λ'),
  }),
  create: (options): Optimizer => ({
    slots: ADAM_SLOTS,
    update: (k, update) => adamUpdate(k, update, options, options.weight_decay, true),
  }),
});
