import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compareSplitSeeds } from './paired-seeds.ts';
import { compareResampled, meanOverResamples } from './resampled.ts';

interface Golden {
  readonly cases: readonly {
    readonly folds: number;
    readonly confidence: number;
    readonly a: readonly number[];
    readonly b: readonly number[];
    readonly mean: { readonly mean: number; readonly sd: number; readonly interval: readonly number[] };
    readonly comparison: Readonly<Record<'difference' | 't' | 'df' | 'p', number>> & {
      readonly interval: readonly number[];
    };
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL('../../test/golden/paired/resampled.json', import.meta.url), 'utf8'),
) as Golden;

const near = (found: number, wanted: number, what: string) =>
  assert.ok(
    Math.abs(found - wanted) <= 1e-10 * Math.max(1, Math.abs(wanted)),
    `${what}: ${found}, not ${wanted}`,
  );

test('mean over folds, its interval and the corrected t-test agree with SciPy', () => {
  assert.equal(golden.cases.length, 4);
  for (const { folds, confidence, a, b, mean, comparison } of golden.cases) {
    const found = meanOverResamples(a, 1 / (folds - 1), confidence);
    near(found.mean, mean.mean, 'mean');
    near(found.sd, mean.sd, 'sd');
    for (const end of [0, 1]) near(found.interval[end], mean.interval[end], 'interval');
    const tested = compareResampled(a, b, 1 / (folds - 1), { confidence });
    for (const key of ['difference', 't', 'df', 'p'] as const) near(tested[key], comparison[key], key);
    for (const end of [0, 1])
      near(tested.interval[end], comparison.interval[end], 'interval of the difference');
  }
});

test('equal scores are no difference; equal differences are as sure as the least variance allows', () => {
  const same = compareResampled([0.5, 0.7], [0.5, 0.7], 1);
  assert.deepEqual([same.difference, same.p, same.t], [0, 1, 0]);
  const [a, b] = [
    [0.75, 0.5, 0.875],
    [0.5, 0.25, 0.625],
  ];
  assert.equal(compareResampled(a, b, 0.5).p, 0);
  const { p, t } = compareResampled(a, b, 0.5, { leastVariance: 0.01 });
  near(t, 0.25 / Math.sqrt(0.01 * (1 / 3 + 0.5)), 't');
  assert.ok(p > 0.05);
});

test('the accuracies of splits are compared in the same way from the documents', () => {
  const right = (bits: string) => Array.from(bits, Number);
  const pairs = ['110111 010110', '111011 110000', '101111 011110'].map((both) => {
    const [a, b] = both.split(' ').map(right);
    return { a, b };
  });
  const { difference, t, df, p } = compareSplitSeeds(pairs, 0.5);
  const leastVariance = 0.0; // the differences of these splits vary more than their documents do
  const scores = (side: 'a' | 'b') => pairs.map((pair) => pair[side].reduce((sum, n) => sum + n, 0) / 6);
  const plain = compareResampled(scores('a'), scores('b'), 0.5, { leastVariance });
  near(difference, plain.difference, 'difference');
  assert.ok(Math.abs(t) <= Math.abs(plain.t) + 1e-12);
  assert.deepEqual([df, p >= plain.p - 1e-12], [2, true]);
});
