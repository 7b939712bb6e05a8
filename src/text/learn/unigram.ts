/**
 * Learning the unigram language model (Kudo 2018): of many candidates, it keeps those whose removal would reduce the
 * probability of the training texts most. Rounds of expectation maximisation alternate with removing the least needed
 * quarter.
 */
import { log } from '../../core/math.ts';
import type { FittedTokenizer } from '../tokenizers/tokenizer.ts';
import { unigramTokenizer } from '../tokenizers/unigram.ts';
import { type Coverage, createVocabulary, PAD, UNK, type VocabularyOptions } from '../vocabulary.ts';
import { expectedCounts, type Lattice, latticeOf, logOfAlternative } from './lattice.ts';
import { learningWords, type LearningWords, subwordCoverage } from './words.ts';

/** Longest token, in characters. */
const LONGEST = 16;
/** Initial candidates: this many times the tokens that are kept, or at least this many. */
const [CANDIDATES, FEWEST_CANDIDATES] = [4, 20_000];
/** Most words that are used, the most frequent: more would take much memory and change little. */
const WORDS = 100_000;
/** Rounds of expectation maximisation between removals, and the proportion that a removal leaves. */
const [ROUNDS, KEPT] = [2, 0.75];
/** Candidates with fewer expected occurrences are removed; characters get at least this many. */
const LEAST = 0.5;

/** Learns a unigram vocabulary: the tokens by falling probability. */
export function learnUnigram(texts: Iterable<string>, options: VocabularyOptions): FittedTokenizer {
  const words = learningWords(texts, options);
  const learned = learn({ ...words, stretches: words.stretches.slice(0, WORDS) }).sort(
    (a, b) => b.score - a.score || (a.token < b.token ? -1 : 1),
  );
  const tokens = [PAD, UNK, ...learned.map(({ token }) => token)];
  const scores = [0, 0, ...learned.map(({ score }) => score)];
  const fitted = (coverage: Coverage) => unigramTokenizer(createVocabulary(tokens, coverage), scores);
  const unmeasured = fitted({ distinct: 0, kept: 0, typeCoverage: 0, tokenCoverage: 0 });
  return fitted(subwordCoverage(words, unmeasured));
}

interface Learned {
  readonly token: string;
  /** Log probability. */
  readonly score: number;
}

function learn(words: LearningWords): Learned[] {
  const { alphabet, limit, stretches } = words;
  const tokens = [...alphabet, ...candidates(words)];
  const lattice = latticeOf(stretches, tokens, LONGEST);
  let counts = Float64Array.from(tokens, (_, id) => (id < alphabet.length ? LEAST : 0));
  for (const [id, count] of lattice.occurrences.entries()) counts[id] = Math.max(counts[id], count);
  for (;;) {
    for (let round = 0; round < ROUNDS; round++) {
      counts = expectedCounts(lattice, counts);
      for (const [id, count] of counts.entries())
        if (id < alphabet.length) counts[id] = Math.max(count, LEAST);
        else if (count < LEAST) counts[id] = 0;
    }
    const left = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
    if (left <= limit) break;
    cut(lattice, counts, alphabet.length, Math.max(limit, Math.floor(left * KEPT)));
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  return tokens.flatMap((token, id) =>
    // with six decimals, every reader of JSON gets the same number: some are not exact to the last bit
    counts[id] > 0 ? [{ token, score: Math.round(1e6 * log(counts[id] / total)) / 1e6 }] : [],
  );
}

/**
 * Removes the least needed candidates until `left` tokens remain: those whose replacement by their best parts reduces
 * the log probability of the texts least. Characters are kept.
 */
function cut(lattice: Lattice, counts: Float64Array<ArrayBuffer>, characters: number, left: number): void {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const logs = counts.map((count) => (count > 0 ? log(count / total) : -Infinity));
  const needed: { readonly id: number; readonly loss: number }[] = [];
  for (let id = characters; id < counts.length; id++)
    if (counts[id] > 0)
      needed.push({ id, loss: counts[id] * (logs[id] - logOfAlternative(lattice, id, logs)) });
  needed.sort((a, b) => b.loss - a.loss || a.id - b.id);
  for (const { id } of needed.slice(Math.max(0, left - characters))) counts[id] = 0;
}

/** The sequences of characters that occur most often, weighed by their length. */
function candidates({ stretches, limit, minCount }: LearningWords): string[] {
  const counts = new Map<string, number>();
  for (const { characters, count } of stretches) {
    for (let from = 0; from < characters.length; from++) {
      let token = characters[from];
      const end = Math.min(characters.length, from + LONGEST);
      for (let at = from + 1; at < end; at++) {
        token += characters[at];
        counts.set(token, (counts.get(token) ?? 0) + count);
      }
    }
  }
  return [...counts]
    .filter(([, count]) => count >= minCount)
    .map(([token, count]) => ({ token, weight: count * [...token].length }))
    .sort((a, b) => b.weight - a.weight || (a.token < b.token ? -1 : 1))
    .slice(0, Math.max(CANDIDATES * limit, FEWEST_CANDIDATES))
    .map(({ token }) => token);
}
