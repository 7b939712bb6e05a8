/** What the overview of a folder lists. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder, writeFiles } from '../../test/support/temporary.ts';
import { listWorkspace } from './listing.ts';
import { openWorkspace } from './workspace.ts';

test('the tables of figures, a cross-validation, an export and a workshop are no documents', async () => {
  const folder = temporaryFolder();
  const table = 'text,label\na,b\n';
  writeFiles(folder, {
    'tickets.csv': table,
    'more/inbox.tsv': table,
    'tickets.corrections.csv': table,
    'runs/cv-1/cv.json': '{}',
    'runs/cv-1/out-of-fold.csv': table,
    'runs/cv-1/figures/figures.json': '{}',
    'runs/cv-1/figures/fold-scores.csv': table,
    'runs/cv-1/figures/bilstm/confusion-matrix.csv': table,
    'figures/study-1/figures.json': '{}',
    'figures/study-1/slice.csv': table,
    'exports/a/manifest.json': '{}',
    'exports/a/data/a.csv': table,
    'course/workshop.json': '{}',
    'course/figures/figure-1.csv': table,
  });
  const { data } = await listWorkspace(openWorkspace(folder));
  assert.deepEqual(
    data.map(({ path }) => path),
    ['more/inbox.tsv', 'tickets.csv'],
  );
});
