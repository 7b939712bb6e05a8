import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPredictionWriter, type OutputFormat } from './output.ts';

const labelNames = ['ham', 'spam, junk', 'news'];
const row = { row: 7, tokens: 3, known: 2, scores: [0.25, 0.625, 0.125], text: 'a\n "b"' };

function write(format: OutputFormat, top: number): string {
  const writer = createPredictionWriter(format, { labelNames, top });
  return writer.head + writer.row(row);
}

test('text: label, score and the text on one line', () => {
  assert.equal(write('text', 0), 'spam, junk\t0.6250\ta "b"\n');
  assert.equal(write('text', 2), 'spam, junk\t0.6250\tham\t0.2500\ta "b"\n');
});

test('text: a text without a known token is marked', () => {
  const writer = createPredictionWriter('text', { labelNames, top: 0 });
  const unknown = { row: 0, text: 'zzz qqq', scores: [0.5, 0.3, 0.2] };
  assert.equal(
    writer.row({ ...unknown, tokens: 2, known: 0 }),
    'ham\t0.5000\tzzz qqq (0 of 2 tokens known)\n',
  );
  assert.equal(
    writer.row({ ...unknown, text: '', tokens: 0, known: 0 }),
    'ham\t0.5000\t (0 of 0 tokens known)\n',
  );
  assert.equal(writer.row({ ...unknown, tokens: 2, known: 1 }), 'ham\t0.5000\tzzz qqq\n');
});

test('text: white space within a label is folded, so that a row stays a line of as many fields', () => {
  const names = ['a\tb', 'c\r\nd'];
  const writer = createPredictionWriter('text', { labelNames: names, top: 2 });
  assert.equal(
    writer.row({ row: 0, text: 'x', tokens: 1, known: 1, scores: [0.75, 0.25] }),
    'a b\t0.7500\tc d\t0.2500\tx\n',
  );
});

test('CSV: a header, quotes where they are needed, scores by class or by rank', () => {
  const text = '"a\n ""b"""\n';
  assert.equal(
    write('csv', 0),
    `row_id,label,score,tokens,known_tokens,text\n7,"spam, junk",0.625,3,2,${text}`,
  );
  assert.equal(
    write('csv', 3),
    `row_id,label,score,score_ham,"score_spam, junk",score_news,tokens,known_tokens,text\n7,"spam, junk",0.625,0.25,0.625,0.125,3,2,${text}`,
  );
  assert.equal(
    write('csv', 2),
    `row_id,label,score,label_1,score_1,label_2,score_2,tokens,known_tokens,text\n7,"spam, junk",0.625,"spam, junk",0.625,ham,0.25,3,2,${text}`,
  );
});

test('JSON lines: an object a row, the best score first', () => {
  const object = { row_id: 7, label: 'spam, junk', score: 0.625, tokens: 3, known_tokens: 2, text: row.text };
  assert.deepEqual(JSON.parse(write('jsonl', 0)), object);
  assert.equal(
    write('jsonl', 3),
    `${JSON.stringify({ row_id: 7, label: 'spam, junk', score: 0.625, scores: { 'spam, junk': 0.625, ham: 0.25, news: 0.125 }, tokens: 3, known_tokens: 2, text: row.text })}\n`,
  );
});

test('equal scores keep the order of the classes', () => {
  const writer = createPredictionWriter('text', { labelNames, top: 3 });
  assert.equal(
    writer.row({ row: 0, text: 'x', tokens: 1, known: 1, scores: [0.25, 0.25, 0.5] }),
    'news\t0.5000\tham\t0.2500\tspam, junk\t0.2500\tx\n',
  );
});

test('CSV for spreadsheets: an apostrophe before formulas in labels and texts, not before numbers and the rest', () => {
  const options = { labelNames: ['=1+1', 'b'], top: 1 };
  const formula = { row: 0, tokens: 2, known: 1, text: '@SUM(A1)', scores: [0.75, 0.25] };
  const line = (escapeFormulas: boolean) =>
    createPredictionWriter('csv', { ...options, escapeFormulas }).row(formula);
  assert.equal(line(false), '0,=1+1,0.75,=1+1,0.75,2,1,@SUM(A1)\n');
  assert.equal(line(true), "0,'=1+1,0.75,'=1+1,0.75,2,1,'@SUM(A1)\n");
  const plain = { ...formula, text: 'a - b', scores: [0.25, 0.75] };
  assert.equal(
    createPredictionWriter('csv', { ...options, escapeFormulas: true }).row(plain),
    '0,b,0.75,b,0.75,2,1,a - b\n',
  );
});
