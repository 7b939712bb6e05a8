import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { createRng, type Rng } from '../core/rng.ts';
import { conformalRule, predictionSet, type SetMethod, setMethods } from './conformal.ts';

interface Case {
  method: SetMethod;
  coverage: number;
  labels: number[];
  probabilities: number[][];
  new: number[][];
  threshold: number;
  sets: number[][];
}
const { sets } = JSON.parse(
  readFileSync(new URL('../../test/golden/confidence/confidence.json', import.meta.url), 'utf8'),
) as { sets: Case[] };

describe('prediction sets against NumPy', () => {
  for (const { method, coverage, labels, probabilities, new: unseen, threshold, sets: wanted } of sets) {
    it(`${method} at ${coverage}`, () => {
      const rule = conformalRule(
        { probabilities: probabilities.flat(), labels: Int32Array.from(labels), classes: 5 },
        coverage,
        method,
      );
      assert.ok(Math.abs(rule.threshold - threshold) < 1e-12);
      for (const [n, row] of unseen.entries())
        assert.deepEqual(predictionSet(row, rule).sort(), wanted[n], `document ${n}`);
    });
  }
});

/** Documents of 4 classes, with probabilities that have little to do with how often they are right. */
function draw(N: number, rng: Rng) {
  const probabilities = new Float64Array(4 * N);
  const labels = Int32Array.from({ length: N }, (_, n) => {
    const label = rng.int(4);
    const row = Array.from(
      { length: 4 },
      (__, c) => rng.float() ** 3 + (c === label ? 0.3 * rng.float() : 0),
    );
    const sum = row.reduce((a, b) => a + b);
    for (const [c, value] of row.entries()) probabilities[4 * n + c] = value / sum;
    return label;
  });
  return { probabilities, labels, classes: 4 };
}

for (const method of setMethods) {
  it(`${method}: sets of new documents hold the true class as often as promised, whatever the model`, () => {
    const rng = createRng(3);
    let [held, size] = [0, 0];
    for (let sample = 0; sample < 300; sample++) {
      const rule = conformalRule(draw(49, rng), 0.9, method);
      const { probabilities, labels } = draw(20, rng);
      for (const [n, label] of labels.entries()) {
        const set = predictionSet(probabilities.subarray(4 * n, 4 * n + 4), rule);
        if (set.includes(label)) held++;
        size += set.length / 6000;
      }
    }
    // at least 0.9, ± 3 · 0.006 for samples of 49
    assert.ok(held / 6000 > 0.882, `${held / 6000}`);
    assert.ok(size < 4, 'not all classes');
    if (method === 'lac') assert.ok(held / 6000 < 0.92, `${held / 6000}: sets are no larger than needed`);
  });
}

it('a set has the most probable class first, and is refused where there are too few documents', () => {
  const rule = { method: 'lac', coverage: 0.9, threshold: 0.1, documents: 20 } as const;
  assert.deepEqual(predictionSet([0.2, 0.5, 0.3], rule), [1]);
  assert.deepEqual(predictionSet([0.2, 0.5, 0.3], { ...rule, threshold: 0.75 }), [1, 2]);
  conformalRule(draw(9, createRng(0)), 0.9, 'lac');
  assert.throws(
    () => conformalRule(draw(8, createRng(0)), 0.9, 'lac'),
    /at least 9 validation documents for sets with a coverage of 0\.9, but the run has 8\. Ask for at most 0\.88, or/,
  );
  assert.throws(
    () => conformalRule(draw(98, createRng(0)), 0.99, 'aps'),
    /at least 99 .* has 98\. Ask for at most 0\.98,/,
  );
});
