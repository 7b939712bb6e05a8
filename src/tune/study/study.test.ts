import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '../../core/errors.ts';
import { samplers } from '../samplers/index.ts';
import type { Sampler } from '../samplers/sampler.ts';
import { categoricalDistribution, floatDistribution, intDistribution } from '../space/distributions.ts';
import type { TrialTemplate } from '../storage/contract.ts';
import { MemoryStorage } from '../storage/memory.ts';
import { TrialFinishedError } from '../trial/end.ts';
import { copyStudy, createStudy, type CreateStudyOptions, deleteStudy, loadStudy } from './open.ts';
import type { Study } from './study.ts';

const random = (seed = 0) => samplers.create({ type: 'random' }, { seed });

async function makeStudy(options: CreateStudyOptions = {}): Promise<{ study: Study; warnings: string[] }> {
  const warnings: string[] = [];
  const study = await createStudy({
    sampler: random(),
    onWarning: (message) => warnings.push(message),
    ...options,
  });
  return { study, warnings };
}

test('a value completes a trial; what cannot be one fails it, or is an error where COMPLETE was said', async () => {
  const { study, warnings } = await makeStudy();
  const tell = async (value: unknown, options = {}) =>
    study.tell(await study.ask(), value as number, options);
  const { state, values, datetimeComplete } = await tell(1.5);
  assert.deepEqual([state, values], ['COMPLETE', [1.5]]);
  assert.ok(datetimeComplete);
  assert.deepEqual((await tell([-Infinity])).values, [-Infinity]);
  for (const odd of [NaN, [1, 2], '1.5', undefined, null, [NaN]]) {
    const ended = await tell(odd);
    assert.deepEqual([ended.state, ended.values], ['FAIL', null], String(odd));
    assert.equal(typeof ended.systemAttrs.fail_reason, 'string');
    await assert.rejects(tell(odd, { state: 'COMPLETE' }), ConfigError, String(odd));
  }
  assert.equal(warnings.length, 6);
  for (const state of ['PRUNED', 'FAIL']) await assert.rejects(tell(1, { state }), ConfigError);
  assert.equal(
    (await tell(undefined, { state: 'FAIL', reason: 'no luck' })).systemAttrs.fail_reason,
    'no luck',
  );
});

test('several objectives take one value each', async () => {
  const { study } = await makeStudy({ directions: ['minimize', 'maximize'] });
  assert.deepEqual((await study.tell(await study.ask(), [1, 2])).values, [1, 2]);
  assert.equal((await study.tell(await study.ask(), 1)).state, 'FAIL');
});

test('a pruned trial keeps its last report as its value, unless that is NaN', async () => {
  const { study } = await makeStudy();
  const prune = async (reports: readonly (readonly [number, number])[]) => {
    const trial = await study.ask();
    for (const [step, value] of reports) trial.report(value, step);
    return (await study.tell(trial, undefined, { state: 'PRUNED' })).values;
  };
  assert.deepEqual(await prune([[4, 0.5], [2, 0.75]]), [0.5]); // prettier-ignore
  assert.equal(await prune([[0, 0.5], [1, NaN]]), null); // prettier-ignore
  assert.equal(await prune([]), null);
});

test('a trial is told once, running and by a number that exists', async () => {
  const { study } = await makeStudy();
  const trial = await study.ask();
  await study.tell(trial, 1);
  await assert.rejects(study.tell(trial, 2), TrialFinishedError);
  await assert.rejects(study.tell(0, 2), TrialFinishedError);
  assert.deepEqual((await study.tell(trial, 2, { skipIfFinished: true })).values, [1]);
  assert.deepEqual((await study.tell(0, 2, { skipIfFinished: true })).values, [1]);
  await study.enqueueTrial({ x: 1 });
  await assert.rejects(study.tell(1, 2), /waits/);
  await assert.rejects(study.tell(7, 2), /it has 2 trials/);
});

test('a trial that this process did not ask for is told by its number', async () => {
  const storage = new MemoryStorage();
  const { study } = await makeStudy({ storage, name: 'shared' });
  const trial = await study.ask({ x: floatDistribution(0, 1) });
  const other = await loadStudy({ storage, name: 'shared', sampler: random() });
  assert.deepEqual((await other.tell(0, 3)).values, [3]);
  await assert.rejects(study.tell(trial, 4), TrialFinishedError);
});

test('what a trial says is written together: nothing before a flush, all of it with the end', async () => {
  const storage = new MemoryStorage();
  const writes: string[][] = [];
  const write = storage.writeTrial.bind(storage);
  storage.writeTrial = (id, changes) => {
    writes.push(Object.keys(changes));
    return write(id, changes);
  };
  const { study } = await makeStudy({ storage });
  const trial = await study.ask();
  trial.suggestFloat('x', 0, 1);
  trial.report(0.5, 0);
  trial.setUserAttr('note', { deep: [1, NaN] });
  assert.equal((await study.trials())[0].internalParams.size, 0);
  await trial.flush();
  await trial.flush();
  trial.suggestInt('n', 1, 3);
  const ended = await study.tell(trial, 1);
  assert.deepEqual(writes, [
    ['params', 'intermediateValues', 'userAttrs'],
    ['params', 'end'],
  ]);
  assert.deepEqual([...ended.internalParams.keys()], ['x', 'n']);
  assert.deepEqual(ended.userAttrs, { note: { deep: [1, NaN] } });
});

test('a write that fails loses nothing: the next one has it', async () => {
  const storage = new MemoryStorage();
  const { study } = await makeStudy({ storage });
  const trial = await study.ask();
  const write = storage.writeTrial.bind(storage);
  storage.writeTrial = () => Promise.reject(new Error('the disk is full'));
  const x = trial.suggestFloat('x', 0, 1);
  await assert.rejects(trial.flush(), /the disk is full/);
  await assert.rejects(study.tell(trial, 1), /the disk is full/);
  storage.writeTrial = write;
  const ended = await study.tell(trial, 1);
  assert.deepEqual([ended.internalParams.get('x'), ended.values], [x, [1]]);
});

test('enqueued parameters are used exactly, missing ones sampled', async () => {
  const { study, warnings } = await makeStudy();
  await study.enqueueTrial({ x: 0.25, c: 'b' }, { userAttrs: { by: 'hand' } });
  await study.enqueueTrial({ x: 7 });
  const suggest = async () => {
    const trial = await study.ask();
    const x = trial.suggestFloat('x', 0, 1);
    const c = trial.suggestCategorical('c', ['a', 'b', 'c']);
    const n = trial.suggestInt('n', 1, 9);
    return { trial, values: [x, c], n };
  };
  const first = await suggest();
  assert.deepEqual(first.values, [0.25, 'b']);
  assert.ok(first.n >= 1 && first.n <= 9);
  assert.deepEqual(first.trial.userAttrs, { by: 'hand' });
  assert.deepEqual(warnings, []);
  const second = await suggest();
  assert.equal(second.values[0], 7);
  assert.match(warnings[0], /\[x\] of the enqueued trial 1 .* got 7/);
  await study.enqueueTrial({ c: 'z' });
  await assert.rejects(suggest(), /\[c\] of the enqueued trial 2 .* got "z"/);
  assert.equal((await suggest()).trial.number, 3);
});

test('a fixed value goes before the only one of a range, with a warning', async () => {
  const { study, warnings } = await makeStudy();
  await study.enqueueTrial({ x: 5 });
  assert.equal((await study.ask()).suggestFloat('x', 2, 2), 5);
  assert.match(warnings[0], /\[x\] of the enqueued trial 0 should be one of .* got 5/);
});

test('what a study is where nothing is said: minimised, TPE from seed 0, the median rule, nothing made anew', async () => {
  const study = await createStudy();
  const { sampler, pruner, directions, name } = study;
  assert.deepEqual([sampler.type, sampler.seed, pruner.type], ['tpe', 0, 'median']);
  assert.deepEqual([directions, name], [['minimize'], 'study-1']);
  assert.equal((await createStudy({ seed: 7 })).sampler.seed, 7);
  const loaded = await loadStudy({ name, storage: study.storage });
  assert.deepEqual([loaded.sampler.type, loaded.pruner.type], ['tpe', 'median']);
});

test('a trial that is there, or waits, is not enqueued twice; NaN equals NaN', async () => {
  const { study } = await makeStudy();
  const skipIfExists = true;
  assert.equal(await study.enqueueTrial({ x: NaN, y: 'a' }, { skipIfExists }), 0);
  assert.equal(await study.enqueueTrial({ x: NaN, y: 'a' }, { skipIfExists }), undefined);
  assert.equal(await study.enqueueTrial({ x: NaN }, { skipIfExists }), 1);
  assert.equal(await study.enqueueTrial({ x: NaN, y: 'b' }, { skipIfExists }), 2);
  assert.equal(await study.enqueueTrial({ x: NaN, y: 'b' }), 3);
  await study.addTrial({ params: { z: 2 }, distributions: { z: intDistribution(1, 3) }, values: [1] });
  assert.equal(await study.enqueueTrial({ z: 2 }, { skipIfExists }), undefined);
});

test('waiting trials come first, in order, and each once', async () => {
  const storage = new MemoryStorage();
  const { study } = await makeStudy({ storage, name: 's' });
  const other = await loadStudy({ storage, name: 's', sampler: random() });
  for (let i = 0; i < 100; i++) await study.enqueueTrial({ i });
  const asked = await Promise.all(
    Array.from({ length: 120 }, async (_, i) => (await (i % 2 ? study : other).ask()).number),
  );
  assert.deepEqual(
    asked.sort((a, b) => a - b),
    Array.from({ length: 120 }, (_, i) => i),
  );
});

test('a claimed trial keeps the parameters that it has: a retry repeats its attempt', async () => {
  const { study } = await makeStudy();
  const trial = await study.ask();
  const x = trial.suggestFloat('x', 0, 1);
  trial.setUserAttr('checkpoint', 'a/b');
  trial.report(0.5, 0);
  const copy = await study.park(trial);
  const again = await study.ask();
  assert.deepEqual([copy, again.number], [1, 1]);
  assert.equal(again.suggestFloat('x', 0, 1), x);
  assert.deepEqual(again.userAttrs, { checkpoint: 'a/b' });
  const [first, second] = await study.trials();
  assert.deepEqual([first.state, first.systemAttrs.fail_reason], ['FAIL', 'interrupted']);
  assert.deepEqual(second.systemAttrs, { failed_trial: 0, retry_history: [0], parked: 1 });
  assert.equal(second.intermediateValues.size, 0);
  const third = await study.park(again, { keepReports: true });
  const { systemAttrs } = (await study.trials())[third];
  assert.deepEqual(systemAttrs, { failed_trial: 0, retry_history: [0, 1], parked: 2 });
});

test('a parameter that the study knows otherwise is refused when suggested, and the search file is said', async () => {
  const { study } = await makeStudy();
  const first = await study.ask();
  first.suggestCategorical('c', ['a', 'b']);
  first.suggestFloat('lr', 1e-4, 1, { log: true });
  await study.tell(first, 1);
  const trial = await study.ask();
  assert.throws(() => trial.suggestCategorical('c', ['b', 'a']), /\[c\] must keep the choices/);
  assert.throws(() => trial.suggestFloat('lr', 1e-4, 1), /\[lr\] must stay logarithmic/);
  assert.throws(() => trial.suggestInt('lr', 1, 2), /\[lr\] must stay float/);
  assert.equal(typeof trial.suggestFloat('lr', 1e-6, 2, { log: true }), 'number'); // bounds may move
});

test('two workers that name a parameter differently at the same time: the second trial fails and is kept', async () => {
  const storage = new MemoryStorage();
  const { study } = await makeStudy({ storage, name: 's' });
  const other = await loadStudy({ storage, name: 's', sampler: random() });
  const [a, b] = [await study.ask(), await other.ask()];
  a.suggestCategorical('c', ['x', 'y']);
  b.suggestCategorical('c', ['y', 'x']);
  b.setUserAttr('kept', true);
  await study.tell(a, 1);
  await assert.rejects(other.tell(b, 1), /\[c\] must keep the choices/);
  const stored = (await study.trials())[1];
  assert.deepEqual([stored.state, stored.userAttrs.kept], ['FAIL', true]);
  assert.match(stored.systemAttrs.fail_reason as string, /must keep the choices/);
});

test('the same name gives the same value; another range is warned of; one value is never sampled', async () => {
  const sampler: Sampler = {
    ...random(),
    sampleIndependent: () => {
      throw new Error('sampled');
    },
  };
  const { study, warnings } = await makeStudy();
  const trial = await study.ask();
  const x = trial.suggestFloat('x', 0, 1);
  assert.equal(trial.suggestFloat('x', 0, 1), x);
  assert.deepEqual(warnings, []);
  assert.equal(trial.suggestFloat('x', 5, 6), x);
  assert.equal(warnings.length, 1);
  const { study: strict } = await makeStudy({ sampler });
  const single = await strict.ask();
  assert.equal(single.suggestFloat('a', 2, 2), 2);
  assert.equal(single.suggestInt('b', 4, 6, { step: 5 }), 4);
  assert.equal(single.suggestCategorical('c', ['only']), 'only');
  assert.deepEqual((await strict.tell(single, 0)).internalParams, new Map([['a', 2], ['b', 4], ['c', 0]])); // prettier-ignore
});

test('reports: from step 0, the first of a step stays, one objective alone', async () => {
  const { study, warnings } = await makeStudy();
  const trial = await study.ask();
  for (const step of [-1, 0.5, NaN]) assert.throws(() => trial.report(1, step), ConfigError);
  assert.throws(() => trial.report('1' as unknown as number, 0), ConfigError);
  trial.report(1, 0);
  trial.report(2, 0);
  assert.equal(warnings.length, 1);
  trial.report(NaN, 1);
  assert.deepEqual((await study.tell(trial, 1)).intermediateValues, new Map([[0, 1], [1, NaN]])); // prettier-ignore
  const { study: two } = await makeStudy({ directions: ['minimize', 'minimize'] });
  const multi = await two.ask();
  assert.throws(() => multi.report(1, 0), /one objective, but got 2/);
  assert.equal(await multi.shouldPrune(), false);
});

test('the best trial is the best feasible one, the earliest of equals', async () => {
  const { study, warnings } = await makeStudy({ direction: 'maximize' });
  await assert.rejects(study.bestTrial(), /got 0 trials/);
  const run = async (value: number, constraint?: number) => {
    const trial = await study.ask();
    trial.suggestFloat('x', 0, 1);
    if (constraint !== undefined) trial.setConstraint('memory', constraint);
    await study.tell(trial, value);
  };
  await run(Infinity, 0.1);
  await assert.rejects(study.bestTrial(), /each of 1 violates/);
  await run(1, 0);
  await run(2, -1);
  await run(2);
  await study.tell(await study.ask(), undefined, { state: 'FAIL' });
  assert.equal((await study.bestTrial()).number, 2);
  assert.equal(await study.bestValue(), 2);
  assert.deepEqual(Object.keys(await study.bestParams()), ['x']);
  assert.deepEqual(
    (await study.bestTrials()).map((trial) => trial.number),
    [2, 3],
  );
  const trial = await study.ask();
  assert.throws(() => trial.setConstraint('memory', NaN), ConfigError);
  trial.setConstraint('memory', 1);
  trial.setConstraint('memory', -1);
  assert.equal(warnings.length, 1);
  assert.equal(trial.systemAttrs['constraints:memory'], 1);
});

test('infinities can be the best value, and the worst', async () => {
  for (const [direction, values, best] of [
    ['minimize', [Infinity, 1, Infinity], 1],
    ['minimize', [1, -Infinity, 0, -Infinity], -Infinity],
    ['maximize', [-Infinity, 1, -Infinity], 1],
    ['maximize', [1, Infinity, 2, Infinity], Infinity],
    ['minimize', [Infinity, Infinity], Infinity],
  ] as const) {
    const { study } = await makeStudy({ direction });
    for (const value of values) await study.tell(await study.ask(), value);
    assert.equal(await study.bestValue(), best);
    assert.equal((await study.bestTrial()).number, (values as readonly number[]).indexOf(best));
  }
});

test('the Pareto front leaves out what is beaten or not feasible', async () => {
  const { study } = await makeStudy({ directions: ['minimize', 'maximize'] });
  const points = [[1, 1], [2, 2], [2, 1], [0, 9], [1, 1]] as const; // prettier-ignore
  for (const [i, values] of points.entries()) {
    const trial = await study.ask();
    if (i === 3) trial.setConstraint('c', 1);
    await study.tell(trial, values);
  }
  assert.deepEqual(
    (await study.bestTrials()).map((trial) => trial.number),
    [0, 1, 4],
  );
  await assert.rejects(study.bestTrial(), /one objective .* got 2/);
});

test('the same seed gives the same trials, in whatever process and order of telling', async () => {
  const draw = async (seed: number, storage = new MemoryStorage()) => {
    const { study } = await makeStudy({ storage, name: 's', loadIfExists: true, sampler: random(seed) });
    const trial = await study.ask({ x: floatDistribution(0, 1), n: intDistribution(1, 100) });
    return trial.params;
  };
  const storage = new MemoryStorage();
  const first = await draw(1, storage);
  const second = await draw(1, storage);
  assert.deepEqual(await draw(1), first);
  assert.notDeepEqual(second, first);
  assert.notDeepEqual(await draw(2), first);
});

/** Plans x together, and says so, like a sampler whose plans others should see. */
const planner: Sampler = {
  ...random(),
  sampleRelative: (study) => ({
    params: new Map([['x', study.rng.float()]]),
    distributions: new Map([['x', floatDistribution(0, 1)]]),
    systemAttrs: { plan: study.trials.length },
  }),
};

test('what a sampler keeps with a trial is there as soon as the trial is', async () => {
  const storage = new MemoryStorage();
  const templates: TrialTemplate[] = [];
  const create = storage.createTrial.bind(storage);
  storage.createTrial = (id, template = {}) => {
    templates.push(template);
    return create(id, template);
  };
  const { study } = await makeStudy({ storage, sampler: planner });
  await study.ask();
  assert.deepEqual(templates, [{ systemAttrs: { plan: 1 } }]);
  await study.enqueueTrial({ y: 1 });
  const claimed = await study.ask();
  assert.equal((await study.trials())[1].systemAttrs.plan, 2);
  assert.equal(claimed.systemAttrs.plan, 2);
});

test('a number that another worker took meanwhile: the trial chooses again, with its own stream', async () => {
  const ask = async (raced: boolean) => {
    const storage = new MemoryStorage();
    const { study } = await makeStudy({ storage, sampler: planner });
    if (!raced) await storage.createTrial(study.id);
    const create = storage.createTrial.bind(storage);
    storage.createTrial = async (id, template) => {
      if (raced) await create(id);
      return create(id, template);
    };
    const trial = await study.ask();
    return [trial.number, trial.suggestFloat('x', 0, 1), (await study.trials())[1].systemAttrs.plan];
  };
  assert.deepEqual(await ask(true), await ask(false));
});

test('a planned value is used where the range still holds it, and sampled alone where not', async () => {
  const sampler: Sampler = { ...planner, sampleIndependent: () => 0.125 };
  const { study } = await makeStudy({ sampler });
  const x = (await study.ask()).suggestFloat('x', 0, 1);
  assert.notEqual(x, 0.125);
  const trial = await study.ask();
  assert.equal(trial.suggestFloat('x', -1, -0.5), 0.125);
  assert.equal(trial.suggestFloat('y', 0, 1), 0.125);
});

test('repeated choices are made anew as often as allowed', async () => {
  const space = { a: categoricalDistribution(['x', 'y']), n: intDistribution(1, 3) };
  const distinct = async (redraws: number) => {
    const { study } = await makeStudy({ redraws });
    for (let i = 0; i < 6; i++) await study.tell(await study.ask(space), 0);
    const seen = (await study.trials()).map(({ internalParams }) => [...internalParams.values()].join());
    return new Set(seen).size;
  };
  assert.equal(await distinct(50), 6);
  assert.ok((await distinct(0)) < 6);
  const { study } = await makeStudy({ redraws: 3, sampler: { ...planner, sampleRelative: () => ({
    params: new Map([['x', 0.5]]),
    distributions: new Map([['x', floatDistribution(0, 1)]]),
  }) } }); // prettier-ignore
  for (let i = 0; i < 2; i++) {
    const trial = await study.ask();
    trial.suggestFloat('x', 0, 1);
    await study.tell(trial, 0); // gives up: there is nothing else
  }
});

test('trials from elsewhere are checked and kept whole', async () => {
  const { study } = await makeStudy();
  const distributions = { x: floatDistribution(0, 1), c: categoricalDistribution([null, 'a']) };
  const added = await study.addTrial({
    params: { x: 0.5, c: 'a' },
    distributions,
    values: [3],
    intermediateValues: new Map([[0, 1]]),
    userAttrs: { from: 'elsewhere' },
    datetimeStart: new Date(0),
    datetimeComplete: new Date(1000),
  });
  assert.deepEqual(added.internalParams, new Map([['x', 0.5], ['c', 1]])); // prettier-ignore
  assert.deepEqual([added.state, added.datetimeComplete], ['COMPLETE', new Date(1000)]);
  const bad = [
    { params: { x: 2, c: 'a' }, distributions, values: [1] },
    { params: { x: 0.5, c: 'b' }, distributions, values: [1] },
    { params: { x: 0.5 }, distributions, values: [1] },
    { params: { x: 0.5, c: 'a' }, distributions: { x: distributions.x }, values: [1] },
    { params: { x: 0.5, c: 'a' }, distributions },
    { values: [1, 2] },
    { values: [NaN] },
    { values: [1], state: 'FAIL' as const },
  ];
  for (const record of bad) await assert.rejects(study.addTrial(record), ConfigError);
  await assert.rejects(study.addTrials([{ values: [1] }, { values: [NaN] }]), ConfigError);
  assert.equal((await study.trials()).length, 1);
});

test('studies are made, loaded, copied without some trials, and deleted', async () => {
  const storage = new MemoryStorage();
  const { study } = await makeStudy({ storage, name: 'news', directions: ['minimize', 'maximize'] });
  await assert.rejects(makeStudy({ storage, name: 'news' }), /must be new/);
  await assert.rejects(
    makeStudy({ storage, name: 'news', loadIfExists: true }),
    /is there to minimize, maximize/,
  );
  await assert.rejects(makeStudy({ direction: 'minimize', directions: ['minimize'] }), ConfigError);
  await assert.rejects(loadStudy({ storage, name: 'newz', sampler: random() }), /Did you mean "news"/);
  assert.equal((await makeStudy({ storage })).study.name, 'study-1');
  assert.equal((await makeStudy({ storage })).study.name, 'study-2');
  for (const value of [1, 2, 3])
    await study.tell(await study.ask({ x: floatDistribution(0, 1) }), [value, 0]);
  await study.setUserAttr('data', 'bbc');
  await assert.rejects(study.setMetricNames(['loss']), /must be 2/);
  await study.setMetricNames(['loss', 'accuracy']);
  await copyStudy({ storage, name: 'news' }, { name: 'kept' }, { keep: (trial) => trial.values![0] !== 2 });
  const copy = await loadStudy({ storage, name: 'kept', sampler: random() });
  assert.deepEqual(
    (await copy.trials()).map(({ number, values }) => [number, values![0]]),
    [
      [0, 1],
      [1, 3],
    ],
  );
  assert.deepEqual(await copy.userAttrs(), { data: 'bbc' });
  assert.deepEqual(await copy.metricNames(), ['loss', 'accuracy']);
  await deleteStudy({ storage, name: 'news' });
  await assert.rejects(deleteStudy({ storage, name: 'news' }), ConfigError);
  await assert.rejects(study.userAttrs(), /is gone/);
});
