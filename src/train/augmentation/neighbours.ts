/** The nearest words by the cosine of their vectors, each looked for when it is first asked for. */
import type { AugmentationContext } from './augmentation.ts';

/** Words among which neighbours are looked for: the first that have a vector, which are the most frequent ones. */
const CANDIDATES = 10_000;

/** Vectors of the last rows of a vocabulary. */
export interface RowVectors {
  /** The first row with a vector. */
  readonly from: number;
  /** How many of them, at the end, no training text holds. */
  readonly others: number;
  /** `[rows × D]` */
  readonly vectors: Float32Array;
  /** D */
  readonly dim: number;
}

/** Neighbours among the words of the training texts. */
export function nearestWords({
  from,
  others,
  vectors,
  dim: D,
}: RowVectors): NonNullable<AugmentationContext['neighbours']> {
  const rows = vectors.length / D;
  const candidates = Math.min(CANDIDATES, rows - others);
  const norms = Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let j = row * D; j < (row + 1) * D; j++) sum += vectors[j] ** 2;
    return Math.sqrt(sum);
  });
  const cosine = (a: number, b: number) => {
    let sum = 0;
    for (let j = 0; j < D; j++) sum += vectors[a * D + j] * vectors[b * D + j];
    return sum / (norms[a] * norms[b]);
  };
  const found = new Map<number, { readonly near: Int32Array; readonly asked: number }>();
  const look = (row: number, count: number) => {
    if (row < 0 || row >= rows || norms[row] === 0) return new Int32Array(0);
    const scored: { readonly row: number; readonly score: number }[] = [];
    for (let other = 0; other < candidates; other++)
      if (other !== row && norms[other] > 0) scored.push({ row: other, score: cosine(row, other) });
    scored.sort((a, b) => b.score - a.score || a.row - b.row);
    return Int32Array.from(scored.slice(0, count), (one) => from + one.row);
  };
  return (id, count) => {
    const known = found.get(id);
    if (known && known.asked >= count) return known.near.subarray(0, count);
    const near = look(id - from, count);
    found.set(id, { near, asked: count });
    return near;
  };
}
