/** How often words stand near each other, and how much more often than by chance (PPMI). */
import { exp, log } from '../../core/math.ts';

/** A matrix by rows: row i has the columns `columns[starts[i] … starts[i+1])` with their values, columns ascending. */
export interface SparseRows {
  /** [rows + 1] */
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** A growing pair of arrays. */
class Entries {
  columns = new Int32Array(1 << 16);
  values = new Float64Array(1 << 16);
  length = 0;

  push(column: number, value: number): void {
    if (this.length === this.columns.length) {
      const columns = new Int32Array(2 * this.length);
      columns.set(this.columns);
      this.columns = columns;
      const values = new Float64Array(2 * this.length);
      values.set(this.values);
      this.values = values;
    }
    this.columns[this.length] = column;
    this.values[this.length++] = value;
  }
}

/** Where each word stands: `places[starts[w] … starts[w + 1])` are positions in the joined documents. */
function placesOf(joined: Int32Array, words: number): { starts: Int32Array; places: Int32Array } {
  const starts = new Int32Array(words + 1);
  for (const id of joined) if (id >= 0) starts[id + 1]++;
  for (let w = 0; w < words; w++) starts[w + 1] += starts[w];
  const places = new Int32Array(starts[words]);
  const next = starts.slice();
  for (let at = 0; at < joined.length; at++) if (joined[at] >= 0) places[next[joined[at]]++] = at;
  return { starts, places };
}

/**
 * Counts pairs of words at most `window` tokens apart; one at distance d counts (window + 1 - d) / window. Symmetric.
 * @param documents Word ids in [0, words); -1 for a token that is not counted but keeps its place.
 */
export function countPairs(documents: readonly Int32Array[], words: number, window: number): SparseRows {
  // window tokens of nothing between documents
  const gaps = documents.length * window;
  const joined = new Int32Array(documents.reduce((sum, ids) => sum + ids.length, gaps)).fill(-1);
  let to = 0;
  for (const ids of documents) {
    joined.set(ids, to);
    to += ids.length + window;
  }
  const { starts: firsts, places } = placesOf(joined, words);
  const entries = new Entries();
  const starts = new Int32Array(words + 1);
  const row = new Float64Array(words);
  for (let word = 0; word < words; word++) {
    const met: number[] = [];
    for (let p = firsts[word]; p < firsts[word + 1]; p++) {
      for (let d = -window; d <= window; d++) {
        const other = d === 0 ? -1 : (joined[places[p] + d] ?? -1);
        if (other < 0) continue;
        if (row[other] === 0) met.push(other);
        row[other] += window + 1 - Math.abs(d);
      }
    }
    for (const other of Int32Array.from(met).sort()) {
      entries.push(other, row[other] / window);
      row[other] = 0;
    }
    starts[word + 1] = entries.length;
  }
  return {
    starts,
    columns: entries.columns.subarray(0, entries.length),
    values: entries.values.subarray(0, entries.length),
  };
}

/** Exponent of the context counts, which makes pairs with rare words less extreme (Levy, Goldberg and Dagan, 2015). */
const SMOOTHING = 0.75;

/**
 * Positive pointwise mutual information: max(0, ln(p(w, c) / (p(w) p(c)))), with p(c) from counts to the power 0.75.
 * Entries that are zero are left out.
 */
export function positivePmi({ starts, columns, values }: SparseRows): SparseRows {
  const words = starts.length - 1;
  const sums = new Float64Array(words);
  for (let w = 0; w < words; w++) for (let e = starts[w]; e < starts[w + 1]; e++) sums[w] += values[e];
  const smoothed = sums.map((sum) => (sum > 0 ? exp(SMOOTHING * log(sum)) : 0));
  const total = smoothed.reduce((sum, value) => sum + value, 0);
  const kept = new Entries();
  const keptStarts = new Int32Array(words + 1);
  for (let w = 0; w < words; w++) {
    for (let e = starts[w]; e < starts[w + 1]; e++) {
      const information = log((values[e] * total) / (sums[w] * smoothed[columns[e]]));
      if (information > 0) kept.push(columns[e], information);
    }
    keptStarts[w + 1] = kept.length;
  }
  return {
    starts: keptStarts,
    columns: kept.columns.subarray(0, kept.length),
    values: kept.values.subarray(0, kept.length),
  };
}
