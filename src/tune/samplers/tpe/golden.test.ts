/** TPE without its random numbers, against Optuna 5.0.0 and SciPy (`test/golden/tpe/make.py`). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Distribution } from '../../space/distributions.ts';
import { groupSpaces, intersectionSpace, type JointSpace } from '../../space/joint-space.ts';
import { makeTrial } from '../../testing/trials.ts';
import type { Attributes, FrozenTrial, TrialState } from '../../trial/frozen-trial.ts';
import { kernelsOf } from './bandwidth.ts';
import { parzenEstimator } from './parzen.ts';
import { knownParams, plannedAttrs } from './planned.ts';
import { countBelow, splitTrials } from './split.ts';
import { logPdf, quantile } from './truncated-normal.ts';
import { ageWeights, equalWeights } from './weights.ts';

function golden<T>(name: string): T {
  const file = new URL(`../../../../test/golden/tpe/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

/** A number, or an infinity or NaN as text. */
type Plain = number | 'inf' | '-inf' | 'nan';

function number(plain: Plain): number {
  return typeof plain === 'number' ? plain : { inf: Infinity, '-inf': -Infinity, nan: NaN }[plain];
}

type Described =
  | readonly ['categorical', number]
  | readonly ['float' | 'int', low: number, high: number, log: boolean, step: number | null];

function distribution(described: Described): Distribution {
  if (described[0] === 'categorical') {
    return { type: 'categorical', choices: Array.from({ length: described[1] }, (_, i) => String(i)) };
  }
  const [type, low, high, log, step] = described;
  return type === 'float' ? { type, low, high, log, step } : { type, low, high, log, step: step ?? 1 };
}

// ---- densities

/** The log density at points of a one-dimensional estimator, to 8 digits. */
function densityOf(described: Described, observed: readonly number[], points: readonly number[]) {
  const estimator = parzenEstimator([distribution(described)], [Float64Array.from(observed)], ageWeights(observed.length)); // prettier-ignore
  return points.map((x) => Number(estimator.logDensity([x]).toFixed(8)));
}

test('kernels and densities worked out by hand', () => {
  const widths = (observed: readonly number[], low: number, high: number) =>
    [...kernelsOf(Float64Array.from(observed), low, high).sigmas].map((sigma) => Number(sigma.toFixed(12)));
  assert.deepEqual(widths([-0.3, 0.3], -1, 1), [0.6, 0.6, 2]);
  assert.deepEqual(widths([0.1], -1, 1), [1.1, 2]);
  assert.deepEqual(widths([], -1, 1), [2]);
  // the magic clip: a fifth, here, of the width; equal observations, the older one to the left
  assert.deepEqual(widths([3, 3, 9], 0, 10), [2, 6, 6, 10]);
  const unit = ['float', -1, 1, false, null] as const;
  assert.deepEqual(densityOf(unit, [-0.3, 0.3], [-1, 0, 1]), [-1.17831478, -0.46709894, -1.17831478]);
  assert.deepEqual(densityOf(unit, [0.1], [-1, 0, 1]), [-0.90847872, -0.60701229, -0.83406077]);
  assert.deepEqual(densityOf(unit, [], [-1, 0, 1]), [-0.77716938, -0.65216938, -0.77716938]);
  const odd = ['int', 1, 9, false, 2] as const;
  assert.deepEqual(densityOf(odd, [3, 3, 9], [1, 5, 9]), [-1.63358593, -1.49202051, -1.88865104]);
  const choice = ['categorical', 3] as const;
  assert.deepEqual(densityOf(choice, [0, 2, 2], [0, 1, 2]), [-1.09861229, -1.65822808, -0.74193734]);
});

interface Density {
  readonly space: readonly Described[];
  readonly equal: boolean;
  /** By parameter. */
  readonly observed: readonly (readonly number[])[];
  readonly points: readonly (readonly number[])[];
  readonly log_density: readonly number[];
}

test('200 Parzen densities are those of Optuna to 1e-9', () => {
  const { cases } = golden<{ cases: readonly Density[] }>('parzen');
  assert.equal(cases.length, 200);
  cases.forEach(({ space, equal, observed, points, log_density }, c) => {
    const n = observed[0].length;
    const columns = observed.map((column) => Float64Array.from(column));
    const weights = equal ? equalWeights(n) : ageWeights(n);
    const estimator = parzenEstimator(space.map(distribution), columns, weights);
    log_density.forEach((want, at) => {
      const got = estimator.logDensity(points.map((column) => column[at]));
      assert.ok(Math.abs(got - want) < 1e-9, `case ${c}, point ${at}: ${got}, not ${want}`);
    });
  });
});

test('weights: all 1 up to 25 observations, then a ramp for the older ones', () => {
  const relative = (n: number) => {
    const weights = ageWeights(n);
    return [...weights].map((weight) => Number((weight / weights[n]).toFixed(12)));
  };
  assert.deepEqual(relative(25), new Array(26).fill(1));
  assert.deepEqual(relative(26), [Number((1 / 26).toFixed(12)), ...new Array<number>(26).fill(1)]);
  assert.deepEqual(relative(28).slice(0, 4), [Number((1 / 28).toFixed(12)), Number((0.5 + 0.5 / 28).toFixed(12)), 1, 1]); // prettier-ignore
  for (const n of [0, 1, 26, 300]) {
    const sum = ageWeights(n).reduce((total, weight) => total + weight);
    assert.ok(Math.abs(sum - 1) < 1e-12);
  }
});

// ---- splits

type Row = readonly [
  state: 'C' | 'P' | 'R',
  values?: readonly Plain[] | null,
  reports?: readonly (readonly [step: number, value: Plain])[],
  attrs?: Attributes,
];

function trialOf([state, values, reports = [], systemAttrs = {}]: Row, number_: number): FrozenTrial {
  return makeTrial({
    number: number_,
    state: ({ C: 'COMPLETE', P: 'PRUNED', R: 'RUNNING' } as const)[state],
    values: values ? values.map(number) : null,
    reports: new Map(reports.map(([step, value]) => [step, number(value)])),
    systemAttrs,
  });
}

interface SplitCase {
  readonly directions: string;
  readonly trials: readonly Row[];
  readonly n_below: number;
  readonly below: readonly number[];
}

const splits = golden<{
  cases: readonly SplitCase[];
  counts: readonly (readonly [n: number, one: number, several: number])[];
  /** Numbers of the good trials by how many there are to be. */
  inf_grid: readonly (readonly number[])[];
}>('splits');

test('200 splits into good and bad trials are those of Optuna', () => {
  assert.equal(splits.cases.length, 200);
  splits.cases.forEach(({ directions, trials, n_below, below }, c) => {
    const all = trials.map(trialOf);
    const split = splitTrials(
      all,
      (directions.match(/../g) ?? []).map((d) => (d === 'ma' ? 'maximize' : 'minimize')),
      n_below,
    );
    assert.deepEqual(
      split.below.map((trial) => trial.number),
      below,
      `case ${c}, ${directions}, ${n_below} below`,
    );
    const rest = all.map((trial) => trial.number).filter((n) => !below.includes(n));
    assert.deepEqual(
      split.above.map((trial) => trial.number),
      rest,
    );
  });
});

test('a grid of 16 points with infinities has the order of Optuna, whatever the number of good ones', () => {
  const levels = [-Infinity, -1, 1, Infinity];
  const grid = levels.flatMap((a) => levels.map((b) => [a, b]));
  const trials = grid.map((values, n) => makeTrial({ number: n, values }));
  splits.inf_grid.forEach((want, nBelow) => {
    const { below } = splitTrials(trials, ['minimize', 'minimize'], nBelow);
    assert.deepEqual(
      below.map((trial) => trial.number),
      want,
      `${nBelow} below`,
    );
  });
});

test('how many trials are good', () => {
  for (const [n, one, several] of splits.counts) {
    assert.deepEqual([countBelow(n, 1), countBelow(n, 2)], [one, several], `${n} trials`);
  }
});

// ---- search spaces

interface SpaceCase {
  readonly trials: readonly (readonly [TrialState, Readonly<Record<string, number>>])[];
  readonly intersection: readonly (readonly [name: string, at: number])[];
  readonly groups: readonly (readonly (readonly [name: string, at: number])[])[];
}

const spaces = golden<{
  catalogue: Readonly<Record<string, readonly Described[]>>;
  cases: readonly SpaceCase[];
  planned: {
    readonly system_attrs: Attributes;
    readonly internal: Readonly<Record<string, number>>;
    readonly choices: readonly (string | number | boolean | null)[];
  };
}>('spaces');

test('joint spaces and groups are those of Optuna, in its order', () => {
  const named = (name: string, at: number) => distribution(spaces.catalogue[name][at]);
  const table = (space: JointSpace) => [...space];
  const want = (entries: readonly (readonly [string, number])[]) =>
    entries.map(([name, at]) => [name, named(name, at)]);
  const sorted = (groups: unknown[]) => groups.map((group) => JSON.stringify(group)).sort();
  spaces.cases.forEach(({ trials, intersection, groups }, c) => {
    const all = trials.map(([state, params], n) =>
      makeTrial({
        number: n,
        state,
        params: Object.fromEntries(Object.entries(params).map(([name, at]) => [name, [0, named(name, at)]])),
      }),
    );
    assert.deepEqual(table(intersectionSpace(all)), want(intersection), `case ${c}`);
    assert.deepEqual(sorted(groupSpaces(all).map(table)), sorted(groups.map(want)), `case ${c}`);
  });
});

function plannedSpace(): JointSpace {
  const { internal, choices } = spaces.planned;
  return new Map(
    Object.keys(internal).map((name): [string, Distribution] => {
      if (name === 'kind') return [name, { type: 'categorical', choices }];
      if (name === 'units') return [name, { type: 'int', low: 1, high: 64, log: true, step: 1 }];
      return [name, { type: 'float', low: 1e-7, high: 1e3, log: true, step: null }];
    }),
  );
}

test('what a running trial of Optuna plans is read, and ours is written so', () => {
  const { internal, system_attrs: systemAttrs } = spaces.planned;
  const space = plannedSpace();
  assert.ok(Object.keys(systemAttrs).length > 1);
  const read = knownParams(makeTrial({ systemAttrs }), space);
  assert.deepEqual(Object.fromEntries(read), internal);
  const written = plannedAttrs(read, space);
  assert.deepEqual(Object.keys(written), Object.keys(systemAttrs));
  const join = (attrs: Attributes) => JSON.parse(Object.values(attrs).map(String).join('')) as unknown;
  assert.deepEqual(join(written), join(systemAttrs));
  for (const chunk of Object.values(written)) {
    assert.ok(typeof chunk === 'string' && chunk.length <= 2045 && /^[ -~]*$/.test(chunk));
  }
});

test('plans that are half written, or no plans at all, count as none', () => {
  const space = plannedSpace();
  const first = { 'tpe:relative_params:0': spaces.planned.system_attrs['tpe:relative_params:0'] };
  for (const systemAttrs of [first, { 'tpe:relative_params:0': '[1]' }, { 'tpe:relative_params:0': 7 }, {}]) {
    const trial = makeTrial({ systemAttrs, params: { units: [3, space.get('units')!] } });
    assert.deepEqual([...knownParams(trial, space)], [['units', 3]]);
  }
  // a choice that is none is left out; what the trial has counts more than what it planned
  const systemAttrs = { 'tpe:relative_params:0': '{"kind": "none such", "units": 9}' };
  const trial = makeTrial({ systemAttrs, params: { units: [3, space.get('units')!] } });
  assert.deepEqual([...knownParams(trial, space)], [['units', 3]]);
});

// ---- truncated normal

interface Truncated {
  readonly a: Plain;
  readonly b: Plain;
  readonly ppf: readonly Plain[];
  readonly x: readonly number[];
  readonly logpdf: readonly Plain[];
}

test('quantile and density of truncated normals are those of SciPy to 1e-6', () => {
  const { quantiles, cases } = golden<{ quantiles: readonly number[]; cases: readonly Truncated[] }>('truncated-normal'); // prettier-ignore
  for (const { a, b, ppf, x, logpdf } of cases) {
    const [low, high] = [number(a), number(b)];
    const close = (got: number, plain: Plain, what: string) => {
      const want = number(plain);
      const ok = Object.is(got, want) || Math.abs(got - want) <= 1e-6 * Math.max(1, Math.abs(want));
      assert.ok(ok, `${what} in [${low}, ${high}]: ${got}, not ${want}`);
    };
    quantiles.forEach((q, i) => close(quantile(q, low, high), ppf[i], `quantile ${q}`));
    x.forEach((at, i) => close(logPdf(at, low, high), logpdf[i], `density at ${at}`));
  }
});

test('outside a truncated normal there is no density, and in a point none at all', () => {
  assert.deepEqual([logPdf(-2, -1, 1), logPdf(2, -1, 1)], [-Infinity, -Infinity]);
  assert.ok(Number.isNaN(logPdf(1, 1, 1)) && Number.isNaN(quantile(0.5, 1, 1)));
});
