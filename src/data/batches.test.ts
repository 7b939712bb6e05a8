import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRng } from '../core/rng.ts';
import { createBatches, evaluationBatches } from './batches.ts';

const lengths = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 200 });
const toSequences = (list: readonly number[]) => list.map((length) => new Int32Array(length));

test('an epoch has every sequence once, in batches that are full but for the last, longest first', () => {
  fc.assert(
    fc.property(
      lengths,
      fc.integer({ min: 1, max: 17 }),
      fc.integer({ min: 0, max: 5 }),
      fc.integer(),
      (list, batchSize, bucket, seed) => {
        const sequences = toSequences(list);
        const make = () => createBatches(sequences, { batchSize, rng: createRng(seed), bucket });
        for (const batches of [make(), evaluationBatches(sequences, batchSize)]) {
          assert.deepEqual(
            batches.flatMap((b) => [...b]).toSorted((a, b) => a - b),
            list.map((_, i) => i),
          );
          assert.equal(batches.length, Math.ceil(list.length / batchSize));
          assert.ok(batches.filter((b) => b.length < batchSize).length <= 1);
          for (const batch of batches) {
            for (let k = 1; k < batch.length; k++) {
              const [before, after] = [batch[k - 1], batch[k]];
              assert.ok(list[before] > list[after] || (list[before] === list[after] && before < after));
            }
          }
        }
        assert.deepEqual(make(), make());
      },
    ),
  );
});

test('epochs differ; bucketing saves padding and still mixes', () => {
  const rng = createRng(3);
  const sequences = toSequences(Array.from({ length: 2000 }, () => 1 + rng.int(100)));
  const padding = (batches: readonly Int32Array[]) =>
    batches.reduce(
      (sum, batch) => batch.reduce((s, i) => s + sequences[batch[0]].length - sequences[i].length, sum),
      0,
    );
  const epoch = (n: number, bucket: number | boolean) =>
    createBatches(sequences, { batchSize: 20, rng: rng.fork('shuffle', n), bucket });
  assert.notDeepEqual(epoch(0, true), epoch(1, true));
  assert.deepEqual(epoch(0, false), epoch(0, 1));
  assert.ok(padding(epoch(0, true)) < 0.2 * padding(epoch(0, false)));
  const longestFirst = epoch(0, true).map((batch) => sequences[batch[0]].length);
  assert.notDeepEqual(
    longestFirst,
    longestFirst.toSorted((a, b) => b - a),
    'the batches themselves are shuffled',
  );
  const partners = (n: number) => new Set(epoch(n, true).find((batch) => batch.includes(0)));
  assert.ok(
    [...partners(0)].filter((i) => partners(1).has(i)).length < 15,
    'a sequence meets others each epoch',
  );
});

test('a file sorted by class with texts of one length gives mixed batches', () => {
  // 4 classes of 64 documents in order, all of the same length; windows of 8 batches of 16
  const sequences = Array.from({ length: 256 }, () => ({ length: 50 }));
  const batches = createBatches(sequences, { batchSize: 16, rng: createRng(0), bucket: 8 });
  const purest = Math.max(
    ...batches.map((batch) => {
      const counts = [0, 0, 0, 0];
      for (const n of batch) counts[Math.floor(n / 64)]++;
      return Math.max(...counts);
    }),
  );
  assert.ok(purest <= 11, `${purest} of 16 documents of a batch are of one class`);
});
