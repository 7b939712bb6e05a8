/** Files of label corrections: what is written is read, and what does not fit the data is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DataError } from '../core/errors.ts';
import { applyCorrections, correctionLines, parseCorrections } from './corrections.ts';
import { createDataset } from './dataset.ts';

const label = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !/[\r\n]/.test(text));

test('what is written is read again, whatever the labels', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.record({ row: fc.nat(), old: label, new: label }), { selector: ({ row }) => row }),
      (corrections) => {
        const content = [...correctionLines(corrections)].join('');
        assert.deepEqual(
          parseCorrections(content, 'c.csv'),
          corrections.map((one) => ({ ...one })),
        );
      },
    ),
  );
});

test('columns in any order, with others between them; a byte order mark and blank lines', () => {
  assert.deepEqual(parseCorrections('\uFEFFnew,why,row,old\r\nham,obvious,3,spam\r\n\r\n', 'c.csv'), [
    { row: 3, old: 'spam', new: 'ham' },
  ]);
});

test('as a spreadsheet writes it back: semicolons or tabs, empty rows', () => {
  for (const mark of [';', '\t'])
    assert.deepEqual(
      parseCorrections('row,old,new,why\r\n3,spam,ham,\r\n,,,\r\n'.replaceAll(',', mark), 'c.csv'),
      [{ row: 3, old: 'spam', new: 'ham' }],
    );
});

test('a file that is none is refused with its line', () => {
  for (const [content, message] of [
    ['', /\[c\.csv\] line 1 must name the columns row,old,new/],
    ['row,new\n1,a\n', /line 1 .*"row,new"/],
    ['row,old,new\n1,a\n', /line 2 must have a row, an old and a new label, but has 2 fields/],
    ['row,old,new\n-1,a,b\n', /line 2 must begin with a row number from 0, but has "-1"/],
    ['row,old,new\n7,a,b\n8,a,b\n7,b,a\n', /line 4 .* row 7 is on line 2 already/],
  ] as const) {
    assert.throws(() => parseCorrections(content, 'c.csv'), message);
    assert.throws(() => parseCorrections(content, 'c.csv'), DataError);
  }
});

const dataset = createDataset(
  ['ham', 'spam', '', 'spam', 'ham'].map((own, row) => ({ text: `text ${row}`, label: own, row })),
  { name: 'mails' },
);
// rows 0, 1, 3, 4 are the documents 0 to 3
const splits = { train: Int32Array.of(0, 1), val: Int32Array.of(2), test: Int32Array.of(3) };

test('labels of the training and the validation part change, those of the test part never', () => {
  const {
    dataset: corrected,
    changed,
    left,
  } = applyCorrections(
    dataset,
    splits,
    [
      { row: 1, old: 'spam', new: 'ham' },
      { row: 3, old: 'spam', new: 'ham' },
      { row: 4, old: 'ham', new: 'spam' },
      { row: 0, old: 'ham', new: 'ham' },
    ],
    'c.csv',
  );
  assert.deepEqual([...corrected.labels], [0, 0, 0, 0]);
  assert.deepEqual(changed, { train: 1, val: 1 });
  assert.deepEqual(left, [{ row: 4, old: 'ham', new: 'spam' }]);
  assert.deepEqual([...dataset.labels], [0, 1, 1, 0], 'the data itself stays');
  assert.equal(corrected.hash, dataset.hash);
});

test('corrections of other data are refused, also where their document is in the test part', () => {
  const apply = (row: number, old: string, next: string) => () =>
    applyCorrections(dataset, splits, [{ row, old, new: next }], 'c.csv');
  assert.throws(apply(2, 'ham', 'spam'), /\[c\.csv\] the correction of row 2 must be of a document of mails/);
  assert.throws(
    apply(1, 'ham', 'spam'),
    /row 1 must have the label .*"spam", as old, but has "ham".*changed since/,
  );
  assert.throws(apply(4, 'spam', 'ham'), /row 4 .*"ham", as old/);
  assert.throws(
    apply(1, 'spam', 'hem'),
    /a class of the data \("ham", "spam"\) as new, but has "hem".*"ham"\?/,
  );
});
