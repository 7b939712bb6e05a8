/** A text as read by a model: the interface that explanations use, for any model. */
import type { PlacedToken } from '../text/spans.ts';
import type { ExplainBaseline } from './explanation.ts';

/** Probabilities of variants of a text. */
export interface VariantScores {
  /** `[K × C]` row-major, before the temperature of the classifier. */
  readonly probabilities: Float64Array;
  /** [K] how many tokens of each variant the model knows. */
  readonly known: Int32Array;
}

/** The probabilities along a line from a baseline to the text, and their slope. */
export interface Path {
  /** Most points at once, at least 1. */
  readonly points: number;
  /** `[m × C]` probabilities at points of the line; 0 is the baseline, 1 the text. */
  forward(alphas: readonly number[]): Float64Array;
  /** `[m × T]` the terms, one for each token, of Σ_c dp_c dp_c/dα at the points of the last `forward`. */
  backward(dp: Float64Array): Float64Array;
}

/** How a score adds up over tokens. */
export interface TokenValues {
  /** `[T × C]` row-major. */
  readonly values: Float64Array;
  /** [C] */
  readonly bias: Float64Array;
}

/** A text as read by a model. */
export interface Lens {
  readonly tokens: readonly PlacedToken[];
  /** Tokens of the text that the model does not read. */
  readonly unread: number;
  /** The text without some of its tokens, given by their numbers. */
  without(sets: readonly ReadonlySet<number>[]): VariantScores;
  /** Undefined for a model that has no gradient. */
  path(baseline: ExplainBaseline): Path | undefined;
  /** [T] mean over the heads; undefined for a model without attention pooling. */
  attention(): Float64Array | undefined;
  /** Undefined for a model whose score is no sum. */
  weights(): TokenValues | undefined;
}
