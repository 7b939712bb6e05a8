/** Labels of texts that have none yet. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { classifierOf, fittedFiles } from '../../test/support/classifiers.ts';
import { temporaryFolder, writeFiles } from '../../test/support/temporary.ts';
import { labelText, newLabelsOf } from './new-labels.ts';

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
