/**
 * An open hash table from 64-bit keys to entries 0, 1, 2, … in the order of insertion. Text features are looked up by
 * the hash of their characters, so that no n-gram is ever cut out as a string. Two features would have to agree in 64
 * bits to be confused: with a million features, one lookup in 10^13.
 */

import { release } from '../../core/release.ts';

/** The table. */
export class HashTable {
  #slots: Int32Array<ArrayBuffer>; // [capacity] entry + 1; 0 = free
  #keys: Int32Array<ArrayBuffer>; // [entries × 2] upper and lower 32 bits
  #size = 0;

  /** @param expected Entries to make room for; the table grows as needed. */
  constructor(expected = 1024) {
    let capacity = 16;
    while (capacity < expected * 2) capacity *= 2;
    this.#slots = new Int32Array(capacity);
    this.#keys = new Int32Array(capacity);
  }

  /** Number of entries. */
  get size(): number {
    return this.#size;
  }

  /** The entry of a key given by its upper and lower 32 bits, or -1. */
  get(high: number, low: number): number {
    const [slots, keys] = [this.#slots, this.#keys];
    const mask = slots.length - 1;
    for (let slot = mix(high, low) & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] - 1;
      if (entry < 0) return -1;
      if (keys[2 * entry] === high && keys[2 * entry + 1] === low) return entry;
    }
  }

  /** The entry of a key; a new one if the key is missing. */
  add(high: number, low: number): number {
    const mask = this.#slots.length - 1;
    let slot = mix(high, low) & mask;
    for (; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] - 1;
      if (entry < 0) break;
      if (this.#keys[2 * entry] === high && this.#keys[2 * entry + 1] === low) return entry;
    }
    const entry = this.#size++;
    this.#slots[slot] = entry + 1;
    this.#keys[2 * entry] = high;
    this.#keys[2 * entry + 1] = low;
    if (this.#size * 2 >= this.#slots.length) this.#grow();
    return entry;
  }

  /** Gives the memory back; nothing is read any more. */
  release(): void {
    release(this.#slots, this.#keys);
  }

  #grow(): void {
    const capacity = this.#slots.length * 2;
    const mask = capacity - 1;
    const slots = new Int32Array(capacity);
    for (let entry = 0; entry < this.#size; entry++) {
      let slot = mix(this.#keys[2 * entry], this.#keys[2 * entry + 1]) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry + 1;
    }
    const keys = new Int32Array(capacity);
    keys.set(this.#keys);
    this.#slots = slots;
    this.#keys = keys;
  }
}

/** Spreads a key over the slots. */
function mix(high: number, low: number): number {
  let h = Math.imul(high ^ (low >>> 7), 0x2c1b3c6d) ^ low;
  h = Math.imul(h ^ (h >>> 15), 0x297a2d39);
  return (h ^ (h >>> 14)) >>> 0;
}
