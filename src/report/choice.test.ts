import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChoiceRecord } from '../run/index.ts';
import { choiceSentences } from './choice.ts';

test('without validation documents, nothing is said to be learned from them', () => {
  const choice: ChoiceRecord = {
    chosen: 'linear',
    weight: 0,
    best_weight: 0,
    documents: 0,
    network: 'BiLSTM',
    gain: null,
    scores: null,
  };
  assert.deepEqual(choiceSentences(choice), [
    'the linear model was chosen: there are no validation documents to choose by',
  ]);
  const gain = { mean: 0.01, standard_error: 0.02 };
  const [sentence] = choiceSentences({ ...choice, documents: 20, best_weight: 0.5, gain });
  assert.match(
    sentence,
    /^the linear model was chosen and fitted again to training and validation documents: /,
  );
});
