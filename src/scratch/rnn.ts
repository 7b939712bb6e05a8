/**
 * A recurrent neural network from nothing but arrays: forward pass, loss, backpropagation through time (BPTT),
 * stochastic gradient descent, prediction. It imports nothing. Read it from top to bottom beside its equations:
 *
 *     h_t = tanh(W_xh x_t + W_hh h_{t-1} + b_h)          (3.1)
 *     o_t = W_hy h_t + b_y,   y_t = softmax(o_t)         (3.2)
 *
 * How the lines of the backward pass follow from these two is told in `docs/derivations/rnn.md`, with the same names.
 *
 * Sizes: D inputs, H states, O outputs, T time steps. Time runs from 1 to T, and h_0 = 0.
 */

// ---------------------------------------------------------------- numbers by chance, the same ones for the same seed

/** A source of random numbers: each call gives the next one. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
}

/** Random numbers from a seed: a Weyl sequence whose bits are mixed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  // Box and Muller (1958): a point of the plane, by its radius and its angle
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

/** The numbers 0 … n-1 in random order (Fisher and Yates). */
export function shuffled(n: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i); // [n]
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

// ---------------------------------------------------------------- the parameters

/** D, H and O. */
export interface Sizes {
  readonly D: number;
  readonly H: number;
  readonly O: number;
}

/** The five parameters of (3.1) and (3.2), or what has their shapes: their gradients. */
export interface Weights {
  /** [H × D], column after column: the column of input d is at d·H … d·H + H-1. */
  readonly Wxh: Float64Array<ArrayBuffer>;
  /** [H × H], row after row. */
  readonly Whh: Float64Array<ArrayBuffer>;
  /** [H] */
  readonly bh: Float64Array<ArrayBuffer>;
  /** [O × H], row after row. */
  readonly Why: Float64Array<ArrayBuffer>;
  /** [O] */
  readonly by: Float64Array<ArrayBuffer>;
}

/** The names of the parameters. */
export const weightNames = ['Wxh', 'Whh', 'bh', 'Why', 'by'] as const;

/** A network: its sizes and its parameters. */
export interface Rnn extends Sizes, Weights {}

/** All parameters zero. */
export function zeroRnn({ D, H, O }: Sizes): Rnn {
  return {
    D,
    H,
    O,
    Wxh: new Float64Array(H * D),
    Whh: new Float64Array(H * H),
    bh: new Float64Array(H),
    Why: new Float64Array(O * H),
    by: new Float64Array(O),
  };
}

/**
 * A network to start learning from: W_xh and W_hy by chance, W_hh = `recurrent` · identity (Le, Jaitly and Hinton,
 * 2015). With a small `input` it begins as a running sum of its inputs, for tanh(a) ≈ a near 0, and so remembers.
 * @param input Standard deviation of W_xh. Default 1/√D, for vectors of numbers of size 1.
 */
export function createRnn(
  sizes: Sizes,
  random: Random,
  {
    recurrent = 1,
    input = 1 / Math.sqrt(sizes.D),
    output = 1 / Math.sqrt(sizes.H),
  }: { recurrent?: number; input?: number; output?: number } = {},
): Rnn {
  const net = zeroRnn(sizes);
  const { H } = sizes;
  for (let n = 0; n < net.Wxh.length; n++) net.Wxh[n] = input * random.normal();
  for (let i = 0; i < H; i++) net.Whh[i * H + i] = recurrent;
  for (let n = 0; n < net.Why.length; n++) net.Why[n] = output * random.normal();
  return net;
}

// ---------------------------------------------------------------- the data

/** x_t: a vector [D], or the place d of the 1 in a vector of zeros, as a word of a vocabulary is. */
export type Input = ArrayLike<number> | number;

/** A sequence with its targets. */
export interface Example {
  /** [T] */
  readonly x: ArrayLike<Input>;
  /** [T] for MSE the value that o_t should have, for cross-entropy the number of the class; null where nothing is asked. */
  readonly target: ArrayLike<number | null>;
}

/** Mean squared error of o_t [1], or cross-entropy of y_t = softmax(o_t) [O]. */
export type Loss = 'mse' | 'cross_entropy';

// ---------------------------------------------------------------- forward

/** All that the forward pass leaves behind for the backward pass. */
export interface Trace {
  readonly T: number;
  /** [T+1 × H] states; h_t is at t·H, h_0 = 0. */
  readonly h: Float64Array<ArrayBuffer>;
  /** [T+1 × O] outputs; o_t is at t·O, the first row is not used. */
  readonly o: Float64Array<ArrayBuffer>;
}

/** Equations (3.1) and (3.2), step by step. */
export function forward({ H, O, Wxh, Whh, bh, Why, by }: Rnn, xs: ArrayLike<Input>): Trace {
  const T = xs.length;
  const h = new Float64Array((T + 1) * H);
  const o = new Float64Array((T + 1) * O);
  for (let t = 1; t <= T; t++) {
    const [x, ht, hp] = [xs[t - 1], t * H, (t - 1) * H]; // x_t, places of h_t and h_{t-1}
    for (let i = 0; i < H; i++) {
      let a = bh[i]; //                                                   a_t = b_h
      if (typeof x === 'number')
        a += Wxh[x * H + i]; //                      + W_xh x_t, one column of W_xh
      else for (let d = 0; d < x.length; d++) a += Wxh[d * H + i] * x[d];
      for (let j = 0; j < H; j++) a += Whh[i * H + j] * h[hp + j]; //         + W_hh h_{t-1}
      h[ht + i] = Math.tanh(a); //                                        h_t = tanh(a_t)              (3.1)
    }
    for (let k = 0; k < O; k++) {
      let sum = by[k];
      for (let j = 0; j < H; j++) sum += Why[k * H + j] * h[ht + j];
      o[t * O + k] = sum; //                                              o_t = W_hy h_t + b_y         (3.2)
    }
  }
  return { T, h, o };
}

/** y = softmax(o) of the O numbers from `at`; the largest is taken off first, so that no exponential overflows. */
export function softmax(o: Float64Array, at: number, O: number): Float64Array<ArrayBuffer> {
  const y = o.slice(at, at + O); // [O]
  const largest = y.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  for (let k = 0; k < O; k++) sum += y[k] = Math.exp(y[k] - largest);
  for (let k = 0; k < O; k++) y[k] /= sum;
  return y;
}

// ---------------------------------------------------------------- loss

/**
 * The loss of an example, the mean over the steps that are asked for, and what it is to the outputs:
 *
 *     mse             L = mean (o_t - target)²         ∂L/∂o_t = 2 (o_t - target) / asked
 *     cross_entropy   L = mean -log y_t[target]        ∂L/∂o_t = (y_t - onehot(target)) / asked
 */
export function lossOf(
  { O }: Sizes,
  { T, o }: Trace,
  target: Example['target'],
  kind: Loss,
): { loss: number; /** [T+1 × O], as o. */ dO: Float64Array<ArrayBuffer> } {
  const dO = new Float64Array(o.length);
  let asked = 0;
  for (let t = 1; t <= T; t++) if (target[t - 1] !== null) asked++;
  let loss = 0;
  for (let t = 1; t <= T; t++) {
    const wanted = target[t - 1];
    if (wanted === null) continue;
    if (kind === 'mse') {
      const error = o[t * O] - wanted;
      loss += error ** 2 / asked;
      dO[t * O] = (2 * error) / asked;
    } else {
      const y = softmax(o, t * O, O);
      loss -= Math.log(Math.max(y[wanted], Number.MIN_VALUE)) / asked;
      for (let k = 0; k < O; k++) dO[t * O + k] = (y[k] - (k === wanted ? 1 : 0)) / asked;
    }
  }
  return { loss, dO };
}

// ---------------------------------------------------------------- backward

/** Gradients, and which columns of W_xh have one: an example has few of a vocabulary's words. */
export interface Gradient extends Sizes, Weights {
  readonly columns: Set<number>;
}

/** Gradients that are all zero. */
export function zeroGradient(sizes: Sizes): Gradient {
  return { ...zeroRnn(sizes), columns: new Set() };
}

/**
 * Backpropagation through time: the forward pass from its last line to its first. Adds to the gradients.
 * @param dO [T+1 × O] ∂L/∂o_t, from {@link lossOf}.
 * @returns [T+1 × H] ∂L/∂h_t, along all ways from h_t to the loss; the row of t = 0 is ∂L/∂h_0.
 */
export function backward(
  { H, O, Whh, Why }: Rnn,
  xs: ArrayLike<Input>,
  { T, h }: Trace,
  dO: Float64Array,
  grad: Gradient,
): Float64Array<ArrayBuffer> {
  const dh = new Float64Array((T + 1) * H);
  const da = new Float64Array(H); // ∂L/∂a_t
  for (let t = T; t >= 1; t--) {
    const [x, ht, hp] = [xs[t - 1], t * H, (t - 1) * H];
    // o_t = W_hy h_t + b_y
    for (let k = 0; k < O; k++) {
      const dok = dO[t * O + k];
      if (dok === 0) continue;
      grad.by[k] += dok; //                                               ∂L/∂b_y  += ∂L/∂o_t
      for (let j = 0; j < H; j++) grad.Why[k * H + j] += dok * h[ht + j]; // ∂L/∂W_hy += ∂L/∂o_t h_tᵀ
      for (let j = 0; j < H; j++) dh[ht + j] += Why[k * H + j] * dok; //     ∂L/∂h_t  += W_hyᵀ ∂L/∂o_t
    }
    // h_t = tanh(a_t), and tanh' = 1 - tanh²
    for (let i = 0; i < H; i++) da[i] = dh[ht + i] * (1 - h[ht + i] ** 2);
    // a_t = W_xh x_t + W_hh h_{t-1} + b_h
    for (let i = 0; i < H; i++) {
      const dai = da[i];
      grad.bh[i] += dai; //                                               ∂L/∂b_h  += ∂L/∂a_t
      for (let j = 0; j < H; j++) grad.Whh[i * H + j] += dai * h[hp + j]; // ∂L/∂W_hh += ∂L/∂a_t h_{t-1}ᵀ
      for (let j = 0; j < H; j++) dh[hp + j] += Whh[i * H + j] * dai; //     ∂L/∂h_{t-1} = W_hhᵀ ∂L/∂a_t
    }
    const d0 = typeof x === 'number' ? x : 0;
    const count = typeof x === 'number' ? 1 : x.length;
    for (let d = d0; d < d0 + count; d++) {
      const xd = typeof x === 'number' ? 1 : x[d];
      grad.columns.add(d);
      for (let i = 0; i < H; i++) grad.Wxh[d * H + i] += da[i] * xd; //   ∂L/∂W_xh += ∂L/∂a_t x_tᵀ
    }
  }
  return dh;
}

// ---------------------------------------------------------------- learning

/** Forward, loss and backward of one example; adds to the gradients and returns the loss and the outputs. */
export function accumulate(net: Rnn, { x, target }: Example, kind: Loss, grad: Gradient) {
  const trace = forward(net, x);
  const { loss, dO } = lossOf(net, trace, target, kind);
  const dh = backward(net, x, trace, dO, grad);
  return { loss, trace, dh };
}

/** Calls `visit` with each array of parameters and the stretches of it that have gradients. */
function stretches(grad: Gradient, visit: (name: keyof Weights, from: number, to: number) => void): void {
  const { H } = grad;
  for (const d of grad.columns) visit('Wxh', d * H, d * H + H);
  for (const name of ['Whh', 'bh', 'Why', 'by'] as const) visit(name, 0, grad[name].length);
}

/**
 * One step of gradient descent, θ -= η g, where g = gradient / examples, and each number of it is held within ±clip:
 * so a word that is in every text, or W_hh, which collects from every step, cannot throw the network off. The gradients
 * are zero again afterwards.
 * @returns The length of g before clipping. Where it is not finite, nothing has changed.
 */
export function sgdStep(
  net: Rnn,
  grad: Gradient,
  { lr, clip, examples }: { readonly lr: number; readonly clip: number; readonly examples: number },
): number {
  let squares = 0;
  stretches(grad, (name, from, to) => {
    for (let n = from; n < to; n++) squares += (grad[name][n] / examples) ** 2;
  });
  if (!Number.isFinite(squares)) return squares;
  stretches(grad, (name, from, to) => {
    for (let n = from; n < to; n++) {
      const g = grad[name][n] / examples;
      net[name][n] -= lr * Math.max(-clip, Math.min(clip, g));
    }
    grad[name].fill(0, from, to);
  });
  grad.columns.clear();
  return Math.sqrt(squares);
}

// ---------------------------------------------------------------- prediction

/** Probabilities of the classes [O] after the last step of a sequence. */
export function predict(net: Rnn, xs: ArrayLike<Input>): Float64Array<ArrayBuffer> {
  const { o, T } = forward(net, xs);
  return softmax(o, T * net.O, net.O);
}
