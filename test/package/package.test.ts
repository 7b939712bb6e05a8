/** What package.json and the lock file promise users; test/slow/package.test.ts builds, packs and installs the package. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { ENTRIES, exportTarget } from '../../scripts/entries.ts';
import { ROOMS, root } from '../../scripts/house.ts';
import { packageJson } from '../../scripts/package-json.ts';
import { VERSION } from '../../src/core/version.ts';
import { nodeProblem } from '../../src/core/node-version.ts';
import { npmPack } from '../support/npm.ts';
import { runProgram } from '../support/process.ts';

test('package.json lists exactly the entry points of scripts/entries.ts', () => {
  const expected = Object.fromEntries(ENTRIES.map((entry) => [entry.subpath, exportTarget(entry)]));
  assert.deepEqual(packageJson.exports, { ...expected, './package.json': './package.json' });
});

test('every room has an entry point whose module exists', () => {
  // the command line is the program; scratch is for reading; config exports what users need of settings; a training reads
  // the vectors that its settings name; the studio is started by its command
  const inside = ['cli', 'scratch', 'settings', 'studio', 'vectors'];
  const rooms = ROOMS.map((room) => room.name).filter((room) => !inside.includes(room));
  const missing = rooms.filter((room) => !ENTRIES.some((entry) => entry.module === `${room}/index`));
  assert.deepEqual(missing, []);
  const modules = ENTRIES.flatMap(({ module, browser = [] }) => [module, ...[browser].flat()]);
  const absent = modules.map((module) => `src/${module}.ts`).filter((file) => !existsSync(root + file));
  assert.deepEqual(absent, []);
});

test('the version that the library knows is that of package.json', () => {
  assert.equal(VERSION, packageJson.version);
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

suite('a Node that is too old is told so', () => {
  // of the version alone; test/slow/package.test.ts has a real one where the machine has it
  const pretend = (version: string) =>
    `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  const start = (version: string, ...args: string[]) =>
    runProgram(process.execPath, ['--import', pretend(version), ...args], { cwd: root });

  test('by the command', async () => {
    const { code, stdout, stderr } = await start('20.20.2', 'src/cli/bin.ts', '--version');
    assert.equal(stderr, `error: ${nodeProblem({ node: '20.20.2' })}\n`);
    assert.deepEqual([code, stdout], [1, '']);
    const enough = await start('24.0.0', 'src/cli/bin.ts', '--version');
    assert.deepEqual([enough.code, enough.stderr], [0, '']);
    assert.match(enough.stdout, /\d+\.\d+\.\d+/);
  });

  test('by every entry point', async () => {
    const modules = ENTRIES.map(({ module }) => `./src/${module}.ts`);
    const script = `
      for (const module of ${JSON.stringify(modules)})
        await import(module).then(() => console.log(module, 'loads'), (error) => console.log(error.message));`;
    const { stdout } = await start('22.6.0', '--input-type=module', '-e', script);
    assert.deepEqual([...new Set(stdout.trim().split('\n'))], [nodeProblem({ node: '22.6.0' })]);
  });
});

test('the sources are packed, and nothing for developers alone', async () => {
  const { files } = await npmPack(root, '--dry-run', '--ignore-scripts');
  const paths = files.map(({ path }) => path);
  for (const { module } of ENTRIES)
    assert.ok(paths.includes(`src/${module}.ts`), `src/${module}.ts is missing`);
  const strangers = paths.filter((path) => /\.test\.|^(test|bench|scripts|kernels|build|runs)\//.test(path));
  assert.deepEqual(strangers, []);
});
