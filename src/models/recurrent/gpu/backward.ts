/** The kernel calls of the backward pass. */
import { HEAD } from '../../../engine/webgpu/kernel.ts';
import { productNT, TILE, type TNPart, transpose } from '../../../engine/webgpu/kernels/matrix.ts';
import { recurrentBackward } from '../../../engine/webgpu/kernels/recurrent.ts';
import { scatterAdd } from '../../../engine/webgpu/kernels/rows.ts';
import type { CallList } from '../../../engine/webgpu/program.ts';
import { addProductsTN, type Recording, rowGroups } from './calls.ts';
import { addDropout, addPacked, addTypeDropout, recurrentArguments, recurrentOptions } from './forward.ts';
import type { GpuLayer } from './layout.ts';
import { addMixedRows } from './mixup.ts';
import { addNgramsBackward } from './ngrams.ts';
import { addPoolingsBackward } from './pooling.ts';

/** Records the way from the gradient of the outputs to that of the token vectors. */
export function addThroughVectors(list: CallList, recording: Recording): void {
  addHeadBackward(list, recording);
  addPoolingsBackward(list, recording);
  for (const layer of recording.layout.layers.toReversed()) addLayerBackward(list, recording, layer);
}

/** Records the way from there to the gradients of the tables. */
export function addEmbeddingBackward(list: CallList, recording: Recording): void {
  const { layout, batch, pass } = recording;
  const { embedding_dropout: p, word_type_dropout } = layout.plan.shape.model;
  const { D, dx } = layout;
  if (p > 0) addDropout(list, recording, { name: 'embedding', p, rows: 'tokens', n: D, to: dx, from: dx });
  if (word_type_dropout > 0) addTypeDropout(list, recording, dx);
  addNgramsBackward(list, recording);
  const { values: ids, starts, rows } = batch.lists;
  const table = layout.grad + layout.at('embedding.weight');
  list.add(
    scatterAdd,
    { table, source: dx, ids, starts, rows, n: D, add: Number(pass.adds) },
    rowGroups(D, () => Math.max(1, batch.size.ids)),
  );
}

function addHeadBackward(list: CallList, recording: Recording): void {
  const { layout, batch, pass } = recording;
  const { dPooled, dropped, pooled, ldC, grad, mixup } = layout;
  const { features } = layout.pools;
  const weight = layout.at('classifier.weight');
  const { mixed, dMixed } = mixup ?? { mixed: dropped, dMixed: dPooled };
  const { dz } = pass.outputs;
  list.add(
    productNT,
    {
      ...{ x: dz, lda: ldC, xStep: 0, b: weight, bStep: 0, c: dMixed },
      ...{ M: HEAD.rows, K: ldC, N: features, parts: 1 },
    },
    () => [Math.ceil(features / TILE), Math.ceil(batch.size.rows / TILE), 1],
  );
  addProductsTN(list, recording, HEAD.rows, [
    {
      ...{ x: mixed, ldx: features, index: 0, y: dz, ldy: ldC, c: grad + weight, ldc: ldC },
      ...{ M: features, N: ldC, bias: grad + layout.at('classifier.bias') },
    },
  ]);
  if (mixup) addMixedRows(list, recording, { to: dPooled, from: dMixed, by: 'inverse' });
  if (dropped === pooled) return;
  const { dropout: p } = layout.plan.shape.model;
  addDropout(list, recording, { name: 'head', p, rows: 'rows', n: features, to: dPooled, from: dPooled });
}

function addLayerBackward(list: CallList, recording: Recording, layer: GpuLayer): void {
  const { layout, batch } = recording;
  const { H, directions, columns } = layout;
  const { I, dx, g, gStep, wih, wStep, whhT, tStep } = layer;
  const options = recurrentOptions(recording);
  if (options.half) {
    addPacked(list, recording, layer, true);
  } else if (!options.registers) {
    const args = { b: layer.seen.whh, bStep: layer.seen.wStep, c: whhT, cStep: tStep, M: H, N: columns };
    list.add(transpose, args, () => [columns / 16, H / 16, directions]);
  }
  list.add(recurrentBackward(options), recurrentArguments(recording, layer), () => [
    Math.ceil(batch.size.rows / layout.sequences),
    directions,
    1,
  ]);
  list.add(
    productNT,
    {
      ...{ x: g, lda: columns, xStep: gStep, b: wih, bStep: wStep, c: dx },
      ...{ M: HEAD.tokens, K: columns, N: I, parts: directions },
    },
    () => [Math.ceil(I / TILE), Math.ceil(batch.size.tokens / TILE), 1],
  );
  addProductsTN(
    list,
    recording,
    HEAD.tokens,
    Array.from({ length: directions }, (_, d) => weightParts(recording, layer, d)).flat(),
  );
  if (!layer.dropout) return;
  const { dropout: p } = layout.plan.shape.model;
  addDropout(list, recording, { name: `rnn.l${layer.index}`, p, rows: 'tokens', n: I, to: dx, from: dx });
}

/** dW_ih = Xᵀ·dG, dW_hh = H'ᵀ·[dG dU] and the biases of one direction. */
function weightParts({ layout, batch }: Recording, layer: GpuLayer, d: number): TNPart[] {
  const { H, columns, folded, directions, grad } = layout;
  const { wih, whh, bih, bhh, wStep } = layer;
  const to = grad + d * wStep;
  const g = layer.g + d * layer.gStep;
  const hidden = {
    ...{ x: layer.out + d * H, ldx: directions * H, index: d === 1 ? batch.after : batch.before },
    ...{ ldc: columns, M: H },
  };
  const folding = { ...hidden, y: g, ldy: columns, c: to + whh, N: folded, bias: to + bhh };
  const apart = {
    ...{ ...hidden, y: layer.u + d * layer.uStep, ldy: H, c: to + whh + folded },
    ...{ N: columns - folded, bias: to + bhh + folded },
  };
  return [
    {
      ...{ x: layer.x, ldx: layer.I, index: 0, y: g, ldy: columns, c: to + wih, ldc: columns },
      ...{ M: layer.I, N: columns, bias: to + bih },
    },
    folding,
    ...(folded < columns ? [apart] : []),
  ];
}
