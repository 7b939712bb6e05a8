/** Documents as sparse rows (CSR): of most documents nearly all features are absent. */
import { release } from '../../core/release.ts';
import { SUBLINEAR, type Weighting, weighRow } from './weighting.ts';

/** A sparse matrix [rows × columns]. Row i holds `values[k]` in column `indices[k]` for k in [starts[i], starts[i+1]). */
export interface SparseRows {
  readonly rows: number;
  readonly columns: number;
  /** [rows + 1] where each row begins. */
  readonly starts: Int32Array;
  /** [nonzero] columns, ascending within a row. */
  readonly indices: Int32Array<ArrayBuffer>;
  /** [nonzero] */
  readonly values: Float32Array<ArrayBuffer>;
}

/**
 * A matrix of TF-IDF by its counts: its values follow from them when they are read, to the same bits as those of
 * {@link SparseRows}. The columns are cut into blocks of {@link BLOCK}, so that the place of a feature in its block and a
 * small count take two bytes together, in place of eight.
 */
export interface CountedRows {
  readonly rows: number;
  readonly columns: number;
  /** [rows × blocks + 1] where each block of each row begins. */
  readonly starts: Int32Array;
  /** [nonzero] columns less the first of their block, ascending within a block; in the two bits above, the count less 1. */
  readonly entries: Uint16Array<ArrayBuffer>;
  /** [rows + 1] where the large counts of each row begin: those of which the two bits are {@link LARGE}. */
  readonly largeStarts: Int32Array;
  /** The large counts, in the order of their entries, 255 at most. */
  readonly large: Uint8Array<ArrayBuffer>;
  /** [rows × 2] what the values of words and of characters are multiplied by. */
  readonly scales: Float64Array<ArrayBuffer>;
  readonly weighting: Weighting;
}

/** Bits of a place in a block, columns of a block, and what stands for a count above 3. */
const PLACE = 14;
const BLOCK = 1 << PLACE;
const LARGE = 3;
const blocksOf = (columns: number) => Math.max(1, Math.ceil(columns / BLOCK));

/** Either matrix. */
export type DocumentRows = SparseRows | CountedRows;

/** Gives the memory of a matrix back, which is not read any more. */
export function releaseRows(x: DocumentRows): void {
  if ('values' in x) release(x.indices, x.values);
  else release(x.entries, x.large);
}

/** w·x_i without the intercept. */
export function dotRow(w: Float64Array, x: DocumentRows, i: number, from: number): number {
  let sum = from;
  const { starts } = x;
  if ('values' in x) {
    const { indices, values } = x;
    const end = starts[i + 1];
    for (let k = starts[i]; k < end; k++) sum += w[indices[k]] * values[k];
    return sum;
  }
  const { entries, large, scales } = x;
  const { idf, words } = x.weighting;
  const [byWords, byCharacters] = [scales[2 * i], scales[2 * i + 1]];
  const blocks = blocksOf(x.columns);
  let next = x.largeStarts[i];
  for (let block = 0; block < blocks; block++) {
    const [first, end] = [block * BLOCK, starts[i * blocks + block + 1]];
    for (let k = starts[i * blocks + block]; k < end; k++) {
      const f = first + (entries[k] & (BLOCK - 1));
      const above = entries[k] >>> PLACE;
      const count = above < LARGE ? above + 1 : large[next++];
      sum += w[f] * Math.fround(SUBLINEAR[count] * idf[f] * (f < words ? byWords : byCharacters));
    }
  }
  return sum;
}

/** w += step · x_i, without the intercept. */
export function addRow(w: Float64Array, x: DocumentRows, i: number, step: number): void {
  const { starts } = x;
  if ('values' in x) {
    const { indices, values } = x;
    const end = starts[i + 1];
    for (let k = starts[i]; k < end; k++) w[indices[k]] += step * values[k];
    return;
  }
  const { entries, large, scales } = x;
  const { idf, words } = x.weighting;
  const [byWords, byCharacters] = [scales[2 * i], scales[2 * i + 1]];
  const blocks = blocksOf(x.columns);
  let next = x.largeStarts[i];
  for (let block = 0; block < blocks; block++) {
    const [first, end] = [block * BLOCK, starts[i * blocks + block + 1]];
    for (let k = starts[i * blocks + block]; k < end; k++) {
      const f = first + (entries[k] & (BLOCK - 1));
      const above = entries[k] >>> PLACE;
      const count = above < LARGE ? above + 1 : large[next++];
      w[f] += step * Math.fround(SUBLINEAR[count] * idf[f] * (f < words ? byWords : byCharacters));
    }
  }
}

/** [N] ‖x_i‖² + 1: the intercept's feature is always 1. */
export function squaredNorms(x: DocumentRows): Float64Array {
  const w = new Float64Array(x.columns);
  return Float64Array.from({ length: x.rows }, (_, i) => {
    addRow(w, x, i, 1);
    const norm = dotRow(w, x, i, 1);
    addRow(w, x, i, -1);
    return norm;
  });
}

/** Collects rows one after another. */
export class SparseBuilder {
  readonly #columns: number;
  #starts = new Int32Array(1024);
  #indices: Int32Array<ArrayBuffer>;
  #values: Float32Array<ArrayBuffer>;
  #rows = 0;
  #nonzero = 0;

  /** @param nonzero Entries to make room for; it grows as needed, which takes the memory of both sizes. */
  constructor(columns: number, nonzero = 1 << 16) {
    this.#columns = columns;
    this.#indices = new Int32Array(Math.max(1, nonzero));
    this.#values = new Float32Array(Math.max(1, nonzero));
  }

  /** Adds a row of `size` entries. */
  add(indices: Int32Array, values: Float64Array, size: number): void {
    while (this.#nonzero + size > this.#indices.length) {
      this.#indices = longer(this.#indices, (n) => new Int32Array(n));
      this.#values = longer(this.#values, (n) => new Float32Array(n));
    }
    this.#indices.set(indices.subarray(0, size), this.#nonzero);
    this.#values.set(values.subarray(0, size), this.#nonzero);
    this.#nonzero += size;
    if (this.#rows + 2 > this.#starts.length) this.#starts = longer(this.#starts, (n) => new Int32Array(n));
    this.#starts[++this.#rows] = this.#nonzero;
  }

  /** The matrix of the rows so far: views, as a copy would need the memory of a large matrix twice. */
  finish(): SparseRows {
    return {
      rows: this.#rows,
      columns: this.#columns,
      starts: this.#starts.subarray(0, this.#rows + 1),
      indices: this.#indices.subarray(0, this.#nonzero),
      values: this.#values.subarray(0, this.#nonzero),
    };
  }
}

/** Collects the counts of rows one after another. */
export class CountedBuilder {
  readonly #weighting: Weighting;
  readonly #blocks: number;
  readonly #starts: Int32Array;
  readonly #scales: Float64Array<ArrayBuffer>;
  readonly #largeStarts: Int32Array;
  #entries: Uint16Array<ArrayBuffer>;
  #large = new Uint8Array(1024);
  #rows = 0;

  /** @param nonzero Entries to make room for; it grows as needed, which takes the memory of both sizes. */
  constructor(weighting: Weighting, rows: number, nonzero = 1 << 16) {
    this.#weighting = weighting;
    this.#blocks = blocksOf(weighting.idf.length);
    this.#starts = new Int32Array(rows * this.#blocks + 1);
    this.#scales = new Float64Array(2 * rows);
    this.#largeStarts = new Int32Array(rows + 1);
    this.#entries = new Uint16Array(Math.max(1, nonzero));
  }

  /** Adds a row of `size` entries, ascending; its counts become the values of TF-IDF. */
  add(indices: Int32Array, values: Float64Array, size: number): void {
    const i = this.#rows++;
    const blocks = this.#blocks;
    const from = this.#starts[i * blocks];
    let next = this.#largeStarts[i];
    while (from + size > this.#entries.length)
      this.#entries = longer(this.#entries, (n) => new Uint16Array(n));
    while (next + size > this.#large.length) this.#large = longer(this.#large, (n) => new Uint8Array(n));
    let n = 0;
    for (let block = 0; block < blocks; block++) {
      const first = block * BLOCK;
      for (; n < size && indices[n] < first + BLOCK; n++) {
        const above = Math.min(LARGE, values[n] - 1);
        this.#entries[from + n] = (indices[n] - first) | (above << PLACE);
        if (above === LARGE) this.#large[next++] = Math.min(255, values[n]);
      }
      this.#starts[i * blocks + block + 1] = from + n;
    }
    this.#largeStarts[i + 1] = next;
    weighRow(indices, values, size, this.#weighting, this.#scales.subarray(2 * i, 2 * i + 2));
  }

  /** The matrix of the rows. */
  finish(): CountedRows {
    const nonzero = this.#starts[this.#rows * this.#blocks];
    return {
      rows: this.#rows,
      columns: this.#weighting.idf.length,
      ...{ starts: this.#starts, scales: this.#scales, weighting: this.#weighting },
      entries: this.#entries.subarray(0, nonzero),
      largeStarts: this.#largeStarts,
      large: this.#large.subarray(0, this.#largeStarts[this.#rows]),
    };
  }
}

function longer<A extends Int32Array | Float32Array | Uint16Array | Uint8Array>(
  old: A,
  make: (length: number) => A,
): A {
  const copy = make(old.length * 2);
  copy.set(old);
  return copy;
}
