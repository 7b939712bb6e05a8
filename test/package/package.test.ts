/** What package.json and the lock file promise users; test/slow/package.test.ts builds, packs and installs the package. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ENTRIES, exportTarget } from '../../scripts/entries.ts';
import { ROOMS, root } from '../../scripts/house.ts';
import { packageJson } from '../../scripts/package-json.ts';
import { npmPack } from '../support/npm.ts';

test('package.json lists exactly the entry points of scripts/entries.ts', () => {
  const expected = Object.fromEntries(ENTRIES.map((entry) => [entry.subpath, exportTarget(entry)]));
  assert.deepEqual(packageJson.exports, { ...expected, './package.json': './package.json' });
});

test('every room has an entry point whose module exists', () => {
  // the command line is the program; scratch is for reading
  const rooms = ROOMS.map((room) => room.name).filter((room) => room !== 'cli' && room !== 'scratch');
  const missing = rooms.filter((room) => !ENTRIES.some((entry) => entry.module === `${room}/index`));
  assert.deepEqual(missing, []);
  const absent = ENTRIES.map((entry) => `src/${entry.module}.ts`).filter((file) => !existsSync(root + file));
  assert.deepEqual(absent, []);
});

test('the lock file names no registry and no package of users has an install script', () => {
  const lock = readFileSync(`${root}package-lock.json`, 'utf8');
  assert.doesNotMatch(lock, /"resolved"|https?:\/\/[^"]*\.tgz/);
  const { packages } = JSON.parse(lock) as {
    packages: Record<string, { dev?: boolean; hasInstallScript?: boolean }>;
  };
  const scripted = Object.entries(packages).filter(
    ([, { dev, hasInstallScript }]) => hasInstallScript && !dev,
  );
  assert.deepEqual(scripted, []);
});

test('the sources are packed, and nothing for developers alone', async () => {
  const { files } = await npmPack(root, '--dry-run', '--ignore-scripts');
  const paths = files.map(({ path }) => path);
  for (const { module } of ENTRIES)
    assert.ok(paths.includes(`src/${module}.ts`), `src/${module}.ts is missing`);
  const strangers = paths.filter((path) => /\.test\.|^(test|bench|scripts|kernels|build|runs)\//.test(path));
  assert.deepEqual(strangers, []);
});
