/**
 * The Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998), seeded with one integer. Only used to order the grid
 * as Optuna does, since a study may have workers of both.
 */

const N = 624;
const M = 397;

/** A stream of 32 random bits each, integers in [0, 2^32). */
export function mersenne(seed: number): () => number {
  const state = new Uint32Array(N);
  state[0] = seed;
  for (let i = 1; i < N; i++) {
    const last = state[i - 1] ^ (state[i - 1] >>> 30);
    state[i] = Math.imul(1812433253, last) + i;
  }
  let at = 0;
  return () => {
    // each word is renewed just before it is used
    const mixed = (state[at] & 0x80000000) | (state[(at + 1) % N] & 0x7fffffff);
    state[at] = state[(at + M) % N] ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    let y = state[at];
    at = (at + 1) % N;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
}

/** Shuffles 0, 1, …, n - 1 as NumPy's `RandomState(seed).shuffle` does a list; n up to 2^31. */
export function mersenneOrder(n: number, seed: number): Uint32Array {
  const next = mersenne(seed);
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const mask = 2 ** (32 - Math.clz32(i)) - 1;
    let j = i + 1;
    while (j > i) j = (next() & mask) >>> 0;
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
