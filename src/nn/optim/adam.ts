/**
 * Adam (Kingma and Ba, 2015) as PyTorch's `Adam`; the weight decay is an L2 penalty, coupled to the gradient:
 *
 *     g = clip·g + λp;   m = m + (1-β₁)(g - m);   v = β₂v + (1-β₂)g²
 *     p = p - lr / (1-β₁ᵗ) · m / (√v / √(1-β₂ᵗ) + ε)
 *
 * m is `exp_avg`, v is `exp_avg_sq`, λ is `weight_decay`, t is the step from 1.
 */
import { number, type OptionsOf, tuple } from '../../core/options.ts';
import type { Kernels } from '../../engine/contract.ts';
import { settingsOf } from '../description.ts';
import { integerPower, type Optimizer, optimizerDefinition, type OptimizerUpdate } from './optimizer.ts';

const beta = number({ min: 0, below: 1 });

/** The options that Adam and AdamW share. */
export const adamOptions = {
  betas: tuple([beta, beta], {
    default: [0.9, 0.999],
    doc: 'factors of the running means of g and g², each in [0, 1)',
  }),
  eps: number({ above: 0, default: 1e-8, doc: 'term that keeps the division finite' }),
};

/** State arrays of Adam and AdamW. */
export const ADAM_SLOTS = ['exp_avg', 'exp_avg_sq'] as const;

/** The update of Adam (`decoupled` false: λ joins the gradient) and AdamW (true: λ shrinks the parameter). */
export function adamUpdate(
  k: Pick<Kernels, 'adam'>,
  { parameters, gradients, slots, words, lr, clip, step }: OptimizerUpdate,
  { betas: [beta1, beta2], eps }: OptionsOf<typeof adamOptions>,
  weightDecay: number,
  decoupled: boolean,
): void {
  const stepSize = lr / (1 - integerPower(beta1, step));
  const root = 1 / Math.sqrt(1 - integerPower(beta2, step));
  const l2 = decoupled ? 0 : weightDecay;
  const decay = decoupled ? 1 - lr * weightDecay : 1;
  k.adam({
    p: parameters,
    g: gradients,
    m: slots[0],
    v: slots[1],
    n: words,
    clip,
    l2,
    decay,
    oneMinusBeta1: 1 - beta1,
    beta2,
    oneMinusBeta2: 1 - beta2,
    step: stepSize,
    root,
    eps,
  });
}

/** Adam. */
export const adam = optimizerDefinition({
  type: 'adam',
  summary: 'Adam; weight decay as an L2 penalty on the gradient.',
  method: {
    name: 'Adam',
    works: {
      kingma2015: 'D. P. Kingma and J. Ba. Adam: a method for stochastic optimization. ICLR, 2015.',
    },
  },
  options: {
    ...adamOptions,
    weight_decay: number({ min: 0, default: 0, doc: 'L2 penalty λ: λp is added to the gradient' }),
  },
  describe: ({ weight_decay }) => ({
    title: 'Adam',
    settings: settingsOf({ 'weight decay': weight_decay }),
  }),
  create: (options): Optimizer => ({
    slots: ADAM_SLOTS,
    update: (k, update) => adamUpdate(k, update, options, options.weight_decay, false),
  }),
});
