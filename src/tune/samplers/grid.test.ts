/** Grid search: every point once, by one worker or several; what it refuses. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError } from '../../core/errors.ts';
import { categoricalDistribution, floatDistribution, intDistribution } from '../space/distributions.ts';
import { MemoryStorage } from '../storage/memory.ts';
import { createStudy, loadStudy } from '../study/open.ts';
import type { Trial } from '../trial/trial.ts';
import { samplers } from './index.ts';

const search_space = { x: [0.1, 0.2, 0.3], kind: ['a', 'b'] };
const grid = (options: object = { search_space }, seed = 0) =>
  samplers.create({ type: 'grid', ...options }, { seed });
const objective = (trial: Trial) => trial.suggestFloat('x', 0, 1) + trial.suggestCategorical('kind', ['a', 'b']).length; // prettier-ignore
const quiet = { onWarning: () => undefined };

async function pointsOf(study: Awaited<ReturnType<typeof createStudy>>): Promise<string[]> {
  return (await study.storage.trials(study.id)).map(({ internalParams }) =>
    JSON.stringify([...internalParams]),
  );
}

describe('grid', () => {
  test('takes every point once and then stops', async () => {
    const study = await createStudy({ sampler: grid() });
    const { ran, stopped } = await study.optimize(objective);
    assert.deepEqual([ran, stopped], [6, 'sampler']);
    assert.equal(new Set(await pointsOf(study)).size, 6);
  });

  test('so do three workers at the same time', async () => {
    const storage = new MemoryStorage();
    const study = await createStudy({ sampler: grid(), storage, name: 'shared' });
    const others = await Promise.all(
      [1, 2].map(() => loadStudy({ sampler: grid(), storage, name: 'shared' })),
    );
    const slow = async (trial: Trial) => {
      const loss = objective(trial);
      await new Promise((resolve) => setTimeout(resolve, 1));
      return loss;
    };
    await Promise.all([study, ...others].map((each) => each.optimize(slow)));
    assert.equal(new Set(await pointsOf(study)).size, 6);
  });

  test('goes on where an interrupted search stopped, and does not run dry by failed or enqueued trials', async () => {
    const storage = new MemoryStorage();
    const study = await createStudy({ sampler: grid(), storage, name: 'again', ...quiet });
    await study.enqueueTrial({ x: 0.9, kind: 'a' });
    await study.optimize(objective, { newTrials: 3 });
    const later = await loadStudy({ sampler: grid(), storage, name: 'again', ...quiet });
    await later.optimize(objective);
    const points = new Set(await pointsOf(later));
    assert.equal(points.size, 7);
  });

  test('tries a point again when everything is used up and it is asked all the same', async () => {
    const study = await createStudy({ sampler: grid() });
    for (let i = 0; i < 9; i++) {
      const trial = await study.ask();
      await study.tell(trial, objective(trial));
    }
    assert.equal(new Set(await pointsOf(study)).size, 6);
  });

  test('without a list it has every value of the declared space', async () => {
    const space = {
      n: intDistribution(0, 6, { step: 3 }),
      kind: categoricalDistribution(['a', 'b']),
      rate: floatDistribution(0, 0.3, { step: 0.1 }),
    };
    const sampler = samplers.create({ type: 'grid' }, { seed: 0, space: new Map(Object.entries(space)) });
    const study = await createStudy({ sampler });
    const seen = new Set<string>();
    await study.optimize((trial) => {
      for (const [name, distribution] of Object.entries(space)) trial.suggest(name, distribution);
      seen.add(JSON.stringify(trial.params));
      return 0;
    });
    assert.equal(seen.size, 3 * 2 * 4);
    assert.ok(seen.has('{"n":3,"kind":"b","rate":0.3}'));
  });

  test('refuses values outside the range, of another type, or of no list', async () => {
    const study = await createStudy({ sampler: grid({ search_space: { x: [2], n: [1.5], kind: ['c'] } }) });
    const trial = await study.ask();
    assert.throws(
      () => trial.suggestFloat('x', 0, 1),
      /\[sampler grid\] the values of x must be of .*but got 2/,
    );
    assert.throws(() => trial.suggestInt('n', 0, 5), /values of n must be of .*but got 1\.5/);
    assert.throws(
      () => trial.suggestCategorical('kind', ['a', 'b']),
      /values of kind must be of .*but got "c"/,
    );
    assert.throws(
      () => trial.suggestFloat('y', 0, 1),
      /y must be a parameter of the grid, but it has kind, n, x/,
    );
  });

  test('refuses an enqueued trial that lacks a parameter', async () => {
    const study = await createStudy({ sampler: grid(), ...quiet });
    await study.enqueueTrial({ x: 0.1 });
    const trial = await study.ask();
    assert.equal(trial.suggestFloat('x', 0, 1), 0.1);
    assert.throws(
      () => trial.suggestCategorical('kind', ['a', 'b']),
      /enqueued trial must be given every parameter, but got none for kind/,
    );
  });

  test('refuses a grid without points, without an end, or too large', () => {
    const make = (options: object, space?: Record<string, Parameters<typeof Array.of>[0]>) => () =>
      samplers.create({ type: 'grid', ...options }, { seed: 0, ...(space && { space: new Map(Object.entries(space)) }) } as never); // prettier-ignore
    for (const [create, message] of [
      [make({}), /search_space must be given where no space is declared/],
      [make({ search_space: { x: [] } }), /search_space/],
      [make({}, { x: floatDistribution(0, 1) }), /x must have finitely many values/],
      [make({}, { n: intDistribution(0, 1e9) }), /at most 10000000 points/],
      [
        make({}, { a: intDistribution(1, 1e4), b: intDistribution(1, 1e4) }),
        /at most 10000000 points, but got 100000000/,
      ],
    ] as const) {
      assert.throws(create, (error) => error instanceof ConfigError && message.test(error.message));
    }
  });
});
