import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CorruptFileError } from '../core/errors.ts';
import { createMargins } from './margins.ts';

test('the area under the margin is the mean of the log odds against the nearest other class', () => {
  const margins = createMargins(3);
  margins.add(Int32Array.of(2, 0), Int32Array.of(1, 0), Float64Array.of(0.3, 0.6, 0.1, 0.2, 0.4, 0.4));
  margins.add(Int32Array.of(2), Int32Array.of(1), Float64Array.of(0.1, 0.8, 0.1));
  const [first, never, last] = margins.area();
  assert.ok(Math.abs(first - Math.log(0.5)) < 1e-6, String(first));
  assert.ok(Number.isNaN(never));
  assert.ok(Math.abs(last - (Math.log(2) + Math.log(8)) / 2) < 1e-6, String(last));
  // what float32 rounded to 0 is a large margin, but not an infinite one
  margins.add(Int32Array.of(1), Int32Array.of(0), Float64Array.of(0, 1, 0));
  assert.ok(margins.area()[1] < -50 && Number.isFinite(margins.area()[1]));
});

test('a checkpoint has all that was collected, and is refused for other documents', () => {
  const margins = createMargins(2);
  margins.add(Int32Array.of(0, 1), Int32Array.of(0, 0), Float64Array.of(0.7, 0.3, 0.1, 0.9));
  const again = createMargins(2);
  again.restore(margins.tensors());
  assert.deepEqual(again.area(), margins.area());
  assert.throws(() => createMargins(3).restore(margins.tensors()), CorruptFileError);
  assert.throws(() => createMargins(2).restore({}), /must have margins\.sum of 2 documents, but has none/);
});
