import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createRng } from '../../core/rng.ts';
import { evaluatePredictions, type Predictions } from '../evaluation.ts';

/** N documents of two classes, whose confidence in [0.6, 1) is above the chance to be right by `over`. */
function documents(N: number, over: number, seed: number): Predictions {
  const rng = createRng(seed);
  const probabilities = new Float64Array(2 * N);
  const labels = Int32Array.from({ length: N }, (_, n) => {
    const confidence = 0.6 + 0.4 * rng.float();
    probabilities.set([confidence, 1 - confidence], 2 * n);
    return rng.float() < confidence - over ? 0 : 1;
  });
  return { labels, probabilities, labelNames: ['a', 'b'] };
}

it('says 0.8, is right half the time: 0.3, however few documents there are', () => {
  const two = { labels: Int32Array.of(0, 1), labelNames: ['a', 'b'] };
  const { expected_calibration_error: error } = evaluatePredictions(
    { ...two, probabilities: Float64Array.of(0.8, 0.2, 0.8, 0.2) },
    { bootstrap_samples: 0 },
  );
  assert.ok(Math.abs(error - 0.3) < 1e-12, `${error}`);
});

it('bins hold equal shares: a document on a border counts in both', () => {
  // 16 documents in 15 bins of 16 / 15; the first 15 right with confidence 1, the last wrong with 0.7, sorted first
  const N = 16;
  const probabilities = Float64Array.from({ length: 2 * N }, (_, i) => (i % 2 === 0 ? 1 : 0));
  probabilities.set([0.7, 0.3], 2 * (N - 1));
  const labels = Int32Array.from({ length: N }, (_, n) => (n === N - 1 ? 1 : 0));
  const { expected_calibration_error: error } = evaluatePredictions(
    { labels, probabilities, labelNames: ['a', 'b'] },
    { bootstrap_samples: 0 },
  );
  assert.ok(Math.abs(error - 0.7 / N) < 1e-12, `${error}`);
});

for (const over of [0, 0.1]) {
  it(`its interval holds a true error of ${over} in most samples, though the value itself is too high on average`, () => {
    let [held, mean] = [0, 0];
    for (let seed = 0; seed < 40; seed++) {
      const evaluation = evaluatePredictions(documents(300, over, seed), {
        bootstrap_samples: 100,
        rng: createRng(seed),
      });
      const [low, high] = evaluation.expected_calibration_error_ci95 ?? [NaN, NaN];
      if (low <= over && over <= high) held++;
      mean += evaluation.expected_calibration_error / 40;
    }
    assert.ok(mean > over + 0.005, `${mean}`);
    assert.ok(held >= 32, `${held} of 40`);
  });
}
