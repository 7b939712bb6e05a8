/** How often words occur near each other, and how much more often than by chance (PPMI). */
import { exp, log } from '../../core/math.ts';
import type { LearningProgress } from './corpus.ts';

/** A matrix by rows: row i has the columns `columns[starts[i] … starts[i+1])` with their values, columns ascending. */
export interface SparseRows {
  /** [rows + 1] */
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** Consecutive rows, as [from, to), which together have at least `size` entries; fewer in the last block. */
export function* blocksOf(starts: Int32Array, size: number): Generator<readonly [from: number, to: number]> {
  const rows = starts.length - 1;
  for (let from = 0, to = 0; from < rows; from = to) {
    do to++;
    while (to < rows && starts[to] - starts[from] < size);
    yield [from, to];
  }
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

  /** All of them as rows. */
  rows(starts: Int32Array): SparseRows {
    return {
      starts,
      columns: this.columns.subarray(0, this.length),
      values: this.values.subarray(0, this.length),
    };
  }
}

/** Where each word occurs: `places[starts[w] … starts[w + 1])` are positions in the joined documents. */
function placesOf(joined: Int32Array, words: number): { starts: Int32Array; places: Int32Array } {
  const starts = new Int32Array(words + 1);
  for (const id of joined) if (id >= 0) starts[id + 1]++;
  for (let w = 0; w < words; w++) starts[w + 1] += starts[w];
  const places = new Int32Array(starts[words]);
  const next = starts.slice();
  for (let at = 0; at < joined.length; at++) if (joined[at] >= 0) places[next[joined[at]]++] = at;
  return { starts, places };
}

/** Words at their positions, with `window` empty positions between documents. */
interface Places {
  readonly joined: Int32Array;
  readonly firsts: Int32Array;
  readonly places: Int32Array;
}

function joinedPlaces(documents: readonly Int32Array[], words: number, window: number): Places {
  const gaps = documents.length * window;
  const joined = new Int32Array(documents.reduce((sum, ids) => sum + ids.length, gaps)).fill(-1);
  let to = 0;
  for (const ids of documents) {
    joined.set(ids, to);
    to += ids.length + window;
  }
  const { starts: firsts, places } = placesOf(joined, words);
  return { joined, firsts, places };
}

/** The neighbours of a word, ascending; their counts times the window are in `row`. */
function metBy(
  word: number,
  { joined, firsts, places }: Places,
  window: number,
  row: Float64Array,
): Int32Array {
  const met: number[] = [];
  for (let p = firsts[word]; p < firsts[word + 1]; p++) {
    for (let d = -window; d <= window; d++) {
      const other = d === 0 ? -1 : (joined[places[p] + d] ?? -1);
      if (other < 0) continue;
      if (row[other] === 0) met.push(other);
      row[other] += window + 1 - Math.abs(d);
    }
  }
  return Int32Array.from(met).sort();
}

/** Exponent of the context counts, which makes pairs with rare words less extreme (Levy, Goldberg and Dagan, 2015). */
const SMOOTHING = 0.75;

/** Tokens between two progress reports. */
const EVERY = 1 << 16;

/** How information is computed. */
export interface InformationOptions {
  /** Tokens on each side that count as near. */
  readonly window: number;
  /** Most pairs that are kept, 12 bytes each; of a word with too many, the most frequent. Default 12 million. */
  readonly pairs?: number;
  /** Told how far it is. */
  readonly progress?: LearningProgress | undefined;
}

/**
 * Positive pointwise mutual information: max(0, ln(p(w, c) / (p(w) p(c)))), with p(c) from counts to the power 0.75.
 * Pairs are words at most `window` tokens apart; one at distance d counts (window + 1 - d) / window. Symmetric before
 * the logarithm; entries that are zero are left out. Works row by row: only the counts of one word are in memory.
 * @param documents Word ids in [0, words); -1 for a token that is not counted but keeps its position.
 */
export async function pairInformation(
  documents: readonly Int32Array[],
  words: number,
  { window, pairs = 12_000_000, progress }: InformationOptions,
): Promise<SparseRows> {
  const at = joinedPlaces(documents, words, window);
  const row = new Float64Array(words);
  const sums = new Float64Array(words);
  const reached = (word: number) => at.firsts[word] / (2 * Math.max(1, at.places.length));
  let met = 0;
  for (const [from, to] of blocksOf(at.firsts, EVERY)) {
    await progress?.(reached(from));
    for (let word = from; word < to; word++) {
      for (const other of metBy(word, at, window, row)) {
        sums[word] += row[other] / window;
        row[other] = 0;
        met++;
      }
    }
  }
  const most = met > pairs ? Math.max(1, Math.floor(pairs / words)) : Infinity;
  const smoothed = sums.map((sum) => (sum > 0 ? exp(SMOOTHING * log(sum)) : 0));
  const total = smoothed.reduce((sum, value) => sum + value, 0);
  const kept = new Entries();
  const starts = new Int32Array(words + 1);
  for (const [from, to] of blocksOf(at.firsts, EVERY)) {
    await progress?.(0.5 + reached(from));
    for (let word = from; word < to; word++) {
      const others = metBy(word, at, window, row);
      const least = others.length > most ? nthLargest(others, row, most) : 0;
      for (const other of others) {
        const information = log(((row[other] / window) * total) / (sums[word] * smoothed[other]));
        if (information > 0 && row[other] >= least) kept.push(other, information);
        row[other] = 0;
      }
      starts[word + 1] = kept.length;
    }
  }
  return kept.rows(starts);
}

/** The n-th largest of the values of these columns. */
function nthLargest(columns: Int32Array, row: Float64Array, n: number): number {
  return Float64Array.from(columns, (c) => row[c]).sort()[columns.length - n];
}
