/**
 * Vectors of the character n-grams of words, added to the vector of the word (Bojanowski et al. 2017):
 * x_k += 1/n_k Σ_g N[g], over the buckets g of the n_k n-grams of token k. N [buckets × D] is zero at first, so that n-grams
 * which no training text holds change nothing.
 */
import { padded } from '../../core/arena.ts';
import { type Context, threadColumns, threadRange } from '../context.ts';
import type { Parameters, ParameterSpec } from '../parameters.ts';

/** Options of the vectors of n-grams. */
export interface NgramOptions {
  /** Prefix of the parameter name, such as `embedding`. */
  readonly name: string;
  /** Rows of the table; 0 for no table. */
  readonly ngramBuckets?: number;
  /** D, columns. */
  readonly embeddingDim: number;
}

/** Declares the table, `ngrams` [buckets × D]. */
export function ngramParameters({ name, ngramBuckets = 0, embeddingDim }: NgramOptions): ParameterSpec[] {
  if (ngramBuckets === 0) return [];
  return [
    {
      name: `${name}.ngrams`,
      out: { groups: 1, size: ngramBuckets },
      in: { groups: 1, size: embeddingDim },
      transposed: false,
      init: { kind: 'zero' },
    },
  ];
}

/** The n-gram vectors that are added to word vectors. */
export interface NgramVectors {
  /** Adds to this thread's rows of X, at `x`. */
  forward(ctx: Context, x: number): void;
  /** dN[g] += dx_k / n_k. Expects all of dX, at `dx`. */
  backward(ctx: Context, dx: number): void;
}

/** Builds the vectors of n-grams; undefined without buckets. */
export function createNgramVectors(options: NgramOptions, parameters: Parameters): NgramVectors | undefined {
  if (!options.ngramBuckets) return undefined;
  const D = padded(options.embeddingDim);
  const table = parameters.get(`${options.name}.ngrams`);
  return {
    forward(ctx, x) {
      const { engine, batch } = ctx;
      const [first, last] = threadRange(ctx, batch.tokens);
      for (let k = first; k < last; k++) {
        const [at, end] = batch.ngramsOf(k);
        for (let g = at; g < end; g++)
          engine.k.addScaled(x + k * D, table.at + engine.i[g] * D, 1 / (end - at), D);
      }
    },
    backward(ctx, dx) {
      const { engine, batch } = ctx;
      // by columns: every thread visits all tokens in the same order
      const [from, to] = threadColumns(ctx, D);
      if (to <= from) return;
      for (let k = 0; k < batch.tokens; k++) {
        const [at, end] = batch.ngramsOf(k);
        for (let g = at; g < end; g++) {
          const row = table.grad + engine.i[g] * D;
          engine.k.addScaled(row + from, dx + k * D + from, 1 / (end - at), to - from);
        }
      }
    },
  };
}
