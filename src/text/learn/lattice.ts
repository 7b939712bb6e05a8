/** All ways to cut words, and tokens themselves, into tokens, for expectation maximisation. */
import type { Stretch } from './words.ts';

/**
 * Ways to cut sequences of characters. `parts` holds for each sequence, each place in it, and each length from 1 to
 * `longest`, as far as the sequence goes, the id of the token of that length that starts at that place, or -1.
 */
export interface Lattice {
  /** Most characters of a token. */
  readonly longest: number;
  /** Characters of each word. */
  readonly lengths: readonly number[];
  /** How often each word occurs. */
  readonly weights: readonly number[];
  /** Ways to cut the words, concatenated. */
  readonly parts: Int32Array<ArrayBuffer>;
  /** Characters by token. */
  readonly tokenLengths: readonly number[];
  /** Where the ways to cut a token begin in `tokenParts`. */
  readonly tokenStarts: readonly number[];
  /** Ways to cut the tokens, concatenated. */
  readonly tokenParts: Int32Array<ArrayBuffer>;
  /** How often each token occurs in the words as a substring. */
  readonly occurrences: Float64Array<ArrayBuffer>;
}

/** Finds all ways to cut words into tokens, and tokens into shorter ones. */
export function latticeOf(words: readonly Stretch[], tokens: readonly string[], longest: number): Lattice {
  const idOf = new Map(tokens.map((token, id) => [token, id]));
  const occurrences = new Float64Array(tokens.length);
  const parts = new Int32Array(
    words.reduce((sum, { characters }) => sum + slots(characters.length, longest), 0),
  );
  let at = 0;
  for (const { characters, count } of words) {
    const from = at;
    at = findParts(characters, idOf, longest, parts, at);
    for (let part = from; part < at; part++) if (parts[part] >= 0) occurrences[parts[part]] += count;
  }
  const split = tokens.map((token) => [...token]);
  const tokenParts = new Int32Array(split.reduce((sum, { length }) => sum + slots(length, longest), 0));
  const tokenStarts: number[] = [];
  let start = 0;
  for (const characters of split) {
    tokenStarts.push(start);
    start = findParts(characters, idOf, longest, tokenParts, start);
  }
  return {
    longest,
    lengths: words.map(({ characters }) => characters.length),
    weights: words.map(({ count }) => count),
    parts,
    tokenLengths: split.map(({ length }) => length),
    tokenStarts,
    tokenParts,
    occurrences,
  };
}

/** Pairs of a place and a length in a sequence. */
function slots(length: number, longest: number): number {
  let sum = 0;
  for (let from = 0; from < length; from++) sum += Math.min(longest, length - from);
  return sum;
}

function findParts(
  characters: readonly string[],
  idOf: ReadonlyMap<string, number>,
  longest: number,
  into: Int32Array,
  at: number,
): number {
  for (let from = 0; from < characters.length; from++) {
    const end = Math.min(characters.length, from + longest);
    let token = '';
    for (let last = from; last < end; last++) {
      token += characters[last];
      into[at++] = idOf.get(token) ?? -1;
    }
  }
  return at;
}

/**
 * Multiplies the probability of a token once per character, so that products over long words neither vanish nor overflow:
 * all ways to cut a word have as many characters, and the factor cancels.
 */
const PER_CHARACTER = 32;

/**
 * One round of expectation maximisation: how often each token is expected in the words where the probability of a token
 * is in proportion to `counts`. A token with count 0 is never used.
 */
export function expectedCounts(
  { longest, lengths, weights, parts, tokenLengths }: Lattice,
  counts: Float64Array,
): Float64Array<ArrayBuffer> {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const scaled = counts.map((count, id) => (count / total) * PER_CHARACTER ** tokenLengths[id]);
  const expected = new Float64Array(counts.length);
  const most = lengths.reduce((a, b) => Math.max(a, b), 0) + 1;
  const [forward, backward] = [new Float64Array(most), new Float64Array(most)];
  let begin = 0;
  for (const [w, length] of lengths.entries()) {
    forward.fill(0, 0, length + 1);
    forward[0] = 1;
    let at = begin;
    for (let from = 0; from < length; from++)
      for (let end = from + 1, stop = Math.min(length, from + longest); end <= stop; end++, at++)
        if (parts[at] >= 0) forward[end] += forward[from] * scaled[parts[at]];
    const end = at;
    backward[length] = 1;
    for (let from = length - 1; from >= 0; from--) {
      const reach = Math.min(longest, length - from);
      at -= reach;
      let sum = 0;
      for (let n = 0; n < reach; n++)
        if (parts[at + n] >= 0) sum += scaled[parts[at + n]] * backward[from + 1 + n];
      backward[from] = sum;
    }
    const weight = weights[w] / forward[length];
    at = begin;
    for (let from = 0; from < length; from++)
      for (let to = from + 1, stop = Math.min(length, from + longest); to <= stop; to++, at++)
        if (parts[at] >= 0) expected[parts[at]] += weight * forward[from] * scaled[parts[at]] * backward[to];
    begin = end;
  }
  return expected;
}

/** The largest log probability of a token's characters where the token itself is not used, by the logs of the tokens. */
export function logOfAlternative(
  { longest, tokenLengths, tokenStarts, tokenParts }: Lattice,
  id: number,
  logs: Float64Array,
): number {
  const length = tokenLengths[id];
  const best = new Float64Array(length + 1).fill(-Infinity);
  best[0] = 0;
  let at = tokenStarts[id];
  for (let from = 0; from < length; from++)
    for (let end = from + 1, stop = Math.min(length, from + longest); end <= stop; end++, at++) {
      const part = tokenParts[at];
      if (part >= 0 && part !== id) best[end] = Math.max(best[end], best[from] + logs[part]);
    }
  return best[length];
}
