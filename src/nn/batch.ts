/**
 * A batch without padding. The sequences lie in order of falling length and the tokens of one time step side by side
 * (the layout of PyTorch's PackedSequence): step t has `size(t)` rows from row `start(t)`, and row `start(t) + b` is
 * token t of sequence b. No arithmetic is ever spent on padding.
 *
 *     lengths 3, 2, 1:   t = 0: rows 0 1 2   t = 1: rows 3 4   t = 2: row 5
 *
 * The batch lives in the model's memory, so that every thread sees it.
 */
import type { Arena } from '../core/arena.ts';
import { invariant } from '../core/errors.ts';
import type { DocumentRows } from '../engine/contract.ts';
import { MOST_NGRAMS, ngramsBehind } from '../text/ngrams.ts';

/** The largest batch that a model has room for. */
export interface Capacity {
  /** Sequences. */
  readonly rows: number;
  /** Tokens in all. */
  readonly tokens: number;
  /** Time steps: the longest sequence. */
  readonly steps: number;
}

/** Word offsets of the batch's arrays (all int32) and access to them. */
export class Batch {
  /** The largest batch that fits. */
  readonly capacity: Capacity;
  readonly #i: () => Int32Array;
  readonly #head: number;
  /** int32 [steps]: rows of step t. */
  readonly #sizes: number;
  /** int32 [steps + 1]: first row of step t. */
  readonly #starts: number;
  /** int32 [rows]: tokens of sequence b. */
  readonly #lengths: number;
  /** int32 [tokens]: token ids, packed. */
  readonly ids: number;
  /** int32 [tokens]: row of the same sequence one step earlier, -1 at the first. Read by the forward direction. */
  readonly before: number;
  /** int32 [tokens]: row of the same sequence one step later, -1 at the last. Read by the reverse direction. */
  readonly after: number;
  /** int32 [rows]: class of sequence b. */
  readonly labels: number;
  readonly #targets: number;

  /** int32 [tokens]: n-grams of each token, packed; and int32 [tokens × MOST_NGRAMS]: their buckets. -1: there are none. */
  readonly #ngramCounts: number;
  readonly #ngrams: number;

  /** What it has memory for: the n-grams of tokens, and soft labels of this many classes (0: none). */
  constructor(
    arena: Arena,
    capacity: Capacity,
    memory: () => Int32Array,
    { ngrams = false, softClasses = 0 }: { readonly ngrams?: boolean; readonly softClasses?: number } = {},
  ) {
    this.capacity = capacity;
    this.#i = memory;
    this.#head = arena.alloc('batch.head', 4);
    this.#sizes = arena.alloc('batch.sizes', capacity.steps);
    this.#starts = arena.alloc('batch.starts', capacity.steps + 1);
    this.#lengths = arena.alloc('batch.lengths', capacity.rows);
    this.ids = arena.alloc('batch.ids', capacity.tokens);
    this.before = arena.alloc('batch.before', capacity.tokens);
    this.after = arena.alloc('batch.after', capacity.tokens);
    this.labels = arena.alloc('batch.labels', capacity.rows);
    this.#targets = softClasses > 0 ? arena.alloc('batch.targets', capacity.rows * softClasses) : -1;
    this.#ngramCounts = ngrams ? arena.alloc('batch.ngramCounts', capacity.tokens) : -1;
    this.#ngrams = ngrams ? arena.alloc('batch.ngrams', capacity.tokens * MOST_NGRAMS) : -1;
  }

  /** Sequences in the batch. */
  get rows(): number {
    return this.#i()[this.#head];
  }
  /** Time steps: tokens of the longest sequence. */
  get steps(): number {
    return this.#i()[this.#head + 1];
  }
  /** Tokens in all. */
  get tokens(): number {
    return this.#i()[this.#head + 2];
  }
  /** Offset of the soft labels of the batch, float [rows × C]; undefined where it has classes. */
  get targets(): number | undefined {
    return this.#i()[this.#head + 3] === 1 ? this.#targets : undefined;
  }
  /** Rows of step t, 0 beyond the ends. */
  size(t: number): number {
    return t < 0 || t >= this.steps ? 0 : this.#i()[this.#sizes + t];
  }
  /** First row of step t. */
  start(t: number): number {
    return this.#i()[this.#starts + t];
  }
  /** The rows of sequence b from time step `first` on, in matrices of n columns. */
  rowsOf(b: number, n: number, first = 0): DocumentRows {
    return { starts: this.#starts, b, first, steps: this.length(b), n, ld: n };
  }
  /** Tokens of sequence b. */
  length(b: number): number {
    return this.#i()[this.#lengths + b];
  }

  /** Where the buckets of the n-grams of a packed token begin, and where they end. */
  ngramsOf(row: number): readonly [from: number, to: number] {
    const at = this.#ngrams + row * MOST_NGRAMS;
    return [at, at + this.#i()[this.#ngramCounts + row]];
  }

  /** Puts another token, without n-grams, in the place of a packed one. */
  replace(row: number, id: number): void {
    const i = this.#i();
    i[this.ids + row] = id;
    if (this.#ngrams >= 0) i[this.#ngramCounts + row] = 0;
  }

  /**
   * Writes a batch.
   * @param sequences Token ids, at least one each, in order of falling length.
   * @param labels Class per sequence; left out for prediction.
   * @param soft Where soft labels go: the memory as floating-point words, and `[B × C]` of them.
   */
  write(
    sequences: readonly Int32Array[],
    labels?: ArrayLike<number>,
    soft?: { readonly f: Float32Array | Float64Array; readonly targets: ArrayLike<number> },
  ): void {
    const i = this.#i();
    const rows = sequences.length;
    const steps = sequences[0].length;
    const ngrams = this.#ngrams < 0 ? [] : sequences.map((ids) => ngramsBehind(ids));
    i[this.#head] = rows;
    i[this.#head + 1] = steps;
    i[this.#head + 3] = soft ? 1 : 0;
    if (soft) {
      invariant(this.#targets >= 0, 'soft labels need a plan with softLabels');
      soft.f.set(soft.targets, this.#targets);
    }
    let row = 0;
    for (let t = 0, size = rows; t < steps; t++) {
      while (sequences[size - 1].length <= t) size--;
      i[this.#sizes + t] = size;
      i[this.#starts + t] = row;
      const previous = t > 0 ? i[this.#starts + t - 1] : 0;
      for (let b = 0; b < size; b++) {
        i[this.ids + row + b] = sequences[b][t];
        if (this.#ngrams >= 0) {
          const buckets = ngrams[b]?.(t) ?? [];
          i[this.#ngramCounts + row + b] = buckets.length;
          i.set(buckets, this.#ngrams + (row + b) * MOST_NGRAMS);
        }
        i[this.before + row + b] = t > 0 ? previous + b : -1;
        i[this.after + row + b] = sequences[b].length > t + 1 ? row + size + b : -1;
      }
      row += size;
      invariant(row <= this.capacity.tokens, 'a batch must fit the capacity in tokens');
    }
    i[this.#starts + steps] = row;
    i[this.#head + 2] = row;
    for (let b = 0; b < rows; b++) {
      invariant(
        b === 0 || sequences[b].length <= sequences[b - 1].length,
        'a batch must be sorted by falling length',
      );
      i[this.#lengths + b] = sequences[b].length;
      i[this.labels + b] = labels ? labels[b] : 0;
    }
  }
}
