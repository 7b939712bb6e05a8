import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, InterruptedError } from '../../core/errors.ts';
import type { Pruner } from '../pruners/pruner.ts';
import { samplers } from '../samplers/index.ts';
import { MemoryStorage } from '../storage/memory.ts';
import { TrialPruned } from '../trial/end.ts';
import type { Trial } from '../trial/trial.ts';
import { createStudy, type CreateStudyOptions } from './open.ts';
import type { Study } from './study.ts';
import type { Timers } from './timers.ts';

const sampler = samplers.create({ type: 'random' }, { seed: 0 });

async function makeStudy(options: CreateStudyOptions = {}): Promise<Study & { warnings: string[] }> {
  const warnings: string[] = [];
  const study = await createStudy({ sampler, onWarning: (message) => warnings.push(message), ...options });
  return Object.assign(study, { warnings });
}

const states = async (study: Study) => (await study.trials()).map((trial) => trial.state).join(' ');
const square = (trial: Trial) => trial.suggestFloat('x', -1, 1) ** 2;

/** Timers that run when told to. */
function handTimers() {
  const waiting = new Set<{ seconds: number; again: boolean; callback: () => void }>();
  const add = (entry: { seconds: number; again: boolean; callback: () => void }) => {
    waiting.add(entry);
    return () => void waiting.delete(entry);
  };
  const timers: Timers = {
    after: (seconds, callback) => add({ seconds, again: false, callback }),
    every: (seconds, callback) => add({ seconds, again: true, callback }),
  };
  const fire = () => {
    for (const entry of [...waiting]) {
      if (!entry.again) waiting.delete(entry);
      entry.callback();
    }
  };
  return { timers, fire, waiting };
}

/** Lets promises go on. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('an error ends its trial: it is thrown on, unless it is listed, and nothing told is lost', async () => {
  const study = await makeStudy();
  const objective = (trial: Trial) => {
    trial.suggestFloat('x', 0, 1);
    // of a class below the one that is listed
    if (trial.number === 1) throw new (class extends RangeError {})('too much');
    return trial.number;
  };
  await assert.rejects(study.optimize(objective, { newTrials: 3 }), /too much/);
  assert.equal(await states(study), 'COMPLETE FAIL');
  const failed = (await study.trials())[1];
  assert.deepEqual([failed.systemAttrs.fail_reason, failed.internalParams.size], ['too much', 1]);
  for (const caught of [true, [TypeError, RangeError], (error: unknown) => error instanceof RangeError]) {
    const other = await makeStudy();
    await other.optimize(objective, { newTrials: 3, catch: caught });
    assert.equal(await states(other), 'COMPLETE FAIL COMPLETE');
    assert.match(other.warnings[0], /too much/);
  }
  const third = await makeStudy();
  await assert.rejects(third.optimize(objective, { newTrials: 3, catch: [TypeError] }), RangeError);
});

test('a pruned trial is no mistake', async () => {
  const pruner: Pruner = {
    type: 'even',
    decide: (_study, { number }) => ({ prune: number % 2 === 0, systemAttrs: { completed_rung_0: number } }),
  };
  const study = await makeStudy({ pruner });
  await study.optimize(
    async (trial) => {
      assert.equal(await trial.shouldPrune(), false); // nothing reported: nothing to decide by
      trial.report(trial.number, 3);
      if (await trial.shouldPrune()) throw new TrialPruned();
      return -1;
    },
    { newTrials: 3 },
  );
  const trials = await study.trials();
  assert.deepEqual(
    trials.map(({ state, values, systemAttrs }) => [state, values![0], systemAttrs.completed_rung_0]),
    [
      ['PRUNED', 0, 0],
      ['COMPLETE', -1, 1],
      ['PRUNED', 2, 2],
    ],
  );
});

test('a pruner sees the trial as it was reported, among the others', async () => {
  const seen: number[] = [];
  const pruner: Pruner = {
    type: 'spy',
    decide: (study, trial) => {
      seen.push(study.trials.length, study.trials.indexOf(trial), trial.intermediateValues.size);
      return { prune: false };
    },
  };
  const study = await makeStudy({ pruner });
  await study.optimize(
    async (trial) => {
      trial.report(1, 0);
      await trial.shouldPrune();
      return 1;
    },
    { newTrials: 2 },
  );
  assert.deepEqual(seen, [1, 0, 1, 2, 1, 1]);
});

test('trials count for the whole study, whoever ran them; newTrials for the call', async () => {
  const storage = new MemoryStorage();
  const study = await makeStudy({ storage, name: 's' });
  assert.deepEqual(await study.optimize(square, { trials: 5 }), { ran: 5, stopped: 'trials' });
  assert.deepEqual(await study.optimize(square, { trials: 5 }), { ran: 0, stopped: 'trials' });
  assert.equal((await study.optimize(square, { newTrials: 2 })).ran, 2);
  const others = await Promise.all(
    [1, 2, 3].map(() => makeStudy({ storage, name: 's', loadIfExists: true })),
  );
  const results = await Promise.all(
    others.map((one) => one.optimize(square, { trials: 20, concurrency: 2 })),
  );
  assert.equal(
    results.reduce((sum, { ran }) => sum + ran, 0),
    13,
  );
  const numbers = (await study.trials()).map((trial) => trial.number);
  assert.deepEqual(
    numbers,
    Array.from({ length: 20 }, (_, i) => i),
  );
});

test('enqueued trials are a part of the budget; one that is run again counts once', async () => {
  const study = await makeStudy();
  for (let i = 0; i < 4; i++) await study.enqueueTrial({ x: i / 10 });
  await study.optimize(square, { trials: 2 });
  assert.equal(await states(study), 'COMPLETE COMPLETE WAITING WAITING');
  await study.park(await study.ask());
  await study.optimize(square, { trials: 5 });
  assert.equal(await states(study), 'COMPLETE COMPLETE FAIL COMPLETE COMPLETE COMPLETE');
});

test('stops: by the objective, by a callback, by the sampler, by the signal, by time', async () => {
  const study = await makeStudy();
  assert.throws(() => study.stop(), ConfigError);
  const stopping = (trial: Trial) => {
    if (trial.number === 2) study.stop();
    return 1;
  };
  assert.deepEqual(await study.optimize(stopping, { newTrials: 9 }), { ran: 3, stopped: 'stop' });
  const called: number[] = [];
  const callbacks = [
    (_: Study, trial: { number: number }) => void called.push(trial.number),
    (one: Study, trial: { number: number }) => {
      if (trial.number === 4) one.stop();
    },
  ];
  assert.deepEqual(await study.optimize(square, { callbacks }), { ran: 2, stopped: 'stop' });
  assert.deepEqual(called, [3, 4]);
  const controller = new AbortController();
  const aborting = (trial: Trial) => {
    if (trial.number === 6) controller.abort();
    return 1;
  };
  const { signal } = controller;
  assert.deepEqual(await study.optimize(aborting, { signal, newTrials: 9 }), { ran: 2, stopped: 'signal' });
  const { timers, fire, waiting } = handTimers();
  const slow = (trial: Trial) => {
    if (trial.number === 8) fire();
    return 1;
  };
  assert.deepEqual(await study.optimize(slow, { timeout: 60, timers, newTrials: 9 }), {
    ran: 2,
    stopped: 'timeout',
  });
  assert.equal(waiting.size, 0);
  const exhausted = await makeStudy({
    sampler: {
      ...sampler,
      afterTrial: (_s, { number }) => ({ stop: number === 1, systemAttrs: { last: number } }),
    },
  });
  assert.deepEqual(await exhausted.optimize(square), { ran: 2, stopped: 'sampler' });
  assert.equal((await exhausted.trials())[1].systemAttrs.last, 1);
});

test('stops when the target is reached, or nothing better comes', async () => {
  const values = [5, 3, 4, 3, 7, 2, 2, 2, 9];
  const objective = (trial: Trial) => values[trial.number];
  const run = async (options: object, direction: 'minimize' | 'maximize' = 'minimize') =>
    (await makeStudy({ direction })).optimize(objective, { newTrials: 9, ...options });
  assert.deepEqual(await run({ target: 3 }), { ran: 2, stopped: 'target' });
  assert.deepEqual(await run({ target: 6 }, 'maximize'), { ran: 5, stopped: 'target' });
  assert.deepEqual(await run({ patience: 3 }), { ran: 5, stopped: 'patience' });
  assert.deepEqual(await run({ patience: 4 }), { ran: 9, stopped: 'trials' });
  const two = await makeStudy({ directions: ['minimize', 'minimize'] });
  for (const options of [{ target: 1 }, { patience: 1 }]) {
    await assert.rejects(
      two.optimize(() => [1, 1], options),
      /one objective/,
    );
  }
  for (const options of [{ trials: -1 }, { concurrency: 0 }, { newTrials: 0.5 }, { timeout: 0 }]) {
    await assert.rejects(study9(options), ConfigError);
  }
});

test('a study that is good enough already begins no trial; one that is run again counts once', async () => {
  const values = [3, 1, 2, 2];
  const study = await makeStudy();
  const objective = (trial: Trial) => values[trial.number] ?? 2;
  await study.optimize(objective, { trials: 4 });
  assert.deepEqual(await study.optimize(objective, { target: 1, trials: 9 }), { ran: 0, stopped: 'target' });
  assert.deepEqual(await study.optimize(objective, { patience: 2, trials: 9 }), {
    ran: 0,
    stopped: 'patience',
  });
  // trials 2 and 3 count, the interrupted attempt beside its copy does not
  await study.park(await study.ask());
  assert.deepEqual(await study.optimize(objective, { patience: 4, trials: 9 }), {
    ran: 2,
    stopped: 'patience',
  });
  assert.equal(await states(study), 'COMPLETE COMPLETE COMPLETE COMPLETE FAIL COMPLETE COMPLETE');
});

async function study9(options: object) {
  return (await makeStudy()).optimize(square, options);
}

test('an optimisation within itself is an error', async () => {
  const study = await makeStudy();
  await assert.rejects(
    study.optimize(
      async () => {
        await study.optimize(square, { newTrials: 1 });
        return 1;
      },
      { newTrials: 1 },
    ),
    /within its own/,
  );
  assert.equal((await study.optimize(square, { newTrials: 1 })).ran, 1);
});

test('side by side: as many at once as wanted, and the others end before an error is thrown on', async () => {
  const study = await makeStudy();
  let running = 0;
  let most = 0;
  const objective = async (trial: Trial) => {
    most = Math.max(most, ++running);
    for (let i = 0; i < 3; i++) await turn();
    running--;
    if (trial.number === 4) throw new Error('bad luck');
    return trial.number;
  };
  await assert.rejects(study.optimize(objective, { newTrials: 30, concurrency: 3 }), /bad luck/);
  assert.deepEqual([most, running], [3, 0]);
  assert.deepEqual(await study.trials(['RUNNING']), []);
  assert.equal((await study.trials(['FAIL'])).length, 1);
});

test('interrupted trials go back into the queue, with their parameters', async () => {
  const study = await makeStudy();
  const controller = new AbortController();
  const x: number[] = [];
  const result = await study.optimize(
    (trial) => {
      x.push(trial.suggestFloat('x', 0, 1));
      if (trial.number === 1) {
        controller.abort();
        throw new InterruptedError('stopped');
      }
      return 1;
    },
    { signal: controller.signal },
  );
  assert.deepEqual(result, { ran: 1, stopped: 'signal' });
  assert.equal(await states(study), 'COMPLETE FAIL WAITING');
  await study.optimize(
    (trial) => {
      assert.equal(trial.suggestFloat('x', 0, 1), x[1]);
      return 1;
    },
    { newTrials: 1 },
  );
  assert.equal(await states(study), 'COMPLETE FAIL COMPLETE');
});

/** A study whose clock is set by hand, and two workers on it. */
async function twoWorkers(options: CreateStudyOptions = {}) {
  const clock = { seconds: 0 };
  const storage = new MemoryStorage({ now: () => new Date(clock.seconds * 1000) });
  const [dead, alive] = [await makeStudy({ storage, name: 's' }), await makeStudy({ storage, name: 's', loadIfExists: true, ...options })]; // prettier-ignore
  return { clock, storage, dead, alive };
}

/** Begins a trial as a worker with heartbeats does, and never ends it. */
function hang(
  study: Study,
  timers: Timers,
): Promise<{ end: (value: number) => void; done: Promise<unknown> }> {
  return new Promise((resolve) => {
    const done = study.optimize(
      (trial) => {
        trial.suggestFloat('x', 0, 1);
        trial.setUserAttr('checkpoint', 'here');
        return trial.flush().then(
          () =>
            new Promise<number>((end) => {
              resolve({ end, done });
            }),
        );
      },
      { newTrials: 1, heartbeatSeconds: 10, timers },
    );
    void done.catch(() => undefined);
  });
}

test('a worker that dies: its trial fails and is run again by another, with the same parameters', async () => {
  const { clock, dead, alive } = await twoWorkers();
  const silent = handTimers();
  const { end, done } = await hang(dead, silent.timers);
  const options = { newTrials: 1, heartbeatSeconds: 10, timers: handTimers().timers };
  clock.seconds = 20;
  await alive.optimize(square, options); // not more than twice the interval: still alive
  assert.equal(await states(alive), 'RUNNING COMPLETE');
  silent.fire(); // a heartbeat at 20 s
  await turn();
  clock.seconds = 40;
  await alive.optimize(square, options);
  assert.equal(await states(alive), 'RUNNING COMPLETE COMPLETE');
  clock.seconds = 40.1;
  const first = (await alive.trials())[0];
  await alive.optimize((trial) => {
    assert.equal(trial.suggestFloat('x', 0, 1), first.internalParams.get('x'));
    assert.deepEqual(trial.userAttrs, { checkpoint: 'here' });
    return 1;
  }, options);
  const trials = await alive.trials();
  assert.equal(await states(alive), 'FAIL COMPLETE COMPLETE COMPLETE');
  assert.equal(trials[3].systemAttrs.failed_trial, 0);
  assert.deepEqual(trials[3].systemAttrs.retry_history, [0]);
  // the worker was slow, not dead: what it found is left out, and it goes on
  end(0);
  await done;
  assert.match(dead.warnings.at(-1) ?? '', /left out/);
  assert.equal((await alive.trials())[0].state, 'FAIL');
});

test('retries: as often as allowed, and one copy for each', async () => {
  for (const [maxRetries, copies] of [
    [0, 0],
    [1, 1],
    [3, 3],
  ] as const) {
    const { clock, alive, storage } = await twoWorkers(); // prettier-ignore
    for (let i = 0; i < 5; i++) {
      const trial = await alive.askWithin({ budget: 1 });
      if (!trial) break;
      trial.report(1, 0);
      await trial.flush();
      await storage.heartbeat(trial.id);
      clock.seconds += 100;
      const both = await Promise.all([
        alive.retryStale(20, { maxRetries }),
        alive.retryStale(20, { maxRetries }),
      ]);
      assert.equal(both.flat().length, 1);
    }
    const trials = await alive.trials();
    assert.equal(trials.length, 1 + copies);
    for (const [i, trial] of trials.entries()) {
      assert.equal(trial.state, 'FAIL');
      assert.deepEqual(
        trial.systemAttrs.retry_history ?? [],
        Array.from({ length: i }, (_, k) => k),
      );
      assert.equal(trial.intermediateValues.size, 1); // its own alone
    }
  }
});

test('a retry has the parameters and notes of its attempt, its reports only if asked', async () => {
  for (const [options, reports] of [
    [{}, 0],
    [{ keepReports: true }, 2],
  ] as const) {
    const { clock, alive, storage } = await twoWorkers();
    const trial = await alive.ask();
    const x = trial.suggestFloat('x', 0, 1);
    trial.setUserAttr('checkpoint', 'a/b');
    trial.report(1, 0);
    trial.report(2, 5);
    trial.keep({ completed_rung_0: 1, 'constraints:c': -1 });
    await trial.flush();
    await storage.heartbeat(trial.id);
    clock.seconds += 100;
    await alive.retryStale(20, { maxRetries: Infinity, ...options });
    const [failed, copy] = await alive.trials();
    assert.deepEqual([failed.state, copy.state], ['FAIL', 'WAITING']);
    assert.deepEqual([...copy.internalParams], [['x', x]]);
    assert.deepEqual(copy.distributions, failed.distributions);
    assert.deepEqual(copy.userAttrs, { checkpoint: 'a/b' });
    assert.equal(copy.systemAttrs['constraints:c'], -1);
    assert.equal(copy.intermediateValues.size, reports);
    // a rung belongs to the reports that led to it
    assert.equal('completed_rung_0' in copy.systemAttrs, reports > 0);
    assert.equal('fail_reason' in copy.systemAttrs, false);
    if (reports > 0) assert.deepEqual(copy.intermediateValues, failed.intermediateValues);
  }
});

test('no heartbeat was ever given: the trial is left alone', async () => {
  const { clock, dead, alive } = await twoWorkers();
  await dead.ask();
  clock.seconds = 1e6;
  assert.deepEqual(await alive.retryStale(1), []);
  assert.equal(await states(alive), 'RUNNING');
});

test('a trial that is given back while nothing else is left is begun', async () => {
  const { dead, alive } = await twoWorkers();
  const other = await dead.askWithin({ heartbeatSeconds: 10 });
  // between looking for a trial and looking who runs one
  let looks = 0;
  const look = alive.askWithin.bind(alive);
  alive.askWithin = async (options) => {
    const found = await look(options);
    if (++looks === 1) await dead.park(other!);
    return found;
  };
  const result = await alive.optimize(square, {
    trials: 1,
    heartbeatSeconds: 10,
    timers: handTimers().timers,
  });
  assert.deepEqual(result, { ran: 1, stopped: 'trials' });
  assert.equal(await states(alive), 'FAIL COMPLETE');
});

test('a worker without a trial stays while another runs one, and takes it over', async () => {
  const { clock, dead, alive } = await twoWorkers();
  await hang(dead, handTimers().timers);
  const hand = handTimers();
  const idle: number[] = [];
  const onIdle = (others: number) => idle.push(others);
  const options = { trials: 1, heartbeatSeconds: 10, timers: hand.timers, onIdle };
  const staying = alive.optimize(square, options);
  for (let i = 0; i < 5; i++) await turn();
  assert.equal(hand.waiting.size, 1);
  clock.seconds = 100;
  hand.fire();
  assert.deepEqual(await staying, { ran: 1, stopped: 'trials' });
  assert.equal(await states(alive), 'FAIL COMPLETE');
  assert.deepEqual(idle, [1]);
  const { alive: leaving, dead: other } = await twoWorkers();
  await hang(other, handTimers().timers);
  assert.deepEqual(await leaving.optimize(square, { ...options, waitForOthers: false }), {
    ran: 0,
    stopped: 'trials',
  });
});
