/** The character n-grams of a batch as integers for the GPU. */
import { MOST_NGRAMS, ngramsBehind } from '../../../text/ngrams.ts';
import { RowLists } from './row-lists.ts';

/** Offsets in the integers of the batch. */
export class GpuNgrams {
  /** [tokens + 1] where the buckets of a token begin in `buckets`. */
  readonly starts: number;
  readonly buckets: number;
  /** The tokens of each bucket. */
  readonly lists: RowLists;
  /** [n-grams] the token of each. */
  readonly #rows: Int32Array;
  #tokens = 0;
  #count = 0;
  #different = 0;

  /** @param alloc Reserves integers; what this takes is the last of them. */
  constructor(alloc: (words: number) => number, tokens: number, buckets: number) {
    const most = tokens * MOST_NGRAMS;
    this.starts = alloc(tokens + 1);
    this.buckets = alloc(most);
    this.lists = new RowLists(alloc, buckets, most);
    this.#rows = new Int32Array(most);
  }

  /**
   * Writes the n-grams of the tokens, in the order of their rows; returns how many different buckets are listed.
   * @param sequences The documents, with n-grams behind their ids.
   * @param firstRows The first row of each time step and the end of the last one.
   * @param replaced Whether the token in a row is another one, without n-grams.
   * @param learns Whether there is a backward pass.
   */
  write(
    i: Int32Array,
    {
      sequences,
      firstRows,
      replaced,
      learns,
    }: {
      readonly sequences: readonly Int32Array[];
      readonly firstRows: Int32Array;
      readonly replaced: ((row: number) => boolean) | undefined;
      readonly learns: boolean;
    },
  ): number {
    const behind = sequences.map((ids) => ngramsBehind(ids));
    const tokens = firstRows[firstRows.length - 1];
    let count = 0;
    for (let row = 0, t = 0; row < tokens; row++) {
      if (row === firstRows[t + 1]) t++;
      i[this.starts + row] = count;
      const found = replaced?.(row) ? undefined : behind[row - firstRows[t]]?.(t);
      if (!found) continue;
      i.set(found, this.buckets + count);
      this.#rows.fill(row, count, count + found.length);
      count += found.length;
    }
    i[this.starts + tokens] = count;
    this.#tokens = tokens;
    this.#count = count;
    this.#different = learns
      ? this.lists.write(
          i,
          count,
          (e) => i[this.buckets + e],
          (e) => this.#rows[e],
        )
      : 0;
    return this.#different;
  }

  /** What the last batch has written, as ranges [from, to): there is room for far more. */
  get written(): readonly (readonly [from: number, to: number])[] {
    const { starts, buckets, lists } = this;
    const [tokens, count, different] = [this.#tokens, this.#count, this.#different];
    const whole = [
      [starts, tokens + 1],
      [buckets, count],
    ] as const;
    const listed = [
      [lists.values, different],
      [lists.starts, different + 1],
      [lists.rows, count],
    ] as const;
    return [...whole, ...(different > 0 ? listed : [])].map(([from, words]) => [from, from + words] as const);
  }
}
