import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createRng } from '../core/rng.ts';
import { calibrationBins } from './calibration.ts';
import { argmaxRows } from './confusion.ts';
import {
  bootstrapIntervals,
  distanceInterval,
  normalQuantile,
  quantile,
  resampledValues,
  wilsonInterval,
} from './intervals.ts';

const golden = JSON.parse(
  readFileSync(new URL('../../test/golden/sklearn/evaluation.json', import.meta.url), 'utf8'),
) as {
  wilson: { successes: number; total: number; confidence: number; interval: [number, number] }[];
  normal_quantiles: [number, number][];
};

const close = (a: number, b: number, tolerance = 1e-12) =>
  assert.ok(Math.abs(a - b) <= tolerance, `${a} against ${b}`);

describe('wilsonInterval', () => {
  it('agrees with scipy', () => {
    for (const { successes, total, confidence, interval } of golden.wilson) {
      const [low, high] = wilsonInterval(successes, total, confidence);
      close(low, interval[0], 1e-9);
      close(high, interval[1], 1e-9);
    }
  });

  it('holds the proportion, stays in [0, 1], and is symmetric', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), (hits, misses) => {
        const total = hits + misses;
        const [low, high] = wilsonInterval(hits, total);
        assert.ok(0 <= low && low <= high && high <= 1);
        if (total > 0) assert.ok(low <= hits / total && hits / total <= high);
        const [mirroredLow, mirroredHigh] = wilsonInterval(misses, total);
        close(low, 1 - mirroredHigh);
        close(high, 1 - mirroredLow);
      }),
    );
    assert.deepEqual(wilsonInterval(0, 0), [0, 1]);
  });
});

it('normalQuantile agrees with scipy within 1e-9', () => {
  for (const [p, z] of golden.normal_quantiles) close(normalQuantile(p), z, 1e-9);
});

it('quantile is linear between neighbours', () => {
  const values = [1, 2, 4, 8];
  close(quantile(values, 0), 1);
  close(quantile(values, 1), 8);
  close(quantile(values, 0.5), 3);
  close(quantile(values, 0.9), 4 + 0.7 * 4);
  close(quantile([5], 0.3), 5);
});

it('bootstrapIntervals resamples with replacement: mean of 0..99 as the central limit theorem says', () => {
  const seen = new Set<number>();
  const [[low, high], [smallest]] = bootstrapIntervals(
    100,
    2,
    (documents, out) => {
      out[0] = documents.reduce((a, b) => a + b) / 100;
      out[1] = new Set(documents).size;
      seen.add(out[1]);
    },
    { samples: 4000, confidence: 0.95, rng: createRng(5) },
  );
  // standard deviation of 0..99 is 28.87, so ± 1.96 · 2.887
  close(low, 49.5 - 5.66, 0.4);
  close(high, 49.5 + 5.66, 0.4);
  assert.ok(smallest > 50 && Math.max(...seen) < 80, 'about 63 of 100 documents are distinct');
});

describe('calibration', () => {
  it('bins exclude their lower end and include their upper', () => {
    const bins = calibrationBins([0, 0.5, 0.500001, 1], [true, false, true, true], 2);
    assert.deepEqual(
      bins.map((bin) => bin.count),
      [2, 2],
    );
    close(bins[0].accuracy, 0.5);
    close(bins[0].confidence, 0.25);
  });
});

it('argmaxRows takes the first of equal values and refuses ragged rows', () => {
  assert.deepEqual([...argmaxRows(Float32Array.of(0, 1, 1, 2, 2, 1), 3)], [1, 0]);
  assert.throws(() => argmaxRows(new Float32Array(5), 3), { name: 'ShapeError' });
});

it('the interval of a distance that is small by chance holds the true one as often as it says', () => {
  // |mean of N draws - 0.3| where each is 1 with a chance of 0.33: the true distance is 0.03
  const [N, rounds] = [170, 200];
  let held = 0;
  for (let round = 0; round < rounds; round++) {
    const rng = createRng(round);
    const draws = Float64Array.from({ length: N }, () => Number(rng.float() < 0.33));
    const distance = (documents: ArrayLike<number>) => {
      let sum = 0;
      for (let n = 0; n < documents.length; n++) sum += draws[documents[n]];
      return Math.abs(sum / documents.length - 0.3);
    };
    const [resampled] = resampledValues(N, 1, (documents, out) => (out[0] = distance(documents)), {
      samples: 200,
      rng,
    });
    const value = distance(Array.from(draws.keys()));
    const [low, high] = distanceInterval(resampled, value, { confidence: 0.95, most: 1 });
    assert.ok(low <= value && value <= high);
    if (low <= 0.03 && 0.03 <= high) held++;
  }
  assert.ok(held / rounds >= 0.94, `${held} of ${rounds}`);
});
