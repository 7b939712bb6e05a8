/** Messages on the page that teaches, whose readers have no command line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTable } from '../../studio/teach/table.ts';
import { withoutOptions } from '../../studio/teach/without-options.ts';

test('a message loses the options of the command line, and nothing else', async () => {
  const kept = 'copies are kept in the same part';
  assert.equal(
    withoutOptions(`2 repeat another: ${kept}; --allow-leakage ignores copies when splitting`),
    `2 repeat another: ${kept}`,
  );
  assert.equal(
    withoutOptions(
      '"b" has one: is this the right column (--label-col)? Otherwise add documents; or remove it.',
    ),
    '"b" has one: is this the right column? Otherwise add documents; or remove it.',
  );
  assert.equal(
    withoutOptions('nothing measures it. Add documents, or name a file of them with --test'),
    'nothing measures it. Add documents',
  );
  await assert.rejects(readTable('table', 'hello'), (error: Error) => {
    assert.match(error.message, /--data\.format/);
    assert.match(withoutOptions(error.message), /put them in quotes\.$/);
    return true;
  });
});
