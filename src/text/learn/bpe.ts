/**
 * Learning byte-pair encoding: the most frequent pair of neighbours becomes a token, repeatedly (Sennrich, Haddow and
 * Birch 2016, algorithm 1). Counts are kept up to date at the places that a merge changes, so that each merge takes
 * time in proportion to the words that hold it.
 */
import { Heap } from '../../core/heap.ts';
import { invariant } from '../../core/errors.ts';
import { bpeTokenizer, type Merge } from '../tokenizers/bpe.ts';
import type { FittedTokenizer } from '../tokenizers/tokenizer.ts';
import { type Coverage, createVocabulary, PAD, UNK, type VocabularyOptions } from '../vocabulary.ts';
import { learningWords, type LearningWords, subwordCoverage } from './words.ts';

/** Learns a byte-pair vocabulary: the characters first, then what they are joined to, in the order of the merges. */
export function learnBpe(texts: Iterable<string>, options: VocabularyOptions): FittedTokenizer {
  const words = learningWords(texts, options);
  const { tokens, merges } = new Pairs(words).learn();
  const fitted = (coverage: Coverage) => {
    const tokenizer = bpeTokenizer(createVocabulary([PAD, UNK, ...tokens], coverage), merges);
    invariant(tokenizer !== undefined, 'every merge joins two tokens to a third');
    return tokenizer;
  };
  const unmeasured = fitted({ distinct: 0, kept: 0, typeCoverage: 0, tokenCoverage: 0 });
  return fitted(subwordCoverage(words, unmeasured));
}

/** A pair of neighbours: how often it occurs, and where. */
interface Pair {
  readonly left: number;
  readonly right: number;
  count: number;
  /** Words in which it has occurred. */
  readonly words: number[];
}

/** A queued pair, with its count when it was queued. */
interface Candidate {
  readonly pair: Pair;
  readonly count: number;
}

/** The words as sequences of tokens, and all pairs in them. */
class Pairs {
  readonly #tokens: string[];
  readonly #idOf: Map<string, number>;
  /** Token ids of each stretch of a word, and how often it occurs. */
  readonly #words: { ids: number[]; readonly count: number }[];
  readonly #pairs = new Map<number, Pair>();
  readonly #queue: Heap<Candidate>;
  readonly #limit: number;
  readonly #minCount: number;

  constructor({ stretches, alphabet, limit, minCount }: LearningWords) {
    this.#limit = limit;
    this.#minCount = minCount;
    this.#tokens = [...alphabet];
    this.#idOf = new Map(alphabet.map((character, id) => [character, id]));
    this.#queue = new Heap(
      (a, b) => a.count > b.count || (a.count === b.count && this.#first(a.pair, b.pair)),
    );
    this.#words = stretches.map(({ characters, count }) => ({
      ids: characters.map((character) => this.#idOf.get(character) ?? 0),
      count,
    }));
    for (const [w, { ids, count }] of this.#words.entries())
      for (let at = 0; at + 1 < ids.length; at++) this.#add(ids[at], ids[at + 1], count, w);
    for (const pair of this.#pairs.values()) this.#offer(pair);
  }

  learn(): { readonly tokens: readonly string[]; readonly merges: readonly Merge[] } {
    const merges: Merge[] = [];
    const learned = new Set<number>();
    while (this.#tokens.length < this.#limit) {
      const candidate = this.#queue.pop();
      if (candidate === undefined) break;
      const { pair, count } = candidate;
      if (pair.count !== count) {
        if (pair.count < count) this.#offer(pair); // a pair whose count grew was queued again then
        continue;
      }
      const [left, right] = [this.#tokens[pair.left], this.#tokens[pair.right]];
      const key = this.#key(pair.left, pair.right);
      // two pairs may give the same token, so a merged pair can reappear
      if (!learned.has(key)) merges.push([left, right]);
      learned.add(key);
      this.#join(pair, this.#idFor(left + right));
    }
    return { tokens: this.#tokens, merges };
  }

  /** The order of pairs that are equally frequent: by the code units of their tokens. */
  #first(a: Pair, b: Pair): boolean {
    const [leftA, leftB] = [this.#tokens[a.left], this.#tokens[b.left]];
    return leftA === leftB ? this.#tokens[a.right] < this.#tokens[b.right] : leftA < leftB;
  }

  #key(left: number, right: number): number {
    return left * this.#limit + right;
  }

  #idFor(token: string): number {
    const known = this.#idOf.get(token);
    if (known !== undefined) return known;
    this.#idOf.set(token, this.#tokens.length);
    this.#tokens.push(token);
    return this.#tokens.length - 1;
  }

  #add(left: number, right: number, count: number, word: number): Pair {
    const key = this.#key(left, right);
    let pair = this.#pairs.get(key);
    if (!pair) this.#pairs.set(key, (pair = { left, right, count: 0, words: [] }));
    pair.count += count;
    if (pair.words.at(-1) !== word) pair.words.push(word);
    return pair;
  }

  #offer(pair: Pair): void {
    if (pair.count >= this.#minCount) this.#queue.push({ pair, count: pair.count });
  }

  /** Replaces a pair by a token in all words. */
  #join(pair: Pair, joined: number): void {
    const grown = new Set<Pair>();
    this.#pairs.delete(this.#key(pair.left, pair.right));
    for (const w of new Set(pair.words)) {
      const word = this.#words[w];
      word.ids = this.#joinWord(pair, joined, w, grown);
    }
    pair.count = 0;
    for (const one of grown) this.#offer(one);
  }

  #joinWord({ left, right }: Pair, joined: number, w: number, grown: Set<Pair>): number[] {
    const { ids, count } = this.#words[w];
    const result: number[] = [];
    for (let at = 0; at < ids.length; at++) {
      if (ids[at] !== left || ids[at + 1] !== right) {
        result.push(ids[at]);
        continue;
      }
      const before = result.at(-1);
      const after = ids[at + 2] as number | undefined;
      if (before !== undefined) {
        this.#remove(before, left, count);
        grown.add(this.#add(before, joined, count, w));
      }
      if (after !== undefined) {
        this.#remove(right, after, count);
        grown.add(this.#add(joined, after, count, w));
      }
      result.push(joined);
      at++;
    }
    return result;
  }

  #remove(left: number, right: number, count: number): void {
    const pair = this.#pairs.get(this.#key(left, right));
    if (pair) pair.count -= count;
  }
}
