/** Thresholds of a cross-validation: what decides those of a fold, and what they leave alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainLayer, resolveConfig } from '../../config/resolve.ts';
import { createRng } from '../../core/rng.ts';
import { createDataset, type Dataset } from '../../data/dataset.ts';
import { applyThresholds, chooseThresholds } from '../../evaluate/index.ts';
import type { CvPlan } from './plan.ts';
import { withThresholds } from './thresholds.ts';
import { type DoneTraining, evaluateFold } from './trainings.ts';

const C = 3;
const FOLDS = 3;
const rng = createRng(4);
// class 2 is rare and underrated
const dataset = createDataset(
  Array.from({ length: 120 }, (_, row) => ({
    text: `text ${row}`,
    label: 'abc'[row % 10 === 0 ? 2 : row % 2],
    row,
  })),
);
const scoresOf = Array.from(dataset.labels, (label) => {
  const odds = [0, 1, 2].map((c) => Math.exp(rng.normal() + (c === label ? 2 : 0) - (c === 2 ? 2.5 : 0)));
  const total = odds.reduce((sum, odd) => sum + odd, 0);
  return odds.map((odd) => odd / total);
});
const rowsOf = (fold: number) => dataset.labels.map((_, i) => i).filter((i) => i % FOLDS === fold);
const settings = ['macro_f1', 'none'] as const;
const plan = {
  configurations: settings.map((thresholds) => ({
    name: thresholds,
    config: resolveConfig(plainLayer({ train: { thresholds } }, 'the test')),
  })),
} as unknown as CvPlan;
const UNKNOWN = 2;

function trainings(of: Dataset): DoneTraining[] {
  return settings.flatMap((_, index) =>
    [0, 1, 2].map((fold) => {
      const test = rowsOf(fold);
      const probabilities = Float64Array.from(Array.from(test).flatMap((i) => scoresOf[i]));
      const training = { index, repeat: 1, fold, seed: 0, rows: { train: test, val: test, test } };
      const scores = { probabilities, unknown: [UNKNOWN] };
      const done = { training, scores } as unknown as DoneTraining;
      return { ...done, evaluation: evaluateFold(of, done.training, done.scores) };
    }),
  );
}

const probabilitiesOf = (of: Dataset) =>
  withThresholds(plan, of, trainings(of)).map(({ scores }) => scores.probabilities);

test('a fold has the thresholds of the other folds; the documents that a model knows nothing of keep their scores', () => {
  const before = trainings(dataset);
  const after = withThresholds(plan, dataset, before);
  const others = [1, 2].flatMap((fold) => Array.from(rowsOf(fold)).filter((_, n) => n !== UNKNOWN));
  const thresholds = chooseThresholds({
    probabilities: Float64Array.from(others.flatMap((i) => scoresOf[i])),
    labels: Int32Array.from(others, (i) => dataset.labels[i]),
    classes: C,
  });
  assert.ok(thresholds[2] < 0.2, thresholds.join(' '));
  const expected = applyThresholds(before[0].scores.probabilities, thresholds);
  expected.set(scoresOf[rowsOf(0)[UNKNOWN]], UNKNOWN * C);
  assert.deepEqual(after[0].scores.probabilities, expected);
  assert.deepEqual(after[0].evaluation, evaluateFold(dataset, after[0].training, after[0].scores));
  assert.ok(after[0].evaluation.macro_f1 > before[0].evaluation.macro_f1);
  // the configuration without thresholds
  assert.deepEqual(after.slice(FOLDS), before.slice(FOLDS));
});

test('the labels of a fold do not count in its own thresholds', () => {
  const own = new Set(rowsOf(0));
  const other = {
    ...dataset,
    labels: dataset.labels.map((label, i) => (own.has(i) ? (label + 1) % C : label)),
  };
  const [before, after] = [probabilitiesOf(dataset), probabilitiesOf(other)];
  assert.deepEqual(after[0], before[0]);
  assert.notDeepEqual(after[1], before[1]);
});
