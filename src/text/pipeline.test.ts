import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConfigError } from '../core/errors.ts';
import type { Option } from '../core/options.ts';
import { truncations } from './encode.ts';
import { completeTextOptions, textOptions } from './options.ts';
import { tokenizers } from './tokenizers/index.ts';
import { withNgrams } from './ngram-pipeline.ts';
import { ngramsBehind } from './ngrams.ts';
import { buildPipeline, createTokenize, encodeTexts } from './pipeline.ts';

const texts = ['one two three four five six seven', 'one two three', 'one'];

test('each truncation keeps its part of the text', () => {
  const tokensKept = (truncation: (typeof truncations)[number]) => {
    const pipeline = buildPipeline(texts, { max_length: 5, truncation });
    const { ids, tokenCount } = pipeline.encode(texts[0]);
    assert.equal(tokenCount, 7);
    return Array.from(ids, (id) => pipeline.vocabulary.tokens[id]).join(' ');
  };
  assert.equal(tokensKept('head'), 'one two three four five');
  assert.equal(tokensKept('tail'), 'three four five six seven');
  assert.equal(tokensKept('head+tail'), 'one two three six seven');
});

test('a text without a token becomes one <UNK>', () => {
  const { ids, tokenCount } = buildPipeline(texts).encode(' ... ');
  assert.deepEqual([...ids], [1]);
  assert.equal(tokenCount, 0);
});

test('every text has 1 to max_length ids within the vocabulary, none of them padding', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }),
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom(...truncations),
      fc.constantFrom(...tokenizers.names),
      (learned, text, max_length, truncation, tokenizer) => {
        // one that learns parts of words must hold all characters
        const vocabulary_size = tokenizers.create({ type: tokenizer }).split ? 8 : 300;
        const options = { max_length, truncation, tokenizer, vocabulary_size };
        const pipeline = buildPipeline(['always', ...learned], options);
        const { ids, tokenCount } = pipeline.encode(text);
        assert.equal(ids.length, Math.max(1, Math.min(tokenCount, max_length)));
        assert.ok(ids.every((id) => id >= 1 && id < pipeline.vocabulary.size));
        assert.equal(pipeline.tokenize(text).length, tokenCount);
      },
    ),
  );
});

test('the proportion of documents and tokens that is cut and unknown', () => {
  const pipeline = buildPipeline(['a a b'], { max_length: 2, vocabulary_size: 3 });
  const { sequences, tokenCounts, loss } = encodeTexts(pipeline, ['a b a', 'a', '', 'b b b b']);
  assert.deepEqual([...tokenCounts], [3, 1, 0, 4]);
  assert.deepEqual(
    sequences.map((ids) => [...ids]),
    [[2, 1], [2], [1], [1, 1]],
  );
  assert.deepEqual(loss, { documentsCut: 2 / 4, tokensCut: 3 / 8, tokensUnknown: 3 / 5 });
  assert.deepEqual(encodeTexts(pipeline, []).loss, { documentsCut: 0, tokensCut: 0, tokensUnknown: 0 });
});

test('ids of many texts share buffers, and are those of each text by itself, with its n-grams', () => {
  const long = Array.from({ length: 70_000 }, (_, t) => `w${t % 7}`).join(' ');
  const many = Array.from({ length: 20_001 }, (_, i) =>
    i === 9 ? long : i % 5 === 0 ? '' : `w${i % 7} of w1`,
  );
  const words = buildPipeline(many, { max_length: 80_000 });
  for (const pipeline of [words, withNgrams(words, 50)]) {
    const { sequences } = encodeTexts(pipeline, many);
    for (const [i, ids] of sequences.entries()) {
      const own = pipeline.encode(many[i]).ids;
      assert.deepEqual(ids, own);
      const [found, expected] = [ngramsBehind(ids), ngramsBehind(own)].map((behind) => behind && [...ids.keys()].slice(-2).map((t) => [...behind(t)])); // prettier-ignore
      assert.deepEqual(found, expected);
    }
    const buffers = new Set(sequences.map(({ buffer }) => buffer)).size;
    assert.ok(pipeline === words ? buffers < 5 : buffers > 16_000, `${buffers} buffers`);
  }
});

test('options: defaults, and an error that names the key', () => {
  // beside them stand the options of the tokenizers
  assert.partialDeepStrictEqual(completeTextOptions(), {
    tokenizer: 'word',
    normalization: 'NFKC',
    lowercase: true,
    vocabulary_size: 20000,
    min_count: 1,
    max_length: 256,
    truncation: 'head',
  });
  for (const [key, value] of [
    ['max_length', 0],
    ['vocabulary_size', 2],
    ['tokenizer', 'bep'],
    ['max_length', 1.5],
  ] as const) {
    assert.throws(
      () => completeTextOptions({ [key]: value }),
      (error) => error instanceof ConfigError && error.key === `text.${key}`,
    );
  }
  for (const [key, field] of Object.entries<Option>(textOptions.of))
    assert.ok(field.doc, `${key} is described`);
});

test('tokens are counted without fitting where they do not depend on it', () => {
  const { tokenize, size } = createTokenize(completeTextOptions({ tokenizer: 'word' }), []);
  assert.deepEqual(tokenize('ONE, Two'), ['one', 'two']);
  assert.equal(size, null);
});
