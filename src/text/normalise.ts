import { UNASSIGNED, UNSETTLED, UNSETTLED_MARKS } from './unicode.ts';

/** The forms of `text.normalization`; `none` leaves the characters as they are. */
export const normalizations = ['NFKC', 'NFC', 'none'] as const;

/** A Unicode normalisation form, or none. */
export type Normalization = (typeof normalizations)[number];

/** How a text is normalised before tokenization. */
export interface NormaliseOptions {
  /** Unicode form; NFKC also folds full-width letters, ligatures and no-break spaces. Default `NFKC`. */
  readonly normalization?: Normalization;
  /** Default true. */
  readonly lowercase?: boolean;
}

/** A replacement: every match of `from` becomes `to`. A pattern is in the syntax that JavaScript and Oniguruma share. */
export interface Replacement {
  /** What is replaced. */
  readonly from: { readonly text: string } | { readonly pattern: string };
  /** The replacement. */
  readonly to: string;
}

/** A character class of hexadecimal code points and ranges ("41-5a 61"), written with the characters themselves. */
export function characterClass(ranges: string): string {
  return ranges
    .replace(/[0-9a-f]+/g, (code) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replaceAll(' ', '');
}

const REIWA: Replacement = { from: { text: '\u32ff' }, to: '\u4ee4\u548c' };
const SETTLING: readonly Replacement[] = [
  { from: { pattern: `[${characterClass(UNSETTLED_MARKS)}]` }, to: '' },
  { from: { pattern: `[${characterClass(UNASSIGNED)}${characterClass(UNSETTLED)}]` }, to: '\ufffd' },
];

/**
 * Made before the Unicode form is taken, so that the result does not depend on the Unicode version of the program:
 * Node, a browser and the Rust library behind Python's `tokenizers` each have their own. Characters that a later version
 * may assign, and the few that `tokenizers` normalises by an older version, become U+FFFD, which is in no token; marks
 * among them are left out. The sign of the era Reiwa, the one such character that is common, is spelled out.
 */
export function settlingReplacements(normalization: Normalization): readonly Replacement[] {
  return normalization === 'NFKC' ? [REIWA, ...SETTLING] : SETTLING;
}

/** Common scripts and punctuation, with none of the characters that are replaced: only for speed. */
const SETTLED =
  /^[\0-\u0377\u0400-\u052f\u1e00-\u1eff\u2010-\u2027\u20ac\u2122\u3000-\u303f\u3041-\u3096\u30a0-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff5e]*$/;

/** Makes replacements one after the other. */
export function replaceAll(replacements: readonly Replacement[]): (text: string) => string {
  const rules = replacements.map(({ from, to }) => {
    const matcher = 'text' in from ? from.text : new RegExp(from.pattern, 'gu');
    return (text: string) => text.replaceAll(matcher, to);
  });
  return (text) => rules.reduce((result, rule) => rule(result), text);
}

/** Made on first use: the classes are long. */
const settlers = new Map<Normalization, (text: string) => string>();

function settle(text: string, normalization: Normalization): string {
  if (SETTLED.test(text)) return text;
  const settler = settlers.get(normalization) ?? replaceAll(settlingReplacements(normalization));
  settlers.set(normalization, settler);
  return settler(text);
}

/**
 * Brings a text into the form that tokens are taken from. Lone surrogates become U+FFFD, so that every token can be
 * written as UTF-8. Capital sigma always becomes σ: the choice between σ and ς would depend on the neighbours,
 * and Hugging Face's `Lowercase`, which reads our files, maps character by character.
 */
export function normalise(
  text: string,
  { normalization = 'NFKC', lowercase = true }: NormaliseOptions = {},
): string {
  let result = settle(text.toWellFormed(), normalization);
  if (normalization !== 'none') result = result.normalize(normalization);
  if (lowercase) result = result.replaceAll('Σ', 'σ').toLowerCase();
  return result;
}
