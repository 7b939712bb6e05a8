import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRng } from '../../../core/rng.ts';
import {
  categoricalDistribution,
  contains,
  type Distribution,
  floatDistribution,
  intDistribution,
} from '../../space/distributions.ts';
import { createIntersection, intersectionSpace } from '../../space/joint-space.ts';
import { makeTrial, makeView, type TrialParts } from '../../testing/trials.ts';
import type { Direction, FrozenTrial, TrialState } from '../../trial/frozen-trial.ts';
import { samplers } from '../index.ts';
import type { Sampler } from '../sampler.ts';
import { parzenEstimator } from './parzen.ts';
import { plannedAttrs } from './planned.ts';
import { countBelow, splitTrials } from './split.ts';
import { ageWeights, equalWeights } from './weights.ts';

const create = (options: Record<string, unknown> = {}, seed = 0) =>
  samplers.create({ type: 'tpe', ...options }, { seed });

const SPACE: Readonly<Record<string, Distribution>> = {
  c: categoricalDistribution(['a', 'b', null]),
  f: floatDistribution(-1, 1),
  g: floatDistribution(0, 1, { step: 0.1 }),
  i: intDistribution(-3, 9, { step: 2 }),
  l: floatDistribution(1e-6, 1, { log: true }),
  m: intDistribution(1, 1000, { log: true }),
};

/** Trials with random parameters of a space. */
function history(
  count: number,
  space = SPACE,
  parts: (n: number) => TrialParts = (n) => ({ values: [n % 7] }),
): FrozenTrial[] {
  const random = samplers.create({ type: 'random' }, { seed: 9 });
  const trials: FrozenTrial[] = [];
  for (let n = 0; n < count; n++) {
    const trial = makeTrial({ number: n });
    const params = Object.entries(space).map(([name, distribution]) => {
      const internal = random.sampleIndependent(makeView(trials, { number: n }), trial, name, distribution);
      return [name, [internal, distribution]] as const;
    });
    trials.push(makeTrial({ number: n, params: Object.fromEntries(params), ...parts(n) }));
  }
  return trials;
}

/** The joint sample for the next trial. */
function next(sampler: Sampler, trials: readonly FrozenTrial[], directions?: readonly Direction[]) {
  const trial = makeTrial({ number: trials.length });
  return sampler.sampleRelative(makeView([...trials, trial], { number: trials.length, ...(directions && { directions }) }), trial); // prettier-ignore
}

test('the first ten trials are random: complete and pruned ones count, others do not', () => {
  const sampler = create();
  const ends: readonly [TrialState, boolean][] = [
    ['COMPLETE', true],
    ['PRUNED', true],
    ['FAIL', false],
    ['RUNNING', false],
    ['WAITING', false],
  ];
  for (const [state, counts] of ends) {
    const trials = history(10, SPACE, (n) => (n < 9 ? { values: [n] } : { state }));
    assert.equal(next(sampler, trials).params.size > 0, counts, state);
    assert.equal(next(sampler, trials.slice(0, 9)).params.size, 0);
  }
  assert.equal(next(create({ n_startup_trials: 3 }), history(3)).params.size, 6);
});

test('before, a parameter is drawn as random search draws it', () => {
  const random = samplers.create({ type: 'random' }, { seed: 0 });
  const [trial, view] = [makeTrial(), makeView([])];
  for (const [name, distribution] of Object.entries(SPACE)) {
    const got = create().sampleIndependent(view, trial, name, distribution);
    assert.equal(got, random.sampleIndependent(view, trial, name, distribution));
  }
});

test('what is sampled lies in its range and on its grid, 100 times each', () => {
  const sampler = create();
  const trials = history(40);
  const seen = new Set<number>();
  for (let n = 0; n < 100; n++) {
    const trial = makeTrial({ number: 40 });
    const view = { ...makeView([...trials, trial]), rng: createRng(n) };
    const { params, distributions } = sampler.sampleRelative(view, trial);
    assert.deepEqual([...distributions.keys()], Object.keys(SPACE));
    for (const [name, distribution] of Object.entries(SPACE)) {
      const joint = params.get(name)!;
      const alone = sampler.sampleIndependent(view, trial, name, distribution);
      for (const value of [joint, alone]) assert.ok(contains(distribution, value), `${name} ${value}`);
    }
    seen.add(params.get('f')!);
    // decimals: 0.3, not 0.30000000000000004
    assert.ok(String(params.get('g')).length <= 3, String(params.get('g')));
  }
  assert.ok(seen.size > 90);
});

test('the same seed and study give the same point, another seed or number another one', () => {
  const trials = history(30);
  const point = (seed: number, number = 30) => {
    const trial = makeTrial({ number });
    return create({}, seed).sampleRelative(makeView([...trials, trial], { seed, number }), trial).params;
  };
  assert.deepEqual(point(1), point(1));
  assert.notDeepEqual(point(1), point(2));
  assert.notDeepEqual(point(1), point(1, 31));
});

test('a sampler that has seen much chooses as one that was just made', () => {
  const trials = history(150, SPACE, (n) =>
    n % 11 === 0 ? { state: 'PRUNED', reports: [n % 5] } : n % 13 === 0 ? {} : { values: [(n * 7) % 31] },
  );
  const old = create();
  for (let n = 12; n < 150; n += 3) {
    const given = trials.slice(0, n);
    assert.deepEqual(next(old, given), next(create(), given), `trial ${n}`);
  }
  // and when it goes back in time
  assert.deepEqual(next(old, trials.slice(0, 20)), next(create(), trials.slice(0, 20)));
});

test('good trials attract, bad ones repel', () => {
  const space = { x: floatDistribution(-10, 10) };
  const near = (direction: Direction) => {
    const trials = history(60, space);
    const valued = trials.map((trial) => ({ ...trial, values: [(trial.internalParams.get('x')! - 4) ** 2] }));
    const points = Array.from({ length: 30 }, (_, seed) => {
      const trial = makeTrial({ number: 60 });
      const view = { ...makeView([...valued, trial], { directions: [direction] }), rng: createRng(seed) };
      return create().sampleRelative(view, trial).params.get('x')!;
    });
    return points.filter((x) => Math.abs(x - 4) < 3).length;
  };
  assert.ok(near('minimize') >= 25, `${near('minimize')} of 30`);
  assert.ok(near('maximize') <= 2, `${near('maximize')} of 30`);
});

/** A trial that runs and has suggested nothing yet: its plans alone say where it is. */
function planning(number: number, planned: ReadonlyMap<string, number>): FrozenTrial {
  return makeTrial({ number, systemAttrs: plannedAttrs(planned, new Map(Object.entries(SPACE))) });
}

for (const [directions, count] of [
  [['minimize'], 60],
  [['maximize'], 61],
  // more than 25 good ones, whose weights differ unless they are told to be equal
  [['minimize', 'maximize'], 270],
] as const) {
  test(`the next point of ${count} trials to ${directions.join(' and ')}: of 24 that good trials suggest, the best beside the bad ones`, () => {
    const done = history(count, SPACE, (n) => ({
      values: directions.map((_, k) => ((n * (37 + 10 * k)) % 211) / 7),
    }));
    const good = splitTrials(done, directions, countBelow(count, directions.length)).below;
    const running = Array.from({ length: 12 }, (_, k) => planning(count + k, done[5 * k].internalParams));
    // the trial itself has plans as well, of an earlier attempt: they are no reason to keep off
    const trial = planning(count + 12, good[0].internalParams);
    const all = [...done, ...running];

    const names = Object.keys(SPACE);
    const { below, above } = splitTrials(all, directions, countBelow(count, directions.length));
    const density = (trials: readonly FrozenTrial[], weights: Float64Array) => {
      const from = trials.map(({ number }) => (number < count ? done[number] : done[5 * (number - count)]));
      return parzenEstimator(
        names.map((name) => SPACE[name]),
        names.map((name) => Float64Array.from(from, ({ internalParams }) => internalParams.get(name)!)),
        weights,
      );
    };
    const equal = directions.length > 1;
    const l = density(below, (equal ? equalWeights : ageWeights)(below.length));
    const g = density(above, ageWeights(above.length));
    for (let seed = 0; seed < 60; seed++) {
      const view = makeView([...all, trial], { directions, seed, number: trial.number });
      const { params } = create({ multivariate: true }).sampleRelative(view, trial);
      const rng = view.rng.fork('together', ...names);
      const points = Array.from({ length: 24 }, () => l.draw(rng));
      const gains = points.map((point) => l.logDensity(point) - g.logDensity(point));
      const best = points[gains.indexOf(Math.max(...gains))];
      assert.deepEqual(
        [...params].map(([name, value]) => [name, Number(value.toFixed(9))]),
        names.map((name, d) => [name, Number(best[d].toFixed(9))]),
        `seed ${seed}`,
      );
    }
  });
}

test('alone, a parameter keeps off what running trials have suggested, not what they only plan', () => {
  const done = history(40);
  const near = (parts: Parameters<typeof makeTrial>[0]) => {
    const running = Array.from({ length: 20 }, (_, k) => makeTrial({ ...parts, number: 40 + k }));
    const trial = makeTrial({ number: 60 });
    const view = makeView([...done, ...running, trial], { number: 60 });
    return create({ multivariate: false }).sampleIndependent(view, trial, 'f', SPACE.f);
  };
  const idle = near({});
  assert.equal(near({ systemAttrs: plannedAttrs(new Map([['f', idle]]), new Map([['f', SPACE.f]])) }), idle);
  assert.notEqual(near({ params: { f: [idle, SPACE.f] } }), idle);
});

test('trials that run are kept off: ten asks without a tell spread out', () => {
  const space = { x: floatDistribution(0, 1), y: floatDistribution(0, 1) };
  const spread = (options: Record<string, unknown>) => {
    const trials: FrozenTrial[] = history(40, space).map((trial) => {
      const [x, y] = trial.internalParams.values();
      return { ...trial, values: [(x - 0.5) ** 2 + (y - 0.5) ** 2] };
    });
    const sampler = create(options);
    const points: number[][] = [];
    for (let k = 0; k < 10; k++) {
      const { params, systemAttrs } = next(sampler, trials);
      points.push([...params.values()]);
      // nothing is suggested yet: the plan alone says where the trial is
      trials.push(makeTrial({ number: trials.length, systemAttrs: systemAttrs ?? {} }));
    }
    const gaps = points.map((p, i) =>
      Math.min(...points.filter((_, j) => j !== i).map((q) => Math.hypot(p[0] - q[0], p[1] - q[1]))),
    );
    return gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  };
  const [liar, none] = [spread({}), spread({ constant_liar: false })];
  assert.ok(liar > 1.3 * none, `${liar} with, ${none} without`);
});

test('without the liar, trials that run change nothing and no plan is kept', () => {
  const trials = history(30);
  const running = makeTrial({ number: 30, params: { f: [0, SPACE.f] } });
  const sampler = create({ constant_liar: false });
  const trial = makeTrial({ number: 31 });
  const params = (with_: readonly FrozenTrial[]) => {
    const view = makeView([...with_, trial], { number: 31 });
    return sampler.sampleRelative(view, trial);
  };
  assert.deepEqual(params([...trials, running]), params(trials));
  assert.equal(params(trials).systemAttrs, undefined);
  const lying = create().sampleRelative(makeView([...trials, running, trial], { number: 31 }), trial);
  assert.ok('tpe:relative_params:0' in (lying.systemAttrs ?? {}));
});

test('parameters of one value, and those that some trial lacks, are not sampled together', () => {
  const one = { ...SPACE, f: floatDistribution(2, 2), c: categoricalDistribution(['only']) };
  assert.deepEqual([...next(create(), history(12, one)).params.keys()], ['g', 'i', 'l', 'm']);
  const trials = history(12);
  const { i: _, ...without } = SPACE;
  trials.push(...history(13, without).slice(12));
  assert.deepEqual([...next(create(), trials).params.keys()], ['c', 'f', 'g', 'l', 'm']);
});

test('groups: parameters that come together are sampled together', () => {
  const left = {
    kind: categoricalDistribution(['l', 'r']),
    x: floatDistribution(0, 1),
    y: floatDistribution(0, 1),
  };
  const right = { kind: left.kind, z: intDistribution(1, 9) };
  const trials = [...history(12, left), ...history(24, right).slice(12)];
  assert.deepEqual([...next(create(), trials).params.keys()], ['kind']);
  assert.deepEqual([...next(create({ group: true }), trials).params.keys()].sort(), ['kind', 'x', 'y', 'z']);
  assert.equal(next(create({ multivariate: false }), trials).params.size, 0);
});

test('with several objectives parameters are sampled one by one, unless it is asked for', () => {
  const trials = history(30, SPACE, (n) => ({ values: [n % 5, (n * 3) % 7] }));
  const directions = ['minimize', 'maximize'] as const;
  assert.equal(next(create(), trials, directions).params.size, 0);
  assert.equal(next(create({ multivariate: true }), trials, directions).params.size, 6);
  const trial = makeTrial({ number: 30 });
  const view = makeView([...trials, trial], { directions });
  const value = create().sampleIndependent(view, trial, 'm', SPACE.m);
  assert.ok(contains(SPACE.m, value));
});

test('infinite values, ranges that changed and trials far outside do not disturb', () => {
  const narrow = { ...SPACE, f: floatDistribution(-0.1, 0.1), m: intDistribution(2, 5, { log: true }) };
  const trials = history(30, SPACE, (n) => ({
    values: [n % 3 === 0 ? Infinity : n % 5 === 0 ? -Infinity : n],
  }));
  const trial = makeTrial({ number: 30 });
  const view = makeView([...trials, trial]);
  for (const [name, distribution] of Object.entries(narrow)) {
    for (let seed = 0; seed < 20; seed++) {
      const value = create().sampleIndependent({ ...view, rng: createRng(seed) }, trial, name, distribution);
      assert.ok(contains(distribution, value), `${name} ${value}`);
    }
  }
});

test('the joint space never grows again, and remembering it changes nothing', () => {
  const rng = createRng(1);
  const names = Object.keys(SPACE);
  const remembered = createIntersection();
  let trials: FrozenTrial[] = [];
  let size = Infinity;
  for (let n = 0; n < 60; n++) {
    const picked = Object.fromEntries(
      names.filter(() => rng.float() < 0.97).map((name) => [name, SPACE[name]]),
    );
    trials = [...trials, history(n + 1, picked, () => (rng.float() < 0.2 ? {} : { values: [0] }))[n]];
    // a trial that ran is done now
    const at = rng.int(trials.length);
    if (trials[at].state === 'RUNNING') trials[at] = { ...trials[at], state: 'COMPLETE', values: [1] };
    const space = remembered(trials);
    assert.deepEqual([...space], [...intersectionSpace(trials)]);
    if (trials.some(({ state }) => state === 'COMPLETE')) {
      assert.ok(space.size <= size);
      size = space.size;
    }
  }
});
