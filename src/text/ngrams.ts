/**
 * Character n-grams of words, hashed into buckets: information on words outside the vocabulary. Bojanowski, Grave,
 * Joulin and Mikolov 2017, Enriching word vectors with subword information.
 */
import { truncateIds, type Truncation } from './encode.ts';

/** Lengths of n-grams, in characters; `<` and `>` mark where the word begins and ends, and count. */
const [SHORTEST, LONGEST] = [3, 5];

/** N-grams of a word, at most: those of 17 letters. Of a longer word, the first. */
export const MOST_NGRAMS = 48;

/** The hash FNV-1a of bytes, of 32 bits. */
export function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

const utf8 = new TextEncoder();

/** The bucket of each n-gram of a word, from 0; n-grams that start earlier come first, of these the shorter. */
export function ngramsOfWord(word: string, buckets: number): number[] {
  const characters = [...`<${word}>`];
  const bytes = utf8.encode(characters.join(''));
  const starts = [0];
  for (const character of characters) starts.push(starts[starts.length - 1] + utf8.encode(character).length);
  const found: number[] = [];
  for (let from = 0; from < characters.length && found.length < MOST_NGRAMS; from++)
    for (let n = SHORTEST; n <= LONGEST && from + n <= characters.length; n++)
      found.push(fnv1a(bytes.subarray(starts[from], starts[from + n])) % buckets);
  return found.slice(0, MOST_NGRAMS);
}

/**
 * Token ids with the n-grams of each token behind them, in the same buffer: where those of each token begin and the last
 * ones end, then the buckets. Whatever reads only ids sees only ids.
 */
export function idsWithNgrams(
  ids: Int32Array,
  ngrams: readonly (readonly number[])[],
): Int32Array<ArrayBuffer> {
  const T = ids.length;
  const all = new Int32Array(2 * T + 1 + ngrams.reduce((sum, { length }) => sum + length, 0));
  all.set(ids);
  let at = 2 * T + 1;
  for (const [t, buckets] of ngrams.entries()) {
    all[T + t] = at;
    all.set(buckets, at);
    at += buckets.length;
  }
  all[2 * T] = at;
  return all.subarray(0, T);
}

/** The token ids at these places, with the n-grams behind them where there are any. */
export function pickIds(ids: Int32Array, places: Int32Array): Int32Array<ArrayBuffer> {
  const picked = Int32Array.from(places, (t) => ids[t]);
  const ngrams = ngramsBehind(ids);
  return ngrams
    ? idsWithNgrams(
        picked,
        Array.from(places, (t) => [...ngrams(t)]),
      )
    : picked;
}

/** The part of a text's ids that {@link truncateIds} keeps, with the n-grams behind them; shorter texts unchanged. */
export function cutIds(ids: Int32Array, maxLength: number, truncation: Truncation): Int32Array {
  if (ids.length <= maxLength) return ids;
  const places = Int32Array.from(ids, (_, t) => t);
  return pickIds(ids, truncateIds(places, maxLength, truncation));
}

/** The buckets of token t that {@link idsWithNgrams} appended; undefined if there are none. */
export function ngramsBehind(ids: Int32Array): ((t: number) => Int32Array) | undefined {
  const T = ids.length;
  if (ids.byteOffset !== 0 || ids.buffer.byteLength <= 4 * T) return undefined;
  const all = new Int32Array(ids.buffer);
  return (t) => all.subarray(all[T + t], all[T + t + 1]);
}
