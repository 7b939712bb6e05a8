import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doubtOf } from './doubt.ts';

const measured = {
  labels: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  labelNames: ['ham', 'spam'],
  trainCounts: [90, 10],
  logLoss: 0.1,
};

test('a model that is right no more often than the majority class is doubted', () => {
  const doubt = doubtOf({ ...measured, accuracy: 0.9 });
  assert.deepEqual(doubt, {
    ...{ type: 'doubt', why: 'majority', label: 'ham', value: 0.9, baseline: 0.9, documents: 10 },
  });
  assert.equal(doubtOf({ ...measured, accuracy: 1 }), undefined);
});

test('the majority class is that of the training part, not of the documents measured', () => {
  const labels = [1, 1, 1, 0];
  assert.equal(doubtOf({ ...measured, labels, accuracy: 0.5 }), undefined);
  assert.equal(doubtOf({ ...measured, labels, accuracy: 0.25 })?.why, 'majority');
});

test('probabilities that are worse than the class frequencies are doubted', () => {
  // -0.9 ln(91/102) - 0.1 ln(11/102) = 0.3254 nats
  const doubt = doubtOf({ ...measured, accuracy: 1, logLoss: 9.2 });
  assert.equal(doubt?.why, 'uninformative');
  assert.ok(Math.abs(doubt.baseline - 0.3254) < 1e-3, `${doubt.baseline}`);
  assert.equal(doubtOf({ ...measured, accuracy: 1, logLoss: 0.32 }), undefined);
});

test('a model that has learned the majority class alone is told so, though its loss is a little worse than the frequencies', () => {
  assert.equal(doubtOf({ ...measured, accuracy: 0.9, logLoss: 0.34 })?.why, 'majority');
  assert.equal(doubtOf({ ...measured, accuracy: 0.9, logLoss: 9.2 })?.why, 'uninformative');
  assert.equal(doubtOf({ ...measured, accuracy: 1, logLoss: 0.34 })?.why, 'uninformative');
});

test('nothing is said of no documents', () => {
  assert.equal(doubtOf({ ...measured, labels: [], accuracy: NaN, logLoss: NaN }), undefined);
});
