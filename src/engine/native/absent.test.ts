/** The stand-in of the native engine for bundles, and the mark that ties a library to its sources. */
import assert from 'node:assert/strict';
import * as crypto from 'node:crypto';
import { test } from 'node:test';
import { native as absent } from './absent.ts';
import { native } from './engine.ts';
import { sourceStamp } from './library.ts';

test('the stand-in describes the same engine, and says that it needs Node', () => {
  const described = ({ name, summary, builds, automatic }: typeof absent | typeof native) => ({
    name,
    summary,
    builds,
    automatic,
  });
  assert.deepEqual(described(absent), described(native));
  for (const build of absent.builds)
    assert.throws(() => absent.load(build), { name: 'UnsupportedError', message: 'it needs Node' });
});

test('the stamp of a library changes with a name or a byte of its sources', () => {
  const stamp = (sources: Readonly<Record<string, string>>) =>
    sourceStamp(
      {
        readdirSync: () => Object.keys(sources),
        readFileSync: (path) => Buffer.from(sources[path.pathname.split('/').at(-1) ?? ''] ?? ''),
      },
      crypto,
    );
  const first = stamp({ 'a.c': 'x', 'b.h': 'y' });
  assert.equal(stamp({ 'b.h': 'y', 'a.c': 'x' }), first);
  assert.notEqual(stamp({ 'a.c': 'x', 'b.h': 'z' }), first);
  assert.notEqual(stamp({ 'a.c': 'x', 'c.h': 'y' }), first);
});
