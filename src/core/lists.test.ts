import assert from 'node:assert/strict';
import { test } from 'node:test';
import { append, maxOf, minOf, tally } from './lists.ts';

const many = Array.from({ length: 1_000_000 }, (_, i) => (i * 7919) % 1_000_003);

test('maxOf, minOf and append take a million values, more than a call takes arguments', () => {
  assert.throws(() => Math.max(...many), RangeError, 'or the helpers are not needed any more');
  assert.equal(
    maxOf(many),
    many.reduce((a, b) => (a > b ? a : b)),
  );
  assert.equal(minOf(many), 0);
  const list = [-1];
  append(list, many);
  assert.deepEqual([list.length, list[0], list.at(-1)], [1_000_001, -1, many.at(-1)]);
});

test('maxOf and minOf agree with Math.max and Math.min on few values, none, NaN, infinities and -0', () => {
  for (const values of [[], [3], [1, 2, -3], [1, NaN, 2], [-Infinity, Infinity], [-0, 0], [0, -0], [-0]]) {
    assert.ok(Object.is(maxOf(values), Math.max(...values)), `maxOf ${values}`);
    assert.ok(Object.is(minOf(values), Math.min(...values)), `minOf ${values}`);
  }
});

test('maxOf and minOf compare the number that a function gives, of any iterable', () => {
  const words = new Set(['three', 'a', 'letters']);
  assert.equal(
    maxOf(words, ({ length }) => length),
    7,
  );
  assert.equal(
    minOf(words, ({ length }) => length),
    1,
  );
});

test('tally counts every id, also those that never occur', () => {
  assert.deepEqual(tally(Int32Array.of(2, 0, 2, 2), 4), [1, 0, 3, 0]);
  assert.deepEqual(tally([], 2), [0, 0]);
});
