/** What a warm-up reads and predicts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idsWithNgrams, ngramsBehind } from '../text/ngrams.ts';
import { UNK_ID } from '../text/vocabulary.ts';
import { createWarmUp } from './warm-up.ts';

const options = { batch_size: 3, bucket: true, seed: 4 };
const first = 5;
// every word once: a word tells where it stood
const texts = [10, 2, 7, 60, 9].map((length, n) =>
  Int32Array.from({ length }, (_, t) => first + 100 * n + t),
);

/** The words that a row predicts, by its proportions; the numbers of words are by frequency, then by id. */
function predicted(row: Float64Array): Set<number> {
  const all = texts.flatMap((ids) => [...ids]).sort((a, b) => a - b);
  return new Set(all.filter((_, k) => row[k + 1] > 0));
}

test('next words: what is predicted lies on the other side of the cut, next to it', () => {
  const task = createWarmUp('next_words', texts, options)!;
  assert.equal(task.classes, 1 + 10 + 2 + 7 + 60 + 9);
  const sides = new Set<string>();
  for (const epoch of [0, 1, 2, 3]) {
    const batches = task.documents.batches(epoch);
    assert.equal(batches.length, task.documents.batchesPerEpoch);
    assert.deepEqual([...batches.flatMap(({ rows }) => [...rows])].sort(), [0, 1, 2, 3, 4]);
    for (const { rows, sequences, targets } of batches)
      for (const [b, n] of rows.entries()) {
        const row = targets!.subarray(b * task.classes, (b + 1) * task.classes);
        assert.ok(Math.abs(row.reduce((sum, p) => sum + p, 0) - 1) < 1e-12);
        const words = [...predicted(row)];
        const read = [...sequences[b]];
        const ahead = read[0] === texts[n][0];
        sides.add(`${ahead}`);
        assert.ok(read.length >= 1 && words.length >= 1 && words.length <= 40);
        const [before, after] = ahead ? [read, words] : [words, read];
        assert.equal(before[before.length - 1] + 1, after[0], 'next to the cut');
        if (words.length < 40) assert.equal(read.length + words.length, texts[n].length);
      }
  }
  assert.equal(sides.size, 2);
});

test('an autoencoder predicts what it reads, frequent words less; words that are unknown or rare are left out', () => {
  const ids = Int32Array.of(UNK_ID, 8, 8, 9);
  const task = createWarmUp('autoencoder', [ids, Int32Array.of(7)], options)!;
  assert.equal(task.part.sequences.length, 1, 'one word alone teaches nothing');
  const [{ sequences, targets }] = task.documents.batches(0);
  assert.deepEqual(sequences, [ids]);
  for (const [k, q] of [0, 2 / 3, 1 / 3].entries()) assert.ok(Math.abs(targets![k] - q) < 1e-12);
  const pair = createWarmUp('autoencoder', [Int32Array.of(8, 9), Int32Array.of(8, 7)], options)!;
  const rows = pair.documents.batches(0).map((batch) => [...batch.targets!]);
  // ln(3 / 2) for the word of both texts, ln 3 for the others
  const common = Math.log(1.5) / Math.log(4.5);
  for (const row of rows.flatMap((r) => [r.slice(0, 4), r.slice(4)]))
    assert.ok(Math.abs(row[1] - common) < 1e-12 && row[0] === 0);
  assert.deepEqual(
    [
      ...createWarmUp('autoencoder', [Int32Array.of(UNK_ID, UNK_ID), ids], options)!.documents.batches(0)[0]
        .targets!,
    ].filter((p) => p === 1),
    [1],
  );
  const many = Int32Array.from({ length: 3000 }, (_, t) => first + t);
  const large = createWarmUp('autoencoder', [many], options)!;
  assert.equal(large.classes, 2001);
  assert.equal(large.documents.batches(0)[0].targets!.filter((p) => p > 0).length, 2000);
});

test('the same seed and epoch give the same batches, another epoch other cuts; without texts there is none', () => {
  const batches = (seed: number, epoch: number) =>
    createWarmUp('next_words', texts, { ...options, seed })!.documents.batches(epoch).map(({ sequences, targets }) => ({ sequences, targets })); // prettier-ignore
  assert.deepEqual(batches(4, 2), batches(4, 2));
  assert.notDeepEqual(batches(4, 2), batches(4, 3));
  assert.notDeepEqual(batches(4, 2), batches(5, 2));
  assert.equal(createWarmUp('next_words', [Int32Array.of(3)], options), undefined);
});

test('n-grams of words go with them', () => {
  const ids = idsWithNgrams(Int32Array.of(5, 6, 7), [[1], [2, 3], [4]]);
  const task = createWarmUp('next_words', [ids], options, { ngrams: true })!;
  const [{ sequences }] = task.documents.batches(0);
  const [read] = sequences;
  const ngrams = ngramsBehind(read)!;
  const at = ids.indexOf(read[0]);
  assert.deepEqual([...ngrams(0)], [[1], [2, 3], [4]][at]);
});
