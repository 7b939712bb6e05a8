/** A text as read by a model that takes raw texts: its words, and what they add to the scores. */
import type { InsideFitted } from '../classifier/inside.ts';
import { softmax } from '../nn/losses/loss.ts';
import { createTokenizer } from '../text/pipeline.ts';
import { completeTextOptions } from '../text/options.ts';
import { findTokens, normalisePlaced, type PlacedToken, type Span } from '../text/spans.ts';
import { type Contributions, contributionsOf } from './contributions.ts';
import type { Lens, Path } from './lens.ts';
import { throughSoftmax } from './slopes.ts';

/** The view of a text by a fitted model. */
export function fittedLens({ fitted, text: options }: InsideFitted, text: string, classes: number): Lens {
  const parts = fitted.parts?.(text);
  const contributions = parts && contributionsOf(parts, text, options);
  const words = wordsOf(text, options);
  const tokens = contributions ? withLeftovers(words, contributions, text) : words;
  const values = contributions && valuesOf(tokens, contributions, classes);
  return {
    tokens,
    unread: 0,
    without(sets) {
      const { probabilities, known } = fitted.score(sets.map((left) => leaveOut(text, tokens, left)));
      return { probabilities, known };
    },
    path() {
      if (values && contributions.places.length > 0) return linearPath({ ...contributions, values }, classes);
      // a text without features has fixed probabilities, which are not those of its bias
      const { probabilities, known } = fitted.score([text]);
      return contributions || known[0] === 0 ? constantPath(probabilities, tokens.length) : undefined;
    },
    attention: () => undefined,
    weights: () => contributions && values && { values, bias: contributions.bias },
  };
}

function wordsOf(given: string, options: InsideFitted['text']): PlacedToken[] {
  const { text, origin } = normalisePlaced(given, options);
  // a tokenizer that must be fitted first has no words
  const split =
    createTokenizer(options).split ?? createTokenizer(completeTextOptions({ tokenizer: 'word' })).split;
  const tokens = split?.(text) ?? [];
  return findTokens(tokens, text).map((span, t) => ({ text: tokens[t], ...(span && origin(span)) }));
}

/** The words, and what stands between them and adds something: punctuation, for example. */
function withLeftovers(
  words: readonly PlacedToken[],
  { places }: Contributions,
  text: string,
): PlacedToken[] {
  const owner = ownersOf(words, text.length);
  const units = new Uint8Array(text.length);
  for (const place of places) if (place) for (let u = place.start; u < place.end; u++) units[u] = 1;
  const leftovers: PlacedToken[] = [];
  for (let u = 0; u < text.length; u++) {
    if (!units[u] || owner[u] >= 0) continue;
    const start = u;
    while (u < text.length && units[u] && owner[u] < 0) u++;
    leftovers.push({ text: text.slice(start, u), start, end: u });
  }
  // what has no place belongs to the text as a whole
  const nowhere = places.includes(undefined) ? [{ text: '' }] : [];
  return [...words, ...leftovers].sort((a, b) => (a.start ?? 0) - (b.start ?? 0)).concat(nowhere);
}

/** The token of each code unit; -1 where there is none. */
function ownersOf(tokens: readonly PlacedToken[], length: number): Int32Array {
  const owner = new Int32Array(length).fill(-1);
  for (const [t, { start = 0, end = 0 }] of tokens.entries()) owner.fill(t, start, end);
  return owner;
}

/** `[T × C]` what each token adds; a place that covers several gives each its part. */
function valuesOf(
  tokens: readonly PlacedToken[],
  { places, values }: Contributions,
  C: number,
): Float64Array {
  const length = tokens.reduce((most, { end = 0 }) => Math.max(most, end), 0);
  const owner = ownersOf(tokens, length);
  const sums = new Float64Array(tokens.length * C);
  const partsOf = (place: Span | undefined): number[] =>
    place ? Array.from(owner.subarray(place.start, place.end)) : [tokens.length - 1];
  for (const [k, place] of places.entries()) {
    const parts = partsOf(place);
    for (const t of parts) for (let c = 0; c < C; c++) sums[t * C + c] += values[k * C + c] / parts.length;
  }
  return sums;
}

/** The text with a blank in the place of the tokens that are left out. */
function leaveOut(text: string, tokens: readonly PlacedToken[], left: ReadonlySet<number>): string {
  let result = '';
  let at = 0;
  for (const [t, { start, end }] of tokens.entries()) {
    if (!left.has(t) || start === undefined || end === undefined) continue;
    result += `${text.slice(at, start)} `;
    at = end;
  }
  return result + text.slice(at);
}

/** From the bias alone to the scores of the text: softmax((bias + α Σ_t value_t) / T). */
function linearPath({ values, bias, temperature }: Omit<Contributions, 'places'>, C: number): Path {
  const T = values.length / C;
  const sums = new Float64Array(C);
  for (let k = 0; k < values.length; k++) sums[k % C] += values[k];
  let p = new Float64Array(0);
  return {
    points: Infinity,
    forward(alphas) {
      p = new Float64Array(alphas.length * C);
      for (const [m, alpha] of alphas.entries())
        softmax(
          bias.map((b, c) => (b + alpha * sums[c]) / temperature),
          0,
          C,
          p,
          m * C,
        );
      return p;
    },
    backward(dp) {
      const ds = throughSoftmax(p, dp, C);
      const terms = new Float64Array((p.length / C) * T);
      for (let m = 0; m < p.length / C; m++)
        for (let t = 0; t < T; t++)
          for (let c = 0; c < C; c++) terms[m * T + t] += (ds[m * C + c] / temperature) * values[t * C + c];
      return terms;
    },
  };
}

/** Probabilities on which no token has an influence. */
function constantPath(probabilities: Float64Array, T: number): Path {
  let m = 0;
  return {
    points: Infinity,
    forward(alphas) {
      m = alphas.length;
      return Float64Array.from(alphas.flatMap(() => [...probabilities]));
    },
    backward: () => new Float64Array(m * T),
  };
}
