/** The launcher behind every `npm run`: in a made-up clone, so that nothing is really installed. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { root } from '../../scripts/house.ts';
import { type Ended, type ProgramOptions, runProgram } from '../support/process.ts';
import { temporaryFolder, writeFiles } from '../support/temporary.ts';

/** A lock file that asks for one package. */
const wanted = JSON.stringify({
  packages: {
    '': { name: 'clone' },
    'node_modules/one': { version: '1.0.0', integrity: 'sha512-1' },
    'node_modules/for-another-machine': { version: '1.0.0', optional: true },
  },
});

/** Stands for npm: takes a while, counts its runs, leaves what npm would. */
const npm = `
import fs from 'node:fs';
fs.appendFileSync('npm-runs.txt', process.argv.slice(2).join(' ') + '\\n');
console.log('npm talks');
await new Promise((done) => setTimeout(done, 700));
fs.mkdirSync('node_modules/node/bin', { recursive: true });
fs.rmSync('node_modules/node/bin/node', { force: true });
fs.symlinkSync(process.execPath, 'node_modules/node/bin/node');
fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
`;

const program = `
const [what] = process.argv.slice(2);
console.log('args', JSON.stringify(process.argv.slice(2)), process.cwd());
if (what === 'exit') process.exit(7);
if (what === 'die') process.kill(process.pid, 'SIGKILL');
if (what === 'wait') {
  let count = 0;
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      count++;
      setTimeout(() => { console.log(signal, count); process.exit(130); }, 600);
    });
  }
  setInterval(() => {}, 1000);
  console.log('ready');
}
`;

interface Clone {
  readonly folder: string;
  run(args: readonly string[], options?: ProgramOptions): Promise<Ended>;
}

/** A folder that looks like a clone; `installed` puts dependencies there that fit the lock file. */
function clone({
  installed = true,
  npmScript = npm,
}: { installed?: boolean; npmScript?: string } = {}): Clone {
  const folder = temporaryFolder();
  const at = writeFiles(folder, {
    'package-lock.json': wanted,
    'program.mjs': program,
    'tools/npm-cli.js': `import('./npm.mjs').catch((error) => { console.error(error); process.exit(1); });`,
    'tools/npm.mjs': npmScript,
    'tools/package.json': '{}',
  });
  mkdirSync(at('scripts'));
  copyFileSync(join(root, 'scripts/with-node.mjs'), at('scripts/with-node.mjs'));
  if (installed) {
    mkdirSync(at('node_modules/node/bin'), { recursive: true });
    symlinkSync(process.execPath, at('node_modules/node/bin/node'));
    writeFiles(folder, { 'node_modules/.package-lock.json': wanted });
  }
  return {
    folder,
    run: (args, { env = {}, ...options } = {}) =>
      runProgram(process.execPath, [at('scripts/with-node.mjs'), ...args], {
        cwd: folder,
        ...options,
        env: {
          npm_execpath: at('tools/npm-cli.js'),
          npm_lifecycle_event: undefined,
          INIT_CWD: undefined,
          ...env,
        },
      }),
  };
}

const npmRuns = ({ folder }: Clone) =>
  existsSync(join(folder, 'npm-runs.txt'))
    ? readFileSync(join(folder, 'npm-runs.txt'), 'utf8').trim().split('\n')
    : [];

// they mostly wait
describe('the launcher', { concurrency: 4 }, () => {
  test('arguments, output and exit code pass through, and nothing is installed twice', async () => {
    const there = clone();
    const { code, stdout, stderr } = await there.run(['program.mjs', 'exit', 'a b', '--c=*']);
    assert.equal(code, 7);
    assert.match(stdout, /args \["exit","a b","--c=\*"\]/);
    assert.equal(stderr, '');
    assert.deepEqual(npmRuns(there), []);
  });

  test('a signal that ends the program ends the launcher the same way', async () => {
    const { code, signal } = await clone().run(['program.mjs', 'die']);
    assert.deepEqual([code, signal], [null, 'SIGKILL']);
  });

  test('--here runs where npm was called, the default is the clone', async () => {
    const there = clone();
    const elsewhere = temporaryFolder();
    const env = { INIT_CWD: elsewhere };
    assert.ok((await there.run(['--here', 'program.mjs'], { env })).stdout.includes(` ${elsewhere}\n`));
    assert.ok((await there.run(['program.mjs'], { env })).stdout.includes(` ${there.folder}\n`));
  });

  test('what is missing is installed once, and only standard error tells', async () => {
    const there = clone({ installed: false });
    const { code, stdout, stderr } = await there.run(['program.mjs', 'x']);
    assert.equal(code, 0);
    assert.equal(stdout, `args ["x"] ${there.folder}\n`);
    assert.match(stderr, /installing the dependencies[^]*npm talks/);
    assert.match(npmRuns(there).join(), /^ci /);
    assert.equal((await there.run(['program.mjs', 'x'])).stderr, '');
  });

  test('a lock file that asks for another version installs again', async () => {
    const there = clone();
    writeFiles(there.folder, { 'package-lock.json': wanted.replace('sha512-1', 'sha512-2') });
    await there.run(['program.mjs']);
    assert.equal(npmRuns(there).length, 1);
  });

  test('two first runs at once install once', async () => {
    // npm takes until the other program waits for it, however long that takes to start
    const waits =
      "import { existsSync } from 'node:fs'; while (!existsSync('waiting')) await new Promise((d) => setTimeout(d, 20));";
    const there = clone({ installed: false, npmScript: `${waits}\n${npm}` });
    const onStderr = (_: unknown, text: string) => {
      if (text.includes('waiting')) writeFiles(there.folder, { waiting: '' });
    };
    const both = await Promise.all(
      ['one', 'two'].map((name) => there.run(['program.mjs', name], { onStderr })),
    );
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0],
    );
    assert.equal(npmRuns(there).length, 1);
    assert.match(both.map(({ stderr }) => stderr).join(''), /another process is installing; waiting/);
  });

  test('a lock left by a process that is gone does not stop anyone', async () => {
    const there = clone({ installed: false });
    const { hostname } = await import('node:os');
    const dead = await runProgram(process.execPath, ['-p', 'process.pid']);
    writeFiles(there.folder, { 'build/setup.lock': `${dead.stdout.trim()} ${hostname()}` });
    assert.equal((await there.run(['program.mjs'])).code, 0);
    assert.equal(existsSync(join(there.folder, 'build/setup.lock')), false);
  });

  test('an installation that fails says so, releases its lock and exits with 1', async () => {
    const there = clone({
      installed: false,
      npmScript: "console.error('no such registry'); process.exit(1);",
    });
    const { code, stdout, stderr } = await there.run(['program.mjs']);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /no such registry[^]*could not be installed \(npm ci: exit code 1\).*needs npm and its registry/,
    );
    assert.doesNotMatch(stderr, /^\s+at /m);
    assert.equal(existsSync(join(there.folder, 'build/setup.lock')), false);
  });

  test('kernels are built when their sources are newer, and not otherwise', async () => {
    const there = clone();
    const at = writeFiles(there.folder, {
      'kernels/a.ts': '',
      'scripts/build-kernels.ts': `
      import fs from 'node:fs';
      fs.mkdirSync('src/engine/wasm', { recursive: true });
      fs.appendFileSync('builds.txt', 'x');
      if (!fs.existsSync('src/engine/wasm/binaries.ts')) fs.writeFileSync('src/engine/wasm/binaries.ts', '');`,
    });
    const builds = async () => {
      assert.equal((await there.run(['program.mjs'])).code, 0);
      return readFileSync(at('builds.txt'), 'utf8').length;
    };
    assert.equal(await builds(), 1);
    assert.equal(await builds(), 1);
    // so far that a slow build ends before it
    const later = new Date(Date.now() + 3_600_000);
    utimesSync(at('kernels/a.ts'), later, later);
    assert.equal(await builds(), 2);
    writeFiles(there.folder, { 'scripts/build-kernels.ts': 'throw new Error("no compiler");' });
    utimesSync(at('scripts/build-kernels.ts'), later, later);
    const { code, stderr } = await there.run(['program.mjs']);
    assert.equal(code, 1);
    assert.match(stderr, /no compiler[^]*the kernels could not be built/);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`${signal} sent to the launcher reaches the program once, and its exit code comes back`, async () => {
      let sent = false;
      const { code, stdout } = await clone().run(['program.mjs', 'wait'], {
        onStdout: (child, text) => {
          if (!sent && text.includes('ready')) sent = child.kill(signal);
        },
      });
      assert.equal(code, 130);
      assert.match(stdout, new RegExp(`${signal} 1\\n`));
    });
  }

  test('Ctrl-C on a terminal reaches the program once', async (t) => {
    const found = await runProgram('script', ['--version']).catch(() => undefined);
    if (found?.code !== 0) return t.skip('there is no `script` here to make a terminal');
    const there = clone();
    const command = `${process.execPath} ${join(there.folder, 'scripts/with-node.mjs')} program.mjs wait`;
    // `script` types what it reads, once the program is ready, and goes on until it has answered
    const until = (word: string) => `for _ in $(seq 600); do grep -qs ${word} log && break; sleep 0.05; done`;
    const typed = `${until('ready')}; printf '\\003'; ${until('SIGINT')}; sleep 0.2`;
    const shell = `(${typed}) | script -qfec '${command}' log`;
    const { code, stdout } = await runProgram('bash', ['-c', shell], { cwd: there.folder });
    assert.match(stdout, /SIGINT \S*1\b/);
    assert.equal(code, 130);
  });

  test('the program ends when the npm that started it is killed outright', async () => {
    const there = clone();
    const starter = join(
      writeFiles(there.folder, {
        'starter.mjs': `
      import { spawn } from 'node:child_process';
      spawn(process.execPath, ['scripts/with-node.mjs', 'program.mjs', 'wait'], { stdio: 'inherit' });`,
      })('starter.mjs'),
    );
    // standard output stays open until the program has ended too
    const { stdout } = await runProgram(process.execPath, [starter], {
      cwd: there.folder,
      env: { npm_lifecycle_event: 'unroll' },
      onStdout: (child, text) => {
        if (text.includes('ready')) child.kill('SIGKILL');
      },
    });
    assert.match(stdout, /SIGTERM 1/);
  });
});
