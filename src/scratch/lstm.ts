/**
 * An LSTM (Hochreiter and Schmidhuber, 1997; Gers et al., 2000), with just enough of it to see how gradients travel:
 *
 *     i_t = σ(W_xi x_t + W_hi h_{t-1} + b_i)             (3.3)
 *     f_t = σ(W_xf x_t + W_hf h_{t-1} + b_f)             (3.4)
 *     c~_t = tanh(W_xc x_t + W_hc h_{t-1} + b_c)         (3.5)
 *     c_t = f_t ⊙ c_{t-1} + i_t ⊙ c~_t                   (3.6)
 *     o_t = σ(W_xo x_t + W_ho h_{t-1} + b_o),  h_t = o_t ⊙ tanh(c_t)   (3.7)
 *
 * The four rows of weights stand below each other in the order i, f, c~, o: W_x is [4H × D], W_h [4H × H], b [4H].
 */
import type { Random } from './rnn.ts';

/** Sizes and weights. */
export interface Lstm {
  readonly D: number;
  readonly H: number;
  /** [4H × D] row after row. */
  readonly Wx: Float64Array;
  /** [4H × H] row after row. */
  readonly Wh: Float64Array;
  /** [4H] */
  readonly b: Float64Array;
}

/** Weights uniform in ±1/√H, as frameworks start; biases 0 but for that of the forget gate. */
export function createLstm(
  { D, H }: { readonly D: number; readonly H: number },
  random: Random,
  { forgetBias }: { readonly forgetBias: number },
): Lstm {
  const uniform = (length: number) =>
    Float64Array.from({ length }, () => (2 * random.uniform() - 1) / Math.sqrt(H));
  const lstm = { D, H, Wx: uniform(4 * H * D), Wh: uniform(4 * H * H), b: new Float64Array(4 * H) };
  lstm.b.fill(forgetBias, H, 2 * H);
  return lstm;
}

/** States of all steps, each [T+1 × H] with the row of t = 0 first, and the gates [T+1 × 4H]. */
export interface LstmTrace {
  readonly T: number;
  readonly h: Float64Array;
  readonly c: Float64Array;
  /** i_t, f_t, c~_t, o_t side by side. */
  readonly gates: Float64Array;
}

/** Equations (3.3) to (3.7), step by step. */
export function lstmForward({ D, H, Wx, Wh, b }: Lstm, xs: readonly ArrayLike<number>[]): LstmTrace {
  const T = xs.length;
  const [h, c] = [new Float64Array((T + 1) * H), new Float64Array((T + 1) * H)];
  const gates = new Float64Array((T + 1) * 4 * H);
  for (let t = 1; t <= T; t++) {
    const [x, at, before, gt] = [xs[t - 1], t * H, (t - 1) * H, t * 4 * H];
    for (let r = 0; r < 4 * H; r++) {
      let a = b[r];
      for (let d = 0; d < D; d++) a += Wx[r * D + d] * x[d];
      for (let j = 0; j < H; j++) a += Wh[r * H + j] * h[before + j];
      const isCandidate = r >= 2 * H && r < 3 * H;
      gates[gt + r] = isCandidate ? Math.tanh(a) : 1 / (1 + Math.exp(-a)); //      (3.3) (3.4) (3.5)
    }
    for (let j = 0; j < H; j++) {
      const [i, f, cc, o] = [0, 1, 2, 3].map((gate) => gates[gt + gate * H + j]);
      c[at + j] = f * c[before + j] + i * cc; //                                   (3.6)
      h[at + j] = o * Math.tanh(c[at + j]); //                                     (3.7)
    }
  }
  return { T, h, c, gates };
}

/** The gradient from the end of the sequence. */
export interface LstmGradients {
  /** [T+1 × H] ∂L/∂h_t and ∂L/∂c_t along all ways to the loss. */
  readonly dh: Float64Array;
  readonly dc: Float64Array;
  /** [T × D] ∂L/∂x_t. */
  readonly dx: Float64Array;
}

/** Backpropagation through time, from ∂L/∂h_T [H], where the loss only depends on the last state. */
export function lstmBackward(
  { D, H, Wx, Wh }: Lstm,
  { T, c, gates }: LstmTrace,
  dhT: ArrayLike<number>,
): LstmGradients {
  const [dh, dc] = [new Float64Array((T + 1) * H), new Float64Array((T + 1) * H)];
  const dx = new Float64Array(T * D);
  const da = new Float64Array(4 * H); // before the σ or tanh of each gate
  dh.set(dhT, T * H);
  for (let t = T; t >= 1; t--) {
    const [at, before, gt] = [t * H, (t - 1) * H, t * 4 * H];
    for (let j = 0; j < H; j++) {
      const [i, f, cc, o] = [0, 1, 2, 3].map((gate) => gates[gt + gate * H + j]);
      const tanhC = Math.tanh(c[at + j]);
      // h_t = o_t ⊙ tanh(c_t)
      const dout = dh[at + j] * tanhC;
      dc[at + j] += dh[at + j] * o * (1 - tanhC ** 2);
      // c_t = f_t ⊙ c_{t-1} + i_t ⊙ c~_t: the path to c_{t-1} only has the factor f_t, and no matrix
      const dct = dc[at + j];
      dc[before + j] = dct * f;
      da[j] = dct * cc * i * (1 - i);
      da[H + j] = dct * c[before + j] * f * (1 - f);
      da[2 * H + j] = dct * i * (1 - cc ** 2);
      da[3 * H + j] = dout * o * (1 - o);
    }
    for (let r = 0; r < 4 * H; r++) {
      for (let j = 0; j < H; j++) dh[before + j] += Wh[r * H + j] * da[r];
      for (let d = 0; d < D; d++) dx[(t - 1) * D + d] += Wx[r * D + d] * da[r];
    }
  }
  return { dh, dc, dx };
}
