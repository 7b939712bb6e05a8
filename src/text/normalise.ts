/** The forms of `text.normalization`; `none` leaves the characters as they are. */
export const normalizations = ['NFKC', 'NFC', 'none'] as const;

/** A Unicode normalisation form, or none. */
export type Normalization = (typeof normalizations)[number];

/** What happens to a text before it is cut into tokens. */
export interface NormaliseOptions {
  /** Unicode form; NFKC also folds full-width letters, ligatures and no-break spaces. Default `NFKC`. */
  readonly normalization?: Normalization;
  /** Default true. */
  readonly lowercase?: boolean;
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
  let result = text.toWellFormed();
  if (normalization !== 'none') result = result.normalize(normalization);
  if (lowercase) result = result.replaceAll('Σ', 'σ').toLowerCase();
  return result;
}
