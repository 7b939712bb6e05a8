import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowLists } from './row-lists.ts';

test('each value has its rows in order; what is left out has none, also in the next batch', () => {
  let next = 3;
  const lists = new RowLists((words) => (next += words) - words, 9, 8);
  const i = new Int32Array(next);
  const write = (values: readonly number[]) => {
    const different = lists.write(
      i,
      values.length,
      (e) => values[e],
      (e) => 10 * e,
    );
    return Array.from({ length: different }, (_, u) => [
      i[lists.values + u],
      [...i.subarray(lists.rows + i[lists.starts + u], lists.rows + i[lists.starts + u + 1])],
    ]);
  };
  assert.deepEqual(write([8, 2, -1, 8, 0, 8]), [
    [8, [0, 30, 50]],
    [2, [10]],
    [0, [40]],
  ]);
  assert.deepEqual(write([2, 2]), [[2, [0, 10]]]);
  assert.deepEqual(write([-1]), []);
  assert.deepEqual(
    write([0, 1, 2, 3, 4, 5, 6, 7]).map(([value]) => value),
    [0, 1, 2, 3, 4, 5, 6, 7],
  );
});
