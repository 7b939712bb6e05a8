/** What every metric must do, over the whole family. That each is right is in `evaluation.test.ts`, against scikit-learn. */
import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { createRng } from '../../core/rng.ts';
import { evaluatePredictions, type Predictions } from '../evaluation.ts';
import { headlineMetrics, type Metric, metrics, tableMetrics } from './index.ts';

/** N documents of C classes, with labels and distributions of every kind: sure ones, even ones, wrong ones. */
const predictions = fc
  .record({
    classes: fc.integer({ min: 2, max: 5 }),
    documents: fc.integer({ min: 1, max: 25 }),
    power: fc.constantFrom(0, 1, 30),
    seed: fc.nat(),
  })
  .map(({ classes, documents, power, seed }): Predictions => {
    const rng = createRng(seed);
    const labels = Int32Array.from({ length: documents }, () => rng.int(classes));
    const probabilities = new Float64Array(documents * classes);
    for (let n = 0; n < documents; n++) {
      const row = Array.from({ length: classes }, () => rng.float() ** power + 1e-30);
      const sum = row.reduce((a, b) => a + b);
      row.forEach((value, c) => (probabilities[n * classes + c] = value / sum));
    }
    return { labels, probabilities, labelNames: Array.from({ length: classes }, (_, c) => `${c}`) };
  });

/** The same documents, each given all of the probability for one class. */
function sure({ labels, labelNames }: Predictions, classOf: (label: number) => number): Predictions {
  const classes = labelNames.length;
  const probabilities = new Float64Array(labels.length * classes);
  labels.forEach((label, n) => (probabilities[n * classes + classOf(label)] = 1));
  return { labels, probabilities, labelNames };
}

const valueOf = ({ type }: (typeof metrics)[number], input: Predictions) =>
  evaluatePredictions(input, { bootstrap_samples: 0 })[type];
const isAsGood = ({ better }: Metric, one: number, other: number) =>
  better === 'higher' ? one >= other - 1e-12 : one <= other + 1e-12;

for (const metric of metrics) {
  describe(metric.type, () => {
    it('is a finite number of its range, and no answer is better than the right one', () => {
      const [low, high] = metric.range;
      fc.assert(
        fc.property(predictions, (input) => {
          const value = valueOf(metric, input);
          assert.ok(Number.isFinite(value) && value >= low - 1e-12 && value <= high + 1e-12, String(value));
          assert.ok(
            isAsGood(
              metric,
              valueOf(
                metric,
                sure(input, (label) => label),
              ),
              value,
            ),
          );
        }),
      );
    });

    it('tells right answers from wrong ones', () => {
      const two = Array.from({ length: 12 }, (_, n) => n % 2);
      const input = {
        labels: Int32Array.from(two),
        probabilities: new Float64Array(24),
        labelNames: ['a', 'b'],
      };
      const [right, wrong] = [sure(input, (label) => label), sure(input, (label) => 1 - label)];
      assert.ok(!isAsGood(metric, valueOf(metric, wrong), valueOf(metric, right)));
    });

    it('is the same for documents in another order, and for each of them twice', () => {
      fc.assert(
        fc.property(predictions, fc.nat(), (input, seed) => {
          const { labels, probabilities, labelNames } = input;
          const C = labelNames.length;
          const all = Array.from(labels, (_, n) => n);
          const drawn = createRng(seed).shuffle([...all, ...all]);
          const again = valueOf(metric, {
            labels: Int32Array.from(drawn, (n) => labels[n]),
            probabilities: Float64Array.from(
              drawn.flatMap((n) => [...probabilities.subarray(n * C, (n + 1) * C)]),
            ),
            labelNames,
          });
          assert.ok(Math.abs(again - valueOf(metric, input)) <= 1e-9);
        }),
      );
    });

    it('is the same under other names of the classes', () => {
      fc.assert(
        fc.property(predictions, ({ labels, probabilities, labelNames }) => {
          const C = labelNames.length;
          // reversing the flat array reverses the documents as well as the classes
          const reversed = valueOf(metric, {
            labels: labels.map((label) => C - 1 - label).reverse(),
            probabilities: probabilities.slice().reverse(),
            labelNames,
          });
          // of several highest probabilities the first counts: a tie may go either way
          const tied = Array.from(labels, (_, n) => probabilities.subarray(n * C, (n + 1) * C)).some(
            (row) => row.filter((p) => p === Math.max(...row)).length > 1,
          );
          if (!tied)
            assert.ok(Math.abs(reversed - valueOf(metric, { labels, probabilities, labelNames })) <= 1e-9);
        }),
      );
    });

    it('has a name for configs, a title that fits into a sentence, and one sentence for the docs', () => {
      assert.match(metric.type, /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
      assert.match(metric.title, /^\S.{0,30}$/);
      assert.match(metric.summary, /^[A-Z].*\.$/);
      assert.ok(metric.range[0] < metric.range[1]);
    });
  });
}

test('names are unique; headlines stand in tables as well', () => {
  assert.equal(new Set(metrics.map(({ type }) => type)).size, metrics.length);
  assert.ok(headlineMetrics.every((metric) => tableMetrics.includes(metric)));
});
