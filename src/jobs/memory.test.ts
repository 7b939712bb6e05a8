import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getHeapStatistics } from 'node:v8';
import { giveBackMemory } from './memory.ts';

/** Bytes of the heap while it holds much that is needed no more, and where the call left it. */
async function heapAround(call: () => Promise<void>): Promise<readonly [number, number]> {
  const many = Array.from({ length: 4e6 }, (_, i) => ({ i }));
  const before = getHeapStatistics().used_heap_size;
  many.length = 0;
  await call();
  return [before, getHeapStatistics().used_heap_size];
}

test('garbage of a large heap is given back, which V8 would keep', async () => {
  const [before, after] = await heapAround(giveBackMemory);
  assert.ok(before - after > 64 * 2 ** 20, `${before}, then ${after} bytes`);
});
