/**
 * The context of a running layer: the engine, its thread, the batch. Every thread of a team runs the same program on
 * the same memory (SPMD) and does its part of each loop; `barrier()` separates loops that read what others wrote.
 */
import { LANE } from '../core/arena.ts';
import { hashKeys } from '../core/rng.ts';
import type { Engine } from '../engine/contract.ts';
import { dropoutHash } from '../engine/reference/dropout.ts';
import type { Batch } from './batch.ts';

/** The state of one thread in one pass over a batch. */
export interface Context {
  /** Memory and kernels of this thread. */
  readonly engine: Engine;
  /** The batch that is worked on. */
  readonly batch: Batch;
  /** This thread, 0 … threads-1. */
  readonly thread: number;
  /** How many there are. */
  readonly threads: number;
  /** Waits until all threads are here. */
  barrier(): void;
  /** Dropout on. */
  readonly training: boolean;
  /** Seed of the run; with `step` it names every random decision of the pass. */
  readonly seed: number;
  /** Optimiser steps done so far. */
  readonly step: number;
  /** 1 in a second pass over the batch, in which other units are dropped. Default 0. */
  readonly pass?: number;
  /** Factor on the learning rate of pretrained rows of the embedding; 0: they get no gradient. Default 1. */
  readonly pretrainedRate?: number;
  /**
   * The backward pass only needs the gradient of the token vectors; those of parameters may be left out. Default
   * false.
   */
  readonly vectorsOnly?: boolean;
}

/** This thread's share [from, to) of n items, in whole groups of `group` items. */
export function threadRange(
  ctx: Pick<Context, 'thread' | 'threads'>,
  n: number,
  group = 1,
): readonly [number, number] {
  const groups = Math.ceil(n / group);
  const from = Math.floor((groups * ctx.thread) / ctx.threads) * group;
  const to = Math.floor((groups * (ctx.thread + 1)) / ctx.threads) * group;
  return [Math.min(from, n), Math.min(to, n)];
}

/** This thread's share of n columns, in whole vectors. */
export function threadColumns(
  ctx: Pick<Context, 'thread' | 'threads'>,
  n: number,
): readonly [number, number] {
  return threadRange(ctx, n, LANE);
}

/** The name of a stream of random decisions. */
export type MaskKind = 'dropout' | 'word_type_dropout';

/** The key of the masks of a stream in this pass, an int32. */
export function maskKey(
  { seed, step, pass = 0 }: Pick<Context, 'seed' | 'step' | 'pass'>,
  kind: MaskKind,
  name: string,
): number {
  return hashKeys(seed, [kind, name, step, ...(pass === 0 ? [] : [pass])]) | 0;
}

/** A dropout stream. */
export interface DropoutSite {
  /** Probability that an element is dropped, in [0, 1). */
  readonly p: number;
  /** The unique name of this stream's masks. */
  readonly name: string;
  /** One mask per sequence, the same at each step (Gal and Ghahramani, 2016), instead of one per token. */
  readonly variational: boolean;
}

/** p · 2³²: elements whose hash is below are dropped. */
export function dropoutThreshold(p: number): number {
  return Math.min(4294967295, Math.round(p * 4294967296));
}

/** Inverted dropout (Srivastava et al., 2014) on `rows` rows of n words; row r has the mask of stream row `first + r`. */
export function applyDropout(
  ctx: Context,
  site: DropoutSite,
  to: number,
  from: number,
  n: number,
  first: number,
  rows: number,
): void {
  const key = maskKey(ctx, 'dropout', site.name);
  const threshold = dropoutThreshold(site.p);
  ctx.engine.k.dropout({ to, from, ld: n, key, first, threshold, keep: 1 / (1 - site.p), rows, n });
}

/** Words of the vocabulary that are dropped in a batch, wherever they occur (Gal and Ghahramani, 2016). */
export interface WordTypeDropout {
  /** Probability that a word is hidden, in [0, 1). */
  readonly p: number;
  /** The unique name of this stream's masks. */
  readonly name: string;
}

/**
 * Multiplies this thread's share of a packed matrix [tokens × n] by 0 where the token's word is hidden, and by 1 / (1 - p) where
 * not. The same call on the gradient is the backward pass.
 */
export function dropWordTypes(ctx: Context, { p, name }: WordTypeDropout, x: number, n: number): void {
  const { batch, engine } = ctx;
  const key = maskKey(ctx, 'word_type_dropout', name);
  const [first, last] = threadRange(ctx, batch.tokens);
  for (let row = first; row < last; row++) {
    const hidden = dropoutHash(engine.i[batch.ids + row], key) < p * 4294967296;
    engine.k.scale(x + row * n, x + row * n, hidden ? 0 : 1 / (1 - p), n);
  }
}

/**
 * Dropout on this thread's part of a packed matrix [tokens × n]. The same call on the gradient is the backward pass:
 * a mask only depends on (seed, step, name, row, column).
 */
export function dropoutRows(ctx: Context, site: DropoutSite, to: number, from: number, n: number): void {
  const { batch } = ctx;
  if (!site.variational) {
    const [first, last] = threadRange(ctx, batch.tokens);
    applyDropout(ctx, site, to + first * n, from + first * n, n, first, last - first);
    return;
  }
  const [first, last] = threadRange(ctx, batch.rows);
  for (let t = 0; t < batch.steps; t++) {
    const rows = Math.min(last, batch.size(t)) - first;
    const at = (batch.start(t) + first) * n;
    if (rows > 0) applyDropout(ctx, site, to + at, from + at, n, first, rows);
  }
}
