import assert from 'node:assert/strict';
import { test } from 'node:test';
import pc from 'picocolors';
import type { Output } from '../io.ts';
import { createProgress, formatRate, trainingDisplay } from './training.ts';

function capture(terminal: boolean, columns = 80): { output: Output; text: () => string } {
  let written = '';
  const output: Output = {
    write: (text) => void (written += text),
    drained: async () => {},
    terminal,
    columns,
    colors: pc.createColors(false),
  };
  return { output, text: () => written };
}

const step = {
  type: 'step' as const,
  step: 5,
  epoch: 1,
  epochs: 2,
  batch: 5,
  batches: 10,
  loss: 0.5,
  accuracy: 0.75,
  lr: 0.001,
};
const epoch = {
  type: 'epoch' as const,
  epoch: 1,
  step: 10,
  lr: 4.84e-3,
  train_loss: 1.5,
  train_accuracy: 0.5,
  val_loss: 1.25,
  val_accuracy: 0.625,
  val_macro_f1: 0.6,
  best: true,
  lr_reduced: false,
  seconds: 1,
};

test('without a terminal there is one aligned row an epoch and no bar', () => {
  const { output, text } = capture(false);
  const progress = createProgress(output, { quiet: false, now: () => 0 });
  progress.step(step);
  progress.epoch(epoch);
  progress.epoch({ ...epoch, epoch: 2, step: 20, best: false, val_loss: NaN });
  progress.end();
  const [header, first, second, rest] = text().split('\n');
  assert.equal(rest, '');
  assert.deepEqual(header.trim().split(/\s+/), [
    'epoch',
    'step',
    'loss',
    'acc',
    'val_loss',
    'val_acc',
    'val_f1',
    'lr',
    'time',
  ]);
  assert.match(first, /^ +1 +10 +1\.5000 +0\.500 +1\.2500 +0\.625 +0\.600 +0\.00484 +0\.0 s ★$/);
  assert.equal(first.length, header.length + 2);
  assert.equal(second.length, header.length);
  assert.match(second, / - /);
});

test('a metric that is monitored has a column; the log loss, which is always told, has none', () => {
  const { output, text } = capture(false);
  const progress = createProgress(output, { quiet: false, now: () => 0 });
  progress.epoch({ ...epoch, val_log_loss: 1.2, val_mcc: -0.25 });
  const [header, row] = text().split('\n');
  assert.match(header, / val_f1 +val_mcc +lr +time$/);
  assert.match(row, / 0\.600 +-0\.250 +0\.00484 /);
  assert.doesNotMatch(header, /log_loss/);
});

test('on a terminal the bar is rewritten, tells the time left, fits the width and is removed at the end', () => {
  for (const columns of [20, 50, 80, 200]) {
    const { output, text } = capture(true, columns);
    let time = 0;
    const progress = createProgress(output, { quiet: false, now: () => time });
    progress.step({ ...step, batch: 1 });
    time = 4000;
    progress.step(step);
    progress.end();
    const drawings = text()
      .split('\r')
      .filter((line) => line.startsWith('epoch'));
    assert.equal(drawings.length, 2);
    for (const drawing of drawings) assert.ok(drawing.replace('\u001b[K', '').length < columns);
    // 4 batches in 4 s, 15 of 20 to go
    if (columns >= 80)
      assert.match(
        drawings[1],
        /epoch 1\/2 ━+ 5\/10 {2}loss 0\.5000 {2}acc 0\.750 {2}lr 0\.001 {2}15\.0 s left/,
      );
    assert.ok(text().endsWith('\r\u001b[K'));
  }
});

test('the bar is not redrawn more than ten times a second', () => {
  const { output, text } = capture(true);
  let time = 0;
  const progress = createProgress(output, { quiet: false, now: () => time });
  for (; time < 1000; time++) progress.step(step);
  assert.ok(text().split('\r').length <= 12);
});

test('quiet writes nothing', () => {
  const { output, text } = capture(true);
  const progress = createProgress(output, { quiet: true, now: () => 0 });
  progress.step(step);
  progress.epoch(epoch);
  progress.end();
  assert.equal(text(), '');
});

test('rates are short', () => {
  assert.deepEqual([4.84e-3, 1e-3, 1, 2.5e-7, 0.000123456].map(formatRate), [
    '0.00484',
    '0.001',
    '1',
    '2.5e-7',
    '0.000123',
  ]);
});

test('on a terminal, work without steps has a line until the next event', () => {
  for (const [terminal, expected] of [
    [true, '\rreading the documents …\u001b[K\r\u001b[K\rmeasuring …\u001b[K\r\u001b[K'],
    [false, ''],
  ] as const) {
    const { output, text } = capture(terminal);
    const display = trainingDisplay({ err: output, now: () => 0, quiet: false });
    display.hear({ type: 'working', on: 'reading' });
    display.hear({ type: 'working', on: 'measuring' });
    display.clear();
    display.clear();
    assert.equal(text(), expected);
  }
});

test('the time left of work that is counted is told as soon as it can be known', () => {
  const { output, text } = capture(true);
  let time = 0;
  const display = trainingDisplay({ err: output, now: () => time, quiet: false });
  const told = (done: number, at: number) => {
    time = at;
    const before = text().length;
    display.hear({ type: 'fitting', what: 'refit', done });
    return text().slice(before);
  };
  assert.doesNotMatch(told(0.1, 1000), /left/, 'a tenth was done before it was seen');
  assert.match(told(0.2, 3000), /20 % {2}16\.0 s left/);
  assert.doesNotMatch(told(0, 5000), /left/, 'other work');
  assert.match(told(0.5, 8000), /50 % {2}3\.0 s left/);
});
