import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { assertProportional } from '../../test/support/cpu-time.ts';
import { DataError, ShapeError } from '../core/errors.ts';
import { createRng } from '../core/rng.ts';
import { mostFrequentConfusions } from './confusion.ts';
import { evaluatePredictions, intervalOf, type Evaluation, type Predictions } from './evaluation.ts';
import { wilsonInterval } from './intervals.ts';
import { metrics } from './metrics/index.ts';

const metricNames = metrics.map(({ type }) => type);

interface Case {
  name: string;
  dtype: 'float32' | 'float64';
  labels: number[];
  probabilities: number[][];
  expected: Record<string, number>;
  per_class: Record<'precision' | 'recall' | 'f1' | 'support', number>[];
  confusion_matrix: number[][];
}
interface Fixture {
  cases: Case[];
  bootstrap: { labels: number[]; probabilities: number[][]; expected: Record<string, [number, number]> };
}
const golden = JSON.parse(
  readFileSync(new URL('../../test/golden/sklearn/evaluation.json', import.meta.url), 'utf8'),
) as Fixture;

function predictions(labels: number[], rows: number[][], dtype = 'float64'): Predictions {
  const flat = rows.flat();
  return {
    labels: Int32Array.from(labels),
    probabilities: dtype === 'float32' ? Float32Array.from(flat) : Float64Array.from(flat),
    labelNames: rows[0].map((_, c) => `class ${c}`),
  };
}

function assertClose(actual: number, expected: number, message: string, tolerance = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${message}: expected ${expected}, got ${actual}`);
}

describe('evaluatePredictions against scikit-learn', () => {
  for (const { name, dtype, labels, probabilities, expected, per_class, confusion_matrix } of golden.cases) {
    it(name, () => {
      const evaluation = evaluatePredictions(predictions(labels, probabilities, dtype), {
        bootstrap_samples: 0,
      });
      for (const [metric, value] of Object.entries(expected)) {
        assertClose(evaluation[metric as 'accuracy'], value, metric);
      }
      per_class.forEach((row, c) => {
        for (const key of ['precision', 'recall', 'f1', 'support'] as const) {
          assertClose(evaluation.per_class[c][key], row[key], `class ${c} ${key}`);
        }
      });
      assert.deepEqual(evaluation.confusion_matrix, confusion_matrix);
    });
  }
});

describe('bootstrap intervals', () => {
  it('agree with scipy.stats.bootstrap within the noise of the resampling', () => {
    const { labels, probabilities, expected } = golden.bootstrap;
    const input = predictions(labels, probabilities);
    const evaluation = evaluatePredictions(input, { bootstrap_samples: 5000, rng: createRng(7) });
    for (const [metric, interval] of Object.entries(expected)) {
      const width = interval[1] - interval[0];
      const ours = intervalOf(evaluation, metric as 'accuracy');
      assert.ok(ours);
      assertClose(ours[0], interval[0], `${metric} lower`, 0.06 * width);
      assertClose(ours[1], interval[1], `${metric} upper`, 0.06 * width);
    }
  });

  it('are repeated by the same seed and named by their level', () => {
    const input = predictions(golden.cases[0].labels, golden.cases[0].probabilities);
    const options = { bootstrap_samples: 50, confidence: 0.9 };
    const first = evaluatePredictions(input, { ...options, rng: createRng(1) });
    assert.deepEqual(first, evaluatePredictions(input, { ...options, rng: createRng(1) }));
    assert.notDeepEqual(first, evaluatePredictions(input, { ...options, rng: createRng(2) }));
    assert.ok(first.accuracy_ci90 && !first.accuracy_ci95);
    assert.deepEqual(JSON.parse(JSON.stringify(first)), first);
  });

  it('of the accuracy of documents that are all right, or all wrong, is Wilson’s: resampling would find no other', () => {
    const N = 24;
    const labels = Int32Array.from({ length: N }, (_, n) => n % 2);
    const certain = (answer: (n: number) => number) =>
      Float64Array.from({ length: 2 * N }, (_, k) => (answer(k >> 1) === k % 2 ? 0.9 : 0.1));
    const of = (answer: (n: number) => number) =>
      evaluatePredictions({ labels, probabilities: certain(answer), labelNames: ['a', 'b'] })
        .accuracy_ci95 ?? [NaN, NaN];
    // 24 / (24 + z²), z = 1.95996
    assert.ok(Math.abs(of((n) => n % 2)[0] - 0.862024) < 1e-6);
    assert.equal(of((n) => n % 2)[1], 1);
    assert.ok(Math.abs(of((n) => 1 - (n % 2))[1] - 0.137976) < 1e-6);
    assert.equal(of((n) => 1 - (n % 2))[0], 0);
    const [low, high] = of((n) => (n < 3 ? 1 - (n % 2) : n % 2));
    assert.ok(low > 0.7 && high > low);
  });

  it('hold every metric, and no bootstrap interval where none was asked for', () => {
    const input = predictions(golden.cases[0].labels, golden.cases[0].probabilities);
    const evaluation = evaluatePredictions(input, { bootstrap_samples: 200 });
    const wider = evaluatePredictions(input, { bootstrap_samples: 200, confidence: 0.99 });
    for (const metric of metricNames) {
      const [low, high] = intervalOf(evaluation, metric) ?? [NaN, NaN];
      assert.ok(low <= evaluation[metric] && evaluation[metric] <= high && low < high, metric);
      const [lower, higher] = intervalOf(wider, metric, 0.99) ?? [NaN, NaN];
      assert.ok(lower <= low && high <= higher, `${metric} at 99 %`);
    }
    const none = evaluatePredictions(input, { bootstrap_samples: 0 });
    assert.equal(none.accuracy_ci95, undefined);
    assert.equal(none.per_class[0].f1_ci95, undefined);
    assert.ok(none.per_class[0].recall_ci95, 'Wilson needs no bootstrap');
  });

  it('take time in proportion to the documents: 1,000 resamples of 10,000', () => {
    const rng = createRng(3);
    const labels = Int32Array.from({ length: 10_000 }, () => rng.int(5));
    const probabilities = new Float32Array(50_000).fill(0.1);
    labels.forEach((label, n) => (probabilities[n * 5 + ((label + (rng.float() < 0.1 ? 1 : 0)) % 5)] = 0.6));
    const labelNames = ['a', 'b', 'c', 'd', 'e'];
    const evaluate = (documents: number) =>
      evaluatePredictions({
        labels: labels.subarray(0, documents),
        probabilities: probabilities.subarray(0, 5 * documents),
        labelNames,
      });
    assertProportional(
      'documents',
      () => void evaluate(1000),
      () => void evaluate(10_000),
    );
    const evaluation = evaluate(10_000);
    const [low, high] = evaluation.accuracy_ci95 ?? [NaN, NaN];
    // normal theory: ± 1.96 √(0.9 · 0.1 / 10000) = ± 0.0059
    assertClose(high - low, 0.01176, 'width', 0.0012);
  });
});

/** N documents, C classes, any labels and distributions. */
const anyPredictions = fc
  .record({
    classes: fc.integer({ min: 1, max: 6 }),
    documents: fc.integer({ min: 1, max: 30 }),
    seed: fc.nat(),
  })
  .map(({ classes, documents, seed }): Predictions => {
    const rng = createRng(seed);
    const labels = Int32Array.from({ length: documents }, () => rng.int(classes));
    const probabilities = new Float64Array(documents * classes);
    for (let n = 0; n < documents; n++) {
      const row = Array.from({ length: classes }, () => rng.float() ** 3 + 1e-9);
      const sum = row.reduce((a, b) => a + b);
      row.forEach((value, c) => (probabilities[n * classes + c] = value / sum));
    }
    return { labels, probabilities, labelNames: Array.from({ length: classes }, (_, c) => `${c}`) };
  });

const withoutBootstrap = (input: Predictions) => evaluatePredictions(input, { bootstrap_samples: 0 });

function eachMetric(a: Evaluation, b: Evaluation): void {
  for (const metric of metricNames) {
    assertClose(a[metric], b[metric], metric, 1e-12);
  }
}

describe('properties of an evaluation', () => {
  it('accuracy is trace / total, supports are row sums, metrics stay in their range', () => {
    fc.assert(
      fc.property(anyPredictions, (input) => {
        const e = withoutBootstrap(input);
        const total = e.confusion_matrix.flat().reduce((a, b) => a + b);
        const trace = e.confusion_matrix.reduce((sum, row, c) => sum + row[c], 0);
        assert.equal(total, e.documents);
        assertClose(e.accuracy, trace / total, 'accuracy', 1e-15);
        assertClose(e.weighted_recall, e.accuracy, 'weighted recall is the accuracy', 1e-12);
        e.per_class.forEach((row, c) => {
          assert.equal(
            row.support,
            e.confusion_matrix[c].reduce((a, b) => a + b),
          );
          assert.equal(
            row.predicted,
            e.confusion_matrix.reduce((sum, line) => sum + line[c], 0),
          );
        });
        const weighted = e.per_class.reduce((sum, row) => sum + row.f1 * row.support, 0) / total;
        assertClose(e.weighted_f1, weighted, 'weighted f1', 1e-12);
        for (const metric of [
          'accuracy',
          'macro_f1',
          'macro_precision',
          'expected_calibration_error',
        ] as const) {
          assert.ok(e[metric] >= 0 && e[metric] <= 1 + 1e-12, metric);
        }
        assert.ok(e.mcc >= -1 - 1e-12 && e.mcc <= 1 + 1e-12);
        assert.ok(e.brier_score >= 0 && e.brier_score <= 2 && e.log_loss >= 0);
      }),
    );
  });

  it('does not depend on the order of the documents, nor the metrics on that of the classes', () => {
    fc.assert(
      fc.property(anyPredictions, fc.nat(), (input, seed) => {
        const { labels, probabilities, labelNames } = input;
        const classes = labelNames.length;
        const e = withoutBootstrap(input);
        const documents = createRng(seed).shuffle(Array.from(labels, (_, n) => n));
        const reordered = withoutBootstrap({
          labels: Int32Array.from(documents, (n) => labels[n]),
          probabilities: Float64Array.from(
            documents.flatMap((n) => [...probabilities.subarray(n * classes, (n + 1) * classes)]),
          ),
          labelNames,
        });
        assert.deepEqual(reordered.confusion_matrix, e.confusion_matrix);
        eachMetric(reordered, e);
        // reversing the flat array reverses the documents as well as the classes
        const again = withoutBootstrap({
          labels: labels.map((label) => classes - 1 - label).reverse(),
          probabilities: probabilities.slice().reverse(),
          labelNames: [...labelNames].reverse(),
        });
        eachMetric(again, e);
      }),
    );
  });

  it('each document twice changes no metric but the supports', () => {
    fc.assert(
      fc.property(anyPredictions, (input) => {
        const twice = withoutBootstrap({
          labels: Int32Array.from([...input.labels, ...input.labels]),
          probabilities: Float64Array.from([...input.probabilities, ...input.probabilities]),
          labelNames: input.labelNames,
        });
        eachMetric(twice, withoutBootstrap(input));
      }),
    );
  });

  it('perfect predictions: 1 everywhere, log loss near 0', () => {
    const e = withoutBootstrap(
      predictions(
        [0, 1, 2, 1],
        [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
          [0, 1, 0],
        ],
      ),
    );
    for (const metric of ['accuracy', 'macro_f1', 'weighted_f1', 'mcc'] as const) assert.equal(e[metric], 1);
    assertClose(e.log_loss, 0, 'log loss', 1e-15);
    assert.equal(e.brier_score, 0);
  });
});

describe('the intervals of a class', () => {
  it('are those of Wilson: precision over what was predicted, recall over what is true, at the level asked for', () => {
    // of 100 documents of a 20 are predicted as b; all 25 of b are found
    const labels = Array.from({ length: 125 }, (_, n) => Number(n >= 100));
    const rows = labels.map((_, n) => (n < 20 || n >= 100 ? [0.2, 0.8] : [0.7, 0.3]));
    for (const confidence of [0.95, 0.8]) {
      const e = evaluatePredictions(predictions(labels, rows), { bootstrap_samples: 0, confidence });
      assert.deepEqual(
        e.per_class.map((found) => [
          intervalOf(found, 'precision', confidence),
          intervalOf(found, 'recall', confidence),
        ]),
        [
          [wilsonInterval(80, 80, confidence), wilsonInterval(80, 100, confidence)],
          [wilsonInterval(25, 45, confidence), wilsonInterval(25, 25, confidence)],
        ],
      );
    }
  });
});

describe('input that cannot be evaluated', () => {
  const names = ['a', 'b'];
  const evaluate = (labels: number[], probabilities: number[]) => () =>
    evaluatePredictions({
      labels: Int32Array.from(labels),
      probabilities: Float64Array.from(probabilities),
      labelNames: names,
    });

  it('is refused with its place', () => {
    assert.throws(evaluate([], []), { name: 'DataError', message: /at least one labelled document/ });
    assert.throws(evaluate([0], [1]), ShapeError);
    assert.throws(evaluate([0, 2], [1, 0, 1, 0]), {
      name: 'DataError',
      message: /from 0 to 1, but document 1 has 2/,
    });
    assert.throws(evaluate([-1], [1, 0]), DataError);
    assert.throws(evaluate([0, 0], [1, 0, NaN, 1]), { name: 'DataError', message: /document 1/ });
    assert.throws(evaluate([0], [-0.5, 1.5]), DataError);
    assert.throws(evaluate([0], [3, -4]), DataError, 'logits');
    const one: Predictions = {
      labels: Int32Array.of(0),
      probabilities: Float64Array.of(1, 0),
      labelNames: names,
    };
    assert.throws(() => evaluatePredictions(one, { confidence: 1 }), {
      name: 'ConfigError',
      key: 'evaluate.confidence',
    });
  });
});

describe('mostFrequentConfusions', () => {
  it('sorts by count, then proportion, and tells the reverse', () => {
    const matrix = [
      [10, 3, 0],
      [1, 20, 4],
      [0, 3, 3],
    ];
    assert.deepEqual(mostFrequentConfusions(matrix, ['politics', 'business', 'sport'], 3), [
      { truth: 'business', predicted: 'sport', count: 4, proportion: 4 / 25, reverse_count: 3 },
      { truth: 'sport', predicted: 'business', count: 3, proportion: 3 / 6, reverse_count: 4 },
      { truth: 'politics', predicted: 'business', count: 3, proportion: 3 / 13, reverse_count: 1 },
    ]);
    assert.deepEqual(
      mostFrequentConfusions(
        [
          [2, 0],
          [0, 2],
        ],
        ['a', 'b'],
      ),
      [],
    );
  });
});
