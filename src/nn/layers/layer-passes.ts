/**
 * The passes of one recurrent layer over a packed batch: time loops, directions, dropout below it, threads.
 *
 * Forward:   G = X·W_ih + (b_ih + b_hh) for all tokens at once, then the cell step by step.
 * Backward:  the cell step by step turns G into dG; then for all tokens at once
 *            dX = Σ_directions dG·W_ihᵀ,  dW_ih += Xᵀ·dG,  dW_hh += H'ᵀ·dG,  db += Σ dG.
 *
 * Rule: parameter gradients accumulate (+=), activation gradients are written (=); the exception is dhNext, which in
 * BPTT already holds what the next step adds.
 *
 * Weight drop: the pass uses M ⊙ W_hh / (1-p) with the mask M of the batch, and dW_hh is masked in the same way at the end.
 *
 * Threads split by direction first, then by sequences; products over all tokens split by rows or columns. No split
 * changes the order of a sum.
 */
import type { OuterPart } from '../../engine/contract.ts';
import { type Context, dropoutRows, type DropoutSite, threadColumns, threadRange } from '../context.ts';
import type { Parameter } from '../parameters.ts';
import type { DirectionState } from './direction.ts';
import { overTime, sequences } from './over-time.ts';

/** One layer with its memory. */
export interface LayerState {
  /** X [tokens × I]: output of the layer below after dropout, or the stack's input. */
  readonly x: number;
  readonly I: number;
  /** Gradient of X. */
  readonly dx: number;
  /** [tokens × directions·H]. */
  readonly out: number;
  /** Output of the layer below, before dropout; where X is a copy. */
  readonly below: number;
  readonly dropout: DropoutSite | undefined;
  readonly directions: readonly DirectionState[];
}

/** Which directions this thread works on, and as which part of how many. */
function assignments(
  ctx: Context,
  directions: readonly DirectionState[],
): readonly { d: DirectionState; part: number; parts: number }[] {
  const count = directions.length;
  if (ctx.threads < count) return directions.map((d) => ({ d, part: 0, parts: 1 }));
  const own = ctx.thread % count;
  return [
    {
      d: directions[own],
      part: Math.floor(ctx.thread / count),
      parts: Math.ceil((ctx.threads - own) / count),
    },
  ];
}

/** Forward pass of a layer; the layer below is complete. */
export function forwardLayer(ctx: Context, layer: LayerState): void {
  const { engine, batch } = ctx;
  const { tokens } = batch;
  if (layer.dropout) {
    if (ctx.training) dropoutRows(ctx, layer.dropout, layer.x, layer.below, layer.I);
    else copyRows(ctx, layer.x, layer.below, layer.I);
    ctx.barrier();
  }
  const project = (d: DirectionState, from: number, to: number): void => {
    const [x, g] = [layer.x + from * layer.I, d.g + from * d.columns];
    engine.k.gemm({
      a: x,
      lda: layer.I,
      bp: d.wih,
      c: g,
      ldc: d.columns,
      init: d.bias,
      ldi: 0,
      M: to - from,
      K: layer.I,
      N: d.columns,
    });
  };
  const mine = assignments(ctx, layer.directions);
  const alone = ctx.threads <= layer.directions.length;
  if (!alone) {
    for (const { d, part, parts } of mine)
      project(d, ...threadRange({ thread: part, threads: parts }, tokens));
    ctx.barrier();
  }
  for (const { d, part, parts } of mine) {
    overTime(
      batch,
      { reverse: d.reverse, backward: false },
      sequences(batch, part, parts),
      (steps, first, last) => {
        if (alone) project(d, first, last);
        d.cell.forward(engine, steps);
      },
    );
  }
}

/** What a backward pass needs in addition to the layer. */
export interface BackwardMemory {
  /** A row of zeros, at least gates·H words. */
  readonly zeros: number;
  /** Offset of each thread's workspace. */
  readonly workspace: (thread: number) => number;
}

/** Backward pass of a layer: writes dX, and adds to the gradients of its parameters. */
export function backwardLayer(ctx: Context, layer: LayerState, memory: BackwardMemory): void {
  const { engine, batch } = ctx;
  const { k, f } = engine;
  const { tokens } = batch;
  const { I } = layer;
  const inputGradient = (d: DirectionState, from: number, to: number): void => {
    const dx = layer.dx + from * I;
    const begins = d === layer.directions[0]; // the other direction adds to what it wrote
    k.gemm({
      a: d.g + from * d.columns,
      lda: d.columns,
      bp: d.wihT,
      c: dx,
      ldc: I,
      init: begins ? memory.zeros : dx,
      ldi: begins ? 0 : I,
      M: to - from,
      K: d.columns,
      N: I,
    });
  };
  const mine = assignments(ctx, layer.directions);
  for (const { d, part, parts } of mine) {
    const [from, to] = sequences(batch, part, parts);
    f.fill(0, d.dhNext + from * d.H, d.dhNext + to * d.H);
    d.cell.resetBackward?.(engine, from, to);
    overTime(batch, { reverse: d.reverse, backward: true }, [from, to], (steps, first, last) => {
      d.cell.backward(engine, steps);
      if (ctx.threads === 1) inputGradient(d, first, last);
    });
  }
  ctx.barrier(); // dG of both directions is complete
  const [from, to] = threadRange(ctx, tokens);
  if (ctx.threads > 1) for (const d of layer.directions) inputGradient(d, from, to);
  for (const { d, part, parts } of ctx.vectorsOnly ? [] : mine) {
    const [first, last] = threadColumns({ thread: part, threads: parts }, d.columns);
    weightGradients(ctx, layer, d, first, last, memory.workspace(ctx.thread));
  }
  if (layer.dropout && ctx.training) {
    if (layer.dropout.variational) ctx.barrier(); // its rows are shared by sequences, not by tokens
    dropoutRows(ctx, layer.dropout, layer.dx, layer.dx, I);
  }
}

/** dW_ih += Xᵀ·dG, dW_hh += H'ᵀ·[dG dU], db_ih += Σ dG, db_hh += Σ [dG dU], for columns [from, to). */
function weightGradients(
  { engine, batch }: Context,
  layer: LayerState,
  d: DirectionState,
  from: number,
  to: number,
  workspace: number,
): void {
  const { f, k } = engine;
  const { tokens } = batch;
  const { columns, folded } = d;
  const input = { a: layer.x, lda: layer.I, index: 0, M: layer.I, ldc: columns };
  const hidden = { a: d.h, lda: d.ldh, index: d.reverse ? batch.after : batch.before, M: d.H, ldc: columns };
  const sum = (at: number, ld: number, first: number, last: number, to: readonly Parameter[]) => {
    f.fill(0, workspace, workspace + last - first);
    k.sumRows(workspace, at, ld, tokens, last - first);
    for (const bias of to) k.add(bias.grad + first, workspace, last - first);
  };
  const cut = Math.min(Math.max(from, folded), to);
  if (cut > from) {
    const parts: OuterPart[] = [
      { ...input, c: d.weightIh.grad + from },
      { ...hidden, c: d.weightHh.grad + from },
    ];
    k.gemmTN(parts, d.g + from, columns, tokens, cut - from, workspace);
    sum(d.g + from, columns, from, cut, [d.biasIh, d.biasHh]);
  }
  if (to > cut) {
    const u = d.u + cut - folded;
    k.gemmTN([{ ...input, c: d.weightIh.grad + cut }], d.g + cut, columns, tokens, to - cut, workspace);
    k.gemmTN([{ ...hidden, c: d.weightHh.grad + cut }], u, columns - folded, tokens, to - cut, workspace);
    sum(d.g + cut, columns, cut, to, [d.biasIh]);
    sum(u, columns - folded, cut, to, [d.biasHh]);
  }
}

function copyRows(ctx: Context, to: number, from: number, ld: number): void {
  const [first, last] = threadRange(ctx, ctx.batch.tokens);
  ctx.engine.f.copyWithin(to + first * ld, from + first * ld, from + last * ld);
}
