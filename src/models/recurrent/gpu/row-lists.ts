/** The different values of a batch, such as its words, and the rows of each: kernels add up rows by value in this order. */

/** Offsets in the integers of the batch. */
export class RowLists {
  /** The different values; where the rows of each begin in `rows`, one more; the rows in order. */
  readonly values: number;
  readonly starts: number;
  readonly rows: number;
  /** Place of a value among the different ones; -1 outside `write`. */
  readonly #place: Int32Array;

  /** @param limit Values are below it. @param entries Most of them in a batch. */
  constructor(alloc: (words: number) => number, limit: number, entries: number) {
    const different = Math.min(limit, entries);
    this.values = alloc(different);
    this.starts = alloc(different + 1);
    this.rows = alloc(entries);
    this.#place = new Int32Array(limit).fill(-1);
  }

  /**
   * Lists entries 0 … count-1; returns how many different values they have.
   * @param valueOf The value of an entry; -1: it is left out.
   */
  write(
    i: Int32Array,
    count: number,
    valueOf: (entry: number) => number,
    rowOf: (entry: number) => number,
  ): number {
    const { values, starts, rows } = this;
    const place = this.#place;
    let different = 0;
    for (let e = 0; e < count; e++) {
      const value = valueOf(e);
      if (value < 0) continue;
      if (place[value] < 0) {
        place[value] = different;
        i[values + different] = value;
        i[starts + ++different] = 0;
      }
      i[starts + place[value] + 1]++;
    }
    i[starts] = 0;
    for (let u = 0; u < different; u++) i[starts + u + 1] += i[starts + u];
    const next = i.slice(starts, starts + different);
    for (let e = 0; e < count; e++) {
      const value = valueOf(e);
      if (value >= 0) i[rows + next[place[value]]++] = rowOf(e);
    }
    for (let u = 0; u < different; u++) place[i[values + u]] = -1;
    return different;
  }
}
