/** What the overview of a folder lists. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder, writeFiles } from '../../test/support/temporary.ts';
import {
  describeMachine,
  describeVersions,
  type NewDescription,
  writeDescription,
} from '../run/description.ts';
import { listWorkspace } from './listing.ts';
import { openWorkspace } from './workspace.ts';

const described: Omit<NewDescription, 'started'> = {
  command: ['train', 'spam'],
  status: 'running',
  versions: describeVersions('0.1.0'),
  machine: describeMachine(),
  kernel: 'wasm narrow',
  threads: 1,
  seed: 0,
  data: { name: 'spam', source: 'spam', hash: 'ab', documents: 3302 },
};

test('the newest run comes first, one whose files are damaged last, and a run holds no others', async () => {
  const folder = temporaryFolder();
  // the names do not tell the age
  for (const [name, day] of [
    ['b', '02'],
    ['a', '01'],
    ['c', '03'],
  ]) {
    const path = join(folder, 'runs', name);
    mkdirSync(path, { recursive: true });
    const started = `2026-01-${day}T00:00:00.000Z`;
    writeDescription(join(path, 'description.json'), { ...described, started });
  }
  writeFiles(folder, { 'runs/torn/description.json': '{', 'runs/a/inner/description.json': '{' });
  const { runs, more } = await listWorkspace(openWorkspace(folder));
  assert.deepEqual(
    runs.map(({ path, status }) => `${path} ${status}`),
    ['runs/c running', 'runs/b running', 'runs/a running', 'runs/torn damaged'],
  );
  assert.equal(more, false);
});

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
