import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { packBatches, predictSequences } from './predict.ts';

test('batches hold every sequence once, longest first, within rows and tokens', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 20 })),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 20, max: 50 }),
      (lengths, rows, tokens) => {
        const batches = packBatches(
          lengths.map((length) => ({ length })),
          { rows, tokens },
        );
        assert.deepEqual(
          batches.flat().sort((a, b) => a - b),
          lengths.map((_, n) => n),
        );
        const ordered = batches.flat().map((n) => lengths[n]);
        assert.deepEqual(
          ordered,
          ordered.toSorted((a, b) => b - a),
        );
        for (const batch of batches) {
          assert.ok(batch.length <= rows);
          assert.ok(batch.reduce((sum, n) => sum + lengths[n], 0) <= tokens);
        }
      },
    ),
  );
});

test('probabilities come back in the order of the sequences', () => {
  const plan = { capacity: { rows: 2, tokens: 4, steps: 3 }, shape: { classes: 2 } };
  const session = {
    plan,
    predict: (batch: readonly Int32Array[]) =>
      Float64Array.from(batch.flatMap((ids) => [ids[0], ids.length])),
  } as unknown as Parameters<typeof predictSequences>[0];
  const sequences = [[1], [2, 2, 2], [3, 3], [4], [5, 5, 5]].map((ids) => Int32Array.from(ids));
  assert.deepEqual([...predictSequences(session, sequences)], [1, 1, 2, 3, 3, 2, 4, 1, 5, 3]);
});
