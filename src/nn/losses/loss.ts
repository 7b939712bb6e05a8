/** The definition of a loss: its value, its gradient, and the mapping from outputs to probabilities. */
import type { DescribedMember } from '../../core/family.ts';
import { exp, log } from '../../core/math.ts';
import { number, type OptionsByName } from '../../core/options.ts';
import type { EquationBlock, NamedSetting } from '../description.ts';

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
  /** Offset of soft labels q, float [B × C] without padding, each row of sum 1, in place of the classes. Default none; only the cross-entropy reads them. */
  readonly targets?: number | undefined;
  /** Documents in the batch. */
  readonly B: number;
  /** Offset of dL/dz, [B × C] in rows of `ld` words: written (`=`), zeros in the padded columns. None: no gradient. */
  readonly dLogits?: number;
}

/** The loss of a batch. */
export interface LossResult {
  /** Mean loss, reduced as PyTorch reduces it. NaN or infinite when an output is: never masked. */
  readonly loss: number;
  /** The denominator of the mean: Σ loss·weight / Σ weight over batches is the loss of all their documents. */
  readonly weight: number;
}

/**
 * A loss function over batches. It does all arithmetic in float64 with bit-stable functions. Between calls it only
 * keeps temporary memory: the same batch gives the same bits, whatever came before.
 */
export interface Loss {
  /** The loss, and its gradient where `dLogits` is given. */
  run(input: LossInput): LossResult;
  /**
   * Writes the probabilities of the classes, [B × C] without padding, each row summing to 1. A model that was trained
   * with this loss predicts them, also when it was saved and loaded.
   */
  probabilities(input: Pick<LossInput, 'f' | 'logits' | 'ld' | 'B'>, to: Float64Array): void;
  /** Whether the probabilities are the softmax of the outputs, so that their derivative is known. Default false. */
  readonly isSoftmax?: boolean;
}

/** The properties of a task that a loss depends on. */
export interface LossContext {
  /** C, the number of classes. */
  readonly classes: number;
  /** [C] weight of each class, positive. Default: 1 each. */
  readonly weights?: readonly number[];
  /** [C] proportion π of each class in the training documents, positive. Default: the same for all. */
  readonly priors?: readonly number[];
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

/** {@link Loss.probabilities} as the softmax of the outputs. */
export function softmaxProbabilities(C: number): Loss['probabilities'] {
  return ({ f, logits, ld, B }, to) => {
    for (let b = 0; b < B; b++) softmax(f, logits + b * ld, C, to, b * C);
  };
}

/** The class weights of a context as an array; ones if there are none. */
export function classWeights({ classes, weights }: LossContext): Float64Array {
  return weights ? Float64Array.from(weights) : new Float64Array(classes).fill(1);
}

/** The option of losses with the softmax that adjusts the outputs by the class frequencies (Menon et al. 2021). */
export const logitAdjustment = number({
  min: 0,
  max: 10,
  default: 0,
  doc: 'τ: in training, τ · log(frequency of the class) is added to each output, so that rare classes are predicted more often; 1 is usual, 0 is none',
});

/** [C] What is added to the outputs in training: τ log π_c; zeros without priors. */
export function adjustments(tau: number, { classes, priors }: LossContext): Float64Array {
  return priors && tau > 0
    ? Float64Array.from(priors, (prior) => tau * log(prior))
    : new Float64Array(classes);
}

/** The description of a loss. */
export interface LossDescription {
  /** In sentences and flowcharts: `cross-entropy`. */
  readonly title: string;
  /** Options that are in use, for flowcharts and tables: `label smoothing 0.1`. */
  readonly settings: readonly NamedSetting[];
  /** How outputs become probabilities, in flowcharts: `Softmax`. */
  readonly probabilities: string;
  /** The same as a formula: the right side of y = …, for the outputs z. */
  probabilitiesOf(z: string): string;
  /** The equations of what training minimises; symbols: the true class k, the probabilities y, the classes C. */
  readonly equations: readonly EquationBlock[];
}

/** The part of a description that losses with the softmax share. */
export const softmaxDescription = {
  probabilities: 'Softmax',
  probabilitiesOf: (z: string) => `\\mathrm{softmax}(${z})`,
} as const;

/** A loss's definition: a member of the loss family. */
export type LossDefinition<Type extends string, Options extends OptionsByName> = DescribedMember<
  Type,
  Options,
  readonly [LossContext],
  Loss,
  LossDescription
>;

/** Declares a loss. */
export function lossDefinition<Type extends string, Options extends OptionsByName>(
  definition: LossDefinition<Type, Options>,
): LossDefinition<Type, Options> {
  return definition;
}
