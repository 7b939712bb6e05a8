/**
 * Byte-pair encoding: the characters of a word are joined pair by pair, in the order in which the pairs were learned
 * (`../learn/bpe.ts`). Sennrich, Haddow and Birch 2016, Neural machine translation of rare words with subword units.
 */
import { Heap } from '../../core/heap.ts';
import { member } from '../../core/family.ts';
import { createVocabulary, UNK, UNK_ID, type Vocabulary } from '../vocabulary.ts';
import { isSubwordJson, subwordTokenizer, type WordParts } from './subwords.ts';
import type { FittedTokenizer, SavedTokenizer, Tokenizer } from './tokenizer.ts';

/** Two tokens that are joined to a third. */
export type Merge = readonly [left: string, right: string];

/** The model of `tokenizer.json`, without merges and vocabulary. */
const MODEL = {
  type: 'BPE',
  dropout: null,
  unk_token: UNK,
  continuing_subword_prefix: null,
  end_of_word_suffix: null,
  fuse_unk: true,
  byte_fallback: false,
  ignore_merges: false,
};

/** Pairs of ids as numbers, in the order in which they are joined, and the ids that they become. */
interface JoinTable {
  readonly rankOf: ReadonlyMap<number, number>;
  /** Id by rank. */
  readonly joined: readonly number[];
}

/** A tokenizer of merges in their order; undefined where one names a token that the vocabulary does not hold. */
export function bpeTokenizer(vocabulary: Vocabulary, merges: readonly Merge[]): FittedTokenizer | undefined {
  const rankOf = new Map<number, number>();
  const joined: number[] = [];
  for (const [left, right] of merges) {
    const [l, r, both] = [left, right, left + right].map((token) => vocabulary.id(token));
    const pair = l * vocabulary.size + r;
    if (l === UNK_ID || r === UNK_ID || both === UNK_ID || rankOf.has(pair)) return undefined;
    rankOf.set(pair, joined.length);
    joined.push(both);
  }
  const table = { rankOf, joined };
  return subwordTokenizer(vocabulary, { ...MODEL, merges }, (word) => join(word, vocabulary, table));
}

/** Joins the pair of the lowest rank, of several the leftmost, until no pair is left: in O(n log n). */
function join(word: string, vocabulary: Vocabulary, { rankOf, joined }: JoinTable): WordParts {
  // a linked list: each place holds a part, the places of its neighbours, and where it ends; -1 is none
  const { ids, ends } = characters(word, vocabulary);
  const length = ids.length;
  const next = Int32Array.from(ids, (_, at) => (at + 1 < length ? at + 1 : -1));
  const previous = Int32Array.from(ids, (_, at) => at - 1);
  const queue = new Heap<number>((a, b) => a < b); // rank · length + place
  const rankAt = (at: number) =>
    at < 0 || next[at] < 0 ? undefined : rankOf.get(ids[at] * vocabulary.size + ids[next[at]]);
  const offer = (at: number) => {
    const rank = rankAt(at);
    if (rank !== undefined) queue.push(rank * length + at);
  };
  for (let at = 0; at + 1 < length; at++) offer(at);
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    const at = entry % length;
    const rank = (entry - at) / length;
    if (rankAt(at) !== rank) continue; // joined with something else since
    const gone = next[at];
    ids[at] = joined[rank];
    ends[at] = ends[gone];
    next[at] = next[gone];
    next[gone] = -1;
    if (next[at] >= 0) previous[next[at]] = at;
    offer(previous[at]);
    offer(at);
  }
  const parts: { ids: number[]; ends: number[] } = { ids: [], ends: [] };
  for (let at = length > 0 ? 0 : -1; at >= 0; at = next[at]) {
    parts.ids.push(ids[at]);
    parts.ends.push(ends[at]);
  }
  return parts;
}

/** The characters of a word; a run of unknown ones is one. */
function characters(word: string, vocabulary: Vocabulary): { ids: number[]; ends: number[] } {
  const ids: number[] = [];
  const ends: number[] = [];
  let end = 0;
  for (const character of word) {
    const id = vocabulary.id(character);
    end += character.length;
    if (id === UNK_ID && ids.at(-1) === UNK_ID) ends[ends.length - 1] = end;
    else {
      ids.push(id);
      ends.push(end);
    }
  }
  return { ids, ends };
}

function fromJson(saved: SavedTokenizer): FittedTokenizer | undefined {
  const { merges } = saved.model;
  if (!isSubwordJson(saved, MODEL) || !Array.isArray(merges)) return undefined;
  const isMerge = (merge: unknown): merge is Merge =>
    Array.isArray(merge) && merge.length === 2 && merge.every((token) => typeof token === 'string');
  return merges.every(isMerge)
    ? bpeTokenizer(createVocabulary(saved.tokens, saved.coverage), merges)
    : undefined;
}

/** Byte-pair encoding within words. */
export const bpe = member({
  type: 'bpe',
  summary: 'parts of words, joined from characters by byte-pair encoding; learned from the training texts',
  method: {
    name: 'byte-pair encoding',
    works: {
      sennrich2016:
        'R. Sennrich, B. Haddow and A. Birch. Neural machine translation of rare words with subword units. ACL, 2016.',
    },
  },
  options: {},
  create: (): Tokenizer => ({ fromJson }),
});
