/** How the counts of n-grams become the values of TF-IDF; `tfidf.ts` has the formula. */
import { log } from '../../core/math.ts';
import type { NgramOptions } from './ngrams.ts';

/** idf_f of a feature that df of N documents hold. */
export function inverseFrequency(df: number, N: number): number {
  return 1 + log((1 + N) / (1 + df));
}

/** 1 + ln n for n < 256, which nearly all counts are. */
export const SUBLINEAR = Float64Array.from({ length: 256 }, (_, n) => (n === 0 ? 0 : 1 + log(n)));
const sublinear = (count: number) => (count < SUBLINEAR.length ? SUBLINEAR[count] : 1 + log(count));

/** How the counts of a row become its values. */
export interface Weighting {
  /** [F] */
  readonly idf: Float64Array;
  /** Features below this number are n-grams of words. */
  readonly words: number;
  /** Which kinds there are: with both, each has half of the squared length. */
  readonly options: NgramOptions;
}

/**
 * Turns the counts in `values` into (1 + ln count) · idf, scaled to length 1. The first `size` of both arrays count.
 * @param scales Takes what the values of words and of characters were multiplied by.
 */
export function weighRow(
  indices: Int32Array,
  values: Float64Array,
  size: number,
  { idf, words, options }: Weighting,
  scales = new Float64Array(2),
): void {
  let [ofWords, ofCharacters] = [0, 0]; // sums of squares
  for (let i = 0; i < size; i++) {
    const value = sublinear(values[i]) * idf[indices[i]];
    values[i] = value;
    if (indices[i] < words) ofWords += value * value;
    else ofCharacters += value * value;
  }
  const scale = options.words && options.characters ? Math.SQRT1_2 : 1;
  const [byWords, byCharacters] = [scale / Math.sqrt(ofWords), scale / Math.sqrt(ofCharacters)];
  for (let i = 0; i < size; i++) values[i] *= indices[i] < words ? byWords : byCharacters;
  scales[0] = byWords;
  scales[1] = byCharacters;
}
