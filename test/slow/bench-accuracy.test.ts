/** The benchmarks of accuracy, on a small data set in the place of the workshop's; what they find is not judged here. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { summarise } from '../../bench/support/accuracy-figures.ts';
import { root } from '../../scripts/house.ts';
import { runProgram } from '../support/process.ts';
import { temporaryFolder, writeFiles } from '../support/temporary.ts';
import { tinyCsv } from '../support/tiny.ts';

const bench = (file: string, ...args: string[]) =>
  runProgram(process.execPath, [join(root, 'bench/main.ts'), 'accuracy', ...args], {
    env: { UNROLL_BBC: file },
  });

test('bench accuracy keeps what it trained, goes on from there, and shows the linear model beside the others', async () => {
  const folder = temporaryFolder();
  const file = writeFiles(folder, { 'tiny.csv': tinyCsv(60) })('tiny.csv');
  const results = join(folder, 'results.jsonl');
  const some = ['--json', '--only', 'first 50 tokens: chosen average', '--seeds', '3', '--results', results];
  const first = await bench(file, ...some, '--folds', '0,1', '--minutes', '5');
  // the line with GloVe is in the name too: without its package, nothing of it is trained
  assert.match(first.stderr, /first 50 tokens, recurrent, fold 1, seed 3: [\d.]+ s/);
  const again = await bench(file, ...some, '--folds', '0,1', '--minutes', '0');
  assert.equal(again.code, 0, again.stderr);
  assert.doesNotMatch(again.stderr, /s of the processor/);
  const { cases } = JSON.parse(again.stdout) as { cases: Record<string, unknown>[] };
  const [chosen] = cases;
  assert.equal(chosen.case, 'first 50 tokens: chosen average');
  assert.deepEqual([chosen.seeds, chosen.folds, chosen.peer], [[3], [0, 1], 'linear']);
  const outside = await bench(file, ...some, '--folds', '5');
  assert.equal(outside.code, 1);
  assert.match(outside.stderr, /--folds must be from 0 to 4, but got 5/);
});

test('figures are means over folds and seeds; a temperature of the other folds mends overconfidence', () => {
  // two classes, three of four right in every fold, all said with 0.99
  const fold = (wrong: number) => {
    const labels = Int32Array.from({ length: 40 }, (_, n) => Number(n % 4 < wrong));
    return {
      labels,
      probabilities: Float64Array.from({ length: 80 }, (_, i) => (i % 2 === 0 ? 0.99 : 0.01)),
    };
  };
  const figures = summarise([[fold(1), fold(1)], [fold(1), fold(3)]], ['a', 'b']); // prettier-ignore
  assert.equal(figures.test_accuracy, 0.625);
  assert.equal(figures.test_accuracy_sd, 0.25);
  const [even] = [summarise([[fold(1), fold(1)]], ['a', 'b'])];
  assert.equal(even.ece, 0.24);
  assert.ok((even.ece_scaled ?? 1) < 0.01, String(even.ece_scaled));
  // a classifier that is right in three of four cannot promise 0.99
  assert.equal(even.precision_at_promise, undefined);
});

test('a promise of precision is judged on folds that its threshold has not seen', () => {
  const fold = () => {
    const N = 800;
    const sure = (n: number) => n % 8 > 0;
    const labels = Int32Array.from({ length: N }, (_, n) => Number(!sure(n) && n % 16 === 0));
    const probabilities = new Float64Array(2 * N);
    for (let n = 0; n < N; n++) probabilities.set(sure(n) ? [0.9 + n * 1e-5, 0.1 - n * 1e-5] : [0.6, 0.4], 2 * n); // prettier-ignore
    return { labels, probabilities };
  };
  const { precision_at_promise: precision, coverage_at_promise: coverage } = summarise([[fold(), fold()]], ['a', 'b']); // prettier-ignore
  assert.equal(precision, 1);
  assert.ok((coverage ?? 0) > 0.8 && (coverage ?? 1) < 0.9, String(coverage));
});
