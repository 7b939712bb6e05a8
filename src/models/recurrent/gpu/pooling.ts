/** The kernel calls of the poolings, forward and backward. */
import { ABSENT, HEAD } from '../../../engine/webgpu/kernel.ts';
import {
  attentionPool,
  attentionScores,
  attentionSoftmaxBackward,
  attentionStatesBackward,
  attentionTanhBackward,
  attentionWeights,
  attentionWeightsBackward,
} from '../../../engine/webgpu/kernels/attention.ts';
import { productNN, productNT, TILE } from '../../../engine/webgpu/kernels/matrix.ts';
import { poolBackward, poolForward } from '../../../engine/webgpu/kernels/pooling.ts';
import { windowsBackward, windowsForward } from '../../../engine/webgpu/kernels/windows.ts';
import type { CallList } from '../../../engine/webgpu/program.ts';
import { addProductsTN, type Recording, rowGroups } from './calls.ts';
import type { GpuAttention, GpuPoolings } from './pooling-layout.ts';

/** Records the poolings, from the states to the features. */
export function addPoolings(list: CallList, recording: Recording): void {
  const { pools } = recording.layout;
  if (hasSimple(pools)) list.add(poolForward, ...simpleCall(recording, false));
  if (pools.windows) list.add(windowsForward, ...windowsCall(recording, pools.windows, false));
  if (pools.attention) addAttention(list, recording, pools.attention);
}

/** Records the way back: the gradients of the states, which the first of them writes, and of the poolings' parameters. */
export function addPoolingsBackward(list: CallList, recording: Recording): void {
  const { pools } = recording.layout;
  let written = false;
  if (pools.attention) {
    addAttentionBackward(list, recording, pools.attention);
    written = true;
  }
  if (hasSimple(pools)) {
    list.add(poolBackward, ...simpleCall(recording, written));
    written = true;
  }
  if (pools.windows) list.add(windowsBackward, ...windowsCall(recording, pools.windows, written));
}

function hasSimple({ last, mean, max }: GpuPoolings): boolean {
  return [last, mean, max].some((column) => column !== ABSENT);
}

/** The states and features that all poolings share. */
function statesOf({ layout, batch }: Recording) {
  const { top, pooled, dPooled, width, pools } = layout;
  const states = { h: top.out, dh: top.dOut, width, y: pooled, dy: dPooled, ld: pools.features };
  return { ...states, starts: batch.starts, lengths: batch.lengths };
}

/** `last`, `mean` and `max`: one call for all. */
function simpleCall(recording: Recording, add: boolean) {
  const { layout, batch } = recording;
  const { last, mean, max } = layout.pools;
  const args = { ...statesOf(recording), H: layout.H, last, mean, max, add: Number(add) };
  return [args, rowGroups(layout.width, () => batch.size.rows)] as const;
}

function windowsCall(
  recording: Recording,
  { column, size, winners }: NonNullable<GpuPoolings['windows']>,
  add: boolean,
) {
  const { layout, batch } = recording;
  const { y, dy, ...states } = statesOf(recording);
  const args = { ...states, y: y + column, dy: dy + column, winners, size, add: Number(add) };
  return [args, rowGroups(layout.width, () => batch.size.rows)] as const;
}

function addAttention(list: CallList, recording: Recording, attention: GpuAttention): void {
  const { layout, batch } = recording;
  const { width } = layout;
  const { A, R, weight, bias, context, g, u, a, column } = attention;
  const { h, y, ld, starts, lengths } = statesOf(recording);
  list.add(
    productNN,
    {
      ...{ x: h, lda: width, b: weight, bStep: 0, b1: bias, b2: 0, biasStep: 0, c: g, cStep: 0 },
      ...{ M: HEAD.tokens, K: width, N: A, folded: 0 },
    },
    () => [Math.ceil(A / TILE), Math.ceil(batch.size.tokens / TILE), 1],
  );
  list.add(attentionScores, { g, u, a, context, A, R }, () => [1, batch.size.tokens, 1]);
  list.add(attentionWeights, { a, R, starts, lengths }, () => [1, batch.size.rows, R]);
  list.add(
    attentionPool,
    { h, width, a, R, y: y + column, ld, starts, lengths },
    rowGroups(R * width, () => batch.size.rows),
  );
}

/** From dy to ds, from ds to dg, and from dg to dW, db and the states; dv = Σ_t ds_t u_t. */
function addAttentionBackward(list: CallList, recording: Recording, attention: GpuAttention): void {
  const { layout, batch } = recording;
  const { width, grad } = layout;
  const { A, R, weight, bias, context, g, u, a, ds, column } = attention;
  const { h, dh, y: pooled, dy: dPooled, ld, starts, lengths } = statesOf(recording);
  const { sequence } = batch;
  const [y, dy] = [pooled + column, dPooled + column];
  const tokens = () => batch.size.tokens;
  list.add(attentionWeightsBackward, { h, width, y, dy, ld, ds, R, sequence }, () => [1, tokens(), 1]);
  list.add(attentionSoftmaxBackward, { a, ds, R, starts, lengths }, () => [1, batch.size.rows, R]);
  list.add(attentionTanhBackward, { g, u, ds, context, A, R }, rowGroups(A, tokens));
  list.add(
    productNT,
    {
      ...{ x: g, lda: A, xStep: 0, b: weight, bStep: 0, c: dh },
      ...{ M: HEAD.tokens, K: A, N: width, parts: 1 },
    },
    () => [Math.ceil(width / TILE), Math.ceil(tokens() / TILE), 1],
  );
  list.add(attentionStatesBackward, { dh, width, a, R, dy, ld, sequence }, rowGroups(width, tokens));
  addProductsTN(list, recording, HEAD.tokens, [
    {
      ...{ x: h, ldx: width, index: 0, y: g, ldy: A, c: grad + weight, ldc: A },
      ...{ M: width, N: A, bias: grad + bias },
    },
    {
      ...{ x: ds, ldx: R, index: 0, y: u, ldy: A, c: grad + context, ldc: A },
      ...{ M: R, N: A, bias: ABSENT },
    },
  ]);
}
