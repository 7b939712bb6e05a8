/** The words that parts of words are learned from, and their characters. */
import { ConfigError } from '../../core/errors.ts';
import { groupDigits } from '../../core/words.ts';
import { boundedWords } from '../tokenizers/subwords.ts';
import type { FittedTokenizer } from '../tokenizers/tokenizer.ts';
import {
  type Coverage,
  countTokens,
  noTokens,
  type TokenCounts,
  UNK_ID,
  type VocabularyOptions,
} from '../vocabulary.ts';

/** Longest word, in characters, that parts are learned from: longer ones are not real words, and would take long. */
const LONGEST = 48;

/** Characters of a word, or of a stretch of it without unknown ones. */
export interface Stretch {
  /** One string per code point. */
  readonly characters: readonly string[];
  /** How often it occurs in the texts. */
  readonly count: number;
}

/** What subwords are learned from. */
export interface LearningWords {
  /** The words by falling frequency. */
  readonly words: TokenCounts['ranked'];
  /** The known stretches of the words that are not too long. */
  readonly stretches: readonly Stretch[];
  /** The characters that become tokens, by falling frequency. */
  readonly alphabet: readonly string[];
  /** Different characters that are too rare to become tokens. */
  readonly unknown: number;
  /** Most tokens, without `<PAD>` and `<UNK>`. */
  readonly limit: number;
  /** Occurrences below which nothing longer than a character is learned. */
  readonly minCount: number;
}

/**
 * Counts words and characters. Nothing depends on the order of the texts.
 * @throws DataError where there is no word, ConfigError where the vocabulary has no room for the characters
 */
export function learningWords(
  texts: Iterable<string>,
  { size, minCount = 1 }: VocabularyOptions,
): LearningWords {
  const { ranked: words, total } = countTokens(
    (function* () {
      for (const text of texts) yield boundedWords(text);
    })(),
  );
  if (total === 0) throw noTokens();
  const counts = new Map<string, number>();
  for (const [word, count] of words)
    for (const character of word) counts.set(character, (counts.get(character) ?? 0) + count);
  const alphabet = [...counts]
    .filter(([, count]) => count >= minCount)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .map(([character]) => character);
  const limit = size - 2;
  if (alphabet.length > limit) throw tooSmall(alphabet.length, size);
  return {
    words,
    stretches: stretchesOf(words, new Set(alphabet)),
    alphabet,
    unknown: counts.size - alphabet.length,
    limit,
    minCount: Math.max(2, minCount), // an item that occurs once teaches nothing
  };
}

function tooSmall(characters: number, size: number): ConfigError {
  return new ConfigError(
    `[text.vocabulary_size] must be at least ${groupDigits(characters + 2)}, for the ${groupDigits(characters)} ` +
      `different characters of the training texts, <PAD> and <UNK>, but got ${groupDigits(size)}. ` +
      'Raise it, or raise text.min_count to leave out rare characters.',
    { key: 'text.vocabulary_size' },
  );
}

function stretchesOf(words: TokenCounts['ranked'], alphabet: ReadonlySet<string>): Stretch[] {
  const stretches: Stretch[] = [];
  for (const [word, count] of words) {
    const all = [...word];
    if (all.length > LONGEST) continue;
    let characters: string[] = [];
    for (const character of [...all, '']) {
      if (alphabet.has(character)) characters.push(character);
      else {
        if (characters.length > 1) stretches.push({ characters, count });
        characters = [];
      }
    }
  }
  return stretches;
}

/** How much of the words a fitted tokenizer covers; a character that is too rare counts as a token that was not kept. */
export function subwordCoverage(
  { words, unknown }: Pick<LearningWords, 'words' | 'unknown'>,
  { encode, vocabulary }: FittedTokenizer,
): Coverage {
  let total = 0;
  let known = 0;
  for (const [word, count] of words) {
    for (const id of Array.from(encode(word.slice(1)))) {
      total += count;
      if (id !== UNK_ID) known += count;
    }
  }
  const kept = vocabulary.size - 2;
  const distinct = kept + unknown;
  return { distinct, kept, typeCoverage: kept / distinct, tokenCoverage: known / total };
}
