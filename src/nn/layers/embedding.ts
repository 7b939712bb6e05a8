import { type Arena, padded } from '../../core/arena.ts';
import { invariant } from '../../core/errors.ts';
import {
  type Context,
  dropoutRows,
  type DropoutSite,
  dropWordTypes,
  threadRange,
  threadColumns,
} from '../context.ts';
import type { Capacity } from '../batch.ts';
import { PAD_ID } from '../../text/vocabulary.ts';
import type { Parameters, ParameterSpec } from '../parameters.ts';
import { createNgramVectors } from './ngram-vectors.ts';

/** Token id of padding, PyTorch's `padding_idx`: its vector is zero and gets no gradient. */
export const PADDING_INDEX = PAD_ID;

/** Which rows of a table are vectors that were learned elsewhere. Such rows are the last ones. */
export interface PretrainedRows {
  /** The first of them. */
  readonly from: number;
  /** How many of them, at the end, are never trained. */
  readonly fixed: number;
}

/** Options of an embedding. */
export interface EmbeddingOptions {
  /** Prefix of the parameter name, such as `embedding`. */
  readonly name: string;
  /** V, rows of the table. */
  readonly numEmbeddings: number;
  /** D, columns. */
  readonly embeddingDim: number;
  /** Standard deviation of the initial values. Default 1, as in PyTorch. */
  readonly std?: number;
  /** Probability of dropping an element of a vector. */
  readonly dropout: number;
  /** One mask per sequence instead of one per token. */
  readonly variational: boolean;
  /** Probability that a word is dropped wherever it occurs in a batch. Default 0. */
  readonly typeDropout?: number;
  /** Pretrained rows. Default none. */
  readonly pretrained?: PretrainedRows | undefined;
  /** Rows of a second table, of character n-grams: see `ngram-vectors.ts`. Default 0: none. */
  readonly ngramBuckets?: number;
}

/**
 * Declares the table: weight [V × D], N(0, std²), row 0 (padding) zero; with std 1 as `torch.nn.Embedding(V, D, padding_idx=0)`. Rows
 * that are never trained are a parameter of their own, `fixed` [F × D]; weight then has the V - F rows before them.
 */
export function embeddingParameters({
  name,
  numEmbeddings,
  embeddingDim,
  pretrained,
  std = 1,
}: EmbeddingOptions): ParameterSpec[] {
  const fixed = pretrained?.fixed ?? 0;
  const table = { in: { groups: 1, size: embeddingDim }, transposed: false };
  return [
    {
      ...table,
      name: `${name}.weight`,
      out: { groups: 1, size: numEmbeddings - fixed },
      init: { kind: 'normal', std, zeroRow: PADDING_INDEX },
    },
    ...(fixed === 0
      ? []
      : [
          {
            ...table,
            name: `${name}.fixed`,
            out: { groups: 1, size: fixed },
            init: { kind: 'zero' } as const,
            fixed: true,
          },
        ]),
  ];
}

/** A table of word vectors: x_k = W[id_k], and the mean of the vectors of its n-grams where there are any. */
export interface Embedding {
  /** X [tokens × padded(D)]. */
  readonly x: number;
  /** Words of a row of X: padded(D). */
  readonly width: number;
  /** Gradient of X, to be written before `backward`. */
  readonly dx: number;
  /** Offset of the first pretrained row, where there are any: the trained parameters from there on are such rows. */
  readonly pretrainedAt: number | undefined;
  /** X = rows of W at the ids of the batch. */
  forward(ctx: Context): void;
  /** dW[id_k] += dx_k, and the same for n-grams. Expects all of dX; ends without a barrier. */
  backward(ctx: Context): void;
}

/** Builds an embedding. */
export function createEmbedding(
  options: EmbeddingOptions,
  {
    arena,
    parameters,
    capacity,
    training,
  }: { arena: Arena; parameters: Parameters; capacity: Capacity; training: boolean },
): Embedding {
  const D = padded(options.embeddingDim);
  const weight = parameters.get(`${options.name}.weight`);
  const { pretrained } = options;
  if (pretrained) {
    // one table for the forward pass: the fixed rows follow the trained ones, which are the last trained parameter
    invariant(weight.at + weight.words === parameters.at + parameters.words, 'a table with pretrained rows is the last trained parameter'); // prettier-ignore
  }
  const x = arena.alloc(`${options.name}.x`, capacity.tokens * D);
  const dx = training ? arena.alloc(`${options.name}.dx`, capacity.tokens * D) : -1;
  const dropout: DropoutSite | undefined =
    options.dropout > 0
      ? { p: options.dropout, name: options.name, variational: options.variational }
      : undefined;
  const { typeDropout = 0 } = options;
  const ngrams = createNgramVectors(options, parameters);
  const types = typeDropout > 0 ? { p: typeDropout, name: options.name } : undefined;
  // ids whose rows get no gradient are replaced by that of padding
  const learned = training && pretrained ? arena.alloc(`${options.name}.learned`, capacity.tokens) : -1;
  const trainedRows = options.numEmbeddings - (pretrained?.fixed ?? 0);
  return {
    x,
    dx,
    width: D,
    pretrainedAt: pretrained && weight.at + pretrained.from * D,
    forward(ctx) {
      const { engine, batch } = ctx;
      const [from, to] = threadRange(ctx, batch.tokens);
      if (pretrained && ctx.training) {
        const { i } = engine;
        const rows = ctx.pretrainedRate === 0 ? Math.min(pretrained.from, trainedRows) : trainedRows;
        for (let k = from; k < to; k++) {
          const id = i[batch.ids + k];
          i[learned + k] = id < rows ? id : PADDING_INDEX;
        }
      }
      engine.k.gatherRows(x + from * D, D, weight.at, D, batch.ids + from, to - from, D);
      ngrams?.forward(ctx, x);
      if (!ctx.training) return;
      if (types) dropWordTypes(ctx, types, x, D);
      if (!dropout) return;
      if (dropout.variational) ctx.barrier(); // its rows are shared by sequences, not by tokens
      dropoutRows(ctx, dropout, x, x, D);
    },
    backward(ctx) {
      const { engine, batch } = ctx;
      if (dropout && ctx.training) {
        dropoutRows(ctx, dropout, dx, dx, D);
        ctx.barrier();
      }
      if (types && ctx.training) {
        dropWordTypes(ctx, types, dx, D);
        ctx.barrier();
      }
      ngrams?.backward(ctx, dx);
      // by columns: every thread visits all tokens in the same order
      const [from, to] = threadColumns(ctx, D);
      if (to > from)
        engine.k.scatterAddRows({
          table: weight.grad + from,
          ld: D,
          ids: pretrained ? learned : batch.ids,
          skip: PADDING_INDEX,
          from: dx + from,
          ldf: D,
          rows: batch.tokens,
          n: to - from,
        });
    },
  };
}
