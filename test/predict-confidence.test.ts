/** `unroll predict` says how sure it is: labels of a promised precision, prediction sets, texts unlike the training data. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { readModelFolder, readValidation } from '../src/run/index.ts';
import { assertRefused, unrollHere } from './support/cli.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv, tinyModel } from './support/tiny.ts';

const cwd = temporaryFolder();
const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
const texts = ['the bank said stock price', 'a goal for the team', 'of the said people'];

async function predict(...args: string[]) {
  const ended = await unrollHere(['predict', 'run', ...texts, ...args], { cwd });
  assert.equal(ended.code, 0, ended.stderr);
  return ended;
}

before(async () => {
  writeFiles(cwd, { 'tiny.csv': tinyCsv(900) });
  const parts = ['--data.fractions', '0.3,0.6,0.1'];
  const { code, stderr } = await unrollHere(['train', 'tiny.csv', '-o', 'run', ...parts, ...tinyModel], {
    cwd,
  });
  assert.equal(code, 0, stderr);
});

describe('a calibrated run', () => {
  it('has its temperature in config.json, its validation predictions, and the calibration before in test.json', () => {
    const { temperature, typical } = readModelFolder(`${cwd}/run`).config;
    const { labels, probabilities, labelNames } = readValidation(`${cwd}/run/validation.json`);
    assert.ok(temperature !== undefined && temperature > 0 && temperature !== 1);
    assert.equal(typical?.documents, labels.length);
    assert.equal(probabilities.length, labels.length * labelNames.length);
    const test = readJson(`${cwd}/run/test.json`);
    assert.equal((test['before_scaling'] as Record<string, unknown>)['temperature'], temperature);
  });

  it('is measured again to the same numbers', async () => {
    const { stdout } = await unrollHere(
      ['evaluate', 'run', '-o', 'again.json', '--json', '--evaluate.bootstrap_samples', '50'],
      { cwd },
    );
    const { format: _f, version: _v, ...before } = readJson(`${cwd}/run/test.json`);
    assert.deepEqual(JSON.parse(stdout), before);
  });
});

describe('--precision', () => {
  it('labels the texts that are sure enough, here all of them, and says what that covers', async () => {
    const { stdout, stderr } = await predict('--precision', '0.97', '--json');
    assert.match(
      stderr,
      /· all texts get a label: at least 97\.0 % of the labels are correct, with 95\.0 % confidence; of the 540 validation documents, 540 \(100\.0 %\) get one, none of them wrong/,
    );
    const labels = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { label: string | null }).label);
    assert.deepEqual(labels.slice(0, 2), ['money', 'sport']);
  });

  it('is refused where there are too few documents, or none', async () => {
    const few = await unrollHere(['predict', 'run', ...texts, '--precision', '0.999'], { cwd });
    assertRefused(
      few,
      3,
      /at least 2995 validation documents .* but the run has 540\. Ask for at most 0\.99, /,
    );
    const { code } = await unrollHere(
      ['train', 'tiny.csv', '-o', 'moved', '--data.fractions', '0.9,0,0.1', ...tinyModel],
      { cwd },
    );
    assert.equal(code, 0);
    const none = await unrollHere(['predict', 'moved', ...texts, '--sets', '0.9'], { cwd });
    assertRefused(none, 3, /moved has no validation\.json\. .*data\.fractions/);
  });

  for (const [args, pattern] of [
    [
      ['--precision', '1'],
      /--precision must be a number between 0 and 1, both excluded, such as 0\.95, but got "1"/,
    ],
    [['--sets', 'most'], /--sets must be a number .* but got "most"/],
    [['--abstain-below', '0'], /--abstain-below must be a number/],
    [['--precision', '0.9', '--abstain-below', '0.5'], /either --precision or --abstain-below/],
    [['--set-method', 'aps'], /--set-method must be used with --sets/],
    [['--sets', '0.9', '--set-method', 'best'], /--set-method must be one of lac, aps, but got "best"/],
  ] as const) {
    it(`refuses ${args.join(' ')}`, async () => {
      assertRefused(await unrollHere(['predict', 'run', ...texts, ...args], { cwd }), 2, pattern);
    });
  }
});

it('--abstain-below leaves labels empty in CSV, and counts what was labelled', async () => {
  const { stdout, stderr } = await predict('--abstain-below', '0.999999', '--format', 'csv');
  const [head, ...rows] = stdout.trim().split('\n');
  assert.equal(head, 'row_id,label,score,tokens,known_tokens,none_of_these,text');
  assert.match(rows[2], /^2,,0\.\d+,4,\d,[\d.]+,of the said people$/);
  assert.match(stderr, /\d of 3 texts labelled; the model is not confident enough about the others/);
  const text = await predict('--abstain-below', '0.999999');
  assert.match(text.stdout, /^abstain\t0\.\d{4}\tof the said people/m);
});

it('--sets writes classes, the best first; the set of a harder text is no smaller', async () => {
  for (const method of ['lac', 'aps']) {
    const { stdout, stderr } = await predict('--sets', '0.95', '--set-method', method, '--json');
    assert.match(
      stderr,
      new RegExp(`sets \\(${method}\\) hold the true class of at least 95\\.0 % of texts like the 540`),
    );
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { label: string; set: string[] });
    for (const { label, set } of rows) assert.equal(set[0], label);
    assert.ok(rows[2].set.length >= rows[0].set.length);
  }
  const csv = await predict('--sets', '0.95', '--format', 'csv');
  assert.match(
    csv.stdout,
    /^row_id,label,score,set,tokens,known_tokens,none_of_these,text\n0,money,[\d.]+,money,/,
  );
});

it('a text of other words is unlike the training data', async () => {
  const { stdout } = await unrollHere(['predict', 'run', texts[0], 'boil pasta in salted water', '--json'], {
    cwd,
  });
  const [like, unlike] = stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { none_of_these: number }).none_of_these);
  assert.ok(like < 0.5 && unlike > 0.95, `${like}, ${unlike}`);
});
