/** A batch as integers for the GPU: packed as in `nn/batch.ts`, with the index arrays that its kernels read. */
import { invariant } from '../../../core/errors.ts';
import { HEAD } from '../../../engine/webgpu/kernel.ts';
import type { Capacity } from '../../../nn/batch.ts';
import { PADDING_INDEX } from '../../../nn/layers/embedding.ts';
import type { ClassifierPlan } from '../plan.ts';
import { GpuMixture } from './mixture-batch.ts';
import { GpuNgrams } from './ngram-batch.ts';
import { RowLists } from './row-lists.ts';

/** Sizes of the current batch. */
export interface BatchSize {
  readonly rows: number;
  readonly steps: number;
  readonly tokens: number;
  /** Distinct words that get a gradient, and distinct n-grams. */
  readonly ids: number;
  readonly buckets: number;
}

/** How a batch is read. */
export interface BatchReading {
  /** Whether the token in a packed row becomes `replacement`. */
  readonly replaced: ((row: number) => boolean) | undefined;
  readonly replacement: number;
  /** Whether there is a backward pass. */
  readonly learns: boolean;
  /** Words from this id on get no gradient. */
  readonly learnedIds: number;
  /** [B × C] soft labels. Default: the classes. */
  readonly targets?: ArrayLike<number> | undefined;
}

/** The integers of a batch. Offsets are indices of the array. */
export class GpuBatch {
  /** All of them, including head and numbers of the step. */
  readonly words: Int32Array<ArrayBuffer>;
  /** The same memory as floats. */
  readonly floats: Float32Array<ArrayBuffer>;
  /** [steps + 1] first row of a step; [rows] tokens of a sequence; [rows] its class. */
  readonly starts: number;
  readonly lengths: number;
  readonly labels: number;
  /** Floats [rows × C]: soft labels, those of a class where it has no others; undefined where the plan has none. */
  readonly targets: number | undefined;
  /** [tokens] word, sequence, row of the same sequence one step before and after (-1: none). */
  readonly ids: number;
  readonly sequence: number;
  readonly before: number;
  readonly after: number;
  /** The rows of each word that gets a gradient. */
  readonly lists: RowLists;
  readonly ngrams: GpuNgrams | undefined;
  readonly mixture: GpuMixture | undefined;
  readonly #capacity: Capacity;
  readonly #classes: number;
  /** Words before the n-grams. */
  readonly #fixed: number;
  size: BatchSize = { rows: 0, steps: 0, tokens: 0, ids: 0, buckets: 0 };

  constructor({ capacity, shape, training }: ClassifierPlan) {
    const { rows, tokens, steps } = capacity;
    let next: number = HEAD.words;
    const alloc = (words: number): number => {
      const at = next;
      next += words;
      return at;
    };
    this.#capacity = capacity;
    this.starts = alloc(steps + 1);
    this.lengths = alloc(rows);
    this.labels = alloc(rows);
    this.#classes = shape.classes;
    this.targets = training?.softLabels === true ? alloc(rows * shape.classes) : undefined;
    const { mixup = 0 } = training ?? {};
    this.mixture = mixup > 0 ? new GpuMixture(alloc, rows, mixup) : undefined;
    this.ids = alloc(tokens);
    this.sequence = alloc(tokens);
    this.before = alloc(tokens);
    this.after = alloc(tokens);
    this.lists = new RowLists(alloc, shape.vocabularySize, tokens);
    this.#fixed = next;
    const { ngram_buckets: buckets } = shape.model;
    this.ngrams = buckets > 0 ? new GpuNgrams(alloc, tokens, buckets) : undefined;
    this.words = new Int32Array(next);
    this.floats = new Float32Array(this.words.buffer);
  }

  /** Writes a batch, its sequences in order of falling length. */
  write(
    sequences: readonly Int32Array[],
    labels: ArrayLike<number> | undefined,
    { replaced, replacement, learns, learnedIds, targets }: BatchReading,
  ): void {
    const { words: i } = this;
    this.#writeTargets(sequences.length, labels, targets);
    const steps = sequences[0].length;
    let row = 0;
    for (let t = 0, size = sequences.length; t < steps; t++) {
      while (sequences[size - 1].length <= t) size--;
      i[this.starts + t] = row;
      const previous = t > 0 ? i[this.starts + t - 1] : 0;
      invariant(row + size <= this.#capacity.tokens, 'a batch must fit the capacity in tokens');
      for (let b = 0; b < size; b++, row++) {
        i[this.ids + row] = replaced?.(row) ? replacement : sequences[b][t];
        i[this.sequence + row] = b;
        i[this.before + row] = t > 0 ? previous + b : -1;
        i[this.after + row] = sequences[b].length > t + 1 ? row + size : -1;
      }
    }
    i[this.starts + steps] = row;
    for (const [b, { length }] of sequences.entries()) {
      invariant(b === 0 || length <= sequences[b - 1].length, 'a batch must be sorted by falling length');
      i[this.lengths + b] = length;
      i[this.labels + b] = labels ? labels[b] : 0;
    }
    const tokens = row;
    const gets = (id: number) => id !== PADDING_INDEX && id < learnedIds;
    const idOf = (k: number) => (gets(i[this.ids + k]) ? i[this.ids + k] : -1);
    const ids = learns ? this.lists.write(i, tokens, idOf, (k) => k) : 0;
    const firstRows = i.subarray(this.starts, this.starts + steps + 1);
    const buckets = this.ngrams?.write(i, { sequences, firstRows, replaced, learns }) ?? 0;
    this.size = { rows: sequences.length, steps, tokens, ids, buckets };
    i.set([sequences.length, steps, tokens, ids, buckets], HEAD.rows);
  }

  /** The words that the last batch has written, as ranges [from, to). */
  get written(): readonly (readonly [from: number, to: number])[] {
    return [[0, this.#fixed], ...(this.ngrams?.written ?? [])];
  }

  #writeTargets(
    rows: number,
    labels: ArrayLike<number> | undefined,
    soft: ArrayLike<number> | undefined,
  ): void {
    const C = this.#classes;
    invariant(soft === undefined || this.targets !== undefined, 'soft labels need a plan with softLabels');
    if (this.targets === undefined) return;
    if (soft) return this.floats.set(soft, this.targets);
    this.floats.fill(0, this.targets, this.targets + rows * C);
    for (let b = 0; b < rows; b++) this.floats[this.targets + b * C + (labels ? labels[b] : 0)] = 1;
  }
}
