import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createVocabulary, PAD, UNK } from '../vocabulary.ts';
import { unigramTokenizer } from '../tokenizers/unigram.ts';
import { expectedCounts, latticeOf, logOfAlternative } from './lattice.ts';
import { learnUnigram } from './unigram.ts';

const coverage = { distinct: 0, kept: 0, typeCoverage: 0, tokenCoverage: 0 };
const letters = fc.constantFrom('a', 'b', '𝒜');
const word = fc.string({ unit: letters, minLength: 1, maxLength: 6 });
/** Tokens of the letters, single ones first, with how often each was counted. */
const counted = fc
  .uniqueArray(fc.string({ unit: letters, minLength: 2, maxLength: 4 }), { maxLength: 8 })
  .chain((longer) => {
    const tokens = ['a', 'b', '𝒜', ...longer];
    const counts = fc.array(fc.integer({ min: 1, max: 20 }), {
      minLength: tokens.length,
      maxLength: tokens.length,
    });
    return fc.record({ tokens: fc.constant(tokens), counts });
  });

/** Every way to cut a text into tokens. */
function waysToCut(text: string, tokens: readonly string[]): string[][] {
  if (text === '') return [[]];
  return tokens
    .filter((token) => text.startsWith(token))
    .flatMap((token) => waysToCut(text.slice(token.length), tokens).map((rest) => [token, ...rest]));
}

test('a word is cut where the sum of the scores is largest', () => {
  fc.assert(
    fc.property(counted, word, ({ tokens, counts }, text) => {
      const all = [PAD, UNK, '▁', ...tokens];
      const scores = [0, 0, -5, ...counts.map((count) => -count / 4)];
      const fitted = unigramTokenizer(createVocabulary(all, coverage), scores);
      const sum = (parts: readonly string[]) =>
        parts.reduce((total, part) => total + scores[all.indexOf(part)], 0);
      const best = Math.max(...waysToCut(`▁${text}`, all).map((parts) => sum(parts)));
      // 𝒜 is a letter, so that each text is one word
      assert.equal(sum(fitted.tokenize(text)), best);
      assert.equal(fitted.tokenize(text).join(''), `▁${text}`);
    }),
  );
});

test('expected counts are those over all ways to cut the words, each weighed by its probability', () => {
  fc.assert(
    fc.property(counted, fc.array(word, { minLength: 1, maxLength: 4 }), ({ tokens, counts }, words) => {
      const lattice = latticeOf(
        words.map((text, n) => ({ characters: [...text], count: n + 1 })),
        tokens,
        4,
      );
      const given = Float64Array.from(counts);
      const total = given.reduce((a, b) => a + b, 0);
      const expected = new Float64Array(tokens.length);
      for (const [n, text] of words.entries()) {
        const ways = waysToCut(text, tokens).map((parts) => ({
          parts,
          p: parts.reduce((p, part) => (p * given[tokens.indexOf(part)]) / total, 1),
        }));
        const sum = ways.reduce((p, way) => p + way.p, 0);
        for (const { parts, p } of ways)
          for (const part of parts) expected[tokens.indexOf(part)] += ((n + 1) * p) / sum;
      }
      for (const [id, count] of expectedCounts(lattice, given).entries())
        assert.ok(Math.abs(count - expected[id]) < 1e-9 * (1 + expected[id]), `${tokens[id]}: ${count}`);
    }),
  );
});

test('what replaces a token is its best parts without itself', () => {
  fc.assert(
    fc.property(counted, ({ tokens, counts }) => {
      const logs = Float64Array.from(counts, (count) => -count / 4);
      const lattice = latticeOf([], tokens, 4);
      for (let id = 3; id < tokens.length; id++) {
        const others = tokens.filter((_, other) => other !== id);
        const sums = waysToCut(tokens[id], others).map((parts) =>
          parts.reduce((sum, part) => sum + logs[tokens.indexOf(part)], 0),
        );
        assert.ok(Math.abs(logOfAlternative(lattice, id, logs) - Math.max(...sums)) < 1e-12);
      }
    }),
  );
});

test('stems that recur become tokens, with log probabilities that add up to 1', () => {
  const stems = ['read', 'walk', 'talk', 'jump', 'cook'];
  const texts = stems.flatMap((stem) =>
    ['', 's', 'ing', 'ed'].map((ending) => `${stem}${ending} `.repeat(5)),
  );
  const fitted = learnUnigram(texts, { size: 26 });
  assert.deepEqual(fitted.tokenize('cooks walked'), ['▁cook', 's', '▁walk', 'e', 'd']);
  for (const stem of stems) assert.ok(fitted.vocabulary.tokens.includes(`▁${stem}`), stem);
  const vocab = fitted.toJson().model.vocab as readonly (readonly [string, number])[];
  const sum = vocab.slice(2).reduce((total, [, score]) => total + Math.exp(score), 0);
  assert.ok(Math.abs(sum - 1) < 1e-4, `${sum}`);
  for (const [token, score] of vocab) assert.equal(Number(score.toFixed(6)), score, token);
});

test('characters stay, however rare, and what occurs once is not learned', () => {
  const fitted = learnUnigram(['aaaa aaaa aaaa bcd'], { size: 8 });
  assert.equal(fitted.vocabulary.size, 8);
  assert.deepEqual(
    [...fitted.vocabulary.tokens]
      .slice(2)
      .filter((token) => token.length === 1)
      .sort(),
    ['a', 'b', 'c', 'd', '▁'],
  );
  assert.deepEqual(fitted.tokenize('bcd xyz'), ['▁', 'b', 'c', 'd', '▁', 'xyz']);
  assert.deepEqual(Array.from(fitted.encode('xyz')).slice(1), [1]);
});
