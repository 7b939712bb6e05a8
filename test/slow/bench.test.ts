/** The benchmarks: what `npm run bench` prints, and that it compares fairly. The figures themselves are not judged here. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { benches } from '../../bench/index.ts';
import { memoryFigures } from '../../bench/memory.ts';
import { assertAgree, interleave } from '../../bench/support/compare.ts';
import { startContestant } from '../../bench/support/contestant.ts';
import { drawPicture, pictureFile } from '../../bench/support/picture.ts';
import { MACHINE_KINDS } from '../../bench/support/result-files.ts';
import { pagePath, renderPage } from '../../bench/support/results.ts';
import { quantile, slope } from '../../bench/support/statistics.ts';
import { root } from '../../scripts/house.ts';
import { runProgram } from '../support/process.ts';

const bench = (...args: string[]) => runProgram(process.execPath, [join(root, 'bench/main.ts'), ...args]);
const short = ['lstm-step', '--only', 'LSTM forward', '--threads', '1', '--rounds', '1', '--no-peers'];

test('bench --json prints one object with the promised keys, and progress elsewhere', async () => {
  const { code, stdout, stderr } = await bench(...short, '--json');
  assert.equal(code, 0, stderr);
  const { name, cases } = JSON.parse(stdout) as { name: string; cases: Record<string, unknown>[] };
  assert.equal(name, 'lstm-step');
  assert.equal(cases.length, 1);
  const [only] = cases;
  assert.deepEqual(Object.keys(only).slice(0, 6), ['case', 'threads', 'ours_ms', 'peer', 'peer_ms', 'ratio']);
  assert.deepEqual(
    [only.case, only.threads, only.peer, only.peer_ms, only.ratio],
    ['LSTM forward + backward', 1, null, null, null],
  );
  assert.ok(Number(only.ours_ms) > 1, `${String(only.ours_ms)} ms`);
  assert.match(stderr, /preparing/);
});

test('bench prints a table with the machine for people', async () => {
  const { code, stdout, stderr } = await bench(...short);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /cores.*Node.*load/);
  assert.match(stdout, /^case +threads +ours ms/m);
  assert.match(stdout, /^LSTM forward \+ backward +1 +\d/m);
});

test('a mistake on the command line is a usage error', async () => {
  for (const args of [[], ['lstm'], [...short, '--rounds', '0'], ['gemm', '--fast']]) {
    const { code, stdout, stderr } = await bench(...args);
    assert.equal(code, 2, args.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, /lstm-step/);
  }
});

test('contestants take turns in every round, and slow ways drop out after three', async () => {
  const order: string[] = [];
  const entries = ['ours', 'a', 'b'].map((key, n) => ({
    key,
    turn: () => {
      order.push(key);
      return Promise.resolve(n + 1);
    },
  }));
  const samples = await interleave(entries, { rounds: 5, pause: 0, drops: () => ['b'] });
  assert.deepEqual(order.join(' '), `${'ours a b '.repeat(3)}ours a ours a`);
  assert.deepEqual(samples.get('ours'), [1, 1, 1, 1, 1]);
  assert.deepEqual(samples.get('b'), [3, 3, 3]);
});

test('two sides that compute something else are not compared', () => {
  assertAgree('x', [1, 2], [1.0001, 2], 1e-3);
  assertAgree('x', [1, 2], [], 1e-3);
  assert.throws(() => assertAgree('x', [1, 2], [1, 2.1], 1e-3), /both sides must compute the same/);
  assert.throws(() => assertAgree('x', [NaN], [1], 1e-3), /both sides/);
});

test('a contestant that ends is an error, not a wait', async () => {
  const start = startContestant({ label: 'gone', command: process.execPath, args: ['-e', ''] });
  await assert.rejects(start, /gone ended \(exit code 0\)|EPIPE/);
});

test('quantiles, slope and growth', () => {
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
  assert.equal(quantile([1, 2, 3, 4, 5], 0.25), 2);
  assert.equal(slope([1, 3, 5]), 2);
  assert.deepEqual(memoryFigures(new Array<number>(50).fill(100)).growth, 0);
  // 100 MiB at first, 1 MiB more each epoch: medians of epochs 16 to 26 and 40 to 50
  const leak = memoryFigures(Array.from({ length: 50 }, (_, epoch) => 100 + epoch));
  assert.equal(leak.slope_mib_per_epoch, 1);
  assert.equal(leak.growth, Number((144 / 120 - 1).toPrecision(4)));
});

test('docs/benchmarks.md shows the results that are kept', async () => {
  const page = readFileSync(pagePath, 'utf8');
  assert.equal(await renderPage(page, benches), page, 'npm run bench -- NAME --write makes the page anew');
  for (const kind of MACHINE_KINDS)
    for (const theme of ['light', 'dark'] as const) {
      const svg = drawPicture(kind, theme);
      if (svg !== undefined) assert.equal(readFileSync(pictureFile(kind, theme), 'utf8'), svg);
    }
});
