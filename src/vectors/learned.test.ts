/** Vectors learned from training texts, and the vocabulary. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRng } from '../core/rng.ts';
import { completeTextOptions } from '../text/options.ts';
import { buildPipeline } from '../text/pipeline.ts';
import { learnFromTexts } from './learned.ts';
import { placeVectors } from './place.ts';

const rng = createRng(7);
/** 100 words, many of which occur equally often. */
const texts = Array.from({ length: 60 }, () =>
  Array.from({ length: 8 }, () => `word${rng.int(100)}`).join(' '),
);

for (const vocabulary_size of [4, 20, 47, 80]) {
  test(`text.vocabulary_size ${vocabulary_size} limits the words of the model`, async () => {
    const options = completeTextOptions({ vocabulary_size });
    const vectors = await learnFromTexts(texts, options, { dim: 4 });
    const { pipeline, placed } = placeVectors(buildPipeline(texts, options), { vectors, freeze: false });
    assert.equal(placed.others, 0);
    assert.equal(pipeline.vocabulary.size, vocabulary_size);
    assert.equal(vectors.words.length, vocabulary_size - 2);
  });
}

test('with texts of a file, words from outside the vocabulary have vectors', async () => {
  const options = completeTextOptions({ vocabulary_size: 20 });
  const vectors = await learnFromTexts(texts, options, { dim: 4, also: 'more.txt' });
  const { placed } = placeVectors(buildPipeline(texts.slice(0, 30), options), { vectors, freeze: false });
  assert.ok(placed.others > 50, `${placed.others}`);
});
