/** Augmentation in the training loop: which sequences the classifier learns from, and which it is measured on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrainableClassifier } from '../models/trainable.ts';
import type { TrainingPart } from './epoch-documents.ts';
import { trainClassifier } from './loop.ts';
import { trainOptions } from './options.ts';
import { completeModelOptions } from '../models/options.ts';
import { augmentations, requireAugmentable } from './augmentation/index.ts';

const part = (from: number, labels: readonly number[]): TrainingPart => ({
  sequences: labels.map((_, n) => Int32Array.from({ length: 12 }, (_, t) => from + 100 * n + t)),
  labels: Int32Array.from(labels),
});
const train = part(1000, [0, 0, 0, 1]);
const val = part(9000, [0, 1]);

/** What a classifier that learns nothing sees: training documents of each epoch, and those that it is measured on. */
async function seen(given: object) {
  const learned: string[][] = [];
  const measured = new Set<string>();
  const rows = (of: readonly Int32Array[]) => Float64Array.from({ length: of.length * 2 }, () => 0.5);
  let last = new Float64Array();
  const session = {
    plan: { shape: { classes: 2 }, capacity: { rows: 8, tokens: 400, steps: 12 } },
    initialise() {},
    step(sequences: readonly Int32Array[], labels: ArrayLike<number>) {
      learned.at(-1)?.push(...sequences.map((ids, n) => `${labels[n]}: ${ids.join(' ')}`));
      last = rows(sequences);
      return { loss: 1, weight: sequences.length, gradientNorm: 0 };
    },
    evaluate(sequences: readonly Int32Array[]) {
      for (const ids of sequences) measured.add(ids.join(' '));
      last = rows(sequences);
      return { loss: 1, weight: sequences.length, gradientNorm: NaN };
    },
    probabilities: () => last,
    tensors: () => ({}),
    load() {},
  } as unknown as TrainableClassifier;
  const options = trainOptions.parse({ epochs: 2, batch_size: 2, patience: null, seed: 5, ...given });
  learned.push([]);
  const listener = ({ type }: { readonly type: string }) => {
    if (type === 'epoch') learned.push([]);
  };
  await trainClassifier({ session, train, val, options, listener, now: () => 0 });
  return { epochs: learned.slice(0, 2).map((documents) => documents.toSorted()), measured };
}

test('each epoch learns from other versions of the training documents, the same with the same seed', async () => {
  const given = { augmentation: ['swap', { type: 'delete', proportion: 0.3 }] };
  const { epochs, measured } = await seen(given);
  assert.notDeepEqual(epochs[0], epochs[1]);
  assert.deepEqual((await seen(given)).epochs, epochs);
  assert.notDeepEqual((await seen({ ...given, seed: 6 })).epochs, epochs);
  const original = train.sequences.map((ids, n) => `${train.labels[n]}: ${ids.join(' ')}`);
  assert.deepEqual((await seen({})).epochs, [original.toSorted(), original.toSorted()]);
  // validation documents stay as they are
  assert.deepEqual([...measured].toSorted(), val.sequences.map((ids) => ids.join(' ')).toSorted());
});

test('copies of a rare class become versions that differ', async () => {
  const { epochs } = await seen({ augmentation: 'delete', sampling: 'oversample' });
  const rare = epochs[0].filter((document) => document.startsWith('1: '));
  assert.equal(rare.length, 3);
  assert.equal(new Set(rare).size, 3);
});

test('a network with vectors of n-grams is refused', () => {
  const model = completeModelOptions({ type: 'lstm', ngram_buckets: 100 });
  const chosen = [augmentations.complete({ type: 'swap' })];
  assert.throws(() => requireAugmentable(model, chosen), /\[train.augmentation\] must be left out with model.ngram_buckets, but is swap 0.1/); // prettier-ignore
  requireAugmentable(model, []);
  requireAugmentable(completeModelOptions({ type: 'lstm' }), chosen);
});

test('replace without word vectors is refused before anything is trained', () => {
  const chosen = [augmentations.complete({ type: 'replace' })];
  const refused = () => {
    requireAugmentable(completeModelOptions({ type: 'bag' }), chosen);
  };
  assert.throws(refused, /replace needs word vectors/);
  requireAugmentable(completeModelOptions({ type: 'bag', vectors: 'learn' }), chosen);
});
