/** Which parts of a text the scores of the linear classifier come from. */
import type { Occurrence, ScoreParts } from '../models/model.ts';
import { findTokens, normalisePlaced, type Span } from '../text/spans.ts';
import type { TextOptions } from '../text/pipeline.ts';

/** How the scores of a text add up over places in it. */
export interface Contributions {
  /** K places of the text as it is given; undefined for one that is not known. */
  readonly places: readonly (Span | undefined)[];
  /** [K × C] what each place adds to the score of each class, row-major. */
  readonly values: Float64Array;
  /** [C] */
  readonly bias: Float64Array;
  readonly temperature: number;
}

/**
 * What each n-gram adds, spread over what it covers: an n-gram of words over its words in equal parts, one of characters over
 * its characters, without the blanks around a word.
 * @param given The text, not normalised.
 */
export function contributionsOf(
  { text, tokens, occurrences, bias, temperature }: ScoreParts,
  given: string,
  options: TextOptions,
): Contributions {
  const C = bias.length;
  const normalised = normalisePlaced(given, options);
  const words = findTokens(tokens, normalised.text);
  const sums = new Map<string, { place: Span | undefined; values: Float64Array }>();
  const add = (place: Span | undefined, values: Float64Array, part: number) => {
    const key = place ? `${place.start} ${place.end}` : '';
    const found = sums.get(key) ?? { place, values: new Float64Array(C) };
    sums.set(key, found);
    for (let c = 0; c < C; c++) found.values[c] += values[c] * part;
  };
  // a text that was cut is read as its first words, joined by blanks
  const placeOf =
    text === normalised.text
      ? (unit: number): Span => ({ start: unit, end: unit + 1 })
      : (unit: number) => unitOfWord(unit, tokens, words);
  for (const one of occurrences) {
    const places = one.words
      ? words.slice(one.from, one.from + one.length)
      : unitsOf(one, text).map((unit) => (unit === undefined ? undefined : placeOf(unit)));
    for (const place of places) add(place && normalised.origin(place), one.values, 1 / places.length);
  }
  const all = [...sums.values()];
  const values = new Float64Array(all.length * C);
  for (const [k, one] of all.entries()) values.set(one.values, k * C);
  return { places: all.map(({ place }) => place), values, bias: Float64Array.from(bias), temperature };
}

/** The characters of an n-gram without blanks; undefined where it has nothing else. */
function unitsOf({ from, length }: Occurrence, text: string): (number | undefined)[] {
  const units = Array.from({ length }, (_, n) => from + n).filter(
    (unit) => unit >= 0 && unit < text.length && text[unit].trim() !== '',
  );
  return units.length === 0 ? [undefined] : units;
}

/** The place of a code unit of words that were joined by blanks. */
function unitOfWord(
  unit: number,
  tokens: readonly string[],
  words: readonly (Span | undefined)[],
): Span | undefined {
  let at = 0;
  for (const [t, token] of tokens.entries()) {
    const start = (words[t]?.start ?? 0) + unit - at;
    if (unit < at + token.length) return words[t] && { start, end: start + 1 };
    at += token.length + 1;
  }
  return undefined;
}
