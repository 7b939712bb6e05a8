/**
 * Is the gradient right? Every weight is moved a little up and down, and the slope of the loss measured that way
 * (central differences) is compared with the one that backpropagation through time gives.
 */
import { accumulate, createRandom, createRnn, forward, lossOf, weightNames, zeroGradient } from './rnn.ts';
import type { Example, Loss, Random, Rnn, Weights } from './rnn.ts';

/** One array of parameters, checked. */
export interface CheckedWeights {
  readonly name: keyof Weights;
  /** As the equations write it. */
  readonly shape: readonly number[];
  /** Weights checked: all of them. */
  readonly count: number;
  /** The largest of |analytic - numeric| / max(|analytic| + |numeric|, {@link SMALL}). */
  readonly largestError: number;
  /** Where it is, in the array's own order, and the two slopes there. */
  readonly at: number;
  readonly analytic: number;
  readonly numeric: number;
}

/** A checked gradient, as plain JSON. */
export interface GradientCheck {
  readonly loss: Loss;
  /** D, H, O and T of the network and the sequence. */
  readonly sizes: { readonly D: number; readonly H: number; readonly O: number; readonly T: number };
  /** Every way a weight is moved. */
  readonly step: number;
  readonly weights: readonly CheckedWeights[];
  readonly largestError: number;
}

/** A weight's step. The error of the differences is of size step², that of rounding of size 1e-16 / step. */
const STEP = 1e-5;
/** Slopes below this size are compared as they are: rounding alone gives them large relative errors. */
export const SMALL = 1e-4;

/** Checks every weight of a network on an example. The weights are the same afterwards. */
export function checkGradient(net: Rnn, example: Example, loss: Loss): GradientCheck {
  const grad = zeroGradient(net);
  accumulate(net, example, loss, grad);
  const value = () => lossOf(net, forward(net, example.x), example.target, loss).loss;
  const { D, H, O } = net;
  const shapes = { Wxh: [H, D], Whh: [H, H], bh: [H], Why: [O, H], by: [O] };
  const weights = weightNames.map((name) => {
    let worst = { largestError: -1, at: 0, analytic: 0, numeric: 0 };
    for (let at = 0; at < net[name].length; at++) {
      const analytic = grad[name][at];
      const numeric = slope(net[name], at, value);
      const error = Math.abs(analytic - numeric) / Math.max(Math.abs(analytic) + Math.abs(numeric), SMALL);
      // NaN is the worst of all, and stays
      if (!(error <= worst.largestError)) worst = { largestError: error, at, analytic, numeric };
      if (Number.isNaN(error)) break;
    }
    return { name, shape: shapes[name], count: net[name].length, ...worst };
  });
  return {
    loss,
    sizes: { D, H, O, T: example.x.length },
    step: STEP,
    weights,
    largestError: weights.reduce((most, { largestError: e }) => (e <= most ? most : e), 0),
  };
}

/** (L(w + step) - L(w - step)) / 2 step */
function slope(weights: Float64Array, at: number, value: () => number): number {
  const before = weights[at];
  weights[at] = before + STEP;
  const up = value();
  weights[at] = before - STEP;
  const down = value();
  weights[at] = before;
  return (up - down) / (2 * STEP);
}

/** Checks both losses and both kinds of input: numbers with MSE, words with cross-entropy. */
export function checkGradients(seed: number): GradientCheck[] {
  const random = createRandom(seed);
  const T = 8;
  const numbers = createRnn({ D: 3, H: 6, O: 1 }, random, { recurrent: 0.9 });
  const values = Array.from({ length: T }, () => Array.from({ length: 3 }, () => random.normal()));
  const sums = values.map((x, t) => (t % 3 === 1 ? null : x[0] - x[1] * x[2]));
  const words = createRnn({ D: 12, H: 6, O: 4 }, random, { recurrent: 0.9, input: 0.5 });
  const text = Array.from({ length: T }, () => Math.floor(12 * random.uniform()));
  const classes = text.map((_, t) => (t === T - 1 ? 2 : null));
  for (const net of [numbers, words]) disturb(net, random);
  return [
    checkGradient(numbers, { x: values, target: sums }, 'mse'),
    checkGradient(words, { x: text, target: classes }, 'cross_entropy'),
  ];
}

/** Makes every weight other than 0, also the biases and what the identity leaves out. */
function disturb(net: Rnn, random: Random): void {
  for (const name of weightNames) {
    for (let n = 0; n < net[name].length; n++) net[name][n] += 0.2 * random.normal();
  }
}
