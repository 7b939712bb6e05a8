/** The prediction for a text without known tokens: the class frequencies of the training data. */
import { ngramsBehind } from '../text/ngrams.ts';
import { UNK_ID } from '../text/vocabulary.ts';

/** [N] how many tokens of each text the model knows: with n-grams one at least, as it knows something of every word. */
export function knownTokens(sequences: readonly Int32Array[], buckets: number): Int32Array<ArrayBuffer> {
  return Int32Array.from(
    sequences,
    (ids) =>
      ids.reduce((sum, id) => sum + Number(id !== UNK_ID), 0) ||
      Number(buckets > 0 && ngramsBehind(ids) !== undefined),
  );
}

/** [C] counts as proportions; undefined where there are none. */
export function frequenciesOf(counts: readonly number[] | undefined): Float64Array | undefined {
  const total = counts?.reduce((sum, count) => sum + count, 0) ?? 0;
  return counts && total > 0 ? Float64Array.from(counts, (count) => count / total) : undefined;
}

/**
 * Writes the class frequencies [C] into the rows of `probabilities` [N × C] whose text has no known token.
 * @param known [N] known tokens of each text.
 */
export function answerUnknown(
  probabilities: Float64Array,
  known: ArrayLike<number>,
  frequencies: Float64Array | undefined,
): void {
  if (!frequencies) return;
  for (let n = 0; n < known.length; n++)
    if (known[n] === 0) probabilities.set(frequencies, n * frequencies.length);
}
