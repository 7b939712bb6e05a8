import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { engines } from '../src/engine/index.ts';
import { parseCommandLine } from '../src/cli/args.ts';
import { commandNames, loadCommands } from '../src/cli/commands/index.ts';
import { loadConfig, resolveSearch } from '../src/config/index.ts';
import { assertRefused, unroll, unrollHere } from './support/cli.ts';
import { runProgram } from './support/process.ts';

const commands = await loadCommands();
const searched = resolveSearch(await loadConfig('search', { search: true })).space.params.map(
  ({ name }) => name,
);
const [header] = readFileSync(new URL('../examples/tickets.csv', import.meta.url), 'utf8').split('\n');
const columns = header.split(',');

test('help lists every command, and each command has options, and examples that parse', async () => {
  const { code, stdout } = await unrollHere(['--help']);
  assert.equal(code, 0);
  assert.deepEqual(
    commands.map(({ name }) => name),
    commandNames,
  );
  for (const { name, summary } of commands) {
    assert.ok(stdout.includes(`  ${name}`), name);
    assert.ok(stdout.includes(summary.slice(0, 30)), summary);
  }
  const pages = await Promise.all(commands.map(({ name }) => unrollHere([name, '--help', 'all'])));
  for (const [i, page] of pages.entries()) {
    assert.equal(page.code, 0);
    for (const option of Object.keys(commands[i].options))
      assert.ok(page.stdout.includes(`--${option}`), option);
    for (const { command } of commands[i].examples) {
      assert.ok(page.stdout.includes(command), command);
      if (command.startsWith('curl ')) continue; // what answers HTTP is asked by another program
      const words: string[] = command.slice(command.indexOf('unroll ')).match(/"[^"]*"|\S+/g) ?? [];
      // of this command, or of the one that comes after it
      const shown = commands.find(({ name }) => name === words[1]);
      assert.ok(words[0] === 'unroll' && shown !== undefined, command);
      assert.doesNotThrow(() => parseCommandLine(shown, words.slice(2)), command);
      // parameters are those of the search without -c
      const params = words.indexOf('--params');
      if (params > 0)
        for (const key of words[params + 1].split(',')) assert.ok(searched.includes(key), command);
      // it works as printed on the file of the guide, which has this name
      if (!words.includes('tickets.csv')) continue;
      for (const [at, word] of words.entries())
        if (/^--(?:text|label)-col$/.test(word)) assert.ok(columns.includes(words[at + 1]), command);
    }
    assert.ok(commands[i].examples[0].command.includes(`unroll ${commands[i].name}`));
  }
});

test('--help fits a screen: at most twelve options, and what --help all adds', async () => {
  for (const { name, options } of commands) {
    const { code, stdout } = await unrollHere([name, '--help']);
    assert.equal(code, 0);
    assert.ok(stdout.split('\n').length <= 36, `${name}: ${stdout.split('\n').length} lines`);
    const shown = Object.entries(options).filter(([, { rare }]) => !rare);
    assert.ok(shown.length <= 12, `${name} shows ${shown.length} options`);
    for (const [option, { rare }] of Object.entries(options))
      assert.equal(new RegExp(`^  (-., )?--${option}\\b`, 'm').test(stdout), !rare, `${name} --${option}`);
    if (name === 'train')
      assert.match(stdout, /unroll train --help all: \d+ more options, \d+ presets and \d+ config keys\n$/);
  }
});

test('help is shown whatever else is wrong; a text after -- is no option', async () => {
  for (const args of [
    ['train', '--no-such-option', '--help'],
    ['predict', '-h'],
    ['help', 'tune'],
  ]) {
    const { code, stdout } = await unrollHere(args);
    assert.equal(code, 0);
    assert.match(stdout, /^unroll \S+ .*\[options\]\n/);
  }
  const all = await unrollHere(['help', 'train', 'all']);
  assert.equal(all.stdout, (await unrollHere(['train', '--help=all'])).stdout);
  const text = await unrollHere(['predict', '/no/such/run', '--', '--help']);
  assert.notEqual(text.code, 0);
});

test('bad usage ends with 2 and one paragraph that names the nearest', async () => {
  const cases: [string[], RegExp][] = [
    [['trian', 'x.csv'], /must be one of .*but got "trian"\. Did you mean "train"\?/],
    [['doctor', '--jso'], /has no option --jso\. Did you mean --json\?/],
    [['doctor', 'x'], /takes no more arguments, but got "x" too/],
    [['--resume'], /a command \(.*\) must come first, but got --resume/],
  ];
  for (const [args, pattern] of cases) assertRefused(await unrollHere(args), 2, pattern);
  assertRefused(await unroll(['trian']), 2, cases[0][1]);
});

test('--version is the version of the package, on standard output', async () => {
  const { code, stdout } = await unroll(['--version']);
  assert.equal(code, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});

test('doctor --json tells versions, engines and threads', async () => {
  const { code, stdout, stderr } = await unrollHere(['doctor', '--json']);
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout) as {
    node: string;
    threads: number;
    engine: string;
    fused: boolean;
    engines: { name: string; reason: string; gflops: number }[];
  };
  assert.equal(report.node, process.versions.node);
  assert.ok(report.threads >= 1);
  assert.equal(report.fused, true);
  const used = report.engines.find(({ name }) => name === report.engine);
  assert.match(used?.reason ?? '', /^(the|among the) fastest here$|^the only one/);
  assert.deepEqual(
    report.engines.map(({ name }) => name),
    engines.flatMap(({ name, builds }) => builds.map((build) => `${name} ${build}`)),
  );
});

test('a command loads what it needs: --version next to nothing, predict neither the search nor the schema of configurations', async () => {
  const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
  const tell = `import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
    process.on('exit', () => process.stderr.write(loaded.join('\\n')));`;
  const loadedBy = async (...args: string[]) => {
    const program = ['--import', `data:text/javascript,${encodeURIComponent(tell)}`, main, ...args];
    const { code, stderr } = await runProgram(process.execPath, program);
    assert.equal(code, 0, stderr);
    return stderr.split('\n');
  };
  const version = await loadedBy('--version');
  assert.ok(version.length > 2 && version.length < 40, `${version.length} modules`);
  const predict = await loadedBy('predict', '--help');
  const superfluous =
    /node_modules\/yaml\/|src\/(?:tune\/(?:samplers|study)|config\/schema|settings\/sections|studio|serve)/;
  assert.ok(predict.some((url) => url.endsWith('commands/predict.ts')));
  assert.deepEqual(
    predict.filter((url) => superfluous.test(url)),
    [],
  );
});
