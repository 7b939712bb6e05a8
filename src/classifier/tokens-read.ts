/** How the accuracy depends on how many tokens of a document are read. */
import { applyThresholds, countCorrect, type TokensReadPoint } from '../evaluate/index.ts';
import type { Truncation } from '../text/encode.ts';
import { cutIds } from '../text/ngrams.ts';

/** Documents that are measured at most, the first of the part: the curve needs no more. */
const MOST_DOCUMENTS = 2000;
/** Tokens that are read, in turn; then all. */
const LENGTHS = [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

/** What is read, and what it is compared with. */
export interface ReadDocuments {
  /** Token ids of each document, as the model reads it. */
  readonly sequences: readonly Int32Array[];
  readonly labels: Int32Array;
  readonly truncation: Truncation;
  readonly thresholds?: readonly number[] | undefined;
}

/**
 * Accuracy with fewer tokens, cut as the model cuts; undefined where no document has more than the shortest of these lengths.
 * @param predict From sequences to probabilities [n × C].
 */
export function accuracyByTokens(
  { sequences, labels, truncation, thresholds }: ReadDocuments,
  predict: (sequences: readonly Int32Array[]) => Float64Array,
): readonly TokensReadPoint[] | undefined {
  const own = sequences.slice(0, MOST_DOCUMENTS);
  const longest = own.reduce((most, ids) => Math.max(most, ids.length), 0);
  const lengths = LENGTHS.filter((length) => length < longest);
  if (lengths.length === 0) return undefined;
  return [...lengths, longest].map((tokens) => {
    const probabilities = predict(own.map((ids) => cutIds(ids, tokens, truncation)));
    const correct = countCorrect(applyThresholds(probabilities, thresholds), labels.subarray(0, own.length));
    return { tokens, documents: own.length, correct };
  });
}
