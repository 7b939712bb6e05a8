/** The tables of the docs say what the code says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { TABLE_PAGES, tables, withTables } from '../../scripts/doc-tables.ts';
import { root } from '../../scripts/house.ts';

const read = (page: string) => readFileSync(root + page, 'utf8');

for (const page of TABLE_PAGES) {
  test(`${page} is as \`npm run tables\` writes it`, () => {
    assert.equal(read(page), withTables(read(page)));
  });
}

test('every table stands in a page', () => {
  const all = TABLE_PAGES.map(read).join('');
  assert.deepEqual(
    Object.keys(tables).filter((name) => !all.includes(`<!-- table: ${name} -->`)),
    [],
  );
});

test('a table that is unknown or has no end is refused', () => {
  assert.throws(() => withTables('<!-- table: nonsense --><!-- end -->'), /one of readers.*but got nonsense/);
  assert.throws(() => withTables('<!-- table: rooms --><!-- table: layers -->'), /rooms must close/);
});
