/** Documents as sparse rows (CSR): of most documents nearly all features are absent. */

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

/** Collects rows one after another. */
export class SparseBuilder {
  readonly #columns: number;
  #starts = new Int32Array(1024);
  #indices: Int32Array;
  #values: Float32Array;
  #rows = 0;
  #nonzero = 0;

  /** @param nonzero Entries to make room for; it grows beyond them by itself, which needs the memory of both sizes. */
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

function longer<A extends Int32Array | Float32Array>(old: A, make: (length: number) => A): A {
  const copy = make(old.length * 2);
  copy.set(old);
  return copy;
}
