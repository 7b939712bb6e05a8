/** Augmentations: versions of training documents that follow from the stream alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRng } from '../../core/rng.ts';
import { augmentations, createAugmentation, nearestWords } from './index.ts';

const neighbours = (id: number, count: number) =>
  id < 10 ? new Int32Array(0) : Int32Array.from({ length: count }, (_, n) => 1000 + 10 * id + n);
const document = fc
  .array(fc.integer({ min: 2, max: 40 }), { minLength: 1, maxLength: 30 })
  .map((ids) => Int32Array.from(ids));

for (const type of augmentations.names) {
  test(`${type}: a document of one token or more and not more than before, the same from the same stream; the document stays`, () => {
    const augment = createAugmentation([augmentations.complete({ type })], { neighbours });
    fc.assert(
      fc.property(document, fc.nat(), (ids, seed) => {
        const before = ids.slice();
        const after = augment?.(ids, createRng(seed)) ?? ids;
        assert.deepEqual(ids, before);
        assert.ok(after.length >= 1 && after.length <= ids.length);
        assert.deepEqual(augment?.(ids, createRng(seed)), after);
      }),
    );
  });
}

const long = Int32Array.from({ length: 1000 }, (_, t) => t);
const changed = (options: { readonly type: string; readonly proportion: number }) => {
  const augment = createAugmentation([options], { neighbours });
  return augment?.(long, createRng(3)) ?? long;
};

test('swap keeps the words and moves the proportion of them', () => {
  const after = changed({ type: 'swap', proportion: 0.2 });
  assert.deepEqual(after.toSorted(), long);
  const moved = after.filter((id, t) => id !== t).length;
  assert.ok(moved > 150 && moved <= 200, String(moved));
});

test('delete leaves out the proportion, and keeps the order of the others', () => {
  const after = changed({ type: 'delete', proportion: 0.3 });
  assert.ok(Math.abs(after.length - 700) < 50, String(after.length));
  assert.deepEqual(after.toSorted(), after);
});

test('replace draws from the neighbours, and leaves a word without any', () => {
  const after = changed({ type: 'replace', proportion: 0.5 });
  assert.deepEqual(after.slice(0, 10), long.slice(0, 10));
  const replaced = [...after].flatMap((id, t) => (id === t ? [] : [[id, t]]));
  assert.ok(Math.abs(replaced.length - 495) < 60, String(replaced.length));
  for (const [id, t] of replaced) assert.ok(id >= 1000 + 10 * t && id < 1005 + 10 * t);
});

test('replace without vectors is refused with the remedy', () => {
  assert.throws(
    () => createAugmentation([augmentations.complete({ type: 'replace' })], { neighbours: undefined }),
    /\[train.augmentation\] replace needs word vectors, but model.vectors is null. Set it/,
  );
});

test('the nearest words by the cosine, among those of the training texts alone', () => {
  // rows 5 to 9 of a vocabulary; the last is no word of the training texts
  const vectors = Float32Array.of(1, 0, 2, 0.1, 0, 1, -1, 0, 3, 0.01);
  const nearest = nearestWords({ from: 5, others: 1, vectors, dim: 2 });
  assert.deepEqual([...nearest(5, 3)], [6, 7, 8]);
  assert.deepEqual([...nearest(5, 1)], [6]);
  assert.deepEqual([...nearest(9, 1)], [5]);
  // more than the first question wanted, and fewer again
  assert.deepEqual([...nearest(6, 1)], [5]);
  assert.equal(nearest(6, 3).length, 3);
  assert.equal(nearest(6, 2).length, 2);
  for (const without of [0, 4, 10]) assert.equal(nearest(without, 3).length, 0);
});

test('two of one type draw apart: the second does not repeat what the first did', () => {
  const swap = { type: 'swap', proportion: 0.5 };
  const ids = Int32Array.from({ length: 40 }, (_, i) => i + 2);
  const [once, twice] = [[swap], [swap, swap]].map((chosen) =>
    createAugmentation(chosen, { neighbours: undefined })?.(ids, createRng(1)),
  );
  const again = once && createAugmentation([swap], { neighbours: undefined })?.(once, createRng(1));
  assert.notDeepEqual(twice, again);
});
