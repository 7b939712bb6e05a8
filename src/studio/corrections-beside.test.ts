import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DataError } from '../core/errors.ts';
import { correctionsFile, correctionsOf } from './corrections-beside.ts';
import { correctRow, listDocuments, openDocuments } from './documents.ts';

const folder = mkdtempSync(join(tmpdir(), 'unroll-corrections-'));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});
const data = join(folder, 'tickets.csv');
const content =
  'text,label\none parcel,delivery\n"a, bill",billing\ntwo parcels,billing\nthree bills,billing\n';
writeFileSync(data, content);
const all = { from: 0 };

test('a correction is kept beside the data, replaced by the next, and taken back with the label of the data', async () => {
  const dataset = await openDocuments().read(data);
  correctRow(dataset, data, { row: 2, label: 'delivery' });
  correctRow(dataset, data, { row: 0, label: 'billing' });
  assert.equal(readFileSync(data, 'utf8'), content, 'the data stays');
  assert.equal(
    readFileSync(correctionsFile(data), 'utf8'),
    'row,old,new\n0,delivery,billing\n2,billing,delivery\n',
  );
  const page = listDocuments(dataset, data, { ...all, label: 'delivery' });
  assert.deepEqual(page.documents, [
    { row: 2, text: 'two parcels', label: 'billing', corrected: 'delivery' },
  ]);
  assert.equal(page.corrections, 2);
  correctRow(dataset, data, { row: 0, label: 'delivery' });
  correctRow(dataset, data, { row: 2, label: 'billing' });
  assert.deepEqual(correctionsOf(data), []);
  assert.ok(!existsSync(correctionsFile(data)), 'no empty file is left');
});

test('a row that is none and a class that is none are refused', async () => {
  const dataset = await openDocuments().read(data);
  assert.throws(() => correctRow(dataset, data, { row: 9, label: 'billing' }), DataError);
  assert.throws(() => correctRow(dataset, data, { row: 1, label: 'biling' }), /meant to be "billing"/);
});

test('documents are found by their words, their rows and their class', async () => {
  const dataset = await openDocuments().read(data);
  const rows = (query: object) =>
    listDocuments(dataset, data, { ...all, ...query }).documents.map(({ row }) => row);
  assert.deepEqual(rows({ words: 'PARCEL' }), [0, 2]);
  assert.deepEqual(rows({ words: 'parcel', label: 'billing' }), [2]);
  assert.deepEqual(rows({ rows: [3, 1] }), [1, 3]);
  assert.deepEqual(rows({ corrected: true }), []);
});
