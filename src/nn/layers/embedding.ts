import { type Arena, padded } from '../../core/arena.ts';
import { type Context, dropoutRows, type DropoutSite, threadRange, threadColumns } from '../context.ts';
import type { Capacity } from '../batch.ts';
import type { Parameters, ParameterSpec } from '../parameters.ts';

/** Token id of padding: its vector is zero and gets no gradient. */
export const PADDING_INDEX = 0;

/** Options of an embedding. */
export interface EmbeddingOptions {
  /** Prefix of the parameter name, such as `embedding`. */
  readonly name: string;
  /** V, rows of the table. */
  readonly numEmbeddings: number;
  /** D, columns. */
  readonly embeddingDim: number;
  /** Probability of dropping an element of a vector. */
  readonly dropout: number;
  /** One mask per sequence instead of one per token. */
  readonly variational: boolean;
}

/** Declares the table: weight [V × D], N(0, 1), row 0 (padding) zero, as `torch.nn.Embedding(V, D, padding_idx=0)`. */
export function embeddingParameters({
  name,
  numEmbeddings,
  embeddingDim,
}: EmbeddingOptions): ParameterSpec[] {
  return [
    {
      name: `${name}.weight`,
      out: { groups: 1, size: numEmbeddings },
      in: { groups: 1, size: embeddingDim },
      transposed: false,
      init: { kind: 'normal', zeroRow: PADDING_INDEX },
    },
  ];
}

/** A table of word vectors: x_k = W[id_k]. */
export interface Embedding {
  /** X [tokens × padded(D)]. */
  readonly x: number;
  /** Gradient of X, to be written before `backward`. */
  readonly dx: number;
  /** X = rows of W at the ids of the batch. */
  forward(ctx: Context): void;
  /** dW[id_k] += dx_k. Expects all of dX; ends without a barrier. */
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
  const x = arena.alloc(`${options.name}.x`, capacity.tokens * D);
  const dx = training ? arena.alloc(`${options.name}.dx`, capacity.tokens * D) : -1;
  const dropout: DropoutSite | undefined =
    options.dropout > 0
      ? { p: options.dropout, name: options.name, variational: options.variational }
      : undefined;
  return {
    x,
    dx,
    forward(ctx) {
      const { engine, batch } = ctx;
      const [from, to] = threadRange(ctx, batch.tokens);
      engine.k.gatherRows(x + from * D, D, weight.at, D, batch.ids + from, to - from, D);
      if (!dropout || !ctx.training) return;
      if (dropout.variational) ctx.barrier(); // its rows are shared by sequences, not by tokens
      dropoutRows(ctx, dropout, x, x, D);
    },
    backward(ctx) {
      const { engine, batch } = ctx;
      if (dropout && ctx.training) {
        dropoutRows(ctx, dropout, dx, dx, D);
        ctx.barrier();
      }
      // by columns: every thread visits all tokens in the same order
      const [from, to] = threadColumns(ctx, D);
      if (to > from)
        engine.k.scatterAddRows({
          table: weight.grad + from,
          ld: D,
          ids: batch.ids,
          skip: PADDING_INDEX,
          from: dx + from,
          ldf: D,
          rows: batch.tokens,
          n: to - from,
        });
    },
  };
}
