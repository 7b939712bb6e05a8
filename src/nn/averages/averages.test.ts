import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadTorch, values } from '../../../test/golden/load.ts';
import { averages } from './index.ts';

for (const c of loadTorch('averages').cases) {
  test(`${c.average} from step ${c.first}${c.decay === null ? '' : `, decay ${c.decay}`} equals PyTorch`, () => {
    const { rate } = averages.create(
      { type: c.average, start: c.first / c.steps, ...(c.decay !== null && { decay: c.decay }) },
      { totalSteps: c.steps },
    );
    const [path, want] = [values(c.path), values(c.averages)];
    const words = path.length / c.steps;
    const average = new Float64Array(words).fill(NaN); // what was there before is not read
    for (let t = 0; t < c.steps; t++) {
      assert.equal(rate(t) > 0, t >= c.first);
      if (t < c.first) continue;
      const r = rate(t);
      for (let j = 0; j < words; j++)
        average[j] = r === 1 ? path[t * words + j] : average[j] + r * (path[t * words + j] - average[j]);
      for (let j = 0; j < words; j++)
        assert.ok(Math.abs(average[j] - want[(t - c.first) * words + j]) < 1e-12, `step ${t}`);
    }
  });
}

test('without an average no step counts; one that would begin after the last step has the last', () => {
  const context = { totalSteps: 5 };
  const steps = [0, 1, 2, 3, 4];
  assert.deepEqual(steps.map(averages.create({ type: 'none' }, context).rate), [0, 0, 0, 0, 0]);
  assert.deepEqual(steps.map(averages.create({ type: 'swa', start: 0.99 }, context).rate), [0, 0, 0, 0, 1]);
  assert.deepEqual(steps.map(averages.create({ type: 'swa', start: 0 }, context).rate), [
    1,
    1 / 2,
    1 / 3,
    1 / 4,
    1 / 5,
  ]);
});

for (const { type } of averages.members) {
  test(`${type}: rates lie in [0, 1], the first that counts copies the weights, and equal weights stay`, () => {
    for (const totalSteps of [1, 2, 7, 1000]) {
      const { rate } = averages.create({ type }, { totalSteps });
      const rates = Array.from({ length: totalSteps }, (_, step) => rate(step));
      assert.ok(rates.every((r) => r >= 0 && r <= 1));
      const first = rates.findIndex((r) => r > 0);
      // every average but `none` has begun by the last step
      assert.equal(first === -1, averages.describe({ type }).title === null, `of ${totalSteps} steps`);
      if (first === -1) continue;
      assert.equal(rates[first], 1);
      assert.ok(
        rates.slice(first).every((r) => r > 0),
        'once begun, every step counts',
      );
      let average = NaN;
      for (const r of rates.slice(first)) average = r === 1 ? 0.3 : average + r * (0.3 - average);
      assert.equal(average, 0.3);
    }
  });
}
