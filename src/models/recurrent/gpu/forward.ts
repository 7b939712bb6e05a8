/** The kernel calls of the forward pass: word vectors → recurrent layers → poolings → dropout → linear → outputs. */
import { HEAD } from '../../../engine/webgpu/kernel.ts';
import { productNN, TILE } from '../../../engine/webgpu/kernels/matrix.ts';
import {
  columnsOf,
  recurrentForward,
  type RecurrentKernelOptions,
} from '../../../engine/webgpu/kernels/recurrent.ts';
import { dropout, STREAMS } from '../../../engine/webgpu/kernels/dropout.ts';
import { ROW_GROUP } from '../../../engine/webgpu/kernels/functions.ts';
import { packHalf, packHalfTransposed } from '../../../engine/webgpu/kernels/half.ts';
import { gather } from '../../../engine/webgpu/kernels/rows.ts';
import type { CallList } from '../../../engine/webgpu/program.ts';
import { dropoutThreshold } from '../../../nn/context.ts';
import { floatBits, type Recording, rowGroups } from './calls.ts';
import type { GpuLayer } from './layout.ts';
import { addMixedRows } from './mixup.ts';
import { addNgrams } from './ngrams.ts';
import { addPoolings } from './pooling.ts';
import { addWeightDrop } from './weight-drop.ts';

/** Weights stay in registers where a column has at most this many, and a workgroup has no more than a processor's registers. */
const MOST_REGISTERS = { column: 128, workgroup: 65536 };

/** How the recurrent kernels are made. */
export function recurrentOptions({
  layout: { cell, H, sequences, columns, plan },
  facts,
  pass,
}: Recording): RecurrentKernelOptions {
  const { invocations } = facts;
  const fit = H <= MOST_REGISTERS.column && columns * H <= MOST_REGISTERS.workgroup;
  const registers = fit && columnsOf({ cell, H, invocations }).columns === 1;
  return {
    cell,
    H,
    sequences,
    invocations,
    registers,
    half: !registers && pass.training && plan.training?.halfWeights === true,
  };
}

/** Dropout on rows of n words; the same call on the gradient is the backward pass. */
export function addDropout(
  list: CallList,
  { layout, batch, keys, pass }: Recording,
  {
    name,
    p,
    rows,
    n,
    to,
    from,
  }: { name: string; p: number; rows: 'tokens' | 'rows'; n: number; to: number; from: number },
): void {
  const variational = layout.plan.shape.model.variational_dropout && rows === 'tokens';
  list.add(
    dropout,
    {
      ...{
        to,
        source: from,
        n,
        rows: HEAD[rows],
        key: keys.of('dropout', name, pass.masks),
        threshold: dropoutThreshold(p),
      },
      ...{ keep: floatBits(1 / (1 - p)), by: batch.sequence },
      stream: variational ? STREAMS.sequence : STREAMS.row,
    },
    rowGroups(n, () => batch.size[rows]),
  );
}

/** Dropout of whole words. */
export function addTypeDropout(list: CallList, { layout, batch, keys, pass }: Recording, x: number): void {
  const { word_type_dropout: p } = layout.plan.shape.model;
  list.add(
    dropout,
    {
      ...{ to: x, source: x, n: layout.D, rows: HEAD.tokens },
      key: keys.of('word_type_dropout', 'embedding', pass.masks),
      ...{ threshold: Math.min(4294967295, Math.ceil(p * 4294967296)), keep: floatBits(1 / (1 - p)) },
      ...{ by: batch.ids, stream: STREAMS.word },
    },
    rowGroups(layout.D, () => batch.size.tokens),
  );
}

/** The arguments that both recurrent kernels share. */
export function recurrentArguments({ layout, batch, pass }: Recording, layer: GpuLayer) {
  const { g, gStep, u, uStep, dOut, c, cStep, tc, bhh, whhT, tStep, packed, packedT, packedStep } = layer;
  const { whh, wStep } = pass.training ? layer.seen : layer;
  return {
    ...{
      g,
      gStep,
      u,
      uStep,
      h: layer.out,
      dOut,
      ldh: layout.width,
      c,
      cStep,
      tc,
      whh,
      wStep,
    },
    ...{ bhh, bStep: layer.wStep, whhT, tStep, starts: batch.starts, lengths: batch.lengths },
    ...{ packed, packedT, packedStep },
  };
}

/** Records the forward pass. */
export function addForward(list: CallList, recording: Recording): void {
  addEmbedding(list, recording);
  addForwardFromVectors(list, recording);
}

/** Records the vectors of the tokens. */
export function addEmbedding(list: CallList, recording: Recording): void {
  const { layout, batch, pass } = recording;
  const { word_type_dropout, embedding_dropout: p } = layout.plan.shape.model;
  const { D, x } = layout;
  list.add(
    gather,
    { to: x, table: layout.at('embedding.weight'), ids: batch.ids, n: D },
    rowGroups(D, () => batch.size.tokens),
  );
  addNgrams(list, recording);
  if (!pass.training) return;
  if (word_type_dropout > 0) addTypeDropout(list, recording, x);
  if (p > 0) addDropout(list, recording, { name: 'embedding', p, rows: 'tokens', n: D, to: x, from: x });
}

/** Records the same from the vectors of the tokens. */
export function addForwardFromVectors(list: CallList, recording: Recording): void {
  const { layout, batch, pass } = recording;
  for (const layer of layout.layers) addLayer(list, recording, layer);
  const { pooled, dropped, ldC, mixup } = layout;
  const { features } = layout.pools;
  addPoolings(list, recording);
  const drops = pass.training && dropped !== pooled;
  const { dropout: p } = layout.plan.shape.model;
  if (drops)
    addDropout(list, recording, { name: 'head', p, rows: 'rows', n: features, to: dropped, from: pooled });
  const vectors = drops ? dropped : pooled;
  const mixes = pass.training && mixup !== undefined;
  if (mixes) addMixedRows(list, recording, { to: mixup.mixed, from: vectors, by: 'partners' });
  list.add(
    productNN,
    {
      ...{ x: mixes ? mixup.mixed : vectors, lda: features, b: layout.at('classifier.weight'), bStep: 0 },
      ...{ b1: layout.at('classifier.bias'), b2: 0, biasStep: 0, c: pass.outputs.z, cStep: 0 },
      ...{ M: HEAD.rows, K: features, N: ldC, folded: 0 },
    },
    () => [Math.ceil(ldC / TILE), Math.ceil(batch.size.rows / TILE), 1],
  );
}

function addLayer(list: CallList, recording: Recording, layer: GpuLayer): void {
  const { layout, batch, pass } = recording;
  const { training } = pass;
  const { directions, columns, folded } = layout;
  const { I, below, x, g, gStep, wih, wStep, bih, bhh } = layer;
  const drops = training && layer.dropout;
  if (training) addWeightDrop(list, recording, layer);
  if (drops) {
    const { dropout: p } = layout.plan.shape.model;
    addDropout(list, recording, { name: `rnn.l${layer.index}`, p, rows: 'tokens', n: I, to: x, from: below });
  }
  list.add(
    productNN,
    {
      ...{ x: drops ? x : below, lda: I, b: wih, bStep: wStep, b1: bih, b2: bhh, biasStep: wStep },
      ...{ c: g, cStep: gStep, M: HEAD.tokens, K: I, N: columns, folded },
    },
    () => [Math.ceil(columns / TILE), Math.ceil(batch.size.tokens / TILE), directions],
  );
  const options = recurrentOptions(recording);
  if (options.half) addPacked(list, recording, layer);
  list.add(recurrentForward(options), recurrentArguments(recording, layer), () => [
    Math.ceil(batch.size.rows / layout.sequences),
    directions,
    1,
  ]);
}

/** W_hh in half precision, for the forward pass or, transposed, for the backward pass. */
export function addPacked(
  list: CallList,
  { layout: { H: M, columns: N, directions } }: Recording,
  { seen, packed, packedT, packedStep: step }: GpuLayer,
  transposed = false,
): void {
  const args = { b: seen.whh, bStep: seen.wStep, to: transposed ? packedT : packed, step, M, N };
  const [columns, rows] = transposed ? [M, N / 2] : [N, M / 2];
  list.add(transposed ? packHalfTransposed : packHalf, args, () => [
    Math.ceil(columns / ROW_GROUP),
    rows,
    directions,
  ]);
}
