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

test('an average is told with both weights, what was fitted again, and by how much it is better', () => {
  const choice: ChoiceRecord = {
    chosen: 'average',
    weight: 0.3,
    best_weight: 0.35,
    documents: 200,
    network: 'bilstm',
    gain: { mean: 0.0514, standard_error: 0.0126 },
    scores: {
      linear: { accuracy: 0.9, log_loss: 0.3 },
      network: { accuracy: 0.88, log_loss: 0.35 },
      average: { accuracy: 0.92, log_loss: 0.25 },
    },
  };
  const better = 'its log loss is lower than that of the linear model by 0.051 ± 0.013 (standard error)';
  assert.deepEqual(choiceSentences(choice), [
    'accuracy on 200 validation documents: linear 90.0 % with log loss 0.300; bilstm 88.0 % with log loss 0.350; their average (35 % bilstm) 92.0 % with log loss 0.250',
    `the average (30 % bilstm, 70 % linear) was chosen and its linear part fitted again to training and validation documents: ${better}`,
  ]);
  const network: ChoiceRecord = { ...choice, chosen: 'network', weight: 1, best_weight: 1, refit: true };
  const [tried, chosen] = choiceSentences(network);
  assert.doesNotMatch(tried, /average/);
  assert.equal(
    chosen,
    `bilstm alone was chosen and trained again on training and validation documents: ${better}`,
  );
  // not better by enough: who was it that may be better by chance
  for (const [best_weight, who] of [
    [1, 'bilstm'],
    [0.35, 'the average'],
  ] as const)
    // prettier-ignore
    assert.match(
      choiceSentences({ ...choice, chosen: 'linear', best_weight })[1],
      new RegExp(`: ${who} has a log loss lower by 0\\.051 ± 0\\.013 .*, which may be chance on 200 documents$`),
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
