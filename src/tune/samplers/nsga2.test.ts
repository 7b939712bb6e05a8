/** NSGA-II: generations, parents, and that it finds a front. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hypervolume } from '../study/hypervolume.ts';
import { createStudy } from '../study/open.ts';
import { nonDominationRanks } from '../study/pareto.ts';
import type { Trial } from '../trial/trial.ts';
import { type Sampler, samplers } from './index.ts';

const GENERATION = 'NSGAIISampler:generation';
const directions = ['minimize', 'minimize'] as const;
const nsga2 = (seed: number, options: object = {}) => samplers.create({ type: 'nsga2', population_size: 10, ...options }, { seed }); // prettier-ignore

/** Two aims that pull apart along a line; the other parameters should be 0. */
function pulled(trial: Trial): readonly [number, number] {
  const x = trial.suggestFloat('x', -10, 10);
  const off = [0, 1, 2].reduce((sum, i) => sum + Math.abs(trial.suggestFloat(`off${i}`, -5, 5)), 0);
  return [x ** 2 + off, (x - 2) ** 2 + off];
}

async function front(sampler: Sampler, n: number): Promise<number> {
  const study = await createStudy({ directions, sampler });
  await study.optimize(pulled, { trials: n });
  const points = (await study.storage.trials(study.id)).map(({ values }) => values ?? []);
  const ranks = nonDominationRanks(points, 1);
  return hypervolume(
    points.filter((point, i) => ranks[i] === 0 && point.every((v) => v < 30)),
    [30, 30],
  );
}

test('finds a better front than chance, on each of four seeds', async () => {
  for (const seed of [1, 2, 3, 4]) {
    const [bred, chance] = [await front(nsga2(seed), 200), await front(samplers.create({ type: 'random' }, { seed }), 200)]; // prettier-ignore
    assert.ok(bred > chance + 20, `seed ${seed}: ${bred} and ${chance}`);
  }
});

test('a generation is full with so many COMPLETE trials; failed ones do not count', async () => {
  const study = await createStudy({ directions, sampler: nsga2(1), onWarning: () => undefined });
  for (let i = 0; i < 40; i++) {
    const trial = await study.ask();
    const values = pulled(trial);
    if (i % 4 === 3) await study.tell(trial, undefined, { state: 'FAIL' });
    else await study.tell(trial, values);
  }
  const trials = await study.storage.trials(study.id);
  const count = (generation: number) =>
    trials.filter(({ state, systemAttrs }) => state === 'COMPLETE' && systemAttrs[GENERATION] === generation).length; // prettier-ignore
  assert.deepEqual([0, 1, 2, 3].map(count), [10, 10, 10, 0]);
});

test('the parents are kept with the first trial of a generation and hold for all of it', async () => {
  const study = await createStudy({ directions, sampler: nsga2(1, { mutation_prob: 0 }) });
  const late = await study.ask();
  pulled(late);
  for (let i = 0; i < 10; i++) {
    const trial = await study.ask();
    await study.tell(trial, pulled(trial));
  }
  const first = await study.ask();
  const second = await study.ask();
  const parents = first.systemAttrs['NSGAIISampler:parent:1'];
  assert.ok(Array.isArray(parents) && parents.length === 10);
  assert.equal(second.systemAttrs['NSGAIISampler:parent:1'], undefined);
  await study.tell(late, [-1, -1]); // would have been a parent
  const third = await study.ask();
  assert.equal(third.systemAttrs[GENERATION], 1);
  const known = (await study.storage.trials(study.id)).map(({ internalParams }) => internalParams.get('x'));
  for (const trial of [first, second, third]) {
    pulled(trial);
    assert.ok(known.slice(1, 11).includes(Number(trial.params.x)));
  }
});

test('without mutation every value comes from a parent; with mutation alone none does', async () => {
  for (const [options, inherited] of [
    [{ mutation_prob: 0 }, true],
    [{ mutation_prob: 1 }, false],
  ] as const) {
    const study = await createStudy({ directions, sampler: nsga2(3, options) });
    await study.optimize(pulled, { trials: 30 });
    const xs = (await study.storage.trials(study.id)).map(({ internalParams }) => internalParams.get('x'));
    for (const x of xs.slice(10)) assert.equal(xs.slice(0, 10).includes(x), inherited);
  }
});

test('with swapping_prob 1 and no mutation a child is a copy of one parent', async () => {
  const study = await createStudy({ directions, sampler: nsga2(3, { mutation_prob: 0, swapping_prob: 1 }) });
  await study.optimize(pulled, { trials: 20 });
  const all = (await study.storage.trials(study.id)).map(({ internalParams }) => [...internalParams.values()].join()); // prettier-ignore
  for (const child of all.slice(10)) assert.ok(all.slice(0, 10).includes(child));
});

test('trials that violate a constraint are bred from less', async () => {
  const study = await createStudy({ directions, sampler: nsga2(5, { mutation_prob: 0 }) });
  const feasible = (trial: Trial) => Number(trial.params.x) <= 0;
  await study.optimize((trial) => {
    const values = pulled(trial);
    trial.setConstraint('left', feasible(trial) ? -1 : 1);
    return values;
  }, { trials: 60 }); // prettier-ignore
  const xs = (await study.storage.trials(study.id)).map(
    ({ internalParams }) => internalParams.get('x') ?? NaN,
  );
  const share = (from: number, to: number) => xs.slice(from, to).filter((x) => x <= 0).length / (to - from);
  assert.ok(share(0, 10) < 0.9 && share(40, 60) === 1, `${share(0, 10)} to ${share(40, 60)}`);
});
