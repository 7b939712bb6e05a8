import assert from 'node:assert/strict';
import { test } from 'node:test';
import { categoricalDistribution, floatDistribution } from '../space/distributions.ts';
import { makeTrial } from '../testing/trials.ts';
import { isEnqueuedAlready, repeatsAnother } from './duplicates.ts';

const x = floatDistribution(0, 1);
const kind = categoricalDistribution(['a', 'b']);

test('a repetition has the same parameters with the same values, no more and no fewer', () => {
  const trials = [
    makeTrial({ number: 0, params: { kind: [1, kind], x: [0.5, x] }, values: [1] }),
    makeTrial({ number: 1, params: { kind: [0, kind] }, values: [1] }),
  ];
  const repeats = (params: Readonly<Record<string, number>>, except = 2) =>
    repeatsAnother(trials, new Map(Object.entries(params)), except);
  assert.equal(repeats({ x: 0.5, kind: 1 }), true);
  assert.equal(repeats({ kind: 0 }), true);
  assert.equal(repeats({ kind: 1 }), false);
  assert.equal(repeats({ kind: 0, x: 0.5 }), false);
  assert.equal(repeats({ kind: 1, y: 0.5 }), false);
  assert.equal(repeats({ kind: 0 }, 1), false); // itself
  assert.equal(repeats({}), false);
});

test('what is enqueued is the same to a rounding error: 1e-5 of its size', () => {
  const trials = [
    makeTrial({ state: 'WAITING', systemAttrs: { fixed_params: { x: 0.3, kind: 'a', n: 0 } } }),
    makeTrial({ number: 1, params: { x: [0.7, x], kind: [1, kind] }, values: [1] }),
  ];
  const there = (params: Readonly<Record<string, number | string>>) => isEnqueuedAlready(trials, params);
  assert.equal(there({ x: 0.1 + 0.2, kind: 'a', n: 0 }), true);
  assert.equal(there({ x: 0.300002, kind: 'a', n: 0 }), true);
  assert.equal(there({ x: 0.30001, kind: 'a', n: 0 }), false);
  assert.equal(there({ x: 0.3, kind: 'b', n: 0 }), false);
  assert.equal(there({ x: 0.3, kind: 'a', n: 1e-9 }), false);
  assert.equal(there({ x: 0.3, kind: 'a' }), false);
  assert.equal(there({ x: '0.3', kind: 'a', n: 0 }), false);
  // what a trial came to have counts as well
  assert.equal(there({ kind: 'b', x: 0.7 }), true);
});
