/** Trials that are run again: what counts as one, in whatever study, and what their next attempt is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InterruptedError } from '../../core/errors.ts';
import { pruners } from '../pruners/index.ts';
import { samplers } from '../samplers/index.ts';
import { MemoryStorage } from '../storage/memory.ts';
import { copyStudy, createStudy, type CreateStudyOptions, loadStudy } from '../study/open.ts';
import type { Study } from '../study/study.ts';
import { makeTrial } from '../testing/trials.ts';
import { lastAttempts } from './retry.ts';

const random = samplers.create({ type: 'random' }, { seed: 0 });
const make = (options: CreateStudyOptions = {}) =>
  createStudy({ sampler: random, onWarning: () => undefined, ...options });
const numbers = (trials: readonly { readonly number: number }[]) => trials.map(({ number }) => number);
const states = async (study: Study) => (await study.trials()).map(({ state }) => state).join(' ');

test('the last attempt stands in the place of the first; a number from another study hides nothing', () => {
  const retry = (number: number, first: number, state: 'FAIL' | 'COMPLETE') =>
    makeTrial({ number, state, systemAttrs: { failed_trial: first, retry_history: [first] } });
  const failed = makeTrial({ number: 0, state: 'FAIL' });
  const other = makeTrial({ number: 1, values: [1] });
  const trials = [failed, other, retry(2, 0, 'FAIL'), retry(3, 0, 'COMPLETE'), makeTrial({ number: 4 })];
  assert.deepEqual(numbers(lastAttempts(trials)), [3, 1, 4]);
  // 1 has a value, 9 is not there, and what 0 was is known from 2 on
  const strangers = [
    failed,
    other,
    retry(2, 1, 'COMPLETE'),
    retry(3, 9, 'COMPLETE'),
    retry(4, 9, 'COMPLETE'),
  ];
  assert.deepEqual(numbers(lastAttempts(strangers)), [0, 1, 2, 3, 4]);
});

test('of equal trials the one that began first is the best, also when it was run again', async () => {
  const study = await make();
  const [first, second] = [await study.ask(), await study.ask()];
  await study.park(first);
  await study.tell(second, 1);
  await study.tell(await study.ask(), 1);
  assert.equal((await study.bestTrial()).number, 2);
});

test('a copy of a study numbers its retries anew, and counts all that was kept', async () => {
  const storage = new MemoryStorage();
  const study = await make({ storage, name: 'all' });
  for (let i = 0; i < 3; i++) {
    const trial = await study.ask();
    trial.suggestFloat('x', 0, 1);
    await study.park(trial);
    await study.tell(await study.ask(), i);
  }
  assert.equal(await states(study), 'FAIL COMPLETE FAIL COMPLETE FAIL COMPLETE');
  const place = { storage, name: 'all' };
  await copyStudy(place, { name: 'kept' }, { keep: ({ state }) => state !== 'FAIL' });
  const kept = await loadStudy({ storage, name: 'kept', sampler: random });
  assert.deepEqual(numbers(lastAttempts(await kept.trials())), [0, 1, 2]);
  assert.equal((await kept.optimize(() => 1, { trials: 4 })).ran, 1);
  await copyStudy(place, { name: 'later' }, { keep: ({ number }) => number >= 2 });
  const later = await loadStudy({ storage, name: 'later', sampler: random });
  assert.deepEqual((await later.trials())[3].systemAttrs.retry_history, [2]);
  assert.deepEqual(numbers(lastAttempts(await later.trials())), [1, 3]);
});

test('a trial that is given back often outlives as many deaths as one that is not', async () => {
  const clock = { seconds: 0 };
  const storage = new MemoryStorage({ now: () => new Date(1000 * clock.seconds) });
  const study = await make({ storage });
  for (let i = 0; i < 5; i++) await study.park((await study.askWithin({ heartbeatSeconds: 1 }))!);
  const copies: number[] = [];
  for (let death = 1; death <= 3; death++) {
    const trial = await study.askWithin({ heartbeatSeconds: 1, budget: 1 });
    if (!trial) break;
    study.forget(trial);
    clock.seconds += 100;
    await study.retryStale(10, { maxRetries: 2 });
    copies.push((await study.trials(['WAITING'])).length);
  }
  assert.deepEqual(copies, [1, 1, 0]);
});

test('what an earlier attempt was let pass is not asked again; what it was stopped for is', async () => {
  const pruner = pruners.create({ type: 'successive_halving', min_resource: 1, reduction_factor: 2 });
  const study = await make({ pruner });
  const report = async (values: readonly number[]) => {
    const trial = await study.ask();
    const asked: boolean[] = [];
    for (const [step, value] of values.entries()) {
      trial.report(value, step + 1);
      asked.push(await trial.shouldPrune());
    }
    return { trial, asked };
  };
  const first = await report([1, 1, 1]);
  await study.tell(first.trial, 1);
  // stopped by Ctrl-C between the decision and the end
  let { trial, asked } = await report([2]);
  assert.deepEqual(asked, [true]);
  for (let i = 0; i < 2; i++) {
    await study.park(trial, { keepReports: true });
    ({ trial, asked } = await report([2]));
    assert.deepEqual(asked, [true]);
  }
  await study.tell(trial, undefined, { state: 'PRUNED' });
  assert.equal((await study.trials()).at(-1)?.systemAttrs.completed_rung_0, 2);
  // went on in spite of the decision at step 2, so that its rung counts
  ({ trial, asked } = await report([0.5, 3, 3]));
  assert.deepEqual(asked, [false, true, false]);
  assert.equal(trial.systemAttrs.completed_rung_1, 3);
  await study.park(trial, { keepReports: true });
  ({ asked } = await report([0.5, 3, 3]));
  assert.deepEqual(asked, [false, false, false]);
});

test('parameters drawn anew, of which a part was written: the next attempt draws the rest as the first would have', async () => {
  const draw = async (die: boolean) => {
    const study = await make({ redraws: 5 });
    let trial = await study.ask();
    trial.suggestFloat('a', 0, 1);
    assert.ok(trial.redraw());
    const a = trial.suggestFloat('a', 0, 1);
    await trial.flush();
    if (die) {
      await study.park(trial);
      trial = await study.ask();
      assert.equal(trial.suggestFloat('a', 0, 1), a);
    }
    return trial.suggestFloat('b', 0, 1);
  };
  assert.equal(await draw(true), await draw(false));
});

test('a grid: taken up after its last point it tries none again; stopped at its last point it says so', async () => {
  const grid = () => samplers.create({ type: 'grid', search_space: { x: [1, 2, 3] } }, { seed: 0 });
  const stop = new AbortController();
  const study = await make({ sampler: grid() });
  const first = await study.optimize(
    (trial) => {
      if (trial.number === 2) {
        stop.abort();
        throw new InterruptedError('stopped');
      }
      return trial.suggestInt('x', 1, 3);
    },
    { signal: stop.signal },
  );
  assert.deepEqual(first, { ran: 2, stopped: 'signal' });
  assert.equal(await states(study), 'COMPLETE COMPLETE FAIL WAITING');
  for (const ran of [1, 0, 0]) {
    const next = await study.optimize((trial) => trial.suggestInt('x', 1, 3), { newTrials: 9 });
    assert.deepEqual(next, { ran, stopped: 'sampler' });
  }
  const parked = await make({ sampler: grid() });
  for (const trial of [await parked.ask(), await parked.ask(), await parked.ask()]) await parked.park(trial);
  const some = await parked.optimize((trial) => trial.suggestInt('x', 1, 3), { newTrials: 1 });
  assert.deepEqual(some, { ran: 1, stopped: 'trials' }, 'two points wait');
  assert.equal((await study.ask()).suggestInt('x', 1, 3) > 0, true, 'who asks is given a repeat');
});

test('a trial of the queue that died goes before those behind it, and not beyond the budget', async () => {
  const clock = { seconds: 0 };
  const storage = new MemoryStorage({ now: () => new Date(1000 * clock.seconds) });
  const study = await make({ storage });
  for (let x = 0; x < 4; x++) await study.enqueueTrial({ x });
  study.forget((await study.askWithin({ heartbeatSeconds: 1, budget: 1 }))!);
  clock.seconds = 100;
  const options = { trials: 1, heartbeatSeconds: 1 };
  const { ran } = await study.optimize((trial) => trial.suggestFloat('x', 0, 9), options);
  assert.equal(ran, 1);
  assert.equal(await states(study), 'FAIL WAITING WAITING WAITING COMPLETE');
});
