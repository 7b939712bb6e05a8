/** The native library's file: what is refused before it is loaded, and what the reader is told to do. */
import assert from 'node:assert/strict';
import * as crypto from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { root } from '../../../scripts/house.ts';
import { temporaryFolder, writeFiles } from '../../../test/support/temporary.ts';
import { sealOf } from './library.ts';

const HERE = `${process.platform}-${process.arch}`;
const sealed = (code: string, machine = HERE) => code + sealOf(machine, Buffer.from(code), crypto);

const home = temporaryFolder();
for (const path of ['src/core', 'src/engine', 'package.json'])
  cpSync(join(root, path), join(home, path), { recursive: true });
writeFiles(home, {
  'native/kernels.c': 'sources of a clone',
  'scripts/build-native.ts': 'and how they are built',
});
const { loadLibrary } = (await import(
  pathToFileURL(join(home, 'src/engine/native/library.ts')).href
)) as typeof import('./library.ts');

/** What is said of a file with this content. */
function saidOf(content: string): string {
  writeFiles(home, { [`prebuilds/${HERE}/unroll.node`]: content });
  try {
    loadLibrary();
  } catch (error) {
    assert.ok(error instanceof Error && error.name === 'UnsupportedError', String(error));
    return error.message;
  }
  return 'loaded';
}

const refused = `it cannot be loaded: it is damaged or not made for ${HERE}`;

test('a file that is incomplete, changed or of another machine is refused before Node loads it', () => {
  const whole = sealed('any code');
  const damaged = ['', 'x', whole.slice(0, 40), whole.slice(1), whole.replace('any', 'ANY'), `${whole}\n`];
  for (const content of [...damaged, sealed('any code', 'plan9-x64')])
    assert.equal(saidOf(content), `${refused}: npm run build:native`, JSON.stringify(content));
});

test('one that is whole reaches Node, whose words are passed on', () => {
  assert.match(
    saidOf(sealed('no library')),
    /^it cannot be loaded: (?!it is damaged).+: npm run build:native$/,
  );
});

test('in a package, which has no sources, the advice is another one', () => {
  rmSync(join(home, 'native'), { recursive: true });
  assert.equal(saidOf('x'), `${refused}: install the package again`);
  rmSync(join(home, 'prebuilds'), { recursive: true });
  assert.throws(loadLibrary, { message: `this package has none for ${process.platform} ${process.arch}` });
});
