import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeTrial } from '../testing/trials.ts';
import { constraintsOf, isFeasible, violation } from './constraints.ts';

test('constraints are read in both of their forms; above 0 is a violation, 0 is none', () => {
  const trial = makeTrial({ systemAttrs: { constraints: [-1, 2], 'constraints:size': 0.5, other: 9 } });
  assert.deepEqual([...constraintsOf(trial)], [['0', -1], ['1', 2], ['size', 0.5]]); // prettier-ignore
  assert.equal(isFeasible(trial), false);
  assert.equal(violation(trial), 2.5);
  const kept = makeTrial({ systemAttrs: { 'constraints:a': 0, 'constraints:b': -3 } });
  assert.deepEqual([isFeasible(kept), violation(kept)], [true, 0]);
  assert.deepEqual([isFeasible(makeTrial()), violation(makeTrial())], [true, 0]);
});

test('a named constraint stands for the one of the list that has its name', () => {
  const trial = makeTrial({ systemAttrs: { constraints: [5], 'constraints:0': -1 } });
  assert.equal(isFeasible(trial), true);
});
