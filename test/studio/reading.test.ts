/** How the studio's page of a file reads it, and which runs it offers to label its texts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListedRun } from '../../src/studio/listing.ts';
import { overridesOf, readingOf, runsThatLabel } from '../../studio/app/reading.ts';

test('the settings of the address are those of a task; others and empty ones are left out', () => {
  const query = new URLSearchParams({ path: 'a.csv', 'data.encoding': 'windows-1252', 'data.header': ' ', 'train.lr': '1' }); // prettier-ignore
  assert.deepEqual(overridesOf(readingOf(query)), [{ key: 'data.encoding', text: 'windows-1252' }]);
});

test('only runs whose classes the labels of the file are may label it', () => {
  const run = (path: string, classes: string[] | null, model = true): ListedRun => ({ path, classes, model, status: 'finished', started: null, data: null, documents: null, accuracy: null, macro_f1: null }); // prettier-ignore
  const runs = [run('a', ['ham', 'spam']), run('b', ['account', 'billing']), run('c', null), run('d', ['ham', 'spam'], false)]; // prettier-ignore
  const offered = (labels: string[]) => runsThatLabel(runs, labels).map(({ path }) => path);
  assert.deepEqual(offered(['spam', 'ham']), ['a']);
  assert.deepEqual(offered(['billing']), ['b']);
  assert.deepEqual(offered(['sport', 'politics']), []);
  assert.deepEqual(offered([]), ['a', 'b']);
});
