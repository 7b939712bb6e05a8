import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DataError } from '../core/errors.ts';
import type { Row } from './dataset.ts';
import { alignLabels, classCounts, count, createDataset, groupDigits } from './dataset.ts';

const rowsOf = (...pairs: readonly (readonly [string, string | undefined])[]): Row[] =>
  pairs.map(([text, label], row) => ({ text, label, row }));

test('rows without text or label are left out and counted; row ids stay those of the source', () => {
  const dataset = createDataset(rowsOf(['a', 'x'], [' \n', 'x'], ['b', undefined], ['c', ' '], ['d', ' y ']));
  assert.deepEqual(dataset.texts, ['a', 'd']);
  assert.deepEqual([...dataset.rowIds], [0, 4]);
  assert.deepEqual(dataset.dropped, { emptyText: 1, emptyLabel: 2 });
  assert.deepEqual(dataset.labelNames, ['x', 'y']);
  assert.deepEqual(dataset.notices, ['1 row without text left out', '2 rows without a label left out']);
});

test('labels are ordered by value where all are numbers, else by code units', () => {
  const names = (...labels: string[]) =>
    createDataset(rowsOf(...labels.map((l): [string, string] => ['t', l]))).labelNames;
  assert.deepEqual(names('10', '9', '-1', '2.5'), ['-1', '2.5', '9', '10']);
  assert.deepEqual(names('10', '9', 'b', 'B'), ['10', '9', 'B', 'b']);
});

test('a label map names the classes and keeps their order; two labels may become one', () => {
  const rows = rowsOf(['a', '2'], ['b', '0'], ['c', '1']);
  const { labels, labelNames } = createDataset(rows, {
    labelMap: { 0: 'Politics', 1: 'Arts', 2: 'Politics' },
  });
  assert.deepEqual(labelNames, ['Politics', 'Arts']);
  assert.deepEqual([...labels], [0, 0, 1]);
  assert.throws(
    () => createDataset(rows, { labelMap: { 0: 'Politics', 1: 'Arts' }, source: 'news.csv' }),
    (error) =>
      error instanceof DataError &&
      /label_map\] must name every label of news\.csv, but lacks "2"/.test(error.message),
  );
});

test('classes that differ only in spelling are pointed out, with the option that merges them', () => {
  const rows = rowsOf(['a', 'Spam'], ['b', 'spam'], ['c', 'ham'], ['d', 'spam']);
  const { notices } = createDataset(rows);
  assert.equal(notices.length, 1);
  assert.match(
    notices[0],
    /"Spam", "spam" differ only in spelling.*with --data\.label_map '{"Spam":"spam","\*":"\*"}'$/,
  );
  const merged = createDataset(rows, { labelMap: { Spam: 'spam', '*': '*' } });
  assert.deepEqual(merged.labelNames, ['spam', 'ham']);
  assert.deepEqual(merged.notices, []);
});

test('a star in a label map stands for any characters; exact labels come first', () => {
  const rows = rowsOf(['a', 'DESC:def'], ['b', 'DESC:manner'], ['c', 'NUM:date'], ['d', 'N+M']);
  const named = (labelMap: Record<string, string>) => {
    const { labels, labelNames } = createDataset(rows, { labelMap });
    return Array.from(labels, (label) => labelNames[label]);
  };
  assert.deepEqual(named({ 'DESC:*': 'description', 'NUM:date': 'date', 'N+M': 'sum' }), [
    'description',
    'description',
    'date',
    'sum',
  ]);
  assert.deepEqual(named({ '*:*': '*', '*': 'other' }), ['DESC', 'DESC', 'NUM', 'other']);
  assert.deepEqual(named({ '*:*': '* of *', 'DESC:def': 'meaning', '*': '*' }), [
    'meaning',
    'DESC of manner',
    'NUM of date',
    'N+M',
  ]);
  assert.throws(
    () => named({ 'N.M': 'x', 'DESC*': 'y' }),
    /lacks "N\+M", "NUM:date".*"\*": "\*" to keep all others/,
  );
});

test('the hash depends on texts, label names and order, and on nothing else', () => {
  const base = createDataset(rowsOf(['a', 'x'], ['b', 'y'])).hash;
  // computed with another implementation: sha256 of the lines ["a","x"] and ["b","y"]
  assert.equal(base, '22b7a9e334b6f738e354e3e74bf5a8b0bc780309e0111acc898e6967f1005f5f');
  assert.equal(
    createDataset(rowsOf(['a', 'x'], ['', 'x'], ['b', 'y']), { name: 'other', notices: ['n'] }).hash,
    base,
  );
  assert.equal(createDataset(rowsOf(['a', '0'], ['b', '1']), { labelMap: { 0: 'x', 1: 'y' } }).hash, base);
  assert.notEqual(createDataset(rowsOf(['b', 'y'], ['a', 'x'])).hash, base);
  assert.notEqual(createDataset(rowsOf(['a', 'x'], ['b', 'z'])).hash, base);
  assert.notEqual(createDataset(rowsOf(['a"', 'x'], ['b', 'y'])).hash, base);
});

test('nothing left is an error that says why', () => {
  assert.throws(
    () => createDataset([], { source: 'x.csv' }),
    /^DataError: \[x\.csv\] must hold labelled texts, but it has no record/,
  );
  assert.throws(
    () => createDataset(rowsOf(['', 'a'], ['b', ''])),
    /of 2 records 1 have no text and 1 have no label/,
  );
});

test('labels of a model: ids are mapped, strangers are refused with the nearest name', () => {
  const dataset = createDataset(rowsOf(['a', 'sport'], ['b', 'arts'], ['c', 'sport']));
  const aligned = alignLabels(dataset, ['politics', 'sport', 'arts']);
  assert.deepEqual([...aligned.labels], [1, 2, 1]);
  assert.deepEqual(classCounts(aligned), [0, 2, 1]);
  assert.throws(
    () => alignLabels(dataset, ['sports', 'arts']),
    (error) =>
      error instanceof DataError &&
      /"sports", "arts"\), but got "sport"\. Is "sport" meant to be "sports"\?/.test(error.message),
  );
});

test('numbers and nouns', () => {
  assert.deepEqual([0, 999, 1000, 1234567].map(groupDigits), ['0', '999', '1,000', '1,234,567']);
  assert.deepEqual(
    ['row', 'class', 'copy'].map((noun) => count(2, noun)),
    ['2 rows', '2 classes', '2 copies'],
  );
  assert.equal(count(1, 'class'), '1 class');
});
