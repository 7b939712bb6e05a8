/** PED-ANOVA against Optuna 5.0.0 (`test/golden/importance`), and what must hold. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConfigError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import { fromUnit } from '../samplers/uniform.ts';
import { distributionFromJson } from '../space/distribution-json.ts';
import {
  categoricalDistribution,
  type Distribution,
  floatDistribution,
  intDistribution,
} from '../space/distributions.ts';
import { makeTrial } from '../testing/trials.ts';
import { CONSTRAINT_PREFIX } from '../trial/constraints.ts';
import type { Direction, TrialState } from '../trial/frozen-trial.ts';
import { gridDensity } from './grid-density.ts';
import { type ImportanceOptions, paramImportances } from './ped-anova.ts';

type Stored = number | string;

const { cases } = JSON.parse(
  readFileSync(new URL('../../../test/golden/importance/importance.json', import.meta.url), 'utf8'),
) as {
  readonly cases: readonly {
    readonly directions: readonly Direction[];
    readonly options: {
      readonly params?: readonly string[];
      readonly normalize?: boolean;
      readonly target_quantile?: number;
      readonly region_quantile?: number;
      readonly evaluate_on_local?: boolean;
    };
    /** Name and distribution. */
    readonly params: readonly (readonly [string, unknown])[];
    /** State, values, [index into params, internal value], constraints. */
    readonly trials: readonly (readonly [
      TrialState,
      readonly Stored[] | null,
      readonly (readonly [number, number])[],
      Readonly<Record<string, number>>?,
    ])[];
    readonly importances: Readonly<Record<string, number>>;
  }[];
};

function given({ options: o }: (typeof cases)[number]): ImportanceOptions {
  return {
    ...(o.params && { params: o.params }),
    ...(o.normalize !== undefined && { normalize: o.normalize }),
    ...(o.target_quantile !== undefined && { targetQuantile: o.target_quantile }),
    ...(o.region_quantile !== undefined && { regionQuantile: o.region_quantile }),
    ...(o.evaluate_on_local !== undefined && { evaluateOnLocal: o.evaluate_on_local }),
  };
}

cases.forEach((each, i) => {
  const names = [...new Set(each.params.map(([name]) => name))].join(', ');
  test(`case ${i}: ${each.trials.length} trials of ${names}, ${each.directions.join(', ')}, ${JSON.stringify(each.options)}`, () => {
    const known = each.params.map(([name, json]) => [name, distributionFromJson(json, name)] as const);
    const trials = each.trials.map(([state, values, params, constraints = {}], number) =>
      makeTrial({
        number,
        state,
        values: values?.map(Number) ?? null,
        params: Object.fromEntries(
          params.map(([index, internal]) => [known[index][0], [internal, known[index][1]]]),
        ),
        systemAttrs: Object.fromEntries(
          Object.entries(constraints).map(([name, value]) => [CONSTRAINT_PREFIX + name, value]),
        ),
      }),
    );
    const got = paramImportances({ trials, directions: each.directions }, given(each));
    assert.deepEqual([...got.keys()].sort(), Object.keys(each.importances).sort());
    for (const [name, want] of Object.entries(each.importances)) {
      const value = got.get(name) ?? NaN;
      assert.ok(Math.abs(value - want) <= 1e-9, `${name}: ${value}, Optuna ${want}`);
    }
    const order = [...got.values()];
    assert.deepEqual(order, order.toSorted((a, b) => b - a)); // prettier-ignore
  });
});

/** Trials of a space, drawn at random, with a value of their shares of [0, 1) in it. */
function randomTrials(
  space: Readonly<Record<string, Distribution>>,
  n: number,
  value: (u: Readonly<Record<string, number>>) => number,
) {
  const rng = createRng(3);
  return Array.from({ length: n }, (_, number) => {
    const u = Object.fromEntries(Object.keys(space).map((name) => [name, rng.float()]));
    const params = Object.fromEntries(
      Object.entries(space).map(([name, each]) => [name, [fromUnit(each, u[name]), each] as const]),
    );
    return makeTrial({ number, params, values: [value(u)] });
  });
}

const space = {
  much: floatDistribution(1e-4, 1, { log: true }),
  little: floatDistribution(-1, 1),
  nothing: intDistribution(1, 9),
  fixed: intDistribution(4, 4),
};

test('the parameter that decides comes first; one that has a single value has none; they add up to 1', () => {
  const trials = randomTrials(space, 200, (u) => Math.abs(u.much - 0.3) + 0.3 * u.little);
  const found = paramImportances({ trials, directions: ['minimize'] });
  assert.deepEqual([...found.keys()].slice(0, 2), ['much', 'little']);
  assert.equal(found.get('fixed'), 0);
  const sum = [...found.values()].reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(sum - 1) < 1e-12, String(sum));
});

test('an infinite value is as if its trial were not there', () => {
  const trials = randomTrials(space, 60, (u) => u.much);
  const extra = makeTrial({ number: 60, values: [-Infinity], params: { much: [1, space.much] } });
  const study = { trials, directions: ['minimize'] as const };
  assert.deepEqual(paramImportances({ ...study, trials: [...trials, extra] }), paramImportances(study));
});

test('a target of its own is explained, lower being better whatever the study wants', () => {
  const trials = randomTrials(space, 120, (u) => u.little);
  const own = {
    target: (trial: (typeof trials)[number]) => Math.log(trial.internalParams.get('much') ?? NaN),
  };
  const found = paramImportances({ trials, directions: ['maximize'] }, own);
  assert.equal([...found.keys()][0], 'much');
});

test('too few trials make all equal; unknown parameters and quantiles out of order are refused', () => {
  const trials = randomTrials(space, 1, () => 0);
  const study = { trials, directions: ['minimize'] as const };
  assert.deepEqual([...paramImportances(study).values()], [0.25, 0.25, 0.25, 0.25]);
  assert.equal(paramImportances({ ...study, trials: [] }).size, 0);
  for (const options of [
    { params: ['much', 'mush'] },
    { targetQuantile: 0 },
    { targetQuantile: 0.5, regionQuantile: 0.5 },
  ]) {
    assert.throws(() => paramImportances(study, options), ConfigError);
  }
});

test('densities on the grid add up to 1 and are nowhere 0', () => {
  const distributions = fc.oneof(
    fc
      .integer({ min: 2, max: 6 })
      .map((n) => categoricalDistribution(Array.from({ length: n }, (_, k) => k))),
    fc.integer({ min: 1, max: 500 }).map((n) => intDistribution(0, n)),
    fc.integer({ min: 2, max: 500 }).map((n) => intDistribution(1, n, { log: true })),
    fc.double({ min: 0.1, max: 1e6, noNaN: true }).map((high) => floatDistribution(0, high)),
    fc
      .double({ min: 0.1, max: 1e6, noNaN: true })
      .map((high) => floatDistribution(0.01, high, { log: true })),
  );
  const shares = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(distributions, shares, (distribution, us) => {
      const density = gridDensity(distribution, us.map((u) => fromUnit(distribution, u))); // prettier-ignore
      const sum = density.reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(sum - 1) < 1e-12, String(sum));
      assert.ok(density.every((mass) => mass > 0));
    }),
  );
});
