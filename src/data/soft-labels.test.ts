/** Soft labels: read from one column for each class, checked, and kept with the documents. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { temporaryFolder, writeFiles } from '../../test/support/temporary.ts';
import { applyCorrections } from './corrections.ts';
import { DataError } from '../core/errors.ts';
import { readDataset, type ReadOptions, streamRows } from './read.ts';

const folder = temporaryFolder();
let files = 0;
function read(content: string, options: ReadOptions = { label_col: 'prob_*' }, name = 'data.csv') {
  const path = `${files++}/${name}`;
  return readDataset(writeFiles(folder, { [path]: content })(path), options);
}
const text = (n: number) => `text number ${n} with a few more words than a header has`;
const table = (rows: readonly string[], head = 'text,prob_ham,note,prob_spam') =>
  [head, ...rows.map((row, n) => `${text(n)},${row}`)].join('\n');
const rows = ['0.9,a,0.1', '0.25,b,0.75', '0.5,c,0.5', '0,d,1'];

suite('soft labels', () => {
  test('one column for each class; the most probable one is the label, of equal ones the first', async () => {
    const data = await read(table(rows));
    assert.deepEqual(data.labelNames, ['ham', 'spam']);
    assert.deepEqual([...(data.targets ?? [])], [0.9, 0.1, 0.25, 0.75, 0.5, 0.5, 0, 1]);
    assert.deepEqual([...data.labels], [0, 1, 0, 1]);
    assert.deepEqual(data.readAs?.label, { name: 'prob_*', position: null });
    assert.match(data.notices.join('\n'), /soft labels: the probabilities of 2 classes \("ham", "spam"\)/);
    const other = await read(table(['0.9,a,0.1', '0.25,b,0.75', '0.5,c,0.5', '0.01,d,0.99']));
    assert.notEqual(other.hash, data.hash);
  });

  test('JSON with an object of probabilities; a class that is never the most probable one stays', async () => {
    const lines = [
      [0.6, 0.3, 0.1],
      [0.2, 0.7, 0.1],
    ].map(([b, a, c], n) => JSON.stringify({ text: text(n), p: { b, a, c } }));
    const data = await read(lines.join('\n'), { label_col: 'p.*' }, 'data.jsonl');
    assert.deepEqual(data.labelNames, ['a', 'b', 'c']);
    const wanted = [0.3, 0.6, 0.1, 0.7, 0.2, 0.1];
    assert.ok(wanted.every((p, k) => Math.abs(p - (data.targets?.[k] ?? 0)) < 1e-12));
    assert.deepEqual([...data.labels], [1, 0]);
  });

  test('within 1 % of 1 they are divided by their sum; a row without any is left out; a label map joins classes', async () => {
    const data = await read(table(['0.9,a,0.105', ',b,', '0.3,c,0.69']));
    assert.deepEqual([data.dropped.emptyLabel, data.texts.length], [1, 2]);
    assert.ok(Math.abs((data.targets?.[0] ?? 0) - 0.9 / 1.005) < 1e-15);
    const three = table(['0.4,0.35,0.25'], 'text,prob_x,prob_y,prob_z');
    const joined = await read(three, { label_col: 'prob_*', label_map: { x: 'one', y: 'two', z: 'two' } });
    assert.deepEqual([joined.labelNames, [...joined.labels]], [['one', 'two'], [1]]);
    assert.ok(Math.abs((joined.targets?.[1] ?? 0) - 0.6) < 1e-15);
  });

  test('decimal commas, as in exports of spreadsheets', async () => {
    const data = await read(
      `text;prob_ham;prob_spam\n${text(0)};0,25;0,75\n${text(1)};1,0;0\n${text(2)};,5;,5\n`,
    );
    assert.deepEqual([...(data.targets ?? [])], [0.25, 0.75, 1, 0, 0.5, 0.5]);
  });

  test('without --label-col, columns of probabilities are pointed out', async () => {
    const head = 'id,text,prob_ham,prob_spam';
    const lines = ['0.9,0.1', '0.25,0.75', '0.31,0.69'].map((row, n) => `${n},${text(n)},${row}`);
    await assert.rejects(
      read([head, ...lines].join('\n'), {}),
      /for probabilities of classes, --label-col 'prob_\*'/i,
    );
  });

  test('what cannot be used is refused with its line', async () => {
    for (const [row, message] of [
      ['-0.1,a,1.1', /line 3: the probability in prob_ham must be a number from 0 to 1, but is "-0\.1"\. If these are scores before/],
      ['0.4,a,', /line 3: the probability in prob_spam must be .* but is missing.* leave all of them empty/],
      ['high,a,0.1', /line 3: .* but is "high"/],
      ['0.4,a,0.4', /line 3: the probabilities of prob_\* must sum to 1 \(± 0\.01.*but sum to 0\.8\. Are these scores/],
      ['90,a,10', /sum to 100\. .*percentages/],
    ] as const)
      await assert.rejects(read(table([rows[0], row])), (error) => error instanceof DataError && message.test(error.message)); // prettier-ignore
    await assert.rejects(read(table(rows), { label_col: 'p_*' }), /"p_\*" must match a column .* no column matches among "text", "prob_ham", "note", "prob_spam"/); // prettier-ignore
    await assert.rejects(read(table(rows), { label_col: 'prob_h*' }), /only prob_ham matches/);
    await assert.rejects(read('__label__a some words\n__label__b others\n', { label_col: 'prob_*' }, 'data.txt'), /is a pattern such as prob_\*, but the data is of the format fasttext/); // prettier-ignore
  });

  test('a new file is read alike; one that has classes keeps them, and texts need no labels', async () => {
    const { readAs } = await read(table(rows));
    const like = { like: readAs ?? null };
    const again = await read(table(rows.slice(0, 2)), like);
    assert.deepEqual([...(again.targets ?? [])], [0.9, 0.1, 0.25, 0.75]);
    const hard = await read(
      `text,label\n${rows.map((_, n) => `${text(n)},${n % 2 ? 'ham' : 'spam'}`).join('\n')}`,
      like,
    );
    assert.equal(hard.targets, undefined);
    assert.deepEqual([...hard.labels], [1, 0, 1, 0]);
    const path = writeFiles(folder, { 'new.csv': table(['x,a,y']) })('new.csv');
    const found: string[] = [];
    for await (const row of streamRows(path, like)) found.push(row.text);
    assert.deepEqual(found, [text(0)]);
  });

  test('a validation file of either kind joins; a corrected label is a class', async () => {
    const val = writeFiles(folder, {
      'val.csv': `text,prob_spam,prob_ham\nanother text of some words,0.8,0.2\n`,
    })('val.csv');
    const data = await read(table(rows), { label_col: 'prob_*', val });
    assert.deepEqual([...(data.targets ?? [])].slice(-2), [0, 1]);
    const parts = { train: Int32Array.of(0, 1), val: Int32Array.of() };
    const { dataset } = applyCorrections(data, parts, [{ row: 0, old: 'ham', new: 'spam' }], 'c.csv');
    assert.deepEqual([...(dataset.targets ?? [])].slice(0, 4), [0, 1, 0.25, 0.75]);
    assert.equal(data.targets?.[0], 0.9);
  });
});
