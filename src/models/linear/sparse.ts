/** Documents as sparse rows (CSR): of most documents nearly all features are absent. */
import { SUBLINEAR, type Weighting, weighRow } from './weighting.ts';

/** A sparse matrix [rows × columns]. Row i holds `values[k]` in column `indices[k]` for k in [starts[i], starts[i+1]). */
export interface SparseRows {
  readonly rows: number;
  readonly columns: number;
  /** [rows + 1] where each row begins. */
  readonly starts: Int32Array;
  /** [nonzero] columns, ascending within a row. */
  readonly indices: Int32Array;
  /** [nonzero] */
  readonly values: Float32Array;
}

/**
 * A matrix of TF-IDF by its counts: its values follow from them when they are read, to the same bits as those of
 * {@link SparseRows}. For many documents it takes five bytes an entry in place of eight, and is a little slower to read.
 */
export interface CountedRows {
  readonly rows: number;
  readonly columns: number;
  /** [rows + 1] where each row begins. */
  readonly starts: Int32Array;
  /** [nonzero] columns, ascending within a row. */
  readonly indices: Int32Array;
  /** [nonzero] how often the feature stands in the document, 255 at most. */
  readonly counts: Uint8Array;
  /** [rows × 2] what the values of words and of characters are multiplied by. */
  readonly scales: Float64Array<ArrayBuffer>;
  readonly weighting: Weighting;
}

/** Either matrix. */
export type DocumentRows = SparseRows | CountedRows;

/** w·x_i without the intercept. */
export function dotRow(w: Float64Array, x: DocumentRows, i: number, from: number): number {
  let sum = from;
  const { starts, indices } = x;
  const end = starts[i + 1];
  if ('values' in x) {
    const { values } = x;
    for (let k = starts[i]; k < end; k++) sum += w[indices[k]] * values[k];
    return sum;
  }
  const { counts, scales } = x;
  const { idf, words } = x.weighting;
  const [byWords, byCharacters] = [scales[2 * i], scales[2 * i + 1]];
  for (let k = starts[i]; k < end; k++) {
    const f = indices[k];
    sum += w[f] * Math.fround(SUBLINEAR[counts[k]] * idf[f] * (f < words ? byWords : byCharacters));
  }
  return sum;
}

/** w += step · x_i, without the intercept. */
export function addRow(w: Float64Array, x: DocumentRows, i: number, step: number): void {
  const { starts, indices } = x;
  const end = starts[i + 1];
  if ('values' in x) {
    const { values } = x;
    for (let k = starts[i]; k < end; k++) w[indices[k]] += step * values[k];
    return;
  }
  const { counts, scales } = x;
  const { idf, words } = x.weighting;
  const [byWords, byCharacters] = [scales[2 * i], scales[2 * i + 1]];
  for (let k = starts[i]; k < end; k++) {
    const f = indices[k];
    w[f] += step * Math.fround(SUBLINEAR[counts[k]] * idf[f] * (f < words ? byWords : byCharacters));
  }
}

/** [N] ‖x_i‖² + 1: the intercept's feature is always 1. */
export function squaredNorms(x: DocumentRows): Float64Array {
  return Float64Array.from({ length: x.rows }, (_, i) => {
    let sum = 1;
    for (let k = x.starts[i]; k < x.starts[i + 1]; k++) sum += valueAt(x, i, k) ** 2;
    return sum;
  });
}

function valueAt(x: DocumentRows, i: number, k: number): number {
  if ('values' in x) return x.values[k];
  const f = x.indices[k];
  const { idf, words } = x.weighting;
  return Math.fround(SUBLINEAR[x.counts[k]] * idf[f] * x.scales[f < words ? 2 * i : 2 * i + 1]);
}

/** Collects rows one after another. */
export class SparseBuilder {
  readonly #columns: number;
  #starts = new Int32Array(1024);
  #indices: Int32Array;
  #values: Float32Array;
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
  readonly #starts: Int32Array;
  readonly #scales: Float64Array<ArrayBuffer>;
  #indices: Int32Array;
  #counts: Uint8Array;
  #rows = 0;

  /** @param nonzero Entries to make room for; it grows as needed, which takes the memory of both sizes. */
  constructor(weighting: Weighting, rows: number, nonzero = 1 << 16) {
    this.#weighting = weighting;
    this.#starts = new Int32Array(rows + 1);
    this.#scales = new Float64Array(2 * rows);
    this.#indices = new Int32Array(Math.max(1, nonzero));
    this.#counts = new Uint8Array(Math.max(1, nonzero));
  }

  /** Adds a row of `size` entries; its counts become the values of TF-IDF. */
  add(indices: Int32Array, values: Float64Array, size: number): void {
    const i = this.#rows++;
    const from = this.#starts[i];
    while (from + size > this.#indices.length) {
      this.#indices = longer(this.#indices, (n) => new Int32Array(n));
      this.#counts = longer(this.#counts, (n) => new Uint8Array(n));
    }
    for (let n = 0; n < size; n++) {
      this.#indices[from + n] = indices[n];
      this.#counts[from + n] = Math.min(255, values[n]);
    }
    this.#starts[i + 1] = from + size;
    weighRow(indices, values, size, this.#weighting, this.#scales.subarray(2 * i, 2 * i + 2));
  }

  /** The matrix of the rows. */
  finish(): CountedRows {
    return {
      rows: this.#rows,
      columns: this.#weighting.idf.length,
      ...{ starts: this.#starts, scales: this.#scales, weighting: this.#weighting },
      indices: this.#indices.subarray(0, this.#starts[this.#rows]),
      counts: this.#counts.subarray(0, this.#starts[this.#rows]),
    };
  }
}

function longer<A extends Int32Array | Float32Array | Uint8Array>(old: A, make: (length: number) => A): A {
  const copy = make(old.length * 2);
  copy.set(old);
  return copy;
}
