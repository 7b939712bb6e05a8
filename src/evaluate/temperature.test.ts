import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { argmaxRows } from './confusion.ts';
import { scaleProbabilities, temperatureOf } from './temperature.ts';

interface Golden {
  temperatures: { labels: number[]; probabilities: number[][]; temperature: number; scaled: number[][] }[];
}
const golden = JSON.parse(
  readFileSync(new URL('../../test/golden/confidence/confidence.json', import.meta.url), 'utf8'),
) as Golden;

describe('temperature scaling against SciPy', () => {
  for (const [k, { labels, probabilities, temperature, scaled }] of golden.temperatures.entries()) {
    const classes = probabilities[0].length;
    const flat = Float64Array.from(probabilities.flat());
    it(`${labels.length} documents of ${classes} classes (case ${k + 1})`, () => {
      const found = temperatureOf({ probabilities: flat, labels: Int32Array.from(labels), classes });
      assert.ok(Math.abs(found / temperature - 1) < 2e-6, `${found}, not ${temperature}`);
      const rows = scaleProbabilities(flat, classes, temperature);
      for (const [i, p] of scaled.flat().entries())
        assert.ok(Math.abs(rows[i] - p) < 1e-12, `${rows[i]}, not ${p}`);
    });
  }
});

/** Rows of probabilities, among them nearly equal, equal and tiny ones. */
const rows = fc
  .record({
    classes: fc.integer({ min: 1, max: 5 }),
    values: fc.array(
      fc.oneof(
        fc.double({ min: 1e-12, max: 1, noNaN: true }),
        fc.constantFrom(0.5, 0.5 - 2 ** -53, 0.5 + 2 ** -52, 1e-200, 0),
      ),
      { minLength: 5, maxLength: 40 },
    ),
    temperature: fc.double({ min: 0.01, max: 100, noNaN: true }),
  })
  .map(({ classes, values, temperature }) => {
    const N = Math.floor(values.length / classes);
    const probabilities = Float64Array.from(values.slice(0, N * classes));
    // a row of zeros is no distribution
    for (let n = 0; n < N; n++) {
      const row = probabilities.subarray(n * classes, (n + 1) * classes);
      if (row.every((p) => p === 0)) row[0] = 0.25;
    }
    return { classes, probabilities, temperature };
  });

describe('scaled probabilities', () => {
  it('sum to 1, and the predicted class stays the same, whatever the temperature', () => {
    fc.assert(
      fc.property(rows, ({ classes, probabilities, temperature }) => {
        const scaled = scaleProbabilities(probabilities, classes, temperature);
        assert.deepEqual(argmaxRows(scaled, classes), argmaxRows(probabilities, classes));
        for (let at = 0; at < scaled.length; at += classes) {
          const sum = scaled.subarray(at, at + classes).reduce((a, b) => a + b);
          assert.ok(Math.abs(sum - 1) < 1e-12, `${sum}`);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are the same bits at a temperature of 1', () => {
    const probabilities = Float64Array.of(0.1, 0.9, 0.3, 0.7);
    assert.equal(scaleProbabilities(probabilities, 2, 1), probabilities);
  });
});

describe('the temperature', () => {
  it('is 1 without documents', () => {
    assert.equal(temperatureOf({ probabilities: [], labels: new Int32Array(), classes: 3 }), 1);
  });

  it('makes no prediction certain because all documents of a small part are right', () => {
    const labels = new Int32Array(24);
    const probabilities = Float64Array.from({ length: 48 }, (_, i) => (i % 2 === 0 ? 0.9 : 0.1));
    const T = temperatureOf({ probabilities, labels, classes: 2 });
    const [top] = scaleProbabilities(probabilities, 2, T);
    // 24 right of 25, and half of one drawn at random
    assert.ok(Math.abs(top - 24.5 / 25) < 1e-6, `${top}`);
  });
});
