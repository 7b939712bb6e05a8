/** What labels, documents, keys and names of files hold never drives the terminal; what programs read stays exact. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { unroll, unrollHere } from './support/cli.ts';
import { runProgram } from './support/process.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyModel, tinyRows } from './support/tiny.ts';

const cwd = temporaryFolder();
const evil = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202eltr';
const label = `sp${evil}ort`;
const text = `ball ${evil} goal`;
/** Anything that drives a terminal, but for line ends and tabs. */
const RAW = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

before(async () => {
  const rows = tinyRows().map((row) => ({
    [`te${evil}xt`]: row.text,
    label: row.label === 'sport' ? label : row.label,
  }));
  writeFiles(cwd, { [`d${evil}.jsonl`]: rows.map((row) => `${JSON.stringify(row)}\n`).join('') });
  const columns = ['--text-col', `te${evil}xt`, '--label-col', 'label'];
  const trained = await unrollHere(['train', `d${evil}.jsonl`, '-o', 'run', ...columns, ...tinyModel], {
    cwd,
  });
  assert.equal(trained.code, 0, trained.stderr);
  assert.doesNotMatch(trained.stderr, RAW);
  assert.doesNotMatch(trained.stdout, RAW);
});

test('messages about files and keys are printable', async () => {
  for (const args of [
    ['train', `no ${evil}.csv`],
    ['train', `d${evil}.jsonl`, '--text-col', `no ${evil}`],
    ['evaluate', 'run', '--no-such', evil],
    ['predict', `no ${evil}`, 'ball'],
    [evil],
  ]) {
    const { stderr, stdout } = await unrollHere(args, { cwd });
    assert.notEqual(stderr + stdout, '');
    assert.doesNotMatch(stderr + stdout, RAW, JSON.stringify(args));
  }
  // a process cleans all that it writes
  const audit = await unroll(['data', `d${evil}.jsonl`], { cwd });
  assert.equal(audit.code, 0, audit.stderr);
  assert.doesNotMatch(audit.stderr + audit.stdout, RAW);
});

test('predictions as text are printable; CSV and JSON lines keep the data as it is', async () => {
  const predict = (...args: string[]) =>
    unrollHere(['predict', 'run', text, '--scores', 'all', ...args], { cwd });
  const shown = await predict('--format', 'text');
  assert.equal(shown.code, 0, shown.stderr);
  assert.doesNotMatch(shown.stdout, RAW);
  assert.ok((await predict('--format', 'csv')).stdout.includes(evil));
  const [line] = (await predict('--format', 'jsonl')).stdout.split('\n');
  const object = JSON.parse(line) as { readonly text: string; readonly scores: Record<string, number> };
  assert.equal(object.text, text);
  // invisible characters are no part of a label
  const read = label.replace('\u202e', '');
  assert.ok(Object.hasOwn(object.scores, read));
  assert.ok(readFileSync(`${cwd}/run/predictions.csv`, 'utf8').includes(read));
});

test('a terminal gets no control characters, nor the colours of a text, in CSV and as text', async (t) => {
  const found = await runProgram('script', ['--version']).catch(() => undefined);
  if (found?.code !== 0) return t.skip('there is no `script` here to make a terminal');
  const main = new URL('../src/cli/main.ts', import.meta.url).pathname;
  writeFiles(cwd, { 'new.csv': `text\n"${text} \u001b[31mred"\n` });
  for (const format of ['csv', 'text']) {
    const command = `${process.execPath} ${main} predict run --input new.csv --quiet --format ${format}`;
    const { stdout, code } = await runProgram('script', ['-qec', command, '/dev/null'], { cwd });
    assert.equal(code, 0, stdout);
    assert.match(stdout, /ball \ufffd\]0;owned/);
    for (const raw of ['\u001b', '\u009b', '\u202e', '\u0007'])
      assert.ok(!stdout.includes(raw), JSON.stringify(stdout));
  }
});
