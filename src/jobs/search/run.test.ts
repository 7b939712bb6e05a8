import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { createStudy } from '../../tune/index.ts';
import { openStorage } from '../../tune/node.ts';
import { interrupted } from './run.ts';

test('a search that was stopped can be resumed; an in-memory one cannot, and its error says so', async () => {
  for (const [address, expected] of [
    ['memory:', /^\[tune\] stopped on request; 0 trials in memory:\. They are gone: .* Give a --storage/],
    [
      `sqlite:///${join(temporaryFolder(), 's.db')}`,
      /^\[tune\] .* in sqlite:.*s\.db\. Resume it with: unroll tune news\.csv --study news --resume$/,
    ],
  ] as const) {
    const storage = await openStorage(address);
    const { message } = await interrupted(await createStudy({ name: 'news', storage }), ['tune', 'news.csv']);
    await storage.close();
    assert.match(message, expected);
  }
});
