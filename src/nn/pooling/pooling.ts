/**
 * Poolings: from the states of a sequence to one vector. Every pooling sees the real tokens of a sequence and nothing
 * else; there is no padding to mask.
 */
import type * as z from 'zod';
import type { Arena } from '../../core/arena.ts';
import type { Member } from '../../core/family.ts';
import type { Capacity } from '../batch.ts';
import type { Context } from '../context.ts';

/** States to pool: h [tokens × width] of a packed batch. */
export interface PoolingInput {
  /** Offset of the states, and of their gradient, both [tokens × width]. */
  readonly h: number;
  /** Offset of the gradient of the states. */
  readonly dh: number;
  /** directions · H words. */
  readonly width: number;
  /** 1 or 2. */
  readonly directions: number;
  /** Where the pooling takes its memory. */
  readonly arena: Arena;
  /** The largest batch. */
  readonly capacity: Capacity;
  /** Begins the names of its ranges in the arena. */
  readonly name: string;
}

/** A pooling with its buffers: [tokens × width] → [rows × width]. */
export interface Pooling {
  /** Writes the vector of sequence b, `width` words at `to`. */
  forward(ctx: Context, b: number, to: number): void;
  /** Adds the gradient `from` [width words] of sequence b's vector to dh (which starts at zero). */
  backward(ctx: Context, b: number, from: number): void;
}

/** A pooling's definition: a member of the pooling family. */
export type PoolingDefinition<Type extends string, Options extends z.ZodObject> = Member<
  Type,
  Options,
  readonly [PoolingInput],
  Pooling
>;

/** Declares a pooling. */
export function poolingDefinition<Type extends string, Options extends z.ZodObject>(
  definition: PoolingDefinition<Type, Options>,
): PoolingDefinition<Type, Options> {
  return definition;
}
