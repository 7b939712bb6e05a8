/** Results in words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluatePredictions } from '../evaluate/index.ts';
import { mcc } from '../evaluate/metrics/mcc.ts';
import { perClassScores } from '../figures/per-class-scores.ts';
import { accuracySentence, testMetric } from './describe.ts';
import { classTable } from './results-section.ts';

test('without an error, macro F1 and MCC have no interval, in sentences, tables and figures; the accuracy has one', () => {
  const labels = Int32Array.from({ length: 24 }, (_, n) => n % 2);
  const probabilities = Float64Array.from([...labels].flatMap((c) => [1 - c, c]));
  const evaluation = evaluatePredictions({ labels, probabilities, labelNames: ['a', 'b'] });
  assert.match(
    accuracySentence(evaluation),
    /100\.0 % correctly, 95 % interval 86\.\d to 100\.0; macro F1 100\.0 % \(no interval: the same in every resample\)/,
  );
  assert.equal(testMetric(evaluation, mcc), '1 (no interval: the same in every resample)');
  const table = classTable(evaluation);
  assert.ok(table.kind === 'table');
  const [[, , recall, , f1]] = table.rows;
  assert.match(String(recall), /^100\.0 % \(75\.\d to 100\.0\)$/);
  assert.match(String(f1), /no interval/);
  const { classes, warnings } = perClassScores.data(evaluation);
  assert.deepEqual(classes[0].f1, { value: 1, low: null, high: null });
  assert.deepEqual(warnings, ['F1 of 2 classes has no interval: the same in every resample.']);
});
