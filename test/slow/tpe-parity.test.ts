/**
 * TPE as a whole against Optuna's: best values after 25, 50 and 100 trials on eight problems, 100 seeds each, fixed in
 * advance. The random numbers are others, so that the distributions are compared.
 *
 * The measure is A12 = P(ours worse) + ½ P(equal), ½ where both are alike. With 100 seeds on both sides its standard error
 * is 0.041. A pass: each |A12 - ½| ≤ 0.15, and their mean within ± 0.06 of ½ by two one-sided tests at 5 %.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStudy, pruners, samplers, type Trial } from '../../src/tune/index.ts';
import { loadDistribution } from '../support/tpe-golden.ts';
import { PROBLEMS } from '../support/tpe-problems.ts';

const fixture = loadDistribution();
const { trials, marks, batch, batches, problems } = fixture;
/** Standard normal quantile of the one-sided tests, 5 %. */
const Z = 1.6449;

const newStudy = (seed: number) =>
  createStudy({
    sampler: samplers.create({ type: 'tpe' }, { seed }),
    pruner: pruners.create({ type: 'none' }),
  });

/** The best values at the marks. */
async function bests(name: string, seed: number): Promise<number[]> {
  const study = await newStudy(seed);
  const values: number[] = [];
  await study.optimize(
    (trial) => {
      const value = PROBLEMS[name](trial);
      values.push(value);
      return value;
    },
    { trials },
  );
  assert.equal(values.length, trials);
  return marks.map((mark) => Math.min(...values.slice(0, mark)));
}

/** The best value where trials are asked for in batches. */
async function bestInBatches(name: string, seed: number): Promise<number> {
  const study = await newStudy(seed);
  let best = Infinity;
  for (let b = 0; b < batches; b++) {
    const asked: [Trial, number][] = [];
    for (let n = 0; n < batch; n++) {
      const trial = await study.ask();
      asked.push([trial, PROBLEMS[name](trial)]);
    }
    for (const [trial, value] of asked) {
      await study.tell(trial, value);
      best = Math.min(best, value);
    }
  }
  return best;
}

/** P(a > b) + ½ P(a = b), and its standard error from the samples themselves. */
function a12(a: readonly number[], b: readonly number[]) {
  const wins = (x: number, others: readonly number[]) =>
    others.reduce((sum, y) => sum + (x > y ? 1 : x === y ? 0.5 : 0), 0) / others.length;
  const mine = a.map((x) => wins(x, b));
  const theirs = b.map((y) => 1 - wins(y, a));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1);
  // DeLong's variance of the area under a curve
  return { value: mean(mine), variance: variance(mine) / a.length + variance(theirs) / b.length };
}

test('on eight problems TPE does as well as that of Optuna 5.0.0, and no better', async (t) => {
  const results: { readonly name: string; readonly at: readonly ReturnType<typeof a12>[] }[] = [];
  for (const [name, { best }] of Object.entries(problems)) {
    const ours: number[][] = [];
    for (let seed = 0; seed < best.length; seed++) ours.push(await bests(name, seed));
    const at = marks.map((_, m) =>
      a12(
        ours.map((values) => values[m]),
        best.map((values) => values[m]),
      ),
    );
    results.push({ name, at });
    t.diagnostic(`${name}: A12 ${at.map(({ value }) => value.toFixed(3)).join(' ')}`);
  }
  marks.forEach((mark, m) => {
    const mean = results.reduce((sum, { at }) => sum + at[m].value, 0) / results.length;
    const error = Math.sqrt(results.reduce((sum, { at }) => sum + at[m].variance, 0)) / results.length;
    t.diagnostic(`mean after ${mark} trials: ${mean.toFixed(3)} ± ${error.toFixed(3)}`);
    for (const { name, at } of results) {
      const { value } = at[m];
      assert.ok(Math.abs(value - 0.5) <= 0.15, `${name} after ${mark} trials: A12 ${value}`);
    }
    assert.ok(mean + Z * error < 0.56 && mean - Z * error > 0.44, `mean after ${mark}: ${mean} ± ${error}`);
  });
});

test('asked for in batches of eight, its trials keep off each other as well as those of Optuna', async (t) => {
  let compared = 0;
  for (const [name, { batched }] of Object.entries(problems)) {
    if (!batched) continue;
    const ours: number[] = [];
    for (let seed = 0; seed < batched.length; seed++) ours.push(await bestInBatches(name, seed));
    const { value } = a12(ours, batched);
    t.diagnostic(`${name} in batches: A12 ${value.toFixed(3)}`);
    assert.ok(Math.abs(value - 0.5) <= 0.15, `${name} in batches: A12 ${value}`);
    compared++;
  }
  assert.equal(compared, 3);
});
