import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import pc from 'picocolors';
import type { StepEvent } from '../../train/events.ts';
import type { Output } from '../io.ts';
import { expectedEpochs } from '../../jobs/workshop/estimate.ts';
import { createWorkshopProgress, roughly } from './workshop.ts';

const stages = [
  { title: 'audit', estimate: 10, searched: 0 },
  { title: 'training', estimate: 100, searched: 0 },
  { title: 'report', estimate: 20, searched: 0 },
];

function setUp({ terminal = false, quiet = false } = {}) {
  let clock = 0;
  let written = '';
  const err: Output = {
    write: (text) => void (written += text),
    drained: async () => {},
    terminal,
    columns: 80,
    colors: pc.createColors(false),
  };
  const progress = createWorkshopProgress({ err, now: () => clock }, stages, { quiet });
  return {
    err,
    progress,
    wait: (seconds: number) => void (clock += 1000 * seconds),
    text: () => written,
  };
}

const step = (epoch: number, batch: number): StepEvent => ({
  type: 'step',
  epoch,
  epochs: 10,
  batch,
  batches: 10,
  step: 10 * (epoch - 1) + batch,
  loss: 1,
  accuracy: 0.5,
  lr: 0.01,
});

describe('progress over stages', () => {
  test('the time left is estimated, then measured', () => {
    const { progress, wait } = setUp();
    progress.begin(0);
    assert.equal(progress.left(), 130);
    wait(5);
    assert.equal(progress.left(), 125);
    wait(15); // twice as long as it was thought to take
    progress.end('fine', 20);
    progress.begin(1);
    assert.equal(progress.left(), 240);
    const training = progress.training(null);
    wait(30); // reading and encoding
    training.step(step(1, 10));
    wait(9);
    training.step(step(2, 10)); // a tenth of the epochs in 9 seconds
    assert.ok(Math.abs(progress.left() - (8 * 9 + 40)) < 1e-6, String(progress.left()));
  });

  test('a stage that was done before takes no time and says nothing about the speed', () => {
    const { progress, text } = setUp();
    progress.skip(0, 'fine');
    progress.begin(1);
    assert.equal(progress.left(), 120);
    assert.equal(text(), '[1/3] audit: fine (done before)\n[2/3] training, about 2 min left\n');
  });

  test('a training that is taken up again is measured from there', () => {
    const { progress, wait } = setUp();
    progress.begin(1);
    const training = progress.training(null);
    training.step(step(9, 1));
    wait(9);
    training.step(step(9, 10));
    assert.ok(Math.abs(progress.left() - (10 + 20)) < 1e-6, String(progress.left()));
  });

  test('a search counts as its part of the stage, the training after it as the rest', () => {
    let clock = 0;
    const { err } = setUp();
    const parts = [{ title: 'training', estimate: 100, searched: 0.75 }];
    const progress = createWorkshopProgress({ err, now: () => clock }, parts, { quiet: false });
    progress.begin(0);
    assert.equal(progress.label(), '1/1');
    progress.searching(0.5); // taken up again: half of the trials were there
    assert.equal(progress.left(), 100, 'nothing is measured yet');
    clock += 30_000;
    progress.searching(0.75);
    // 0.75 times 0.25 of the stage took 30 s; 0.4375 of it is left
    assert.ok(Math.abs(progress.left() - 70) < 1e-6, String(progress.left()));
    clock += 10_000;
    assert.ok(Math.abs(progress.left() - 60) < 1e-6, 'time goes on between two trials');
    progress.searching(1);
    progress.training(null).step(step(5, 10));
    assert.ok(progress.left() < 30, String(progress.left()));
  });

  test('without a terminal a line begins a stage and a line ends it; on one, the bar tells the stage', () => {
    const epoch = { ...step(1, 10), type: 'epoch' as const, train_loss: 1, train_accuracy: 0.5, val_loss: 1 };
    const event = {
      ...epoch,
      val_accuracy: 0.5,
      val_macro_f1: 0.5,
      best: true,
      lr_reduced: false,
      seconds: 1,
    };
    for (const terminal of [false, true]) {
      const { progress, wait, text } = setUp({ terminal });
      progress.begin(1);
      const training = progress.training(3);
      wait(1);
      training.step(step(1, 5));
      training.epoch(event);
      training.end();
      progress.end('well', 1);
      assert.equal(/2\/3 epoch 1\/10/.test(text()), terminal);
      assert.equal(/val_loss/.test(text()), terminal);
      assert.match(text(), /\[2\/3\] training: well \(1\.0 s\)\n$/);
    }
    const { progress, text } = setUp({ quiet: true, terminal: true });
    progress.begin(1);
    progress.training(3).step(step(1, 5));
    progress.end('well', 1);
    assert.equal(text(), '');
  });
});

test('early stopping ends a training when the best epoch has been waited for, hardly before half of all', () => {
  const at = (epoch: number, best: number, patience: number | null) =>
    expectedEpochs({ epoch, epochs: 60, best, patience });
  assert.equal(at(1, 0, null), 60);
  assert.equal(at(1, 1, 10), 30);
  assert.equal(at(40, 35, 10), 45);
  assert.equal(at(58, 55, 10), 60);
});

test('a time is told no finer than it is known', () => {
  assert.deepEqual([0, 4.4, 47, 100, 7000].map(roughly), ['1 s', '4 s', '45 s', '2 min', '1.9 h']);
});
