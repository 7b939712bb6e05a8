import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRng } from '../../../core/rng.ts';
import { createSorter, sortedOrder } from './order.ts';

/** By definition: ascending, equal values in their order. */
function byDefinition(values: ArrayLike<number>): number[] {
  return Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b] || a - b);
}

test('sortedOrder is ascending and stable', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 200 }), (list) => {
      assert.deepEqual([...sortedOrder(Float64Array.from(list))], byDefinition(list));
    }),
  );
});

test('a sorter that goes on from its last order returns what sorting anew returns', () => {
  const rng = createRng(3);
  const sort = createSorter();
  const values = Array.from({ length: 400 }, () => rng.int(60));
  for (let n = 60; n < 400; n += 1 + rng.int(9)) {
    // trials come and go between good and bad
    const ids = Array.from({ length: n }, (_, i) => i).filter(() => rng.float() < 0.9);
    const column = Float64Array.from(ids, (id) => values[id]);
    assert.deepEqual([...sort('x', column, Int32Array.from(ids))], byDefinition(column));
    // another parameter, and another study under the same name
    const other = Float64Array.from(ids, () => rng.float());
    assert.deepEqual([...sort(n % 2 ? 'x' : 'y', other, Int32Array.from(ids))], byDefinition(other));
  }
});
