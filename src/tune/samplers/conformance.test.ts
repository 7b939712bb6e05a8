/** What every sampler of the family must keep, on studies in memory. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import {
  categoricalDistribution as choices,
  contains,
  type Distribution,
  floatDistribution as float,
  intDistribution as int,
  toExternal,
  toInternal,
} from '../space/distributions.ts';
import { createStudy, loadStudy } from '../study/open.ts';
import type { Objective } from '../study/study.ts';
import type { FrozenTrial } from '../trial/frozen-trial.ts';
import type { Trial } from '../trial/trial.ts';
import { type Sampler, samplers } from './index.ts';
import { fromUnit } from './uniform.ts';

type Space = Readonly<Record<string, Distribution>>;

/** A sampler under test. */
interface Variant {
  readonly title: string;
  readonly type: string;
  /** For what the objective will ask for. */
  readonly make: (space: Space, seed: number) => Sampler;
  /** Why ranges that move from trial to trial are not for it. */
  readonly fixedRanges?: string;
}

const variants: readonly Variant[] = [
  ...samplers.names
    .filter((type) => type !== 'grid')
    .map((type) => ({ title: type, type, make: (_: Space, seed: number) => samplers.create({ type }, { seed }) })), // prettier-ignore
  {
    title: 'qmc with a declared space',
    type: 'qmc',
    make: (space, seed) => samplers.create({ type: 'qmc' }, { seed, space: new Map(Object.entries(space)) }),
  },
  {
    title: 'nsga2 in small generations',
    type: 'nsga2',
    make: (_, seed) => samplers.create({ type: 'nsga2', population_size: 3 }, { seed }),
  },
  {
    title: 'grid',
    type: 'grid',
    make: (space, seed) =>
      samplers.create(
        {
          type: 'grid',
          search_space: Object.fromEntries(
            Object.entries(space).map(([name, each]) => [
              name,
              [...new Set([0, 0.3, 0.7, 0.999].map((u) => toExternal(each, fromUnit(each, u))))],
            ]),
          ),
        },
        { seed },
      ),
    fixedRanges: 'a value of a grid that is not in the range is refused',
  },
];

const floats: Space = {
  unit: float(-1, 1),
  tiny: float(1e-7, 2e-7),
  wide: float(-1e300, 1e300),
  log: float(1e-7, 1, { log: true }),
  'log over ten decades': float(1e-5, 1e5, { log: true }),
  stepped: float(-10.2, 10.2, { step: 0.1 }),
};
const ints: Space = {
  digits: int(0, 9),
  negative: int(-10, -1),
  'across zero': int(-10, 10, { step: 2 }),
  two: int(0, 1),
  log: int(1, 100, { log: true }),
  'log of two': int(1, 2, { log: true }),
  large: int(1, 2 ** 40, { step: 2 ** 20 }),
};
const categories: Space = {
  texts: choices(['a', 'b', 'c']),
  mixed: choices([1, 'one', true, null]),
  numbers: choices([0.1, 0.2]),
};

/** Runs trials and returns them; fails the test where one is not COMPLETE, unless failing is allowed. */
async function run(
  sampler: Sampler,
  objective: Objective,
  n: number,
  { mayFail = false }: { mayFail?: boolean } = {},
): Promise<readonly FrozenTrial[]> {
  const warnings: string[] = [];
  const study = await createStudy({ sampler, onWarning: (message) => warnings.push(message) });
  for (let i = 0; i < n; i++) {
    const trial = await study.ask();
    await study.tell(trial, await objective(trial));
  }
  const trials = await study.storage.trials(study.id);
  assert.equal(trials.length, n);
  if (!mayFail) assert.ok(trials.every(({ state }) => state === 'COMPLETE'), warnings.join('\n')); // prettier-ignore
  return trials;
}

/** A loss that pulls towards the lowest internal value, so that model-based samplers crowd a border. */
function suggestAll(trial: Trial, space: Space): number {
  let loss = 0;
  for (const [name, distribution] of Object.entries(space)) {
    const internal = toInternal(distribution, trial.suggest(name, distribution)) ?? NaN;
    const width = distribution.type === 'categorical' ? distribution.choices.length : distribution.high - distribution.low; // prettier-ignore
    loss += internal / (Number.isFinite(width) ? width : 1e300);
  }
  return loss;
}

const draws = (trials: readonly FrozenTrial[]) => trials.map(({ internalParams }) => [...internalParams]);

test('every sampler of the family has a variant here', () => {
  assert.deepEqual(new Set(variants.map(({ type }) => type)), new Set(samplers.names));
});

for (const { title, make, fixedRanges } of variants) {
  describe(`every sampler: ${title}`, () => {
    for (const [kind, spaces] of Object.entries({ floats, ints, categories })) {
      test(`100 draws of each of the ${kind} are in the range, on the grid, of the right type`, async () => {
        for (const [name, distribution] of Object.entries(spaces)) {
          const space = { [name]: distribution };
          const trials = await run(make(space, 1), (trial) => suggestAll(trial, space), 100);
          const seen = new Set<number>();
          for (const { internalParams } of trials) {
            const internal = internalParams.get(name) ?? NaN;
            assert.ok(contains(distribution, internal), `${name}: ${internal}`);
            if (distribution.type !== 'float') assert.ok(Number.isInteger(internal), `${name}: ${internal}`);
            seen.add(internal);
          }
          assert.ok(seen.size > 1, `${name} never changes`);
        }
      });
    }

    test('any two kinds of parameters go together', async () => {
      const kinds = Object.entries({
        float: floats.unit,
        log: floats.log,
        stepped: floats.stepped,
        int: ints.digits,
        logInt: ints.log,
        choice: categories.mixed,
      });
      for (const [a, first] of kinds) {
        for (const [b, second] of kinds) {
          const space = { [`a ${a}`]: first, [`b ${b}`]: second };
          await run(make(space, 2), (trial) => suggestAll(trial, space), 14);
        }
      }
    });

    test('a parameter that only some trials have', async () => {
      const space = { kind: choices(['x', 'y']), depth: int(1, 5), rate: float(1e-4, 1, { log: true }) };
      const objective: Objective = (trial) => {
        const kind = trial.suggest('kind', space.kind);
        return kind === 'x' ? Number(trial.suggest('depth', space.depth)) : Number(trial.suggest('rate', space.rate)); // prettier-ignore
      };
      const trials = await run(make(space, 3), objective, 40);
      assert.ok(trials.every(({ internalParams }) => internalParams.size === 2));
      assert.equal(new Set(trials.map(({ internalParams }) => internalParams.get('kind'))).size, 2);
    });

    const moving = { narrower: [[0, 10], [3, 4]], wider: [[3, 4], [0, 10]], elsewhere: [[0, 1], [5, 9]] }; // prettier-ignore
    for (const [how, [before, after]] of Object.entries(moving)) {
      test(`a range that becomes ${how}`, { skip: fixedRanges ?? false }, async () => {
        for (const range of [float, int]) {
          const objective: Objective = (trial) => {
            const [low, high] = trial.number < 15 ? before : after;
            const x = Number(trial.suggest('x', range(low, high)));
            assert.ok(x >= low && x <= high, `${x} in [${low}, ${high}]`);
            return x + trial.suggestFloat('y', 0, 1);
          };
          await run(make({}, 4), objective, 30);
        }
      });
    }

    test('NaN in the middle of a study fails its trials alone', async () => {
      const space = { x: float(0, 1), n: int(1, 4) };
      const trials = await run(make(space, 5), (trial) => {
        const loss = suggestAll(trial, space);
        return trial.number % 4 === 2 ? NaN : loss;
      }, 32, { mayFail: true }); // prettier-ignore
      for (const { number, state } of trials) assert.equal(state, number % 4 === 2 ? 'FAIL' : 'COMPLETE');
    });

    test('infinite values are values', async () => {
      const space = { x: float(0, 1) };
      await run(make(space, 6), (trial) => [Infinity, -Infinity, suggestAll(trial, space)][trial.number % 3], 30); // prettier-ignore
    });

    test('one value only is that value, whatever the others are', async () => {
      const single = {
        float: float(2, 2),
        log: float(3, 3, { log: true }),
        stepped: float(0, 0.4, { step: 0.5 }),
        int: int(7, 7),
        choice: choices(['only']),
      };
      const space = { ...single, x: float(0, 1) };
      const trials = await run(make(space, 7), (trial) => {
        suggestAll(trial, space);
        return Number(trial.params.x);
      }, 25); // prettier-ignore
      for (const { internalParams: params } of trials) {
        assert.deepEqual(Object.keys(single).map((name) => params.get(name)), [2, 3, 0, 7, 0]); // prettier-ignore
      }
      const alone = { only: int(7, 7) };
      await run(make(alone, 7), (trial) => suggestAll(trial, alone), 3);
    });

    test('the same seed gives the same 15 trials, another one others; also where all values are equal', async () => {
      const space = { x: float(-5, 5), rate: float(1e-4, 1, { log: true }), n: int(1, 9), kind: categories.texts }; // prettier-ignore
      for (const flat of [false, true]) {
        const objective: Objective = (trial) =>
          flat ? 0 * suggestAll(trial, space) : suggestAll(trial, space);
        const first = draws(await run(make(space, 8), objective, 15));
        assert.deepEqual(draws(await run(make(space, 8), objective, 15)), first);
        assert.notDeepEqual(draws(await run(make(space, 9), objective, 15)), first);
      }
    });

    test('trials are chosen from the study and the number alone: a new sampler half way changes nothing', async () => {
      const space = { x: float(-5, 5), n: int(1, 9) };
      const whole = draws(await run(make(space, 8), (trial) => suggestAll(trial, space), 24));
      const study = await createStudy({ sampler: make(space, 8) });
      for (let i = 0; i < 24; i++) {
        const again = await loadStudy({ name: study.name, storage: study.storage, sampler: make(space, 8) });
        const trial = await again.ask();
        await again.tell(trial, suggestAll(trial, space));
      }
      assert.deepEqual(draws(await study.storage.trials(study.id)), whole);
    });
  });
}

test('another process draws the same', async () => {
  const script = `
    import { createStudy, floatDistribution, intDistribution, samplers } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
    const space = { x: floatDistribution(-5, 5), n: intDistribution(1, 9) };
    const grid = { search_space: { x: [-4, 0, 4], n: [1, 2, 3, 4, 5] } };
    const all = {};
    for (const type of samplers.names) {
      const sampler = samplers.create({ type, ...(type === 'grid' && grid) }, { seed: 11 });
      const study = await createStudy({ sampler });
      for (let i = 0; i < 15; i++) {
        const trial = await study.ask(space);
        await study.tell(trial, trial.params.x ** 2 + trial.params.n);
      }
      all[type] = (await study.storage.trials(study.id)).map((trial) => [...trial.internalParams]);
    }
    console.log(JSON.stringify(all));`;
  const there = JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
  ) as Readonly<Record<string, unknown>>;
  const space = { x: float(-5, 5), n: int(1, 9) };
  for (const type of samplers.names) {
    const grid = { search_space: { x: [-4, 0, 4], n: [1, 2, 3, 4, 5] } };
    const sampler = samplers.create({ type, ...(type === 'grid' && grid) }, { seed: 11 });
    const here = await run(sampler, (trial) => {
      const x = Number(trial.suggest('x', space.x));
      return x ** 2 + Number(trial.suggest('n', space.n));
    }, 15); // prettier-ignore
    assert.deepEqual(there[type], JSON.parse(JSON.stringify(draws(here))), type);
  }
});
