import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CorruptFileError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import { dequantise, isQuantised, quantise } from './int8.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

const rng = createRng(3);
const [R, C] = [5, 16];
const data = Float32Array.from({ length: R * C }, (_, i) =>
  i < C ? 0 : rng.uniform(-1, 1) * 10 ** Math.floor(i / C),
);
const tensors = {
  'embedding.weight': { shape: [R, C], data },
  'classifier.bias': { shape: [3], data: Float32Array.of(0.1, 0.2, 0.3) },
};

test('int8: through a file and back, each number is within half a step of its row', () => {
  for (const bits of [8, 4]) {
    const file = writeSafetensors(quantise(tensors, () => bits));
    const back = dequantise(readSafetensors(file).tensors, 'model.safetensors');
    assert.deepEqual(Object.keys(back).sort(), Object.keys(tensors).sort());
    assert.deepEqual(back['classifier.bias'].data, tensors['classifier.bias'].data);
    const found = back['embedding.weight'].data as Float32Array;
    for (let r = 0; r < R; r++) {
      const row = data.subarray(r * C, (r + 1) * C);
      const step = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / (2 ** (bits - 1) - 1);
      for (const [c, value] of row.entries())
        assert.ok(Math.abs(found[r * C + c] - value) <= step / 2 + 1e-6 * Math.abs(value), `${r}, ${c}`);
    }
  }
});

test('int8: a matrix takes a quarter of its size and its scales; zero stays zero', () => {
  const { data: q } = quantise(tensors)['embedding.weight'];
  assert.equal(q.byteLength, data.byteLength / 4);
  assert.ok(q.slice(0, C).every((value) => Number(value) === 0));
  assert.equal(isQuantised(quantise(tensors)), true);
  assert.equal(isQuantised(tensors), false);
});

test('int8: scales that are missing or too few are refused', () => {
  const { 'embedding.weight.scale': scale, ...rest } = quantise(tensors);
  assert.throws(() => dequantise(rest, 'm.safetensors'), CorruptFileError);
  const short = { shape: [R - 1], data: (scale.data as Float32Array).slice(1) };
  assert.throws(() => dequantise({ ...rest, 'embedding.weight.scale': short }, 'm'), CorruptFileError);
});
