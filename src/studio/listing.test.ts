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

test('what unroll train reads is data: text files by their content, and folders with one sub-folder per class', async () => {
  const folder = temporaryFolder();
  writeFiles(folder, {
    'questions.txt': 'DESC:manner How ?\nHUM:ind Who ?\nDESC:manner Why ?\n',
    'reviews.txt': '__label__good fine\n__label__bad poor\n',
    'tabs.TXT': 'good\tfine film\nbad\tpoor film\n',
    'requirements.txt': 'numpy\nscikit-learn\n',
    'picture.txt': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]),
    'all.json': '[{"text": "fine", "label": "good"}]',
    'package.json': '{ "name": "a" }',
    'lines.ft': '__label__good fine\n',
    'news/train/sport/1.txt': 'a goal',
    'news/train/arts/1.txt': 'a song',
    'notes/one/1.txt': 'a note',
    'notes/two/deeper/1.txt': 'another',
  });
  const { data } = await listWorkspace(openWorkspace(folder));
  assert.deepEqual(
    data.map(({ path, bytes }) => (bytes === null ? `${path}/` : path)),
    ['all.json', 'lines.ft', 'news/train/', 'questions.txt', 'reviews.txt', 'tabs.TXT'],
  );
});
