/**
 * The unigram language model: each part of a word has a log probability, learned in `../learn/unigram.ts`; a word is cut
 * where the sum is largest. Kudo 2018, Subword regularization: improving neural network translation models with multiple
 * subword candidates.
 */
import { member } from '../../core/family.ts';
import { createVocabulary, UNK_ID, type Vocabulary } from '../vocabulary.ts';
import { isSubwordJson, subwordTokenizer, type WordParts } from './subwords.ts';
import type { FittedTokenizer, SavedTokenizer, Tokenizer } from './tokenizer.ts';

/** The model of `tokenizer.json`, without its vocabulary. */
const MODEL = { type: 'Unigram', unk_id: UNK_ID, byte_fallback: false };

/** How much less than the rarest token an unknown character scores, in Hugging Face's library. */
const UNKNOWN_PENALTY = 10;

/** A tokenizer of tokens with their log probabilities, one per token of the vocabulary. */
export function unigramTokenizer(vocabulary: Vocabulary, scores: readonly number[]): FittedTokenizer {
  const { tokens } = vocabulary;
  const vocab = tokens.map((token, id) => [token, scores[id]] as const);
  // every beginning of a token, with the token's id where it is one itself, and else with UNK_ID
  const beginnings = new Map<string, number>();
  for (const token of tokens.slice(UNK_ID + 1)) {
    let beginning = '';
    for (const character of token) {
      beginning += character;
      beginnings.set(beginning, vocabulary.id(beginning));
    }
  }
  const unknown = scores.reduce((least, score) => Math.min(least, score), 0) - UNKNOWN_PENALTY;
  const model = { beginnings, scores, unknown };
  return subwordTokenizer(vocabulary, { ...MODEL, vocab }, (word) => bestParts(word, model));
}

interface UnigramModel {
  readonly beginnings: ReadonlyMap<string, number>;
  readonly scores: readonly number[];
  /** Score of an unknown character. */
  readonly unknown: number;
}

/**
 * The parts whose scores have the largest sum (Viterbi); of equal ones, at each place the longest last part. Sums are
 * taken from the left, as Hugging Face's library does, so that the same parts win there. In O(n · longest token).
 */
function bestParts(word: string, { beginnings, scores, unknown }: UnigramModel): WordParts {
  const length = word.length;
  const best = new Float64Array(length + 1).fill(-Infinity);
  const start = new Int32Array(length + 1); // of the last part of the best parts that end here
  const last = new Int32Array(length + 1); // its id
  best[0] = 0;
  const reach = (end: number, score: number, from: number, id: number) => {
    if (score <= best[end]) return;
    best[end] = score;
    start[end] = from;
    last[end] = id;
  };
  for (let from = 0; from < length;) {
    const width = characterWidth(word, from);
    let single = false;
    for (let end = from + width; end <= length; end += characterWidth(word, end)) {
      const id = beginnings.get(word.slice(from, end));
      if (id === undefined) break;
      if (id === UNK_ID) continue;
      reach(end, best[from] + scores[id], from, id);
      if (end === from + width) single = true;
    }
    if (!single) reach(from + width, best[from] + unknown, from, UNK_ID);
    from += width;
  }
  const ids: number[] = [];
  const ends: number[] = [];
  for (let end = length; end > 0; end = start[end]) {
    if (last[end] === UNK_ID && ids.at(-1) === UNK_ID) continue; // the run ends where its last character does
    ids.push(last[end]);
    ends.push(end);
  }
  return { ids: ids.reverse(), ends: ends.reverse() };
}

/** Code units of the character at a place; 1 past the end. */
function characterWidth(word: string, at: number): number {
  return (word.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function fromJson(saved: SavedTokenizer): FittedTokenizer | undefined {
  const { vocab } = saved.model;
  if (!isSubwordJson(saved, MODEL) || !Array.isArray(vocab)) return undefined;
  const isEntry = (entry: unknown): entry is [string, number] =>
    Array.isArray(entry) &&
    entry.length === 2 &&
    typeof entry[0] === 'string' &&
    Number.isFinite(entry[1]) &&
    (entry[1] as number) <= 0;
  if (!vocab.every(isEntry)) return undefined;
  const scores = vocab.map(([, score]) => score);
  return unigramTokenizer(createVocabulary(saved.tokens, saved.coverage), scores);
}

/** A unigram language model within words. */
export const unigram = member({
  type: 'unigram',
  summary: 'the most probable parts of words by a unigram language model; learned from the training texts',
  method: {
    name: 'a unigram language model of parts of words',
    works: {
      kudo2018:
        'T. Kudo. Subword regularization: improving neural network translation models with multiple subword candidates. ACL, 2018.',
    },
  },
  options: {},
  create: (): Tokenizer => ({ fromJson }),
});
