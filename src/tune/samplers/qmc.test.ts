/** Quasi-random search: evenness with and without scrambling, and which point a trial takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRng } from '../../core/rng.ts';
import { floatDistribution, intDistribution } from '../space/distributions.ts';
import { createStudy } from '../study/open.ts';
import { samplers } from './index.ts';
import { sobol, SOBOL_AXES } from './sobol.ts';

test('any 2^k points have one in each of 2^k equal parts of every axis, scrambled or not', () => {
  for (const rng of [undefined, createRng(1), createRng(2)]) {
    for (const [from, n] of [
      [0, 64],
      [64, 64],
      [96, 32],
    ] as const) {
      for (let axis = 0; axis < SOBOL_AXES; axis++) {
        const cells = Array.from({ length: n }, (_, i) => Math.floor(n * sobol(from + i, axis, rng)));
        assert.equal(new Set(cells).size, n, `axis ${axis}, points from ${from}`);
      }
    }
  }
});

test('the first two axes are even together: 256 points, one in each of 16 × 16 parts', () => {
  for (const rng of [undefined, createRng(3)]) {
    const cells = Array.from({ length: 256 }, (_, i) => 16 * Math.floor(16 * sobol(i, 0, rng)) + Math.floor(16 * sobol(i, 1, rng))); // prettier-ignore
    assert.equal(new Set(cells).size, 256);
  }
});

test('scrambling depends on the seed, and makes axes that are not copies of each other', () => {
  const points = [1, 2].map((seed) => Array.from({ length: 8 }, (_, i) => sobol(i, 0, createRng(seed))));
  assert.notDeepEqual(points[0], points[1]);
  const axes = Array.from({ length: SOBOL_AXES }, (_, axis) => Array.from({ length: 16 }, (_, i) => sobol(i, axis, createRng(1))).join()); // prettier-ignore
  assert.equal(new Set(axes).size, SOBOL_AXES);
});

test('an integral is found with a smaller error than by chance', () => {
  // the mean over the cube of a product of terms with mean 1 is 1
  const error = (point: (i: number, axis: number) => number) => {
    let sum = 0;
    for (let i = 0; i < 512; i++) {
      let product = 1;
      for (let axis = 0; axis < 5; axis++) product *= 1 + (point(i, axis) - 0.5);
      sum += product;
    }
    return Math.abs(sum / 512 - 1);
  };
  const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
  const mean = (errors: readonly number[]) => errors.reduce((a, b) => a + b, 0) / errors.length;
  const even = mean(seeds.map((seed) => error((i, axis) => sobol(i, axis, createRng(seed)))));
  const chance = mean(seeds.map((seed) => {
    const rng = createRng(seed);
    return error(() => rng.float());
  })); // prettier-ignore
  assert.ok(even < chance / 10, `${even} and ${chance}`);
});

const space = {
  a: floatDistribution(0, 1),
  n: intDistribution(0, 7),
  b: floatDistribution(1, 100, { log: true }),
};

for (const declared of [true, false]) {
  test(`16 trials of a ${declared ? 'declared' : 'found'} space take 16 points in a row`, async () => {
    const context = { seed: 5, ...(declared && { space: new Map(Object.entries(space)) }) };
    const study = await createStudy({ sampler: samplers.create({ type: 'qmc' }, context) });
    for (let i = 0; i < 32; i++) await study.tell(await study.ask(space), i);
    const params = (await study.storage.trials(study.id))
      .slice(16)
      .map(({ internalParams }) => internalParams);
    const cells = params.map((each) => Math.floor(16 * (each.get('a') ?? NaN)));
    assert.equal(new Set(cells).size, 16);
    const counts = Array.from({ length: 8 }, (_, n) => params.filter((each) => each.get('n') === n).length);
    assert.deepEqual(counts, new Array<number>(8).fill(2));
    const decades = params.filter((each) => (each.get('b') ?? NaN) < 10).length;
    assert.equal(decades, 8);
  });
}

test('more parameters than axes: the others are random', async () => {
  const many = Object.fromEntries(Array.from({ length: SOBOL_AXES + 3 }, (_, i) => [`x${i}`, floatDistribution(0, 1)])); // prettier-ignore
  const sampler = samplers.create({ type: 'qmc' }, { seed: 5, space: new Map(Object.entries(many)) });
  const study = await createStudy({ sampler });
  const trial = await study.ask(many);
  assert.equal(new Set(Object.values(trial.params)).size, SOBOL_AXES + 3);
});
