/** R-drop: the loss and the gradients of PyTorch; gradients through a network are in `gradients.test.ts`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arena, padded } from '../src/core/arena.ts';
import { createReferenceEngine } from '../src/engine/index.ts';
import { losses } from '../src/nn/losses/index.ts';
import { layRDrop, lossOfBoth } from '../src/models/recurrent/r-drop.ts';
import { recurrentOptions } from '../src/models/options.ts';
import { distance, loadTorch, values } from './golden/load.ts';

const network = recurrentOptions({ dropout: 0.1 });

for (const [n, one] of loadTorch('r-drop').cases.entries()) {
  test(`case ${n}: loss and gradients of both passes equal PyTorch`, () => {
    const [B, C] = one.first.shape;
    const ld = padded(C);
    const arena = new Arena();
    const rDrop = layRDrop(arena, { alpha: one.alpha, rows: B, ld, classes: C }, network);
    assert.ok(rDrop);
    const [second, dLogits, labels] = ['second', 'grad', 'labels'].map((name) => arena.alloc(name, B * ld));
    const engine = createReferenceEngine({ words: arena.words, precision: 'float64' });
    const { f, i } = engine;
    const write = (at: number, from: Float64Array) => {
      for (let b = 0; b < B; b++) f.set(from.subarray(b * C, (b + 1) * C), at + b * ld);
    };
    const read = (at: number) =>
      Array.from({ length: B }, (_, b) => Array.from(f.subarray(at + b * ld, at + b * ld + C))).flat();
    write(rDrop.first, values(one.first));
    write(second, values(one.second));
    i.set(one.labels, labels);
    const context = { classes: C, ...(one.weights && { weights: one.weights }) };
    const loss = losses.create({ type: 'cross_entropy', label_smoothing: one.label_smoothing }, context);
    const input = { f, i, logits: second, ld, labels, B, dLogits };
    const result = lossOfBoth(rDrop, { engine }, (each) => loss.run(each), input);
    assert.ok(Math.abs(result.loss / one.loss - 1) < 1e-12);
    assert.ok(distance(read(rDrop.dFirst), values(one.d_first)) < 1e-12);
    assert.ok(distance(read(dLogits), values(one.d_second)) < 1e-12);
  });
}

test('a network without dropout is refused, since its two passes are the same', () => {
  const lay = (given: object) =>
    layRDrop(new Arena(), { alpha: 1, rows: 2, ld: 8, classes: 2 }, recurrentOptions(given));
  assert.throws(() => lay({ dropout: 0 }), /\[train.r_drop\] must be 0 for a network without dropout/);
  for (const drops of [{ dropout: 0.1 }, { dropout: 0, embedding_dropout: 0.1 }]) assert.ok(lay(drops));
});
