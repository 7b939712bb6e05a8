import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DataError } from '../core/errors.ts';
import { createDataset } from './dataset.ts';
import { leaveOutRareClasses, withoutClasses } from './rare-classes.ts';

const of = (labels: string) =>
  createDataset([...labels].map((label, row) => ({ text: `text ${row}`, label, row })));

test('classes of few documents are left out and named; row numbers stay those of the source', () => {
  const left = leaveOutRareClasses(of('abcbcc'), 2);
  assert.deepEqual(left.labelNames, ['b', 'c']);
  assert.deepEqual([...left.labels], [0, 1, 0, 1, 1]);
  assert.deepEqual([...left.rowIds], [1, 2, 3, 4, 5]);
  assert.deepEqual(left.texts, ['text 1', 'text 2', 'text 3', 'text 4', 'text 5']);
  assert.deepEqual(left.notices, ['1 document of 1 class with fewer than 2 documents left out: "a"']);
  const without = createDataset([...'bcbcc'].map((label, i) => ({ text: `text ${i + 1}`, label, row: i })));
  assert.equal(left.hash, without.hash);
});

test('nothing changes where every class has enough documents; where none has, that is said', () => {
  const all = of('aabb');
  assert.equal(leaveOutRareClasses(all, 2), all);
  assert.throws(
    () => leaveOutRareClasses(all, 3),
    (error) =>
      error instanceof DataError && /must have 3 documents.*the largest of data has 2/.test(error.message),
  );
});

test('classes by their names, those that are there', () => {
  const left = withoutClasses(of('abcb'), ['b', 'z'], 'left out');
  assert.deepEqual(
    [left.labelNames, [...left.labels], [...left.rowIds]],
    [
      ['a', 'c'],
      [0, 1],
      [0, 2],
    ],
  );
  assert.deepEqual(left.notices, ['2 documents of 1 class left out: "b"']);
});
