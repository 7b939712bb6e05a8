/** What a loss is: a number to make small, its gradient, and the probabilities that belong to its outputs. */
import { exp } from '../../core/math.ts';

/** The outputs of the classifier for a batch of B documents, C classes. Offsets are word offsets of the memory. */
export interface LossInput {
  /** The memory as floating-point words. */
  readonly f: Float32Array | Float64Array;
  /** The same memory as 32-bit integers. */
  readonly i: Int32Array;
  /** Offset of the outputs z, [B × C] in rows of `ld` words. */
  readonly logits: number;
  /** Words from one row to the next, at least C. */
  readonly ld: number;
  /** Offset of the classes y, int32 [B], each in [0, C). */
  readonly labels: number;
  /** Documents in the batch. */
  readonly B: number;
  /** Offset of dL/dz, [B × C] in rows of `ld` words: written (`=`), zeros in the padded columns. None: no gradient. */
  readonly dLogits?: number;
}

/** The loss of a batch. */
export interface LossResult {
  /** Mean loss, reduced as PyTorch reduces it. NaN or infinite when an output is: never masked. */
  readonly loss: number;
  /** What the mean was divided by: Σ loss·weight / Σ weight over batches is the loss of all their documents. */
  readonly weight: number;
}

/** A loss function over batches. It keeps no state, and does all arithmetic in float64 with bit-stable functions. */
export interface Loss {
  /** The loss, and its gradient where `dLogits` is given. */
  run(input: LossInput): LossResult;
  /** Writes the probabilities of the classes, [B × C] without padding: the softmax of the outputs. */
  probabilities(input: Pick<LossInput, 'f' | 'logits' | 'ld' | 'B'>, to: Float64Array): void;
}

/** What a loss must know of its task. */
export interface LossContext {
  /** C, the number of classes. */
  readonly classes: number;
  /** [C] weight of each class, positive. Default: 1 each. */
  readonly weights?: readonly number[];
}

/**
 * Softmax of the C numbers from `at`: p_c = e^(z_c - max z) / Σ_k e^(z_k - max z), into `to[first…]`.
 * A NaN or +∞ among them (or nothing but -∞) gives NaN.
 * @returns max z and s = Σ_k e^(z_k - max z), so that log p_c = z_c - max - log s.
 */
export function softmax(
  f: Float32Array | Float64Array,
  at: number,
  C: number,
  to: Float64Array,
  first = 0,
): { readonly max: number; readonly s: number } {
  let max = -Infinity;
  for (let c = 0; c < C; c++) max = Math.max(max, f[at + c]); // NaN stays NaN
  let s = 0;
  for (let c = 0; c < C; c++) s += to[first + c] = exp(f[at + c] - max);
  for (let c = 0; c < C; c++) to[first + c] /= s;
  return { max, s };
}

/** {@link Loss.probabilities} of both losses. */
export function softmaxProbabilities(C: number): Loss['probabilities'] {
  return ({ f, logits, ld, B }, to) => {
    for (let b = 0; b < B; b++) softmax(f, logits + b * ld, C, to, b * C);
  };
}

/** The class weights of a context as an array; ones where there are none. */
export function classWeights({ classes, weights }: LossContext): Float64Array {
  return weights ? Float64Array.from(weights) : new Float64Array(classes).fill(1);
}
