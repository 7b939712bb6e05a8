import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gateMetrics, missedGates, parseGates } from './gates.ts';

const known = ['accuracy', 'macro_f1'];

test('a gate is missed below its figure, by a missing figure and by NaN', () => {
  const gates = parseGates(['macro_f1=0.85', 'accuracy=0.9'], known);
  assert.deepEqual(missedGates(gates, { macro_f1: 0.85, accuracy: 0.95 }), []);
  assert.deepEqual(missedGates(gates, { macro_f1: 0.84999, accuracy: 0.95 }), [
    'macro_f1 must be at least 0.85, but is 0.8500',
  ]);
  assert.equal(missedGates(gates, { accuracy: NaN }).length, 2);
  assert.equal(parseGates(['macro_f1=0.85,accuracy=0.9'], known).length, 2);
});

test('a gate that no figure can reach, or none can miss, is refused', () => {
  assert.throws(
    () => parseGates(['accuracy=85'], known),
    /from 0 to 1, but got 85\. Did you mean accuracy=0\.85\?/,
  );
  assert.throws(() => parseGates(['accuracy=-0.1'], known), /from 0 to 1, but got -0\.1/);
  assert.throws(() => parseGates(['mcc=1.5'], ['mcc']), /from -1 to 1/);
  assert.equal(parseGates(['mcc=-0.5'], ['mcc'])[0].least, -0.5);
});

test('gates are for metrics of which more is better', () => {
  assert.ok(gateMetrics.includes('accuracy') && gateMetrics.includes('mcc'));
  assert.ok(!gateMetrics.includes('log_loss') && !gateMetrics.includes('brier_score'));
});

test('a gate that cannot be read is refused', () => {
  assert.throws(
    () => parseGates(['macro-f1=0.85'], known),
    /one of accuracy, macro_f1, but got "macro-f1"\. Did you mean "macro_f1"\?/,
  );
  for (const text of ['macro_f1', 'macro_f1=', 'macro_f1=high', 'macro_f1=1=2']) {
    assert.throws(() => parseGates([text], known), /must be a metric and a number/, text);
  }
});
