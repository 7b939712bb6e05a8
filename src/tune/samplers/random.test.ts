/** Uniform draws: even over values, logarithms, grid points, integers and choices. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRng } from '../../core/rng.ts';
import {
  categoricalDistribution,
  contains,
  type Distribution,
  floatDistribution,
  intDistribution,
} from '../space/distributions.ts';
import { makeTrial, makeView } from '../testing/trials.ts';
import { samplers } from './index.ts';
import { fromUnit } from './uniform.ts';

/** How often each value of 20,000 draws occurred. */
function histogram(distribution: Distribution): Map<number, number> {
  const rng = createRng(1);
  const counts = new Map<number, number>();
  for (let i = 0; i < 20_000; i++) {
    const value = fromUnit(distribution, rng.float());
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

for (const [name, distribution, values] of [
  ['integers', intDistribution(-2, 5), 8],
  ['integers with a step', intDistribution(0, 12, { step: 4 }), 4],
  ['floats with a step', floatDistribution(0, 1, { step: 0.1 }), 11],
  ['choices', categoricalDistribution(['a', 'b', 'c']), 3],
] as const) {
  test(`${name} are all alike`, () => {
    const counts = histogram(distribution);
    assert.equal(counts.size, values);
    for (const [value, count] of counts) {
      // five standard deviations of a binomial
      const [mean, spread] = [20_000 / values, 5 * Math.sqrt((20_000 / values) * (1 - 1 / values))];
      assert.ok(Math.abs(count - mean) < spread, `${value}: ${count} of ${mean}`);
    }
  });
}

test('the points of a grid are those that one would write', () => {
  const values = [...histogram(floatDistribution(0, 1, { step: 0.1 })).keys()].sort((a, b) => a - b);
  assert.deepEqual(values, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
});

test('with log, each decade has an equal part; integers have the part that rounds to them', () => {
  const floats = floatDistribution(1e-3, 1, { log: true });
  for (const [u, want] of [
    [0, 1e-3],
    [1 / 3, 1e-2],
    [2 / 3, 1e-1],
  ] as const) {
    assert.ok(Math.abs(fromUnit(floats, u) / want - 1) < 1e-12);
  }
  const counts = histogram(intDistribution(1, 3, { log: true }));
  for (const n of [1, 2, 3]) {
    const want = (20_000 * Math.log((n + 0.5) / (n - 0.5))) / Math.log(7);
    assert.ok(
      Math.abs((counts.get(n) ?? 0) - want) < 5 * Math.sqrt(want),
      `${n}: ${counts.get(n)} of ${want}`,
    );
  }
});

test('whatever the range and the share, the value is in the range and on the grid, and grows with the share', () => {
  const finite = { noNaN: true, noDefaultInfinity: true };
  const ranges = fc
    .tuple(fc.double(finite), fc.double(finite))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
  const ints = fc.tuple(fc.integer(), fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 1, max: 1e6 }));
  const distributions = fc.oneof(
    ranges.map(([low, high]) => floatDistribution(low, high)),
    ranges.filter(([low]) => low > 0).map(([low, high]) => floatDistribution(low, high, { log: true })),
    ints.map(([low, width, step]) => intDistribution(low, low + width, { step })),
    ints.filter(([low]) => low >= 1).map(([low, width]) => intDistribution(low, low + width, { log: true })),
    ints.map(([low, width, step]) => floatDistribution(low / 8, (low + width) / 8, { step: step / 16 })),
  );
  const share = fc.double({ min: 0, max: 1 - 2 ** -53, noNaN: true });
  fc.assert(
    fc.property(distributions, share, share, (distribution, a, b) => {
      const [first, second] = [a, b].map((u) => fromUnit(distribution, u));
      for (const value of [first, second]) assert.ok(contains(distribution, value), String(value));
      assert.ok(a === b || a < b === first < second || first === second);
    }),
  );
});

test('each parameter and each trial has a stream of its own', () => {
  const sampler = samplers.create({ type: 'random' }, { seed: 4 });
  const range = floatDistribution(0, 1);
  const draw = (name: string, number: number) =>
    sampler.sampleIndependent(makeView([], { seed: 4, number }), makeTrial({ number }), name, range);
  const seen = ['a', 'b', 'c'].flatMap((name) => [0, 1, 2].map((number) => draw(name, number)));
  assert.equal(new Set(seen).size, 9);
  assert.equal(draw('a', 0), seen[0]);
});
