/** The choice between network, linear model and their average. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { averageOf, chooseModel } from './choose.ts';

/** Documents of two classes from the probability that each model gives the true one. */
function contest(network: readonly number[], linear: readonly number[]) {
  const rows = (of: readonly number[]) => Float64Array.from(of.flatMap((p) => [p, 1 - p]));
  return {
    labels: new Int32Array(network.length),
    classes: 2,
    network: rows(network),
    linear: rows(linear),
  };
}
const repeat = (times: number, ...values: number[]) => Array.from({ length: times }, () => values).flat();

test('the better one is chosen alone, both where each is right where the other is wrong', () => {
  const [good, bad] = [repeat(2000, 0.95, 0.9), repeat(2000, 0.3, 0.6)];
  assert.deepEqual(
    [chooseModel(contest(bad, good)).chosen, chooseModel(contest(bad, good)).weight],
    ['linear', 0],
  );
  assert.deepEqual(
    [chooseModel(contest(good, bad)).chosen, chooseModel(contest(good, bad)).weight],
    ['network', 1],
  );
  const both = chooseModel(contest(repeat(2000, 0.9, 0.2), repeat(2000, 0.2, 0.9)));
  assert.deepEqual([both.chosen, both.weight], ['average', 0.5]);
  assert.equal(both.scores?.average.accuracy, 1);
  assert.equal(both.scores.linear.accuracy, 0.5);
  assert.ok(Math.abs(both.scores.average.log_loss + Math.log(0.55)) < 1e-12);
});

test('a gain that may be chance leaves the linear model: few documents, or one that makes all the difference', () => {
  const few = chooseModel(contest(repeat(3, 0.99), repeat(3, 0.6)));
  assert.deepEqual([few.chosen, few.weight], ['linear', 0]);
  const one = chooseModel(contest([...repeat(30, 0.8), 0.9], [...repeat(30, 0.82), 0.1]));
  assert.equal(one.chosen, 'linear');
  assert.ok(one.gain && one.gain.mean > 0 && one.gain.mean <= one.gain.standard_error);
});

test('the gain is that of the average over the linear model, with its standard error', () => {
  const { best_weight, gain } = chooseModel(contest(repeat(50, 0.9, 0.6), repeat(50, 0.3, 0.5)));
  const gained = [0.9, 0.6].map((network, k) => {
    const linear = [0.3, 0.5][k];
    return Math.log((best_weight * network + (1 - best_weight) * linear) / linear);
  });
  const mean = (gained[0] + gained[1]) / 2;
  // 50 documents gain the one, 50 the other: their variance is that of the two, times 100 / 99
  const error = Math.sqrt(((gained[0] - mean) ** 2 * 100) / 99 / 100);
  assert.ok(best_weight > 0);
  assert.ok(gain && Math.abs(gain.mean - mean) < 1e-12);
  assert.ok(Math.abs(gain.standard_error - error) < 1e-12);
});

test('few documents leave most of the weight to the linear model', () => {
  const weights = [24, 100, 900, 4000].map(
    (n) => chooseModel(contest(repeat(n, 0.99), repeat(n, 0.6))).weight,
  );
  assert.deepEqual(weights, [0.2, 0.5, 0.9, 1]);
});

test('fewer than ten documents decide nothing', () => {
  const weights = [9, 10].map((n) => chooseModel(contest(repeat(n, 0.99), repeat(n, 0.6))).weight);
  assert.deepEqual(weights, [0, 0.1]);
});

test('the weight is what the network counts in the average, the linear model the rest', () => {
  assert.deepEqual(Array.from(averageOf(contest([0.5], [0.25]), 0.75)), [
    0.25 * 0.25 + 0.75 * 0.5,
    0.25 * 0.75 + 0.75 * 0.5,
  ]);
  const { best_weight: weight, scores } = chooseModel(contest(repeat(300, 0.9), repeat(300, 0.4)));
  assert.ok(scores && weight > 0.5 && weight < 1, String(weight));
  assert.ok(Math.abs(scores.average.log_loss + Math.log(0.9 * weight + 0.4 * (1 - weight))) < 1e-12);
  // right in the average of this weight alone: with the models exchanged it would be wrong
  assert.equal(scores.average.accuracy, 1);
});

test('without validation documents the linear model is kept', () => {
  const { chosen, scores, gain } = chooseModel(contest([], []));
  assert.deepEqual({ chosen, scores, gain }, { chosen: 'linear', scores: null, gain: null });
});

test('what is chosen never has a higher log loss than the linear model, and averages are distributions', () => {
  const p = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(p, p), { minLength: 1, maxLength: 40 }), (pairs) => {
      const given = contest(
        pairs.map(([a]) => a),
        pairs.map(([, b]) => b),
      );
      const { weight, scores } = chooseModel(given);
      assert.ok(scores && scores.average.log_loss <= scores.linear.log_loss + 1e-12);
      const average = averageOf(given, weight);
      for (let n = 0; n < pairs.length; n++)
        assert.ok(Math.abs(average[2 * n] + average[2 * n + 1] - 1) < 1e-12);
    }),
  );
});
