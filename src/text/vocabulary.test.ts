import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DataError } from '../core/errors.ts';
import { buildVocabulary, PAD, UNK } from './vocabulary.ts';

test('keeps the most frequent tokens, ties by code units, and says what they cover', () => {
  const documents = [
    ['b', 'a', 'b', 'é'],
    ['a', 'b', 'Z', 'rare'],
  ];
  const vocabulary = buildVocabulary(documents, { size: 5 });
  assert.deepEqual(vocabulary.tokens, [PAD, UNK, 'b', 'a', 'Z']);
  assert.equal(vocabulary.size, 5);
  assert.deepEqual(vocabulary.coverage, { distinct: 5, kept: 3, typeCoverage: 3 / 5, tokenCoverage: 6 / 8 });
  assert.deepEqual(
    ['b', 'a', 'Z', 'é', 'never'].map((t) => vocabulary.id(t)),
    [2, 3, 4, 1, 1],
  );
});

test('min_count leaves out what is seen fewer times', () => {
  const { tokens } = buildVocabulary([['a', 'a', 'b', 'b', 'c']], { size: 100, minCount: 2 });
  assert.deepEqual(tokens, [PAD, UNK, 'a', 'b']);
});

test('a text that speaks of <PAD> gets no padding', () => {
  const vocabulary = buildVocabulary([[PAD, PAD, PAD, UNK, 'a']], { size: 10 });
  assert.deepEqual(vocabulary.tokens, [PAD, UNK, 'a']);
  assert.equal(vocabulary.id(PAD), 1);
  assert.equal(vocabulary.coverage.tokenCoverage, 1 / 5);
});

test('names of object members are words like others', () => {
  const vocabulary = buildVocabulary([['__proto__', 'constructor', '2004']], { size: 10 });
  assert.deepEqual(vocabulary.tokens.slice(2), ['2004', '__proto__', 'constructor']);
  assert.equal(vocabulary.id('toString'), 1);
});

test('the order of the documents does not matter', () => {
  const documents = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'é', '中')), { minLength: 1 });
  fc.assert(
    fc.property(documents, fc.integer({ min: 3, max: 8 }), (texts, size) => {
      fc.pre(texts.some((tokens) => tokens.length > 0));
      const forward = buildVocabulary(texts, { size });
      const backward = buildVocabulary([...texts].reverse(), { size });
      assert.deepEqual(backward.tokens, forward.tokens);
      assert.deepEqual(backward.coverage, forward.coverage);
    }),
  );
});

test('documents without a token are refused', () => {
  assert.throws(() => buildVocabulary([[], []], { size: 10 }), DataError);
});
