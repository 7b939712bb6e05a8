import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyString } from '../../test/support/strings.ts';
import { folderName } from './folder-name.ts';

test('usual names stay as they are', () => {
  for (const name of ['spam-1', 'bbc_news.v2', 'Größe', '新闻-3']) assert.equal(folderName(name), name);
});

test('names that a folder cannot have get distinct ones', () => {
  const long = 'x'.repeat(500);
  const names = ['.', '..', '', 'a/b', 'a\\b', 'a b', 'a:b', 'a-b', '-a', '.a', 'a', 'a.', 'con', 'nul.txt', long, `${long}y`, 'é', 'e\u0301', '📰'.repeat(80), `${'📰'.repeat(80)}!`]; // prettier-ignore
  const folders = names.map(folderName);
  assert.equal(new Set(folders).size, names.length, JSON.stringify(folders));
  assert.match(folderName('a/b'), /^a-b-[0-9a-f]{8}$/);
  assert.match(folderName('..'), /^[0-9a-f]{8}$/);
});

test('whatever the name, the folder is one that can be made, and within its parent', () => {
  fc.assert(
    fc.property(anyString({ maxLength: 300 }), (name) => {
      const folder = folderName(name);
      assert.match(folder, /^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u);
      assert.ok(new TextEncoder().encode(folder).length <= 255 && folder.isWellFormed());
      assert.doesNotMatch(folder, /\.$/);
    }),
  );
});
