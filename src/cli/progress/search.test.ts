import assert from 'node:assert/strict';
import { test } from 'node:test';
import pc from 'picocolors';
import type { EpochEvent } from '../../train/events.ts';
import { categoricalDistribution, floatDistribution, type FrozenTrial } from '../../tune/index.ts';
import { tuneOptions } from '../../tune/options.ts';
import { makeTrial } from '../../tune/testing/trials.ts';
import type { Output } from '../io.ts';
import { createSearchProgress } from './search.ts';

const lr = floatDistribution(1e-4, 1, { log: true });
const cell = categoricalDistribution(['lstm', 'gru']);

/** A trial as the search keeps it. */
function ended(number: number, state: FrozenTrial['state'], value: number, notes: object = {}): FrozenTrial {
  return makeTrial({
    number,
    state,
    values: state === 'FAIL' ? null : [value],
    params: { 'train.lr': [0.0012345678, lr], 'model.type': [number % 2, cell] },
    userAttrs: {
      loss: 0.25,
      accuracy: value,
      epochs: [7],
      best_epochs: [4],
      stopped: ['early-stopping'],
      lr_reductions: [2],
      seconds: 90,
      ...notes,
    },
  });
}

function show({ terminal = false, quiet = false, tune = {}, columns = 200 } = {}) {
  let text = '';
  const output: Output = {
    write: (more) => void (text += more),
    drained: async () => undefined,
    terminal,
    columns,
    colors: pc.createColors(false),
  };
  const clock = { ms: 0 };
  const progress = createSearchProgress(output, {
    quiet,
    now: () => clock.ms,
    tune: tuneOptions.parse({ trials: 8, ...tune }),
    workers: 2,
  });
  const take = () => {
    const taken = text;
    text = '';
    return taken;
  };
  return { progress, take, clock };
}

test('each finished trial has a line with what came of it, and one with its parameters', () => {
  const { progress, take } = show();
  const good = ended(0, 'COMPLETE', 0.9);
  progress.finished(good, [good]);
  assert.equal(
    take(),
    '1/8  trial 0  accuracy 0.9000  loss 0.2500  weights of epoch 4, stopped early after 7, learning rate lowered 2×  1:30  ★ best so far\n' +
      '    train.lr=0.001235 model.type=lstm\n',
  );
  const worse = ended(1, 'COMPLETE', 0.8, { stopped: ['epochs'], lr_reductions: [0] });
  progress.finished(worse, [good, worse]);
  assert.match(
    take(),
    /^2\/8 {2}trial 1 .* weights of epoch 4, all 7 run {2}1:30 {2}best 0\.9000 \(trial 0\)\n.*=gru\n$/,
  );
  const pruned = ended(2, 'PRUNED', -2);
  progress.finished(pruned, [good, worse, pruned]);
  assert.match(take(), /^3\/8 {2}trial 2 {2}pruned {2}after epoch 7 {2}1:30 {2}best 0\.9000/);
  const failed = {
    ...ended(3, 'FAIL', 0),
    userAttrs: {},
    systemAttrs: { fail_reason: 'the loss must be finite' },
  };
  progress.finished(failed, [good, worse, pruned, failed]);
  assert.match(take(), /^4\/8 {2}trial 3 {2}failed: the loss must be finite {2}best 0\.9000 \(trial 0\)\n/);
  const folds = ended(4, 'COMPLETE', 0.95, {
    epochs: [3, 4],
    best_epochs: [3, 2],
    stopped: ['epochs', 'early-stopping'],
  });
  progress.finished(folds, [good, worse, pruned, failed, folds]);
  assert.match(take(), /2 folds of 3, 4 epochs, 1 stopped early .*★ best so far/);
});

test('a trial that is run again counts once', () => {
  const { progress, take } = show();
  const lost = makeTrial({ number: 0, state: 'FAIL' });
  const copy = { ...ended(1, 'COMPLETE', 0.7), systemAttrs: { failed_trial: 0, retry_history: [0] } };
  progress.finished(copy, [lost, copy]);
  assert.match(take(), /^1\/8 {2}trial 1 /);
});

test('on a terminal the last line says what is done, what runs, the best, and how long it takes', () => {
  const { progress, take, clock } = show({ terminal: true });
  const trial = 3;
  progress.began(trial);
  assert.match(take(), /^\r0\/8 trials {2}0 pruned {2}0 failed {2}trial 3: begins/);
  clock.ms = 60_000;
  progress.epoch(trial, 0, { epoch: 5, val_accuracy: 0.8125 } as EpochEvent);
  assert.match(take(), /trial 3: epoch 5 acc 0\.813/);
  const all = [ended(0, 'COMPLETE', 0.9), ended(1, 'PRUNED', -1), makeTrial({ number: 2, state: 'FAIL' })];
  for (const [i, one] of all.entries()) {
    clock.ms += 10_000;
    progress.finished(one, all.slice(0, i + 1));
  }
  const said = take();
  assert.match(
    said,
    /3\/8 trials {2}1 pruned {2}1 failed {2}best 0\.9000 {2}trial 3: epoch 5 acc .* {2}about 2:30 left/,
  );
  progress.ended(trial);
  clock.ms += 10_000;
  progress.began(4);
  assert.doesNotMatch(take(), /trial 3:/);
  progress.end();
  assert.equal(take(), '\r\u001b[K');
});

test('with several objectives no trial is the best; quiet says nothing', () => {
  const two = show({ tune: { second_objective: 'params' } });
  const trial = { ...ended(0, 'COMPLETE', 0.9), values: [0.9, 12_345] };
  two.progress.finished(trial, [trial]);
  const text = two.take();
  assert.match(text, /accuracy 0\.9000 {2}params 12345/);
  assert.doesNotMatch(text, /best/);
  const { progress, take } = show({ quiet: true, terminal: true });
  progress.began(0);
  progress.finished(trial, [trial]);
  progress.end();
  assert.equal(take(), '');
});

test('on a terminal a long line is folded between its parts, none of which is cut', () => {
  const { progress, take } = show({ terminal: true, columns: 48 });
  const trial = ended(0, 'COMPLETE', 0.9);
  progress.finished(trial, [trial]);
  const lines = take().split('\n').slice(0, 4);
  assert.deepEqual(lines, [
    '1/8  trial 0  accuracy 0.9000  loss 0.2500',
    '    weights of epoch 4, stopped early after 7, learning rate lowered 2×',
    '    1:30  ★ best so far',
    '    train.lr=0.001235 model.type=lstm',
  ]);
});
