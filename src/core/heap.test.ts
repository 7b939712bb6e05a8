import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Heap } from './heap.ts';

test('a heap gives what was put in in order, also where both alternate', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 20 }))), (actions) => {
      const heap = new Heap<number>((a, b) => a < b);
      const expected: number[] = [];
      for (const action of actions) {
        if (action === null) {
          expected.sort((a, b) => a - b);
          assert.equal(heap.pop(), expected.shift());
        } else {
          heap.push(action);
          expected.push(action);
        }
        assert.equal(heap.size, expected.length);
      }
    }),
  );
});
