/** What is said of the choice between a network and the linear model must be true of its numbers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseModel } from '../classifier/choose.ts';
import type { ChoiceRecord } from '../run/index.ts';
import { choiceSentences } from './choice.ts';

/** The record of a choice on documents of two classes, from the probabilities of the true class, which is the first. */
function recordOf(network: readonly number[], linear: readonly number[]): ChoiceRecord {
  const both = (list: readonly number[]) => Float64Array.from(list.flatMap((p) => [p, 1 - p]));
  const labels = new Int32Array(network.length);
  const choice = chooseModel({ labels, classes: 2, network: both(network), linear: both(linear) });
  return { ...choice, network: 'bilstm' };
}

test('on two documents a network with a lower log loss is not preferred, and its log loss is not denied', () => {
  const sentences = choiceSentences(recordOf([0.9, 0.9], [0.5, 0.5]));
  assert.deepEqual(sentences, [
    'accuracy on 2 validation documents: linear 100.0 % with log loss 0.693; bilstm 100.0 % with log loss 0.105',
    'the linear model was chosen and fitted again to training and validation documents: 2 documents are too few to prefer bilstm',
  ]);
});

test('a network that is worse', () => {
  assert.match(
    choiceSentences(recordOf([0.5, 0.5], [0.9, 0.9]))[1],
    /^the linear model was chosen and fitted again .*: no average with bilstm has a clearly lower log loss$/,
  );
});

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
