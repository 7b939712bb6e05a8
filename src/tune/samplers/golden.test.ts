/** What samplers do without chance, against SciPy and Optuna 5.0.0 (`test/golden/samplers`). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { categoricalDistribution, type Choice } from '../space/distributions.ts';
import { constrainedRanks, nonDominationRanks, toLosses } from '../study/pareto.ts';
import { makeTrial, makeView } from '../testing/trials.ts';
import { CONSTRAINT_PREFIX, violation } from '../trial/constraints.ts';
import type { Attributes, Direction, FrozenTrial } from '../trial/frozen-trial.ts';
import { selectElite } from './elite.ts';
import { samplers } from './index.ts';
import { sobol, SOBOL_AXES } from './sobol.ts';

const golden = JSON.parse(
  readFileSync(new URL('../../../test/golden/samplers/samplers.json', import.meta.url), 'utf8'),
) as {
  /** Index, and the coordinates of the point in 4096ths. */
  readonly sobol: readonly (readonly [number, readonly number[]])[];
  readonly grids: readonly {
    readonly seed: number;
    readonly space: Readonly<Record<string, readonly Choice[]>>;
    readonly points: readonly (readonly Choice[])[];
    /** System attributes of trial 1. */
    readonly attrs: Attributes;
  }[];
  readonly elites: readonly {
    readonly directions: readonly Direction[];
    readonly size: number;
    readonly values: readonly (readonly (number | string)[])[];
    readonly constraints?: readonly Readonly<Record<string, number>>[];
    readonly ranks: readonly number[];
    readonly elite: readonly number[];
  }[];
};

test('Sobol points are those of SciPy in all dimensions', () => {
  for (const [index, want] of golden.sobol) {
    const got = Array.from({ length: SOBOL_AXES }, (_, axis) => 4096 * sobol(index, axis));
    assert.deepEqual(got, want, `point ${index}`);
  }
});

for (const { seed, space, points, attrs } of golden.grids) {
  test(`a grid of ${points.length} points is tried in the order of Optuna, seed ${seed}`, () => {
    const sampler = samplers.create({ type: 'grid', search_space: space }, { seed });
    const trials: FrozenTrial[] = [];
    const got = points.map((_, number) => {
      const view = makeView(trials, { seed, number });
      const fresh = makeTrial({ number });
      const { systemAttrs = {} } = sampler.sampleRelative(view, fresh);
      const trial = { ...fresh, systemAttrs, values: [0], state: 'COMPLETE' as const };
      trials.push(trial);
      return Object.keys(space).map((name) => {
        const { choices } = categoricalDistribution(space[name]);
        return choices[sampler.sampleIndependent(view, trial, name, categoricalDistribution(choices))];
      });
    });
    assert.deepEqual(got, points);
    assert.deepEqual(trials[1].systemAttrs, attrs);
  });
}

test('ranks and elites of 40 populations are those of Optuna', () => {
  for (const [i, { directions, size, values, constraints, ranks, elite }] of golden.elites.entries()) {
    const population = values.map((each, number) =>
      makeTrial({
        number,
        values: each.map(Number),
        systemAttrs: Object.fromEntries(
          Object.entries(constraints?.[number] ?? {}).map(([name, value]) => [CONSTRAINT_PREFIX + name, value]), // prettier-ignore
        ),
      }),
    );
    const losses = population.map((trial) => toLosses(trial.values ?? [], directions));
    const own = constraints
      ? constrainedRanks(losses, population.map(violation))
      : nonDominationRanks(losses);
    assert.deepEqual(own, ranks, `ranks of population ${i}`);
    const chosen = selectElite(population, directions, size).map(({ number }) => number);
    assert.deepEqual(chosen, elite, `elite of population ${i}`);
  }
});
