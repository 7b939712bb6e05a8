/**
 * Seeded random numbers. A generator is always passed in; the library has no global one. The stream is xoshiro128**
 * 1.1 (Blackman and Vigna, 2018), seeded through splitmix32.
 *
 * Streams that must not disturb each other are split by *name*, not by order of use: `rng.fork('shuffle', epoch)` is
 * the same stream whatever was drawn from `rng` before. So a resumed run needs no generator state: epoch 7 shuffles
 * the same whether or not epochs 0 to 6 ran in this process.
 */
import { log } from './math.ts';

/** A stream of random numbers. */
export interface Rng {
  /** The next 32 random bits, an integer in [0, 2^32). */
  u32(): number;
  /** Uniform in [0, 1), 53 random bits. */
  float(): number;
  /** Uniform in [low, high). */
  uniform(low: number, high: number): number;
  /** Uniform integer in [0, n), unbiased. */
  int(n: number): number;
  /** Standard normal, N(0, 1). */
  normal(): number;
  /** Shuffles `items` in place (Fisher-Yates) and returns it. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T;
  /** An independent stream named by `keys`; depends only on this stream's seed and the keys. */
  fork(...keys: (string | number)[]): Rng;
  /** The seed of this stream, an integer in [0, 2^32). */
  readonly seed: number;
}

/** Creates a stream from an integer seed. */
export function createRng(seed: number): Rng {
  return new Xoshiro128(seed >>> 0);
}

/** Mixes a 32-bit state: one output of splitmix32. */
export function mix32(x: number): number {
  x = (x + 0x9e3779b9) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** A 32-bit hash of a seed and a list of keys; the same keys give the same hash on every machine. */
export function hashKeys(seed: number, keys: readonly (string | number)[]): number {
  let h = mix32(seed);
  for (const key of keys) {
    const text = typeof key === 'number' ? `#${key}` : `$${key}`;
    for (let i = 0; i < text.length; i++) h = mix32(h ^ text.charCodeAt(i));
    h = mix32(h ^ 0x5bd1e995);
  }
  return h;
}

class Xoshiro128 implements Rng {
  readonly seed: number;
  readonly #state: Int32Array; // [4]
  #spare: number | undefined;

  constructor(seed: number) {
    this.seed = seed;
    const a = mix32(seed);
    const b = mix32(a);
    const c = mix32(b);
    this.#state = Int32Array.of(a, b, c, mix32(c) | 1); // never the all-zero state
  }

  u32(): number {
    return this.#next() >>> 0;
  }

  /** The next 32 bits as a signed integer, which takes no memory. */
  #next(): number {
    const state = this.#state;
    const b = state[1];
    const times5 = Math.imul(b, 5);
    const result = Math.imul((times5 << 7) | (times5 >>> 25), 9);
    const c = state[2] ^ state[0];
    const d = state[3] ^ b;
    state[1] = b ^ c;
    state[0] ^= d;
    state[2] = c ^ (b << 9);
    state[3] = (d << 11) | (d >>> 21);
    return result;
  }

  float(): number {
    const high = this.u32() >>> 5; // 27 bits
    const low = this.u32() >>> 6; // 26 bits
    return (high * 67108864 + low) / 9007199254740992;
  }

  uniform(low: number, high: number): number {
    return low + (high - low) * this.float();
  }

  int(n: number): number {
    let x = this.#next() >>> 0;
    // all below the largest multiple of n; a division of floats is slow, so most draws go without
    if (x >= 4294967296 - n) {
      const limit = 4294967296 - (4294967296 % n);
      while (x >= limit) x = this.#next() >>> 0;
    }
    return n < 4294967296 ? x % (n >>> 0) : x;
  }

  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    // Marsaglia's polar method: two normals from a point in the unit disc
    let u: number;
    let v: number;
    let s: number;
    do {
      u = 2 * this.float() - 1;
      v = 2 * this.float() - 1;
      s = u * u + v * v;
    } while (s >= 1 || s === 0);
    const scale = Math.sqrt((-2 * log(s)) / s);
    this.#spare = v * scale;
    return u * scale;
  }

  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const swap = items[i];
      items[i] = items[j];
      items[j] = swap;
    }
    return items;
  }

  fork(...keys: (string | number)[]): Rng {
    return new Xoshiro128(hashKeys(this.seed, keys));
  }
}
