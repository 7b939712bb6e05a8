/** The benchmark of accuracy, on a small data set in the place of the workshop's; its figures are not judged here. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { renderMarkdown } from '../../bench/support/table.ts';
import { meanCase, seedCase, type TrainSummary } from '../../bench/workshop.ts';
import { root } from '../../scripts/house.ts';
import { runProgram } from '../support/process.ts';
import { temporaryFolder, writeFiles } from '../support/temporary.ts';
import { tinyCsv } from '../support/tiny.ts';

const bench = (file: string, ...args: string[]) =>
  runProgram(process.execPath, [join(root, 'bench/main.ts'), 'workshop', ...args], {
    env: { UNROLL_BBC: file },
  });

const summary = (accuracy: number): TrainSummary => ({
  epochs: 40,
  best_epoch: 30,
  seconds: 100,
  threads: 2,
  val: { accuracy: accuracy - 0.01 },
  test: { accuracy, macro_f1: accuracy - 0.02, accuracy_ci95: [accuracy - 0.03, accuracy + 0.03] },
});

test('bench workshop trains both presets and gives their figures as JSON', async () => {
  const file = writeFiles(temporaryFolder(), { 'tiny.csv': tinyCsv(60) })('tiny.csv');
  const { code, stdout, stderr } = await bench(
    file,
    ...['--json', '--epochs', '1', '--seeds', '3', '--threads', '1'],
  );
  assert.equal(code, 0, stderr);
  const { name, cases } = JSON.parse(stdout) as { name: string; cases: Record<string, unknown>[] };
  assert.equal(name, 'workshop');
  assert.deepEqual(
    cases.map((one) => one.case),
    ['bilstm-workshop, seed 3', 'rnn-workshop, seed 3'],
  );
  for (const one of cases) {
    assert.deepEqual(Object.keys(one).slice(0, 6), [
      'case',
      'threads',
      'ours_ms',
      'peer',
      'peer_ms',
      'ratio',
    ]);
    assert.deepEqual([one.threads, one.seeds, one.epochs, one.best_epoch], [1, [3], 1, 1]);
    // six documents are tested
    const right = Number(one.test_accuracy) * 6;
    assert.ok(Math.abs(right - Math.round(right)) < 1e-3, `${right} of 6`);
    const [low, high] = one.test_accuracy_ci95 as [number, number];
    assert.ok(low <= Number(one.test_accuracy) && Number(one.test_accuracy) <= high);
    assert.match(String(one.note), /^1 epoch\(s\) at most/);
  }
  // each preset trained its own network, on the split of the seed
  assert.match(stderr, /bidirectional LSTM with 2 layers of 128, pooling last \+ mean \+ max/);
  assert.match(stderr, /an RNN \(tanh\) with 1 layer of 128, pooling last:/);
  assert.equal(stderr.match(/train \/ val \/ test 48 \/ 6 \/ 6/g)?.length, 2);
});

test('without the articles it is skipped, and says why', async () => {
  const { code, stdout, stderr } = await bench(join(root, 'no-such-file.csv'), '--json');
  assert.equal(code, 0, stderr);
  const { cases, skipped } = JSON.parse(stdout) as { cases: unknown[]; skipped: string };
  assert.deepEqual(cases, []);
  assert.match(skipped, /set UNROLL_BBC/);
  assert.match(stderr, /workshop is skipped: .*set UNROLL_BBC/);
});

test('seeds and epochs are checked', async () => {
  for (const args of [
    ['--seeds', '0,x'],
    ['--seeds', '1,1'],
    ['--seeds', ''],
    ['--epochs', '0'],
  ]) {
    const { code, stderr } = await bench('none.csv', ...args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, new RegExp(`^\\[bench\\] ${args[0]} must be`));
  }
});

test('mean and standard deviation over the seeds stand beside the peer and the bar', () => {
  const accuracies = [0.9, 0.93, 0.96];
  const done = accuracies.map((accuracy, seed) => ({ seed, summary: summary(accuracy) }));
  const one = meanCase('bilstm-workshop', done, { pytorch: [0.951, 0.919, 0.87], atLeast: 0.91 });
  assert.deepEqual(
    [one.case, one.seeds, one.test_accuracy, one.test_accuracy_sd, one.val_accuracy, one.test_macro_f1],
    ['bilstm-workshop, mean of 3 seeds', [0, 1, 2], 0.93, 0.03, 0.92, 0.91],
  );
  assert.deepEqual(
    [one.peer, one.peer_test_accuracy, one.peer_test_accuracy_sd, one.least_test_accuracy],
    ['PyTorch', 0.9133, 0.0408, 0.91],
  );

  const cases = [
    ...done.map(({ seed, summary: figures }) => seedCase({ preset: 'bilstm-workshop', seed }, figures)),
    one,
  ];
  const lines = renderMarkdown({
    name: 'workshop',
    machine: { line: 'm', load: 0, date: '2026-01-01' },
    cases,
  });
  assert.ok(
    lines.includes(
      '| bilstm-workshop, seed 1 | 2 | 40 | 30 | 0.920 | 0.930 | 0.900–0.960 | 0.910 | 100 |  |  |  |',
    ),
    lines,
  );
  assert.ok(
    lines.includes(
      '| bilstm-workshop, mean of 3 seeds | 2 |  |  | 0.920 | 0.930 ± 0.030 |  | 0.910 | 100 | 0.910 | 0.913 ± 0.041 | PyTorch |',
    ),
    lines,
  );
  assert.equal(
    meanCase('rnn-workshop', done, undefined).peer,
    null,
    'only the network that the peer trained too stands beside it',
  );
});
