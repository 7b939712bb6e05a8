import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditDataset } from '../../data/audit.ts';
import { createDataset } from '../../data/dataset.ts';
import { renderAudit } from './audit.ts';

const dataset = createDataset(
  ['red apple', 'Red apple!', 'green pear', 'blue sky today', '', 'dark blue sea water'].map((text, row) => ({
    text,
    label: text.includes('blue') ? '\u001b[31mnature' : 'fruit',
    row,
  })),
  { name: 'tiny', source: 'tiny.csv', notices: ['delimiter "," (guessed)'] },
);

test('a small audit, as it is printed', () => {
  const audit = auditDataset(dataset, { text: { max_length: 3, vocabulary_size: 6 } });
  assert.equal(
    renderAudit(audit),
    `tiny  5 documents, 2 classes
tiny.csv  sha256 e88bfd2a57f12d7d
delimiter "," (guessed)
1 row without text left out

! 1 document repeats another: a plain random split would give 32.0 % of the test documents a copy in training

Classes
  \ufffd[31mnature  2  40.0 %  median 4 tokens  ████████████████
  fruit        3  60.0 %  median 2 tokens  ████████████████████████
  imbalance 1.50 : 1; always predicting fruit is correct in 60.0 %

Length in tokens
  min 2, median 3, mean 2.8, 90 % up to 3.6, max 4
  0  0
  1  0
  2  2  ████████████████████████████████
  3  2  ████████████████████████████████
  4  1  ████████████████
  max_length 3 (head): 1 document cut (20.0 %), 7.1 % of all tokens lost

Vocabulary
  word: 11 distinct tokens of 14, 8 seen once
  whitespace: 11 distinct tokens of 13, 9 seen once
  coverage: proportion of all tokens and of the distinct tokens (types)
  vocabulary size  word tokens  word types  whitespace tokens  whitespace types
                6       50.0 %      36.4 %             46.2 %            36.4 %

Copies (rows are numbered from 0)
  0 exact copies, 1 without case and punctuation, 1 by word overlap (Jaccard 0.9 or more); each count includes the ones before
  rows 0, 1: red apple
  leakage: in a plain 80 % random split 32.0 % of the test documents have a copy in training
  conflicts: none

Odd rows
  2 very short (one or two tokens) rows 0, 2
  1 row without text, left out
`,
  );
});

test('colour only where it is asked for, and none from the data', () => {
  const audit = auditDataset(dataset);
  assert.ok(!renderAudit(audit).includes('\u001b'));
  const coloured = renderAudit(audit, { color: true });
  assert.ok(coloured.includes('\u001b[1m'));
  assert.ok(!coloured.includes('\u001b[31mnature'));
  // eslint-disable-next-line no-control-regex -- colours are what is removed
  assert.equal(coloured.replace(/\u001b\[\d+m/g, ''), renderAudit(audit));
});
