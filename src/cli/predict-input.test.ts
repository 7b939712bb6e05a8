import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { DataError } from '../core/errors.ts';
import { type InputFormat, readRecords } from './predict-input.ts';
import { createPredictionWriter } from './predict-output.ts';

const folder = mkdtempSync(join(tmpdir(), 'unroll-predict-'));
after(() => rmSync(folder, { recursive: true }));

async function read(bytes: string | Uint8Array, format: InputFormat, textCol?: string, chunk = 7) {
  const data = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  const stdin = (async function* () {
    for (let i = 0; i < data.length; i += chunk) yield data.slice(i, i + chunk);
  })();
  return collect(readRecords('-', { format, textCol, stdin }));
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const texts = async (...args: Parameters<typeof read>) => (await read(...args)).map((r) => r.text);

test('each line is a text; a last line without an end counts, an empty one after the end does not', async () => {
  assert.deepEqual(await texts('a\r\n\nc', 'lines'), ['a', '', 'c']);
  assert.deepEqual(await texts('a\nb\n', 'lines'), ['a', 'b']);
  assert.deepEqual(await texts('', 'lines'), []);
});

test('lines survive any cut into chunks, also within a character', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme' }).map((s) => s.replaceAll(/[\r\n\uFEFF]/g, ''))),
      fc.integer({ min: 1, max: 9 }),
      async (lines, chunk) => {
        assert.deepEqual(
          await texts(lines.map((line) => `${line}\n`).join(''), 'lines', undefined, chunk),
          lines,
        );
      },
    ),
  );
});

test('a table gives the text column and keeps the other fields', async () => {
  const rows = await read('\uFEFFid,Text\n1,"a, ""b""\nc"\n2,d\n', 'csv');
  assert.deepEqual(
    rows.map((r) => r.text),
    ['a, "b"\nc', 'd'],
  );
  assert.deepEqual(rows[0].fields, { id: '1', Text: 'a, "b"\nc' });
  assert.deepEqual(await texts('body\tid\na b\t1\n', 'tsv', 'body'), ['a b']);
  assert.deepEqual(await texts('anything\nx\n', 'csv'), ['x']);
});

test('JSON lines give objects or texts', async () => {
  assert.deepEqual(await texts('{"text":"a","n":1}\n\n{"text":"b"}', 'jsonl'), ['a', 'b']);
  assert.deepEqual(await texts('"a"\n"b"\n', 'jsonl'), ['a', 'b']);
});

test('input that cannot be read is refused with its line', async () => {
  const refused = (pattern: RegExp, ...args: Parameters<typeof read>) =>
    assert.rejects(read(...args), (error) => error instanceof DataError && pattern.test(error.message));
  await refused(/must have a column "text", but has a, b\. Name it with --text-col/, 'a,b\n1,2\n', 'csv');
  await refused(
    /must have the column "txt", but has text, b\. Did you mean "text"\?/,
    'text,b\n1,2\n',
    'csv',
    'txt',
  );
  await refused(/must have a header line .* but is empty/, '', 'csv');
  await refused(/quotes and columns in order/, 'text,b\n"a,1\n', 'csv');
  await refused(/quotes and columns in order, but: Invalid Record Length/, 'text,b\na\n', 'csv');
  await refused(/line 2 must be a JSON object, but got nope/, '{"text":"a"}\nnope\n', 'jsonl');
  await refused(/line 2: "text" must be a text, but got 3/, '{"text":"a"}\n{"text":3}\n', 'jsonl');
  await refused(
    /must be UTF-8 text, but has other bytes at or after line 2/,
    new Uint8Array([97, 10, 0xff, 10]),
    'lines',
    undefined,
    2,
  );
  assert.throws(() => readRecords('missing.csv', { stdin: process.stdin }), /there is no file missing\.csv/);
});

test('the ending of the file decides the format', async () => {
  const path = join(folder, 'a.ndjson');
  writeFileSync(path, '{"text":"a"}\n');
  const records = await collect(readRecords(path, { stdin: process.stdin }));
  assert.deepEqual(
    records.map((r) => r.text),
    ['a'],
  );
});

test('predictions are written as text, CSV and JSON lines', () => {
  const labelNames = ['ham', 'spam, junk'];
  const row = { scores: [0.25, 0.75], text: 'a\n b', fields: { id: '7', label: 'old', text: 'a\n b' } };
  const write = (format: 'text' | 'csv' | 'jsonl', top: number) => {
    const writer = createPredictionWriter(format, { labelNames, top });
    return writer.row(row) + writer.row(row);
  };
  assert.equal(write('text', 0), 'spam, junk\t0.7500\ta b\n'.repeat(2));
  assert.equal(write('text', 2), 'spam, junk\t0.7500\tham\t0.2500\ta b\n'.repeat(2));
  const cells = '7,old,"a\n b"\n';
  assert.equal(write('csv', 0), `label,score,id,input_label,text\n${`"spam, junk",0.75,${cells}`.repeat(2)}`);
  assert.equal(
    write('csv', 2),
    `label,score,score_ham,"score_spam, junk",id,input_label,text\n${`"spam, junk",0.75,0.25,0.75,${cells}`.repeat(2)}`,
  );
  assert.equal(write('csv', 1).split('\n')[0], 'label,score,label_1,score_1,id,input_label,text');
  assert.deepEqual(JSON.parse(write('jsonl', 2).split('\n')[0]), {
    label: 'spam, junk',
    score: 0.75,
    scores: { 'spam, junk': 0.75, ham: 0.25 },
    id: '7',
    input_label: 'old',
    text: 'a\n b',
  });
});
