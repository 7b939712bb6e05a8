import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { auditDataset, excerpt } from './audit.ts';
import { createDataset } from './dataset.ts';
import { summarise } from './summary.ts';

const filler = (n: number) => Array.from({ length: 8 }, (_, k) => `word${n}x${k}`).join(' ');
const rows = [
  ['The same text!', 'a'],
  ['the same text', 'b'],
  ['the same text', 'b'],
  ['12 34 56 78 90', 'a'],
  ['lost \ufffd character here', 'a'],
  ['cafÃ© au lait please', 'a'],
  ['\u0007 bell in a text', 'a'],
  ['...', 'a'],
  ['short', 'a'],
  ['', 'a'],
  ['nothing', ''],
  [filler(1), 'a'],
  [filler(2), 'a'],
  [Array.from({ length: 1500 }, (_, i) => `long${i}`).join(' '), 'a'],
] as const;
const dataset = createDataset(
  rows.map(([text, label], row) => ({ text, label, row })),
  { name: 'small', source: 'small.csv' },
);
const audit = auditDataset(dataset, { text: { max_length: 10, vocabulary_size: 5 } });

suite('audit', () => {
  test('counts, imbalance, baseline', () => {
    assert.equal(audit.documents, 12);
    assert.deepEqual(audit.dropped, { empty_text: 1, empty_label: 1 });
    assert.deepEqual(
      audit.classes.map(({ label, documents, share }) => ({ label, documents, share })),
      [
        { label: 'a', documents: 10, share: 10 / 12 },
        { label: 'b', documents: 2, share: 2 / 12 },
      ],
    );
    assert.equal(audit.imbalance_ratio, 5);
    assert.deepEqual(audit.majority_baseline, { label: 'a', accuracy: 10 / 12 });
  });

  test('lengths and what is cut', () => {
    assert.equal(audit.lengths.tokens.max, 1500);
    assert.equal(audit.lengths.tokens.min, 0);
    assert.equal(audit.truncation.documents_cut, 1);
    assert.equal(audit.truncation.documents_cut_share, 1 / 12);
    const tokens = audit.vocabularies[0].tokens;
    assert.equal(audit.truncation.tokens_cut_share, 1490 / tokens);
  });

  test('vocabularies of each tokenizer, the configured one first', () => {
    assert.deepEqual(
      audit.vocabularies.map((v) => v.tokenizer),
      ['word', 'whitespace'],
    );
    const [word] = audit.vocabularies;
    assert.deepEqual(
      word.coverage.map((c) => c.vocabulary_size),
      [5, 1000],
    );
    // the three most frequent: the, same, text (3 each), of all tokens
    assert.equal(word.coverage[0].token_coverage, (3 + 3 + 4) / word.tokens);
    assert.equal(word.coverage[0].type_coverage, 3 / word.distinct_tokens);
  });

  test('copies, leakage, conflicts', () => {
    const { exact, normalised, near } = audit.duplicates;
    assert.deepEqual({ exact, normalised, near }, { exact: 1, normalised: 2, near: 2 });
    assert.deepEqual(audit.duplicates.examples, [{ rows: [0, 1, 2], text: 'The same text!' }]);
    // three documents that have each two copies: in training with probability 1 - 0.2²
    assert.ok(Math.abs(audit.leakage.test_share - (3 * (1 - 0.04)) / 12) < 1e-12);
    assert.deepEqual(audit.conflicts, {
      documents: 3,
      examples: [{ rows: [0, 1, 2], labels: ['a', 'b', 'b'], text: 'The same text!' }],
    });
  });

  test('odd rows, by row of the source', () => {
    assert.deepEqual(Object.fromEntries(audit.odd_rows.map(({ kind, rows: found }) => [kind, found])), {
      'no token': [7],
      'very short': [8],
      'very long': [13],
      'few letters': [3, 7],
      'replacement characters': [4],
      'wrongly decoded': [5],
      'control characters': [6],
    });
  });

  test('warnings speak of what matters, and a single class does not stop the audit', () => {
    assert.equal(audit.warnings.length, 4);
    assert.match(audit.warnings[0], /5\.0 times the size of "b"/);
    const single = auditDataset(createDataset([{ text: 'one', label: 'x', row: 0 }]));
    assert.match(single.warnings[0], /it cannot be trained on: .*at least two classes/);
    assert.equal(single.imbalance_ratio, 1);
  });

  test('is plain JSON', () => {
    assert.deepEqual(JSON.parse(JSON.stringify(audit)), audit);
  });
});

test('summary: quantiles interpolate, the histogram holds every value', () => {
  const { min, median, mean, p90, max, histogram } = summarise([4, 1, 3, 2]);
  assert.deepEqual({ min, median, mean, max }, { min: 1, median: 2.5, mean: 2.5, max: 4 });
  assert.ok(Math.abs(p90 - 3.7) < 1e-12);
  assert.equal(
    histogram.reduce((sum, bin) => sum + bin.documents, 0),
    4,
  );
  const giants = summarise([...Array.from({ length: 99 }, (_, i) => i), 1_000_000]).histogram;
  assert.ok(giants.length > 5, 'one giant does not squeeze the others into one bin');
  assert.equal(giants.at(-1)?.to, 1_000_000);
  for (const [i, bin] of giants.slice(1).entries()) assert.equal(bin.from, giants[i].to + 1);
  assert.deepEqual(summarise([]).histogram, []);
});

test('an excerpt is one line without control characters', () => {
  assert.equal(excerpt('a\n\n\u001b[31mb\tc'), 'a [31mb c');
  assert.equal(excerpt('x'.repeat(200), 10), 'xxxxxxxxx…');
});
