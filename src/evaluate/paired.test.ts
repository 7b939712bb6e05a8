import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRng } from '../core/rng.ts';
import { comparePaired, holm, mcnemar, normalTail, verdictOf } from './paired.ts';

interface Figure {
  readonly a: number;
  readonly b: number;
  readonly interval: readonly [number, number];
}
const golden = JSON.parse(
  readFileSync(new URL('../../test/golden/paired/paired.json', import.meta.url), 'utf8'),
) as {
  readonly mcnemar: readonly { only_a: number; only_b: number; p: number }[];
  readonly labels: readonly number[];
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly accuracy: Figure;
  readonly macro_f1: Figure;
};

test("McNemar's p-values are scipy's, exact and by chi-squared", () => {
  for (const { only_a, only_b, p } of golden.mcnemar) {
    const found = mcnemar(only_a, only_b);
    assert.ok(Math.abs(found.p - p) <= 1e-9 * p, `${only_a}, ${only_b}: ${found.p}, scipy ${p}`);
    assert.equal(found.method, only_a + only_b <= 1000 ? 'exact' : 'chi-squared');
  }
});

test('figures are those of scikit-learn, and the interval is that of scipy within what resampling moves it', () => {
  const predictions = {
    labels: Int32Array.from(golden.labels),
    a: Int32Array.from(golden.a),
    b: Int32Array.from(golden.b),
    classes: 4,
  };
  const found = comparePaired(predictions, { bootstrap_samples: 10_000, rng: createRng(3) });
  for (const figure of ['accuracy', 'macro_f1'] as const) {
    const { a, b, difference, interval } = found[figure];
    assert.ok(Math.abs(a - golden[figure].a) < 1e-12);
    assert.ok(Math.abs(b - golden[figure].b) < 1e-12);
    assert.equal(difference, a - b);
    assert.ok(interval);
    for (const end of [0, 1])
      assert.ok(Math.abs(interval[end] - golden[figure].interval[end]) < 0.006, figure);
  }
  const { both_right, both_wrong, mcnemar: counts, documents } = found;
  assert.equal(both_right + both_wrong + counts.only_a + counts.only_b, documents);
  assert.deepEqual(
    comparePaired(predictions, { rng: createRng(3) }),
    comparePaired(predictions, { rng: createRng(3) }),
  );
});

const pairs = fc.array(fc.record({ label: fc.nat(2), a: fc.nat(2), b: fc.nat(2) }), {
  minLength: 1,
  maxLength: 40,
});
const predictionsOf = (rows: readonly { label: number; a: number; b: number }[]) => ({
  labels: Int32Array.from(rows, (row) => row.label),
  a: Int32Array.from(rows, (row) => row.a),
  b: Int32Array.from(rows, (row) => row.b),
  classes: 3,
});

test('changing sides changes the signs and nothing else', () => {
  fc.assert(
    fc.property(pairs, (rows) => {
      const one = predictionsOf(rows);
      const options = { bootstrap_samples: 50 };
      const there = comparePaired(one, options);
      const back = comparePaired({ ...one, a: one.b, b: one.a }, options);
      assert.equal(there.mcnemar.p, back.mcnemar.p);
      assert.equal(there.mcnemar.only_a, back.mcnemar.only_b);
      assert.ok(Math.abs(there.accuracy.difference + back.accuracy.difference) < 1e-12);
      assert.ok(Math.abs(there.macro_f1.difference + back.macro_f1.difference) < 1e-12);
      const opposite = { better: 'worse', worse: 'better', 'not distinguishable': 'not distinguishable' };
      assert.equal(verdictOf(there.mcnemar), opposite[verdictOf(back.mcnemar)]);
    }),
  );
});

test('equal predictions: no difference, an interval of one point, p = 1', () => {
  fc.assert(
    fc.property(pairs, (rows) => {
      const one = predictionsOf(rows);
      const found = comparePaired({ ...one, b: one.a }, { bootstrap_samples: 20 });
      assert.deepEqual(found.accuracy.interval, [0, 0]);
      assert.deepEqual(found.macro_f1.interval, [0, 0]);
      assert.equal(found.mcnemar.p, 1);
    }),
  );
});

test('p falls as the lead grows, and lies in [0, 1]', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), (count) => {
      const ps = Array.from({ length: Math.floor(count / 2) + 1 }, (_, k) => mcnemar(k, count - k).p);
      for (const [k, p] of ps.entries()) {
        assert.ok(p >= 0 && p <= 1);
        if (k > 0) assert.ok(p >= ps[k - 1]);
      }
    }),
    { numRuns: 20 },
  );
});

test('the verdict needs both a small p and a lead', () => {
  assert.equal(verdictOf(mcnemar(20, 3)), 'better');
  assert.equal(verdictOf(mcnemar(3, 20)), 'worse');
  assert.equal(verdictOf(mcnemar(8, 4)), 'not distinguishable');
  assert.equal(verdictOf(mcnemar(20, 3), 1e-6), 'not distinguishable');
  assert.equal(verdictOf({ ...mcnemar(5, 5), p: NaN }), 'not distinguishable');
});

test('under chance alone, at most the stated share of verdicts is wrong', () => {
  const rng = createRng(11);
  let wrong = 0;
  for (let trial = 0; trial < 2000; trial++) {
    let onlyA = 0;
    for (let n = 0; n < 60; n++) onlyA += rng.int(2);
    if (verdictOf(mcnemar(onlyA, 60 - onlyA)) !== 'not distinguishable') wrong++;
  }
  assert.ok(wrong / 2000 <= 0.05, `${wrong} of 2000`);
  assert.ok(wrong / 2000 >= 0.01, 'a test that never speaks is no test');
});

test("Holm's correction as worked by hand, in the order given", () => {
  assert.deepEqual(
    holm([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(10))),
    [0.03, 0.06, 0.06, 0.02],
  );
  assert.deepEqual(holm([0.5, 0.9]), [1, 1]);
  assert.deepEqual(holm([]), []);
});

test('the normal tail: relative error below 1e-9 against known values', () => {
  const known = [
    [0, 0.5],
    [1, 0.15865525393145707],
    [2.999, 0.0013543365337271057],
    [3, 0.0013498980316300933],
    [6, 9.865876450376946e-10],
    [20, 2.7536241186062337e-89],
  ];
  for (const [z, p] of known) assert.ok(Math.abs(normalTail(z) - p) <= 1e-9 * p, `${z}: ${normalTail(z)}`);
});
