/** What users get: the packed package, installed into an empty project. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { ENTRIES, specifier } from '../../scripts/entries.ts';
import { root } from '../../scripts/house.ts';
import { packageJson } from '../../scripts/package-json.ts';
import { npm, npmPack, type Packed } from '../support/npm.ts';
import { runProgram } from '../support/process.ts';
import { temporaryFolder, writeFiles } from '../support/temporary.ts';

/** A Node that is older than what the package asks for. */
function oldNode(): string | undefined {
  const { UNROLL_OLD_NODE, PATH = '' } = process.env;
  const candidates = UNROLL_OLD_NODE
    ? [UNROLL_OLD_NODE]
    : PATH.split(delimiter).map((one) => join(one, 'node'));
  return candidates.find((node) => {
    const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
    return Number(/^v(\d+)/.exec(stdout ?? '')?.[1] ?? Infinity) < 24;
  });
}

const json = <T>(text: string) => JSON.parse(text) as T;

describe('the packed package, installed into an empty project', () => {
  const project = temporaryFolder();
  const at = (path: string) => join(project, path);
  // what is compiled on the way vanishes with the project
  const env = { NODE_COMPILE_CACHE: at('compile-cache') };
  let packed: Packed;
  /** Why the installation could not be had, where it could not. */
  let offline: string | undefined;

  before(async () => {
    packed = await npmPack(root, '--pack-destination', project);
    writeFiles(project, { 'package.json': '{ "name": "empty", "private": true, "type": "module" }' });
    const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=1'];
    const install = await npm(['install', ...flags, at(packed.filename)], project);
    if (/ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|ENOTCACHED/.test(install.stderr)) {
      offline = 'the dependencies of the package are not in the npm cache and no registry answers';
    } else assert.equal(install.code, 0, install.stderr);
  });

  test('holds the program, its types and sources, and nothing for developers alone', () => {
    const paths = packed.files.map(({ path }) => path);
    for (const { module } of ENTRIES) {
      for (const path of [`dist/${module}.js`, `dist/${module}.d.ts`, `src/${module}.ts`]) {
        assert.ok(paths.includes(path), `${path} is missing`);
      }
    }
    const strangers = paths.filter((path) =>
      /\.test\.|^(test|bench|scripts|kernels|build|runs)\//.test(path),
    );
    assert.deepEqual(strangers, []);
    assert.ok(packed.size < 4_400_000, `${packed.size} bytes packed`);
  });

  test('publint has nothing to say but of the browser field', async () => {
    const { buffer } = new Uint8Array(readFileSync(at(packed.filename)));
    const { messages } = await publint({ strict: true, pack: { tarball: buffer } });
    // an import map instead would lead the sources, which run as they are in a clone, to a dist/ that is not there
    const known = messages.filter(({ code }) => code !== 'USE_EXPORTS_OR_IMPORTS_BROWSER');
    assert.deepEqual(
      known.map((message) => formatMessage(message, packageJson)),
      [],
    );
  });

  test('each entry point imports', async (t) => {
    if (offline) return t.skip(offline);
    const lines = ENTRIES.map(
      (entry) => `['${specifier(entry)}', Object.keys(await import('${specifier(entry)}')).length]`,
    );
    writeFiles(project, { 'import.js': `console.log(JSON.stringify([${lines.join(',\n')}]));` });
    const { stdout, stderr, code } = await runProgram(process.execPath, ['import.js'], { cwd: project });
    assert.equal(code, 0, stderr);
    for (const [n, [name, count]] of json<[string, number][]>(stdout).entries())
      assert.equal(count === 0, ENTRIES[n].script === true, `${name} exports ${count} names`);
  });

  test('each entry point is typed', async (t) => {
    if (offline) return t.skip(offline);
    const lines = ENTRIES.flatMap((entry, index) => [
      `import * as e${index} from '${specifier(entry)}';`,
      `export const n${index}: number = Object.keys(e${index}).length;`,
      `// @ts-expect-error -- an entry without types would let any name pass`,
      `e${index}.thereIsNoSuchExport;`,
    ]);
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2024',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
    };
    writeFiles(project, {
      'types.ts': lines.join('\n'),
      'tsconfig.json': JSON.stringify({
        compilerOptions: { ...compilerOptions, types: [] },
        files: ['types.ts'],
      }),
    });
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout, code } = await runProgram(process.execPath, [tsc, '-p', '.'], { cwd: project });
    assert.equal(code, 0, stdout);
  });

  for (const [user, { entries, lib, types }] of Object.entries({
    'in Node, without the types of browsers': { entries: ENTRIES, lib: ['es2024'], types: ['node'] },
    'of a page, without the types of Node': {
      entries: ENTRIES.filter(({ runs }) => runs === 'browser'),
      lib: ['es2024', 'dom', 'dom.iterable'],
      types: [],
    },
  })) {
    test(`the declarations compile for a user ${user}, checked themselves too`, async (t) => {
      if (offline) return t.skip(offline);
      for (const name of ['@types/node', 'undici-types', '@types/pg', 'pg-types', 'pg-protocol']) {
        const [from, to] = [join(root, 'node_modules', name), at(join('node_modules', name))];
        if (!existsSync(from) || existsSync(to)) continue;
        mkdirSync(dirname(to), { recursive: true });
        symlinkSync(from, to);
      }
      const lines = entries.map(
        (entry, n) =>
          `import * as e${n} from '${specifier(entry)}';\nexport const n${n} = Object.keys(e${n});`,
      );
      const compilerOptions = {
        ...{ module: 'nodenext', target: 'es2024', strict: true, noEmit: true },
        ...{ skipLibCheck: false, lib, types },
      };
      writeFiles(project, {
        'declarations.ts': lines.join('\n'),
        'tsconfig.json': JSON.stringify({ compilerOptions, files: ['declarations.ts'] }),
      });
      const tsc = join(root, 'node_modules/typescript/bin/tsc');
      const { stdout, code } = await runProgram(process.execPath, [tsc, '-p', '.'], { cwd: project });
      assert.equal(code, 0, stdout);
    });
  }

  test('npx unrolled trains, and predicts with what it trained', async (t) => {
    if (offline) return t.skip(offline);
    const npx = (...args: string[]) => npm(['exec', '--offline', '--', 'unrolled', ...args], project, env);
    const help = await npx('--help');
    assert.equal(help.code, 0, help.stderr);
    assert.match(help.stdout, /train DATA/);
    const rows = Array.from({ length: 40 }, (_, n) => [
      `the match number ${n} was won,sport`,
      `shares ${n} fell again,money`,
    ]);
    writeFiles(project, { 'news.csv': ['text,label', ...rows.flat()].join('\n') });
    const train = ['train', 'news.csv', '-o', 'run', '--train.epochs', '2', '--train.threads', '2'];
    const trained = await npx(...train);
    assert.equal(trained.code, 0, trained.stderr);
    const predicted = await npx('predict', 'run', 'shares 7 fell');
    assert.equal(predicted.code, 0, predicted.stderr);
    assert.match(predicted.stdout, /money|sport/);
  });

  test('an old Node is told that it is one', async (t) => {
    if (offline) return t.skip(offline);
    const old = oldNode();
    if (old === undefined) return t.skip('no Node before 24 is installed here: UNROLL_OLD_NODE can name one');
    const bin = at(`node_modules/unrolled/${packageJson.bin.unrolled}`);
    const command = await runProgram(old, [bin, '--help'], { cwd: project });
    assert.match(command.stderr, /^error: unroll needs Node 24 or later, this is \d+\.\d+\.\d+\. Install/);
    assert.equal(command.code, 1);
    for (const entry of ENTRIES) {
      const { stderr } = await runProgram(old, ['-e', `import('${specifier(entry)}')`], { cwd: project });
      assert.match(stderr, /unroll needs Node 24 or later, this is/, specifier(entry));
    }
  });
});
