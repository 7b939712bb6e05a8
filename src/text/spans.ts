/** The positions of tokens in the original text, before normalisation. */
import { truncateIds } from './encode.ts';
import { normalise, type NormaliseOptions } from './normalise.ts';
import type { TextPipeline } from './pipeline.ts';
import { BOUNDARY } from './tokenizers/subwords.ts';
import { UNK } from './vocabulary.ts';

/** A part of a text, in UTF-16 code units: from `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A token and its position, if normalisation kept it traceable. */
export interface PlacedToken extends Partial<Span> {
  /** The token as the model reads it. */
  readonly text: string;
}

/** A normalised text, with the origin of each code unit. */
export interface NormalisedText {
  readonly text: string;
  /** The part of the given text that the code units [start, end) come from; undefined where that is not known. */
  origin(span: Span): Span | undefined;
}

/** Characters that normalisation may join with the one before: marks, and the vowels and finals of Hangul. */
const CLUSTER = /(?:\r\n|[^])[\p{M}\u1160-\u11ff\ud7b0-\ud7ff]*/gu;
const ASCII = /^[\0-\x7f]*$/;

/** Normalises a text cluster by cluster, so that each code unit of the result has a place in the text. */
export function normalisePlaced(given: string, options: NormaliseOptions): NormalisedText {
  const text = normalise(given, options);
  if (ASCII.test(given)) return { text, origin: (span) => span };
  const starts: number[] = [];
  const ends: number[] = [];
  let joined = '';
  for (const { 0: cluster, index } of given.toWellFormed().matchAll(CLUSTER)) {
    const own = normalise(cluster, options);
    joined += own;
    for (let n = 0; n < own.length; n++) {
      starts.push(index);
      ends.push(index + cluster.length);
    }
  }
  // the clusters, normalised separately, must equal the normalised whole
  if (joined !== text) return { text, origin: () => undefined };
  return {
    text,
    origin: ({ start, end }) => (start < end ? { start: starts[start], end: ends[end - 1] } : undefined),
  };
}

/** The places of tokens in the normalised text that they were cut from, in order; undefined for one that is not in it. */
export function findTokens(tokens: readonly string[], text: string): (Span | undefined)[] {
  const straight = (one: string) => one.replaceAll('’', "'");
  const hay = straight(text);
  let at = 0;
  return tokens.map((token) => {
    const start = hay.indexOf(straight(token), at);
    if (start < 0) return undefined;
    at = start + token.length;
    return { start, end: at };
  });
}

/** The places of parts of words; a part that begins with {@link BOUNDARY} begins a word. */
function findParts(parts: readonly string[], text: string): (Span | undefined)[] {
  const words: string[][] = [];
  for (const part of parts) {
    if (part.startsWith(BOUNDARY)) words.push([part.slice(BOUNDARY.length)]);
    else words[words.length - 1].push(part);
  }
  const places = findTokens(
    words.map((own) => own.join('')),
    text,
  );
  return words.flatMap((own, w) => {
    let at = places[w]?.start ?? 0;
    return own.map((part) => {
      const start = at;
      at += part.length;
      return places[w] && { start, end: at };
    });
  });
}

/** The tokens of a text that the model reads, one for each of its ids, and how many it does not read. */
export function placedTokens(
  { tokenize, tokenizer, options }: TextPipeline,
  given: string,
): { readonly tokens: readonly PlacedToken[]; readonly unread: number } {
  const tokens = tokenize(given);
  if (tokens.length === 0) return { tokens: [{ text: UNK }], unread: 0 };
  const { text, origin } = normalisePlaced(given, options);
  const spans = (tokenizer.withVocabulary ? findTokens : findParts)(tokens, text);
  const places = truncateIds(
    tokens.map((_, t) => t),
    options.max_length,
    options.truncation,
  );
  return {
    tokens: Array.from(places, (t) => {
      const span = spans[t];
      return { text: tokens[t], ...(span && origin(span)) };
    }),
    unread: tokens.length - places.length,
  };
}
