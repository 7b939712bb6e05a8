/** The kernel calls of the forward pass: word vectors → recurrent layers → poolings → dropout → linear → outputs. */
import { HEAD } from '../../../engine/webgpu/kernel.ts';
import { productNN, TILE } from '../../../engine/webgpu/kernels/matrix.ts';
import {
  columnsOf,
  recurrentForward,
  type RecurrentKernelOptions,
} from '../../../engine/webgpu/kernels/recurrent.ts';
import { dropout, STREAMS } from '../../../engine/webgpu/kernels/dropout.ts';
import { gather } from '../../../engine/webgpu/kernels/rows.ts';
import type { CallList } from '../../../engine/webgpu/program.ts';
import { dropoutThreshold } from '../../../nn/context.ts';
import { floatBits, type Recording, rowGroups } from './calls.ts';
import type { GpuLayer } from './layout.ts';
import { addNgrams } from './ngrams.ts';
import { addPoolings } from './pooling.ts';
import { addWeightDrop } from './weight-drop.ts';

/** Weights stay in registers where a column has at most this many, and a workgroup has no more than a processor's registers. */
const MOST_REGISTERS = { column: 128, workgroup: 65536 };

/** How the recurrent kernels are made. */
export function recurrentOptions({
  layout: { cell, H, sequences, columns },
  facts,
}: Recording): RecurrentKernelOptions {
  const { invocations } = facts;
  const registers = H <= MOST_REGISTERS.column && columns * H <= MOST_REGISTERS.workgroup;
  return {
    cell,
    H,
    sequences,
    invocations,
    registers: registers && columnsOf({ cell, H, invocations }).columns === 1,
  };
}

/** Dropout on rows of n words; the same call on the gradient is the backward pass. */
export function addDropout(
  list: CallList,
  { layout, batch, keys }: Recording,
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
        key: keys.of('dropout', name),
        threshold: dropoutThreshold(p),
      },
      ...{ keep: floatBits(1 / (1 - p)), by: batch.sequence },
      stream: variational ? STREAMS.sequence : STREAMS.row,
    },
    rowGroups(n, () => batch.size[rows]),
  );
}

/** Dropout of whole words. */
export function addTypeDropout(list: CallList, { layout, batch, keys }: Recording, x: number): void {
  const { word_type_dropout: p } = layout.plan.shape.model;
  list.add(
    dropout,
    {
      ...{ to: x, source: x, n: layout.D, rows: HEAD.tokens, key: keys.of('word_type_dropout', 'embedding') },
      ...{ threshold: Math.min(4294967295, Math.ceil(p * 4294967296)), keep: floatBits(1 / (1 - p)) },
      ...{ by: batch.ids, stream: STREAMS.word },
    },
    rowGroups(layout.D, () => batch.size.tokens),
  );
}

/** The arguments that both recurrent kernels share. */
export function recurrentArguments({ layout, batch }: Recording, layer: GpuLayer, training: boolean) {
  const { g, gStep, u, uStep, dOut, c, cStep, tc, bhh, whhT, tStep } = layer;
  const { whh, wStep } = training ? layer.seen : layer;
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
  };
}

/** Records the forward pass; `training` with dropout. */
export function addForward(list: CallList, recording: Recording, training: boolean): void {
  const { layout, batch } = recording;
  const { model } = layout.plan.shape;
  const { D, x } = layout;
  const tokens = () => batch.size.tokens;
  list.add(
    gather,
    { to: x, table: layout.at('embedding.weight'), ids: batch.ids, n: D },
    rowGroups(D, tokens),
  );
  addNgrams(list, recording);
  if (training && model.word_type_dropout > 0) addTypeDropout(list, recording, x);
  const { embedding_dropout: p } = model;
  if (training && p > 0)
    addDropout(list, recording, { name: 'embedding', p, rows: 'tokens', n: D, to: x, from: x });
  for (const layer of layout.layers) addLayer(list, recording, layer, training);
  const { pooled, dropped, logits, ldC } = layout;
  const { features } = layout.pools;
  addPoolings(list, recording);
  const drops = training && dropped !== pooled;
  if (drops)
    addDropout(list, recording, {
      name: 'head',
      p: model.dropout,
      rows: 'rows',
      n: features,
      to: dropped,
      from: pooled,
    });
  list.add(
    productNN,
    {
      ...{ x: drops ? dropped : pooled, lda: features, b: layout.at('classifier.weight'), bStep: 0 },
      ...{ b1: layout.at('classifier.bias'), b2: 0, biasStep: 0, c: logits, cStep: 0 },
      ...{ M: HEAD.rows, K: features, N: ldC, folded: 0 },
    },
    () => [Math.ceil(ldC / TILE), Math.ceil(batch.size.rows / TILE), 1],
  );
}

function addLayer(list: CallList, recording: Recording, layer: GpuLayer, training: boolean): void {
  const { layout, batch } = recording;
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
  list.add(
    recurrentForward(recurrentOptions(recording)),
    recurrentArguments(recording, layer, training),
    () => [Math.ceil(batch.size.rows / layout.sequences), directions, 1],
  );
}
