import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { HttpError } from '../serve/http/index.ts';
import { openWorkspace, withRelativePaths } from './workspace.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'unroll-workspace-')));
after(() => {
  rmSync(base, { recursive: true, force: true });
});
const root = join(base, 'mine');
mkdirSync(join(root, 'runs/good/model'), { recursive: true });
mkdirSync(join(root, 'runs/bad/model'), { recursive: true });
mkdirSync(join(base, 'mine-too'));
writeFileSync(join(root, 'data.csv'), 'text,label\n');
writeFileSync(join(base, 'secret.txt'), 'secret');
writeFileSync(join(base, 'mine-too/secret.txt'), 'secret');
symlinkSync(join(base, 'secret.txt'), join(root, 'link.txt'));
symlinkSync(base, join(root, 'up'));
symlinkSync(join(root, 'data.csv'), join(root, 'within.csv'));
symlinkSync(join(base, 'secret.txt'), join(root, 'runs/bad/model/config.json'));
const workspace = openWorkspace(root);
const status = (expected: number) => (error: unknown) =>
  error instanceof HttpError && error.status === expected;

test('what lies in the folder is found by its relative path', () => {
  assert.equal(workspace.inside('data.csv'), join(root, 'data.csv'));
  assert.equal(workspace.inside('runs/../data.csv'), join(root, 'data.csv'));
  assert.equal(workspace.inside('within.csv'), join(root, 'data.csv'));
  assert.equal(workspace.shown(join(root, 'runs', 'good')), 'runs/good');
  assert.throws(() => workspace.inside('none.csv'), status(404));
});

test('nothing outside is reachable: not by dots, a full path, a link, or a name that begins alike', () => {
  for (const path of [
    '..',
    '../secret.txt',
    'runs/../../secret.txt',
    '../mine-too/secret.txt',
    join(base, 'secret.txt'),
    '/etc/passwd',
    'link.txt',
    'up/secret.txt',
    'up',
    'data.csv\0.txt',
    // whether it exists is not told either
    '../none.txt',
  ]) {
    assert.throws(() => workspace.inside(path), status(403), path);
  }
});

test('a folder that is read as a whole has no link to the outside, however deep', () => {
  assert.equal(workspace.folder('runs/good'), join(root, 'runs/good'));
  assert.throws(() => workspace.folder('runs/bad'), status(403));
  assert.throws(() => workspace.folder('data.csv'), status(404));
});

test('a new file has a plain name, and is not written through a link', () => {
  assert.equal(workspace.place('', 'my data (2).csv'), join(root, 'my data (2).csv'));
  for (const name of ['../a.csv', 'a/b.csv', '.hidden', '', 'a\\b.csv', 'x'.repeat(200)])
    assert.throws(() => workspace.place('', name), status(422), name);
  assert.throws(() => workspace.place('', 'link.txt'), status(403));
});

test('messages have paths as the pages see them, and those of other folders as they are', () => {
  const folder = '/home/me/data';
  for (const [message, told] of [
    ['[/home/me/data/runs/a/run.json] "/home/me/data/b c.csv" must', '[runs/a/run.json] "b c.csv" must'],
    ['look in /home/me/data, or /home/me/data/ of [/home/me/data].', 'look in data, or data/ of [data].'],
    ['/home/me/data2/a /home/me/data.old/a /mnt/home/me/data/a', undefined],
    ['nothing', undefined],
  ] as const)
    assert.equal(withRelativePaths(message, folder), told ?? message);
  assert.equal(withRelativePaths('[/home/a] must', '/'), '[/home/a] must');
  symlinkSync(root, join(base, 'other-name'));
  const linked = openWorkspace(join(base, 'other-name'));
  for (const path of [join(root, 'data.csv'), join(base, 'other-name/data.csv')])
    assert.equal(linked.told(`[${path}] must`), '[data.csv] must');
});
