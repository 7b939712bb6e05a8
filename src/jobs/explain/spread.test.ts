import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spread } from './spread.ts';

test('a part of a list is spread over all of it, in its order, each item once', () => {
  assert.deepEqual(spread([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 5), [0, 2, 4, 6, 8]);
  assert.deepEqual(spread([0, 1, 2, 3, 4, 5, 6], 3), [0, 2, 4]);
  assert.deepEqual(spread(['a', 'b'], 2), ['a', 'b']);
  assert.deepEqual(spread(['a'], Infinity), ['a']);
  const sorted = ['ham', 'ham', 'ham', 'ham', 'spam', 'spam', 'spam', 'spam'];
  assert.deepEqual(new Set(spread(sorted, 3)), new Set(['ham', 'spam']));
});
