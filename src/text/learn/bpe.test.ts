import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConfigError, DataError } from '../../core/errors.ts';
import type { Merge } from '../tokenizers/bpe.ts';
import { boundedWords } from '../tokenizers/subwords.ts';
import { learnBpe } from './bpe.ts';

/** Algorithm 1 of Sennrich et al. as it stands there: all pairs are counted anew for each merge. */
function mergesByCounting(texts: readonly string[], tokens: number): Merge[] {
  let words = texts.flatMap((text) => boundedWords(text)).map((word) => [...word]);
  const vocabulary = new Set(words.flat());
  const merges: Merge[] = [];
  while (vocabulary.size < tokens) {
    const counts = new Map<string, number>();
    for (const parts of words)
      for (let at = 0; at + 1 < parts.length; at++) {
        const pair = `${parts[at]} ${parts[at + 1]}`;
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
    const [best] = [...counts]
      .filter(([, count]) => count > 1)
      .sort(([a, countA], [b, countB]) => {
        const [[leftA, rightA], [leftB, rightB]] = [a.split(' '), b.split(' ')];
        return countB - countA || (leftA === leftB ? (rightA < rightB ? -1 : 1) : leftA < leftB ? -1 : 1);
      });
    if (!(best as unknown)) break;
    const [left, right] = best[0].split(' ');
    if (!merges.some((merge) => merge[0] === left && merge[1] === right)) merges.push([left, right]);
    vocabulary.add(left + right);
    words = words.map((parts) => {
      const joined: string[] = [];
      for (let at = 0; at < parts.length; at++) {
        const found = parts[at] === left && parts[at + 1] === right;
        joined.push(found ? left + right : parts[at]);
        if (found) at++;
      }
      return joined;
    });
  }
  return merges;
}

const words = fc.array(
  fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '𝒜'), minLength: 1, maxLength: 12 }),
  {
    minLength: 1,
    maxLength: 20,
  },
);

test('the merges are those of the algorithm that counts all pairs anew each time', () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 8, max: 60 }), (texts, tokens) => {
      const { model } = learnBpe([texts.join(' ')], { size: tokens + 2 }).toJson();
      assert.deepEqual(model.merges, mergesByCounting(texts, tokens));
    }),
    { numRuns: 500 },
  );
});

test("the example of Sennrich et al.: est and low are found, 'lowest' is two parts that were seen", () => {
  const texts = ['low '.repeat(5), 'lower '.repeat(2), 'newest '.repeat(6), 'widest '.repeat(3)];
  const fitted = learnBpe(texts, { size: 22 });
  assert.deepEqual(fitted.tokenize('lowest newest low'), ['▁low', 'est', '▁newest', '▁low']);
  assert.deepEqual(fitted.tokenize('lower zzz'), ['▁low', 'e', 'r', '▁', 'zzz']);
  assert.equal(fitted.encode('zzz')[1], 1);
});

test('a pair that occurs once is never joined, and min_count leaves out rarer pairs and characters', () => {
  assert.deepEqual(learnBpe(['abc'], { size: 100 }).toJson().model.merges, []);
  const fitted = learnBpe(['ab ab ab cd cd'], { size: 100, minCount: 3 });
  assert.deepEqual(fitted.vocabulary.tokens.slice(2), ['▁', 'a', 'b', 'ab', '▁ab']);
  assert.deepEqual(fitted.tokenize('cd ab cab'), ['▁', 'cd', '▁ab', '▁', 'c', 'ab']);
  assert.deepEqual(fitted.vocabulary.coverage, {
    distinct: 7,
    kept: 5,
    typeCoverage: 5 / 7,
    tokenCoverage: 5 / 7,
  });
});

test('texts without a word, and a vocabulary smaller than the alphabet, are refused', () => {
  assert.throws(() => learnBpe(['', ' . '], { size: 100 }), DataError);
  assert.throws(
    () => learnBpe(['abc def'], { size: 8 }),
    (error) =>
      error instanceof ConfigError &&
      error.key === 'text.vocabulary_size' &&
      /must be at least 9, for the 7 different characters .* but got 8\. Raise it, or raise text\.min_count/.test(
        error.message,
      ),
  );
  assert.equal(learnBpe(['abc def'], { size: 9 }).vocabulary.size, 9);
});

test('words too long to be words are not learned from, but are encoded', () => {
  const long = 'ab'.repeat(200);
  const fitted = learnBpe([`${long} ${long} xy xy`], { size: 100 });
  assert.deepEqual(fitted.toJson().model.merges, [
    ['x', 'y'],
    ['▁', 'xy'],
  ]);
  assert.equal(fitted.encode(long).length, 401);
});
