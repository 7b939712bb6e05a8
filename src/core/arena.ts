/**
 * One block of memory per model: every array is a word offset (4 bytes) handed out once, when the model is built.
 * Nothing is allocated while a model trains, and the same calls in the same order give the same offsets in every
 * thread.
 */
import { UnsupportedError } from './errors.ts';

/** Words per vector row: every offset and every row length inside a model is a multiple of this. */
export const LANE = 16;

/** The first word that arenas hand out; the 64 KiB below belong to the kernel module (its constants). */
export const FIRST_WORD = 16384;

/** A wasm32 memory holds at most 2³² bytes. */
const LAST_WORD = 2 ** 30;

/** Rounds a row length up to whole vectors. The columns added are zero in parameters and stay zero. */
export function padded(n: number): number {
  return Math.ceil(n / LANE) * LANE;
}

/** Hands out offsets; `words` is what a memory needs in the end. */
export class Arena {
  #next = FIRST_WORD;
  readonly #table: { name: string; offset: number; words: number }[] = [];

  /** Reserves `words` words, aligned to 64 bytes, and returns the offset of the first. */
  alloc(name: string, words: number): number {
    const offset = this.#next;
    this.#table.push({ name, offset, words });
    this.#next += padded(words);
    if (this.#next > LAST_WORD) {
      const largest = [...this.#table].sort((a, b) => b.words - a.words)[0];
      const gib = ((this.#next * 4) / 2 ** 30).toFixed(1);
      throw new UnsupportedError(
        `[model] must fit into 4 GiB of memory, but needs more than ${gib} GiB (largest part: ${largest.name}). ` +
          'Lower train.batch_size, text.max_length, model.hidden_size or text.vocabulary_size.',
      );
    }
    return offset;
  }

  /** Words from 0 to the end of the last array. */
  get words(): number {
    return this.#next;
  }

  /** All reservations, in order. */
  get table(): readonly { readonly name: string; readonly offset: number; readonly words: number }[] {
    return this.#table;
  }
}
