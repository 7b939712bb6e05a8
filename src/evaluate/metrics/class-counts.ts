/**
 * How often each class occurs among some documents, and what can be said of a class by that.
 *
 * Division by zero gives 0, scikit-learn's default: the precision of a class that was never predicted, the recall of
 * one without documents, their F1. Macro averages run over the classes that occur in the truth or the predictions
 * (scikit-learn's default too), so that a class absent from a small test set costs nothing.
 */

/** Counts by class. */
export interface ClassCounts {
  /** N. */
  readonly documents: number;
  /** `[C]` documents predicted right. */
  readonly hits: Float64Array;
  /** `[C]` documents by true class. */
  readonly truth: Float64Array;
  /** `[C]` documents by predicted class. */
  readonly predicted: Float64Array;
}

/**
 * Counts documents by class.
 * @param labels `[N]` true class ids in [0, C).
 * @param predicted `[N]` predicted class ids in [0, C).
 * @returns A function that counts the documents with the given indices; it reuses its arrays.
 */
export function classCounter(
  labels: Int32Array,
  predicted: Int32Array,
  classes: number,
): (documents: Int32Array) => ClassCounts {
  const arrays = {
    hits: new Float64Array(classes),
    truth: new Float64Array(classes),
    predicted: new Float64Array(classes),
  };
  return (documents) => {
    for (const array of Object.values(arrays)) array.fill(0);
    for (let i = 0; i < documents.length; i++) {
      const n = documents[i];
      arrays.truth[labels[n]]++;
      arrays.predicted[predicted[n]]++;
      if (labels[n] === predicted[n]) arrays.hits[labels[n]]++;
    }
    return { documents: documents.length, ...arrays };
  };
}

/** A value of one class. */
export type OfClass = (counts: ClassCounts, c: number) => number;

/** Proportion of the documents predicted as class `c` that belong to it. */
export const precision: OfClass = ({ hits, predicted }, c) => ratio(hits[c], predicted[c]);

/** Proportion of the documents of class `c` that were found. */
export const recall: OfClass = ({ hits, truth }, c) => ratio(hits[c], truth[c]);

/** Harmonic mean of the two. */
export const f1: OfClass = ({ hits, truth, predicted }, c) => ratio(2 * hits[c], truth[c] + predicted[c]);

/** The mean over the classes that occur, each counted once. */
export function macroMean(counts: ClassCounts, of: OfClass): number {
  const { truth, predicted } = counts;
  let sum = 0;
  let present = 0;
  for (let c = 0; c < truth.length; c++) {
    sum += of(counts, c); // a class that does not occur adds 0
    if (truth[c] + predicted[c] > 0) present++;
  }
  return sum / present;
}

/** The mean over the classes, weighted by their documents. */
export function weightedMean(counts: ClassCounts, of: OfClass): number {
  const { truth, documents } = counts;
  let sum = 0;
  for (let c = 0; c < truth.length; c++) sum += of(counts, c) * truth[c];
  return sum / documents;
}

/** a / b; 0 where b is 0. */
function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}
