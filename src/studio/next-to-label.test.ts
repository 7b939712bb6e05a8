import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextToLabel, uncertainty } from './next-to-label.ts';

test('uncertainty is 1 minus the margin between the two most probable classes', () => {
  assert.equal(uncertainty([1, 0, 0]), 0);
  assert.equal(uncertainty([0.5, 0.5]), 1);
  assert.ok(Math.abs(uncertainty([0.2, 0.7, 0.1]) - 0.5) < 1e-12);
});

test('the least certain texts come first, and of two that are alike only one', () => {
  const certain = { text: 'clear as day', probabilities: [0.99, 0.01] };
  const doubtful = { text: 'the parcel has not arrived', probabilities: [0.5, 0.5] };
  const copy = { text: 'The parcel has not arrived!', probabilities: [0.51, 0.49] };
  const other = { text: 'refund my invoice please', probabilities: [0.6, 0.4] };
  assert.deepEqual(nextToLabel([certain, doubtful, copy, other], 2), [1, 3]);
  assert.deepEqual(nextToLabel([certain, doubtful, copy, other], 10), [1, 3, 0, 2]);
  assert.deepEqual(nextToLabel([], 20), []);
});
