import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { writeModelCard, type CardResults, type ModelCard } from './model-card.ts';

const test: CardResults & { accuracy_ci95: [number, number] } = {
  documents: 223,
  accuracy: 0.9507,
  accuracy_ci95: [0.9192, 0.9776],
  macro_f1: 0.949,
  weighted_f1: 0.9505,
  mcc: 0.938,
  log_loss: 0.1832,
  per_class: [
    { label: 'business', precision: 0.9, recall: 0.92, f1: 0.91, support: 51 },
    { label: 'tech | new', precision: 0.97, recall: 0.96, f1: 0.965, support: 21 },
  ],
  confusion_matrix: [
    [47, 4],
    [1, 20],
  ],
};
const card: ModelCard = {
  name: 'news: 1',
  model: { type: 'lstm', bidirectional: true, pooling: ['last', 'mean'] },
  text: { tokenizer: 'word', max_length: 50, truncation: 'head' },
  params: 1_301_253,
  labelNames: ['business', 'tech | new'],
  vocabularySize: 5000,
  data: {
    name: 'bbc-news',
    hash: 'ab12',
    train: 1780,
    val: 222,
    test: 223,
    notices: ['98 exact copies <kept> on one side'],
  },
  training: { seed: 0, epochs: 12, bestEpoch: 7, command: 'unroll train news.csv' },
  test,
  unrollVersion: '0.1.0',
};

function split(text: string): { front: Record<string, unknown>; body: string } {
  const [, front, body] = /^---\n(.*?)\n---\n(.*)$/s.exec(text) ?? [];
  return { front: parse(front) as Record<string, unknown>, body };
}

describe('the model card', () => {
  const { front, body } = split(writeModelCard(card));

  it('has the front matter that the hub reads, with what was measured', () => {
    assert.equal(front['library_name'], 'unroll');
    assert.equal(front['pipeline_tag'], 'text-classification');
    assert.ok(!('license' in front), 'a licence nobody chose is not claimed');
    assert.deepEqual(front['model-index'], [
      {
        name: 'news: 1',
        results: [
          {
            task: { type: 'text-classification', name: 'Text Classification' },
            dataset: { name: 'bbc-news', type: 'bbc-news', split: 'test', args: { hash: 'ab12' } },
            metrics: [
              { type: 'accuracy', name: 'Test accuracy', value: 0.9507 },
              { type: 'f1', name: 'Test macro F1', value: 0.949, args: { average: 'macro' } },
              { type: 'f1', name: 'Test weighted F1', value: 0.9505, args: { average: 'weighted' } },
              { type: 'matthews_correlation', name: 'Test MCC', value: 0.938 },
              { type: 'log_loss', name: 'Test log loss', value: 0.1832 },
            ],
          },
        ],
      },
    ]);
  });

  it("tells the run's own numbers", () => {
    assert.match(body, /bidirectional LSTM with 1,301,253 parameters .* 12 epochs.* epoch 7/);
    assert.match(body, /\| Accuracy \| 0\.9507 \| 0\.9192 to 0\.9776 \(95 %\) \|/);
    assert.match(body, /\| Macro F1 \| 0\.9490 \| – \|/);
    assert.match(body, /weakest class is business, with an F1 of 0\.910 on 51 documents/);
    assert.match(body, /to take business for tech \\\| new: 4 of 51 documents/);
    assert.match(body, /tech \\\| new rest on fewer than 30/);
    assert.match(body, /only the first 50 tokens are read/);
    assert.match(body, /1780 documents to train, 222 to validate, 223 to test.*`ab12`/);
    assert.match(body, /98 exact copies &lt;kept\\> on one side/);
    assert.match(body, /\| `model.pooling` \| `\["last","mean"\]` \|/);
  });

  it('keeps every table row whole, whatever the labels hold', () => {
    const hostile = writeModelCard({
      ...card,
      labelNames: ['a\n# b', '`|`'],
      test: { ...test, per_class: test.per_class.map((row, c) => ({ ...row, label: ['a\n# b', '`|`'][c] })) },
    });
    const rows = hostile.split('\n').filter((line) => line.startsWith('| '));
    for (const row of rows) assert.ok([3, 4, 6].includes(row.split(/(?<!\\)\|/).length - 1), row);
    assert.ok(!hostile.includes('\n# b'));
  });

  it('says so where nothing was measured', () => {
    const { test: _, ...untested } = card;
    const { front: plain, body: text } = split(
      writeModelCard({ ...untested, license: 'mit', language: 'en' }),
    );
    assert.ok(!('model-index' in plain));
    assert.equal(plain['license'], 'mit');
    assert.match(text, /was not measured on test documents/);
    assert.doesNotMatch(text, /undefined|NaN/);
  });
});
