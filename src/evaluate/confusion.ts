/**
 * The confusion matrix: rows are the truth, columns what was predicted (scikit-learn's orientation), and what can be
 * read from it: how often each class was predicted correctly, and which classes are confused.
 */
import { ShapeError } from '../core/errors.ts';

/** Counts `[C][C]`: `matrix[truth][predicted]` documents. */
export type ConfusionMatrix = readonly (readonly number[])[];

/** One kind of confusion: documents of `truth` that were predicted as `predicted`. */
export interface Confusion {
  /** Name of the true class. */
  readonly truth: string;
  /** Name of the class that was predicted instead. */
  readonly predicted: string;
  /** Number of documents, at least 1. */
  readonly count: number;
  /** Proportion of the true class's documents, in (0, 1]. */
  readonly proportion: number;
  /** Number of documents confused the other way round; above 0 where the two classes are confused with each other. */
  readonly reverse_count: number;
}

/**
 * Index of the largest value of each row; the first one where several are equal (as NumPy's argmax).
 * @param values `[N × C]`, row-major.
 * @returns `[N]` class ids.
 */
export function argmaxRows(values: Float32Array | Float64Array, classes: number): Int32Array {
  const rows = classes > 0 ? values.length / classes : 0;
  if (!Number.isInteger(rows)) {
    throw new ShapeError(
      `[argmax] the values must be whole rows of ${classes} classes, but are ${values.length}.`,
    );
  }
  const best = new Int32Array(rows);
  for (let n = 0; n < rows; n++) {
    const row = n * classes;
    for (let c = 1; c < classes; c++) {
      if (values[row + c] > values[row + best[n]]) best[n] = c;
    }
  }
  return best;
}

/** How many rows of `[N × C]` values have their largest one, of equal ones the first, at the label. */
export function countCorrect(values: Float32Array | Float64Array, labels: Int32Array): number {
  if (labels.length === 0) return 0;
  const found = argmaxRows(values, values.length / labels.length);
  return labels.reduce((sum, label, n) => sum + Number(found[n] === label), 0);
}

/**
 * Counts how often each true class was given each label.
 * @param labels `[N]` true class ids in [0, C).
 * @param predictions `[N]` predicted class ids in [0, C).
 */
export function confusionMatrix(labels: Int32Array, predictions: Int32Array, classes: number): number[][] {
  if (labels.length !== predictions.length) {
    throw new ShapeError(
      `[confusion matrix] labels and predictions must be equally many, but got ${labels.length} and ${predictions.length}.`,
    );
  }
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let n = 0; n < labels.length; n++) matrix[labels[n]][predictions[n]]++;
  return matrix;
}

/**
 * The most frequent confusions, largest count first; equal counts by proportion of the true class, then in class order.
 * @param limit How many at most.
 */
export function mostFrequentConfusions(
  matrix: ConfusionMatrix,
  labelNames: readonly string[],
  limit = 10,
): Confusion[] {
  const found: Confusion[] = [];
  matrix.forEach((row, truth) => {
    const support = row.reduce((sum, count) => sum + count, 0);
    row.forEach((count, predicted) => {
      if (truth === predicted || count === 0) return;
      found.push({
        truth: labelNames[truth],
        predicted: labelNames[predicted],
        count,
        proportion: count / support,
        reverse_count: matrix[predicted][truth],
      });
    });
  });
  // the sort is stable, so that class order decides what is left equal
  return found.sort((a, b) => b.count - a.count || b.proportion - a.proportion).slice(0, limit);
}
