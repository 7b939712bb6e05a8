import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRng } from '../core/rng.ts';
import { compareSeeds, compareSplitSeeds, meanOverSeeds } from './paired-seeds.ts';
import { incompleteBeta, logGamma, studentQuantile, studentTail } from './student.ts';
import { mean, variance } from './sample.ts';

const near = (found: number, wanted: number, tolerance = 1e-12) =>
  assert.ok(Math.abs(found - wanted) <= tolerance, `${found}, not ${wanted}`);

test("Student's t agrees with SciPy 1.17: tail within 1e-12, quantile within 1e-10", () => {
  for (const [t, df, tail] of [
    [1, 1, 0.25],
    [2.5, 3.7, 0.03591101145591339],
    [0.3, 40.2, 0.3828615074195137],
    [5, 1200, 3.2925993690999625e-7],
    [0, 5, 0.5],
    [Infinity, 5, 0],
  ] as const)
    near(studentTail(t, df), tail);
  for (const [df, quantile] of [
    [1, 12.706204736174694],
    [2, 4.302652729749462],
    [3.3, 3.024874461840807],
    [4, 2.7764451051977934],
    [30, 2.0422724563012378],
  ] as const)
    near(studentQuantile(0.975, df), quantile, 1e-10);
  near(studentQuantile(0.5, 7), 0, 1e-12);
});

test('incomplete beta and log gamma at points known in closed form', () => {
  near(incompleteBeta(0.3, 2, 5), 0.579825);
  near(incompleteBeta(0.7, 5, 2), 1 - 0.579825);
  assert.deepEqual([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)], [0, 1]);
  near(logGamma(0.5), Math.log(Math.PI) / 2);
  near(logGamma(10), Math.log(362880));
});

test('mean and variance of a sample, as worked by hand', () => {
  assert.equal(mean([1, 2, 6]), 3);
  assert.equal(variance([1, 2, 6]), 7); // (4 + 1 + 9) / 2
  assert.ok(Number.isNaN(variance([1])));
});

test('the same documents: variance of documents and of seeds, as worked by hand', () => {
  // A: 4 and 3 of 4 right; B: 2 and 1 of 4
  const a = [
    [1, 1, 1, 1],
    [1, 1, 1, 0],
  ];
  const b = [
    [1, 1, 0, 0],
    [1, 0, 0, 0],
  ];
  const found = compareSeeds({ a, b });
  // D = 0, 1/2, 1, 1/2: mean 1/2, variance 1/6, over 4 documents 1/24
  // accuracies 1, 3/4 and 1/2, 1/4: variance 1/32 each, over 2 seeds 1/64 each
  const total = 1 / 24 + 2 / 64;
  near(found.difference, 0.5);
  assert.deepEqual([found.a, found.b, found.design], [0.875, 0.375, 'same documents']);
  near(found.t, 0.5 / Math.sqrt(total));
  near(found.df, total ** 2 / ((1 / 24) ** 2 / 3 + 2 * (1 / 64) ** 2));
  near(found.p, 2 * studentTail(found.t, found.df));
  near(found.interval[0], 0.5 - studentQuantile(0.975, found.df) * Math.sqrt(total));
  near(found.interval[1], 0.5 + studentQuantile(0.975, found.df) * Math.sqrt(total));
  const other = compareSeeds({ a: b, b: a });
  assert.deepEqual([other.difference, other.p], [-0.5, found.p]);
  near(other.interval[0], -found.interval[1]);
});

test('a setting of one seed is taken to vary as the other does', () => {
  const a = [
    [1, 1, 1, 0],
    [1, 0, 1, 0],
  ];
  const one = compareSeeds({ a, b: [[1, 0, 0, 0]] });
  // s² of A is 1/32: 1/64 for its two seeds, 1/32 for the one of B; D = 0, 1/2, 1, 0
  near(one.t, one.difference / Math.sqrt((0.6875 / 3 + 0) / 4 + 1 / 64 + 1 / 32));
});

test('the interval of a mean over seeds counts documents and seeds, as worked by hand', () => {
  const runs = [
    [1, 1, 1, 0],
    [1, 0, 1, 0],
  ];
  // means of the documents 1, 1/2, 1, 0: variance 0.6875 / 3; accuracies 3/4 and 1/2: variance 1/32
  const [documents, seeds] = [0.6875 / 3 / 4, 1 / 64];
  const df = (documents + seeds) ** 2 / (documents ** 2 / 3 + seeds ** 2);
  const reach = studentQuantile(0.95, df) * Math.sqrt(documents + seeds);
  const [low, high] = meanOverSeeds(runs, 0.9);
  near(low, Math.max(0, 0.625 - reach));
  near(high, Math.min(1, 0.625 + reach));
});

test('a split for each seed: the correction of Nadeau and Bengio, as worked by hand', () => {
  const right = (count: number) => Array.from({ length: 100 }, (_, n) => Number(n < count));
  const pairs = [
    { a: right(90), b: right(80) },
    { a: right(88), b: right(84) },
    { a: right(92), b: right(78) },
  ];
  const found = compareSplitSeeds(pairs, 0.25);
  // differences 0.10, 0.04, 0.14: mean 0.28 / 3, variance 0.0025333
  const error = Math.sqrt((0.0076 / 3) * (1 / 3 + 0.25));
  near(found.difference, 0.28 / 3);
  near(found.t, 0.28 / 3 / error);
  assert.equal(found.df, 2);
  assert.equal(found.design, 'split by seed');
  near(found.p, 2 * studentTail(found.t, 2));
});

test('differences that happen to be equal are not taken for certain', () => {
  const right = (count: number) => Array.from({ length: 24 }, (_, n) => Number(n < count));
  const pair = { a: right(20), b: right(19) };
  const { p, interval } = compareSplitSeeds([pair, pair, pair], 0.2);
  assert.ok(p > 0.2, String(p));
  assert.ok(interval[0] < 0 && interval[1] > 0);
  const same = { a: right(20), b: right(20) };
  assert.deepEqual(
    [compareSplitSeeds([same, same], 0.2).p, compareSplitSeeds([same, same], 0.2).difference],
    [1, 0],
  );
});

test('of 2,000 comparisons of equal settings at most 6 % are called different, at 95 %', () => {
  const rng = createRng(11);
  let called = 0;
  for (let round = 0; round < 2000; round++) {
    const easy = Array.from({ length: 60 }, () => rng.float());
    const setting = () =>
      Array.from({ length: 3 }, () => {
        const skill = 0.7 + 0.1 * (rng.float() - 0.5);
        return easy.map((ease) => Number(0.5 * ease + 0.5 * rng.float() < skill));
      });
    if (compareSeeds({ a: setting(), b: setting() }).p < 0.05) called++;
  }
  assert.ok(called <= 120, `${called} of 2,000`);
  assert.ok(called > 10, `${called} of 2,000: too cautious to find anything`);
});
