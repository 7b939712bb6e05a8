/** Labels of texts that have none yet. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { classifierOf, fittedFiles } from '../../test/support/classifiers.ts';
import { temporaryFolder, writeFiles } from '../../test/support/temporary.ts';
import { labellingQueue, labelText, newLabelsOf } from './new-labels.ts';

test('labels that are given at once are all kept', async () => {
  const folder = temporaryFolder();
  const rows = Array.from({ length: 12 }, (_, i) => `text number ${i}`);
  writeFiles(folder, { 'inbox.csv': `text\n${rows.join('\n')}\n` });
  const file = join(folder, 'inbox.csv');
  const classifier = await classifierOf(await fittedFiles({ type: 'linear', C: 1 }));
  const counts = await Promise.all(
    rows.map((_, row) => labelText(file, classifier, { row, label: row % 2 === 0 ? 'sport' : 'money' })),
  );
  await classifier.close();
  assert.equal(Math.max(...counts), 12);
  const kept = await newLabelsOf(file);
  assert.deepEqual(
    kept.map(({ row, label }) => `${row} ${label}`).sort(),
    rows.map((_, row) => `${row} ${row % 2 === 0 ? 'sport' : 'money'}`).sort(),
  );
});

test('each text stands beside its own scores, the most probable class first', async () => {
  const folder = temporaryFolder();
  const texts = ['shares fell and the bank rose', 'the team won the match', 'a bank and a match'];
  writeFiles(folder, { 'inbox.csv': `text\n${texts.join('\n')}\n` });
  const classifier = await classifierOf(await fittedFiles({ type: 'linear', C: 1 }));
  const { next, left } = await labellingQueue(join(folder, 'inbox.csv'), classifier, 3);
  assert.deepEqual([next.length, left], [3, 3]);
  for (const { row, text, scores } of next) {
    assert.equal(text, texts[row]);
    const probabilities = Array.from(classifier.predictProba([text]));
    const expected = classifier.labelNames
      .map((label, c) => ({ label, score: probabilities[c] }))
      .sort((a, b) => b.score - a.score);
    assert.deepEqual(scores, expected);
  }
  assert.ok(new Set(next.map(({ scores }) => scores[0].score)).size > 1, 'the texts differ');
  await classifier.close();
});

test('a file is read as it is said to be: another column, another encoding', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'inbox.csv');
  writeFiles(folder, { 'inbox.csv': Buffer.from('text;betreff\nx;Größe eins\ny;Größe zwei\n', 'latin1') });
  const classifier = await classifierOf(await fittedFiles({ type: 'linear', C: 1 }));
  const overrides = [
    { key: 'data.text_col', text: 'betreff' },
    { key: 'data.encoding', text: 'latin1' },
  ];
  const { next } = await labellingQueue(file, classifier, 5, overrides);
  assert.deepEqual(next.map(({ text }) => text).sort(), ['Größe eins', 'Größe zwei']);
  await labelText(file, classifier, { row: 1, label: 'sport' }, overrides);
  await classifier.close();
  assert.deepEqual(await newLabelsOf(file), [{ row: 1, text: 'Größe zwei', label: 'sport' }]);
});

test('labels whose rows have other texts, as the first line now counts as one, are refused and kept', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'inbox.csv');
  const odd = ' two  "lines",\r\nof one\ttext, =1+1 ';
  writeFiles(folder, { 'inbox.csv': `text\none word\n"${odd.replaceAll('"', '""')}"\nthree\n` });
  const classifier = await classifierOf(await fittedFiles({ type: 'linear', C: 1 }));
  const header = (text: string) => [{ key: 'data.header', text }];
  for (const row of [0, 1]) await labelText(file, classifier, { row, label: 'sport' }, header('yes'));
  const kept = await newLabelsOf(file);
  const { next, labelled } = await labellingQueue(file, classifier, 5, header('yes'));
  assert.deepEqual([labelled, ...next.map(({ text }) => text)], [2, 'three']);
  const refused =
    /\[inbox\.new-labels\.csv\] .*row 0 was "one word" when it was labelled, and is "text" now\. .*data\.header.* Read it as before, or rename/;
  await assert.rejects(labellingQueue(file, classifier, 5, header('no')), refused);
  await assert.rejects(labelText(file, classifier, { row: 0, label: 'money' }, header('no')), refused);
  assert.deepEqual(await newLabelsOf(file), kept);
  await labelText(file, classifier, { row: 1, label: 'money' }, header('yes'));
  await classifier.close();
  assert.deepEqual((await newLabelsOf(file)).map(({ row, label }) => `${row} ${label}`).sort(), [
    '0 sport',
    '1 money',
  ]);
});
