/** The problems of `test/slow/tpe-parity.test.ts` are the same functions in both languages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadDistribution } from './support/tpe-golden.ts';
import { type Asked, PROBLEMS } from './support/tpe-problems.ts';

const { problems, made_with, trials } = loadDistribution();

test('both languages minimise the same functions: 20 points of each', () => {
  assert.equal(made_with.optuna, '5.0.0');
  assert.equal(trials, 100);
  assert.deepEqual(Object.keys(problems), Object.keys(PROBLEMS));
  for (const [name, { points, best }] of Object.entries(problems)) {
    assert.equal(points.length, 20);
    assert.equal(best.length, 100);
    for (const { params, value } of points) {
      const asked = new Set<string>();
      const give = (param: string) => {
        asked.add(param);
        return params[param] as never;
      };
      const trial: Asked = { suggestFloat: give, suggestInt: give, suggestCategorical: give };
      const got = PROBLEMS[name](trial);
      assert.ok(
        Math.abs(got - value) <= 1e-12 * Math.max(1, Math.abs(value)),
        `${name}: ${got}, not ${value}`,
      );
      assert.deepEqual([...asked].sort(), Object.keys(params).sort());
    }
  }
});
