/** Over- and undersampling: how often a document is read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maxOf, minOf } from '../core/lists.ts';
import { createRng } from '../core/rng.ts';
import { epochDocuments, epochLabels, epochLengths, sampleEpoch, SAMPLINGS } from './sampling.ts';

const labelsOf = fc
  .array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 })
  .map((labels) => Int32Array.from(labels));

function tally(values: Iterable<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

test('an epoch has as many documents of each class as the largest or the smallest has', () => {
  fc.assert(
    fc.property(labelsOf, fc.constantFrom(...SAMPLINGS), fc.nat(), (labels, sampling, seed) => {
      const rows = sampleEpoch(labels, sampling, createRng(seed));
      assert.equal(rows.length, epochDocuments(labels, sampling));
      const drawn = rows.map((i) => labels[i]);
      const [before, after] = [tally(labels), tally(drawn)];
      const sizes = [...before.values()];
      const size = { none: 0, oversample: maxOf(sizes), undersample: minOf(sizes) }[sampling];
      for (const [label, count] of before) assert.equal(after.get(label), sampling === 'none' ? count : size);
      assert.deepEqual(tally(epochLabels(labels, sampling)), after);
      // of a class every document is read as often as any other, or once more or less
      const times = tally(rows);
      for (const label of before.keys()) {
        const own = Array.from(labels.keys())
          .filter((i) => labels[i] === label)
          .map((i) => times.get(i) ?? 0);
        assert.ok(maxOf(own) - minOf(own) <= 1);
      }
      // no batch needs more than the lengths that memory is laid out for
      const sequences = Array.from(labels, (_, i) => new Int32Array(i + 1));
      const room = tally(epochLengths({ sequences, labels }, sampling));
      // and little memory is laid out for nothing
      for (const i of labels.keys()) {
        const spare = (room.get(i + 1) ?? 0) - (times.get(i) ?? 0);
        assert.ok(spare === 0 || spare === 1, `${spare} of document ${i}`);
      }
    }),
  );
});

test('the same stream draws the same documents, another one others', () => {
  const labels = Int32Array.from({ length: 100 }, (_, i) => (i < 70 ? 0 : 1));
  const draw = (epoch: number) =>
    sampleEpoch(labels, 'undersample', createRng(1).fork('sampling', epoch)).join();
  assert.equal(draw(0), draw(0));
  assert.notEqual(draw(0), draw(1));
});
