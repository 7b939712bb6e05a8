/** One direction of one layer: its parameters and buffers, and its weights as the products of a batch need them. */
import { applyDropout, type Context, type DropoutSite } from '../context.ts';
import type { Parameter } from '../parameters.ts';
import type { Cell, Direction } from './cell.ts';

/** One direction of one layer: parameters, buffers, cell. */
export interface DirectionState extends Direction {
  readonly reverse: boolean;
  readonly cell: Cell;
  /** Columns of G that take the hidden product and bias directly. */
  readonly folded: number;
  readonly weightIh: Parameter;
  readonly weightHh: Parameter;
  readonly biasIh: Parameter;
  /** b_ih + b_hh (folded columns) [columns]. */
  readonly bias: number;
  /** W_hh as the batch sees it [H × columns], and which of its weights are 0; -1 where none is ever dropped. */
  readonly dropped: number;
  readonly weightDrop: DropoutSite | undefined;
  /** W_ih packed [I × columns] and transposed [columns × I]. */
  readonly wih: number;
  readonly wihT: number;
}

/** W_hh with the mask of the batch; the same call on the gradient is the backward pass. Nothing where no weight is dropped. */
export function dropWeights(
  ctx: Context,
  { H, columns, weightDrop }: DirectionState,
  to: number,
  from: number,
): void {
  if (weightDrop && ctx.training) applyDropout(ctx, weightDrop, to, from, columns, 0, H);
}

/** Packs W_ih and W_hh and adds up the biases; for training also the transposes. */
export function packDirection(ctx: Context, d: DirectionState, I: number, training: boolean): void {
  const { f, k } = ctx.engine;
  const { H, columns, folded } = d;
  dropWeights(ctx, d, d.dropped, d.weightHh.at);
  const weightHh = d.weightDrop && ctx.training ? d.dropped : d.weightHh.at;
  k.packB(d.weightIh.at, columns, d.wih, I, columns);
  k.packB(weightHh, columns, d.whh, H, columns);
  f.copyWithin(d.bias, d.biasIh.at, d.biasIh.at + columns);
  k.add(d.bias, d.biasHh.at, folded);
  if (!training) return;
  k.packBt(d.weightIh.at, columns, d.wihT, columns, I);
  k.packBt(weightHh, columns, d.whhT, folded, H);
  if (folded < columns) k.packBt(weightHh + folded, columns, d.whhT + folded * H, columns - folded, H);
}
