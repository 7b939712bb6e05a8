/**
 * An open hash table from 64-bit keys to entries 0, 1, 2, … in the order of insertion. Text features are looked up by
 * the hash of their characters, so that no n-gram is ever cut out as a string. Two features would have to agree in 64
 * bits to be confused: with a million features, one lookup in 10^13.
 */

import { release } from '../../core/release.ts';

/** Numbers of a slot: the entry + 1 (0: free), and the upper and lower 32 bits of its key, in one line of the cache. */
const SLOT = 3;

/** The table. */
export class HashTable {
  #slots: Int32Array<ArrayBuffer>; // [capacity × SLOT]
  #capacity = 16;
  #size = 0;

  /** @param expected Entries to make room for; the table grows as needed. */
  constructor(expected = 1024) {
    while (this.#capacity < expected * 2) this.#capacity *= 2;
    this.#slots = new Int32Array(this.#capacity * SLOT);
  }

  /** Number of entries. */
  get size(): number {
    return this.#size;
  }

  /** The entry of a key given by its upper and lower 32 bits, or -1. */
  get(high: number, low: number): number {
    return this.#slots[this.#find(high, low)] - 1;
  }

  /** Entries, or -1, of the first `size` keys. Their slots are read ahead, so that the waits for memory overlap. */
  getAll(high: Int32Array, low: Int32Array, size: number, to: Int32Array): void {
    const slots = this.#slots;
    const mask = this.#capacity - 1;
    for (let i = 0; i < size; i++) to[i] = slots[(mix(high[i], low[i]) & mask) * SLOT];
    for (let i = 0; i < size; i++) to[i] = to[i] === 0 ? -1 : this.get(high[i], low[i]);
  }

  /** The entry of a key; a new one if the key is missing. */
  add(high: number, low: number): number {
    const at = this.#find(high, low);
    const entry = this.#slots[at] - 1;
    if (entry >= 0) return entry;
    this.#put(at, this.#size, high, low);
    if (++this.#size * 2 >= this.#capacity) this.#grow();
    return this.#size - 1;
  }

  /** Gives the memory back; nothing is read any more. */
  release(): void {
    release(this.#slots);
  }

  /** Where the slot of a key begins, or the free one that it would take. */
  #find(high: number, low: number): number {
    const slots = this.#slots;
    const mask = this.#capacity - 1;
    for (let slot = mix(high, low) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * SLOT;
      if (slots[at] === 0 || (slots[at + 1] === high && slots[at + 2] === low)) return at;
    }
  }

  #put(at: number, entry: number, high: number, low: number): void {
    this.#slots[at] = entry + 1;
    this.#slots[at + 1] = high;
    this.#slots[at + 2] = low;
  }

  #grow(): void {
    const old = this.#slots;
    this.#capacity *= 2;
    this.#slots = new Int32Array(this.#capacity * SLOT);
    for (let at = 0; at < old.length; at += SLOT)
      if (old[at] > 0) this.#put(this.#find(old[at + 1], old[at + 2]), old[at] - 1, old[at + 1], old[at + 2]);
    release(old);
  }
}

/** Spreads a key over the slots. */
function mix(high: number, low: number): number {
  let h = Math.imul(high ^ (low >>> 7), 0x2c1b3c6d) ^ low;
  h = Math.imul(h ^ (h >>> 15), 0x297a2d39);
  return (h ^ (h >>> 14)) >>> 0;
}
