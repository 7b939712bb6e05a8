/** Thresholds of the classes: chosen for macro F1, applied to probabilities. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRng } from '../core/rng.ts';
import { argmaxRows } from './confusion.ts';
import { evaluatePredictions } from './evaluation.ts';
import { applyThresholds, chooseThresholds } from './thresholds.ts';

/** Documents of which a class of every tenth is underrated. */
function rare(documents: number, seed: number) {
  const rng = createRng(seed);
  const labels = Int32Array.from({ length: documents }, (_, n) => (n % 10 === 0 ? 2 : n % 2));
  const probabilities = Float64Array.from({ length: documents * 3 }, () => 0);
  for (const [n, label] of labels.entries()) {
    const logits = [0, 1, 2].map((c) => rng.normal() + (c === label ? 2 : 0) - (c === 2 ? 2.5 : 0));
    const total = logits.reduce((sum, z) => sum + Math.exp(z), 0);
    for (const [c, z] of logits.entries()) probabilities[n * 3 + c] = Math.exp(z) / total;
  }
  return { probabilities, labels, classes: 3 };
}

const macroF1 = (labels: Int32Array, probabilities: Float64Array) =>
  evaluatePredictions({ labels, probabilities, labelNames: ['a', 'b', 'c'] }, { bootstrap_samples: 0 }).macro_f1; // prettier-ignore

test('an underrated class gets a low threshold, and macro F1 rises, also on other documents', () => {
  const [chosenOn, other] = [rare(400, 1), rare(400, 2)];
  const thresholds = chooseThresholds(chosenOn);
  assert.ok(Math.abs(thresholds.reduce((sum, t) => sum + t, 0) - 1) < 1e-12);
  assert.ok(thresholds[2] < thresholds[0] / 2 && thresholds[2] < thresholds[1] / 2, thresholds.join(' '));
  for (const { labels, probabilities } of [chosenOn, other]) {
    const [before, after] = [probabilities, applyThresholds(probabilities, thresholds)];
    assert.ok(macroF1(labels, after) > macroF1(labels, before) + 0.05);
  }
});

test('macro F1 on the documents that they are chosen on is never lower', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 40 }), (seed, documents) => {
      const { probabilities, labels, classes } = rare(documents, seed);
      const thresholds = chooseThresholds({ probabilities, labels, classes });
      const after = macroF1(labels, applyThresholds(probabilities, thresholds));
      assert.ok(after >= macroF1(labels, probabilities) - 1e-12);
    }),
    { numRuns: 40 },
  );
});

test('two rare classes that take documents from each other are lowered together', () => {
  // b and c look alike beside a, which wins by a little: lowered alone, each takes the documents of the other
  const rows: [label: number, p: number[]][] = [];
  for (let i = 0; i < 40; i++) rows.push([0, [0.96, 0.02, 0.02]]);
  for (let i = 0; i < 10; i++) rows.push([1, [0.4, 0.31, 0.29]], [2, [0.4, 0.29, 0.31]]);
  const labels = Int32Array.from(rows, ([label]) => label);
  const probabilities = Float64Array.from(rows.flatMap(([, p]) => p));
  const thresholds = chooseThresholds({ probabilities, labels, classes: 3 });
  assert.equal(macroF1(labels, applyThresholds(probabilities, thresholds)), 1, thresholds.join(' '));
});

test('of a few classes, as good as the best of all combinations of steps', () => {
  const steps = Array.from({ length: 9 }, (_, s) => 2 ** (s - 4));
  let [least, worse] = [Infinity, 0];
  for (let seed = 0; seed < 30; seed++) {
    const { probabilities, labels, classes } = rare(60, seed);
    const found = macroF1(labels, applyThresholds(probabilities, chooseThresholds({ probabilities, labels, classes }))); // prettier-ignore
    let best = 0;
    for (const a of steps)
      for (const b of steps)
        best = Math.max(best, macroF1(labels, applyThresholds(probabilities, [1, a, b])));
    least = Math.min(least, found - best);
    if (found < best - 1e-9) worse++;
  }
  assert.ok(least > -0.02 && worse <= 3, `${least} ${worse}`);
});

test('where all is right nothing changes: every threshold is 1/C, also without documents', () => {
  const labels = Int32Array.of(0, 1, 2, 1);
  const probabilities = Float64Array.from({ length: 12 }, (_, i) =>
    i % 3 === labels[Math.floor(i / 3)] ? 0.6 : 0.2,
  );
  assert.deepEqual(chooseThresholds({ probabilities, labels, classes: 3 }), [1 / 3, 1 / 3, 1 / 3]);
  const none = { probabilities: new Float64Array(0), labels: new Int32Array(0), classes: 2 };
  assert.deepEqual(chooseThresholds(none), [0.5, 0.5]);
});

test('of two classes, one is predicted above its threshold', () => {
  const p = Float64Array.of(0.75, 0.25, 0.85, 0.15);
  const q = applyThresholds(p, [0.8, 0.2]);
  assert.deepEqual([...argmaxRows(q, 2)], [1, 0]);
  for (const row of [0, 2]) assert.ok(Math.abs(q[row] + q[row + 1] - 1) < 1e-12);
  assert.equal(applyThresholds(p, undefined), p);
});
