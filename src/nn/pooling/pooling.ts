/**
 * Poolings: from the states of a document to one vector. A pooling sees the real tokens of a document and nothing else;
 * there is no padding to mask.
 */
import type { Arena } from '../../core/arena.ts';
import type { DescribedMember } from '../../core/family.ts';
import type { OptionsByName } from '../../core/options.ts';
import type { Capacity } from '../batch.ts';
import { type Context, threadRange } from '../context.ts';
import type { Parameters, ParameterSpec } from '../parameters.ts';

/** The states that are pooled: h [tokens × directions · H], each direction padded by itself. */
export interface PoolingShape {
  /** Begins the names of the pooling's parameters and arrays, such as `pooling.mean`. */
  readonly name: string;
  /** 1 or 2. */
  readonly directions: number;
  /** H, without padding. */
  readonly hiddenSize: number;
  /** Words from one state to the next: directions · padded(H). */
  readonly width: number;
}

/** Where a pooling finds its input and takes its memory. Numbers are word offsets. */
export interface PoolingMemory extends PoolingShape {
  /** The states, [tokens × width], packed as the batch says. */
  readonly h: number;
  /** The gradient of the states, [tokens × width]; -1 in a model that only predicts. */
  readonly dh: number;
  /** Reserves arrays for the pooling. They start as zeros. */
  readonly arena: Arena;
  /** The parameters that {@link PoolingFactory.parameters} declared, by their names. */
  readonly parameters: Pick<Parameters, 'get'>;
  /** The largest batch. */
  readonly capacity: Capacity;
  /** Whether there is a backward pass. */
  readonly training: boolean;
  /** Temporary memory of a thread, {@link PoolingFactory.workspace} words. */
  readonly workspace: (thread: number) => number;
}

/** One row of `vectors · width` words for each document, `ld` words apart. */
export interface PooledRows {
  /** Word offset of the first row. */
  readonly at: number;
  /** Words from one row to the next. */
  readonly ld: number;
}

/**
 * A pooling with its memory. All threads call both functions, each with its own context, and share the work among
 * themselves: by documents (`perDocument`), or in phases over the whole batch with `ctx.barrier()` between them. All
 * threads have finished what came before, and what follows waits until all have returned.
 *
 * Every number must come out the same with any number of threads: one thread writes it, in one order of operations.
 */
export interface Pooling {
  /**
   * Where it leaves the weights of the tokens, if it has any: `[tokens × heads]`, packed as the batch says. Those of a document
   * and head sum to 1.
   */
  readonly attention?: { readonly at: number; readonly heads: number };
  /** Writes the vector of each document of the batch. */
  forward(ctx: Context, to: PooledRows): void;
  /**
   * Adds the gradients of the states to dh, and those of the parameters to theirs; all start as zeros. Called at most once after
   * each `forward`, whose arrays it may overwrite.
   */
  backward(ctx: Context, from: PooledRows): void;
}

/** The requirements of a pooling, known before memory is laid out, and how to create it. */
export interface PoolingFactory {
  /** Vectors of `width` words that it gives for a document. Default 1. */
  readonly vectors?: number;
  /** Declares parameters, named `${shape.name}.…`, in PyTorch's shapes. Default: none. */
  parameters?(shape: PoolingShape): readonly ParameterSpec[];
  /** Words of temporary memory for each thread. Default 0. */
  workspace?(shape: PoolingShape): number;
  /** Makes the pooling on its memory. */
  create(memory: PoolingMemory): Pooling;
}

/** The description of a pooling. */
export interface PoolingDescription {
  /** In flowcharts: `Last state`. */
  readonly title: string;
  /** The symbol of its vector, such as `p_{mean}`. */
  readonly symbol: string;
  /** Its equations, from the states h_t of T tokens to the symbol. */
  equations(states: { readonly bidirectional: boolean }): readonly string[];
}

/** A pooling's definition: a member of the pooling family. */
export type PoolingDefinition<Type extends string, Options extends OptionsByName> = DescribedMember<
  Type,
  Options,
  readonly [],
  PoolingFactory,
  PoolingDescription
>;

/** Declares a pooling. */
export function poolingDefinition<Type extends string, Options extends OptionsByName>(
  definition: PoolingDefinition<Type, Options>,
): PoolingDefinition<Type, Options> {
  return definition;
}

/** The functions of a pooling that works on one document at a time. */
export interface DocumentPooling {
  /** Writes the vector of document b, at word offset `to`. */
  forward(ctx: Context, b: number, to: number): void;
  /** Adds the gradient of document b's vector, at word offset `from`, to the rows of dh of its tokens. */
  backward(ctx: Context, b: number, from: number): void;
}

/** A pooling that works on one document at a time: documents are divided among threads. */
export function perDocument({ forward, backward }: DocumentPooling): Pooling {
  return {
    forward(ctx, { at, ld }) {
      const [from, to] = threadRange(ctx, ctx.batch.rows);
      for (let b = from; b < to; b++) forward(ctx, b, at + b * ld);
    },
    backward(ctx, { at, ld }) {
      const [from, to] = threadRange(ctx, ctx.batch.rows);
      for (let b = from; b < to; b++) backward(ctx, b, at + b * ld);
    },
  };
}

/** Consecutive parts of a document. */
export interface EqualParts {
  /** K, of a document of T tokens. */
  count(T: number): number;
  /** The first token of part k; T for k = K. */
  begin(k: number, T: number): number;
}

/** K = ⌈T / size⌉ parts, as equal as possible: part k is ⌊kT / K⌋ ≤ t < ⌊(k + 1) T / K⌋. */
export function equalParts(size: number): EqualParts {
  const count = (T: number) => Math.ceil(T / size);
  return { count, begin: (k, T) => Math.floor((k * T) / count(T)) };
}
