import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accuracyByTokens } from './tokens-read.ts';

/** Documents whose class is their last token, and a model that knows it where it reads it. */
const sequences = [3, 12, 12, 40].map((length, n) =>
  Int32Array.from({ length }, (_, t) => (t === length - 1 ? n % 2 : 7)),
);
const labels = Int32Array.of(0, 1, 0, 1);
const predict = (read: readonly Int32Array[]) =>
  Float64Array.from(
    read.flatMap((ids) => (ids.at(-1) === 1 ? [0.1, 0.9] : ids.at(-1) === 0 ? [0.9, 0.1] : [0.4, 0.6])),
  );
const documents = { sequences, labels };

test('documents are cut as the model cuts them, and all that is read comes last', () => {
  assert.deepEqual(accuracyByTokens({ ...documents, truncation: 'head' }, predict), [
    { tokens: 5, documents: 4, correct: 3 },
    { tokens: 10, documents: 4, correct: 3 },
    { tokens: 20, documents: 4, correct: 4 },
    { tokens: 40, documents: 4, correct: 4 },
  ]);
  const tail = accuracyByTokens({ ...documents, truncation: 'tail' }, predict);
  assert.deepEqual(tail?.map(({ correct }) => correct), [4, 4, 4, 4]); // prettier-ignore
  // thresholds decide as in a prediction: the first class needs next to nothing
  const low = accuracyByTokens({ ...documents, truncation: 'head', thresholds: [1e-6, 1] }, predict);
  assert.deepEqual(low?.map(({ correct }) => correct), [2, 2, 2, 2]); // prettier-ignore
});

test('of many documents the first 2000 are read', () => {
  const many = Array.from({ length: 2010 }, (_, n) =>
    Int32Array.from({ length: 6 }, () => (n < 2000 ? 1 : 0)),
  );
  const curve = accuracyByTokens(
    { sequences: many, labels: new Int32Array(2010).fill(1), truncation: 'head' },
    predict,
  );
  assert.deepEqual(curve, [5, 6].map((tokens) => ({ tokens, documents: 2000, correct: 2000 }))); // prettier-ignore
});

test('short documents have no curve', () => {
  const short = { ...documents, sequences: sequences.map((ids) => ids.subarray(0, 5)) };
  assert.equal(accuracyByTokens({ ...short, truncation: 'head' }, predict), undefined);
});
