/** Memory of a training process stays flat over 50 epochs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureMemory } from '../../bench/memory.ts';

const EPOCHS = 50;
/** Largest growth from the first to the last third of the epochs. A leak of 1 % an epoch would show as 20 %. */
const GROWTH = 0.05;

for (const threads of [1, 2]) {
  test(`resident memory grows by less than 5 % over ${EPOCHS} epochs, ${threads} thread(s)`, async () => {
    const { rss_mib: rss, growth } = await measureMemory(threads, EPOCHS, () => {});
    assert.equal(rss?.length, EPOCHS);
    assert.ok(growth !== undefined && growth < GROWTH, `grew by ${growth}: ${rss?.join(' ')} MiB`);
  });
}
