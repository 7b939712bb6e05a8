import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentencesOf } from './events.ts';

test('a promised precision: which texts get a label, and all of them where none is left out', () => {
  const promised = (threshold: number, labelled: number) =>
    sentencesOf({
      type: 'precision-promised',
      ...{ precision: 0.95, level: 0.95, bound: 0.951, documents: 400, errors: 2 },
      ...{ threshold, labelled },
    });
  assert.deepEqual(promised(0.5, 300), [
    'texts with a score above 0.500000 get a label: at least 95.0 % of the labels are correct, with 95.0 % confidence; of the 400 validation documents, 300 (75.0 %) get one, 2 of them wrong',
  ]);
  assert.match(promised(0, 400)[0], /^all texts get a label: at least 95\.0 %/);
});
