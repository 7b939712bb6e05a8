/**
 * SHA-256 (FIPS 180-4) as a plain synchronous function: the browser's own is asynchronous, and a data set's
 * fingerprint is needed where nothing can wait.
 */

const K = new Int32Array(64);
const INITIAL = new Int32Array(8);

/** The constants are the fractional parts of cube and square roots of the first primes. */
(function fillConstants() {
  // exact by integer search: floating-point roots may differ in their last bit between engines
  const root = (n: bigint, power: bigint): bigint => {
    let low = 0n;
    let high = n + 1n;
    while (high - low > 1n) {
      const middle = (low + high) / 2n;
      if (middle ** power <= n) low = middle;
      else high = middle;
    }
    return low;
  };
  const isPrime = (n: number) => {
    for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
    return true;
  };
  let found = 0;
  for (let candidate = 2; found < 64; candidate++) {
    if (!isPrime(candidate)) continue;
    const n = BigInt(candidate);
    K[found] = Number(root(n << 96n, 3n) & 0xffffffffn);
    if (found < 8) INITIAL[found] = Number(root(n << 64n, 2n) & 0xffffffffn);
    found++;
  }
})();

/** A running SHA-256. */
export interface Sha256 {
  /** Adds bytes, or text as UTF-8. */
  update(data: Uint8Array | string): Sha256;
  /** The digest as 64 hexadecimal digits; nothing can be added after it. */
  hex(): string;
}

/** Starts a SHA-256. */
export function createSha256(): Sha256 {
  const state = Int32Array.from(INITIAL);
  const block = new Uint8Array(64);
  const words = new Int32Array(64);
  const encoder = new TextEncoder();
  let filled = 0;
  let length = 0;

  const add = (bytes: Uint8Array) => {
    length += bytes.length;
    let at = 0;
    while (at < bytes.length) {
      if (filled === 0 && bytes.length - at >= 64) {
        compress(state, bytes, at, words);
        at += 64;
        continue;
      }
      const part = bytes.subarray(at, at + 64 - filled);
      block.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled === 64) {
        compress(state, block, 0, words);
        filled = 0;
      }
    }
  };

  const sha: Sha256 = {
    update(data) {
      add(typeof data === 'string' ? encoder.encode(data) : data);
      return sha;
    },
    hex() {
      const bits = length * 8;
      const padding = new Uint8Array(((119 - filled) % 64) + 9);
      padding[0] = 0x80;
      const tail = new DataView(padding.buffer);
      tail.setUint32(padding.length - 8, Math.floor(bits / 0x100000000));
      tail.setUint32(padding.length - 4, bits >>> 0);
      add(padding);
      return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
    },
  };
  return sha;
}

const rotate = (x: number, n: number) => (x >>> n) | (x << (32 - n));

/** Adds the 64 bytes from `at` on. `w` is a workspace of 64 words. */
function compress(state: Int32Array, bytes: Uint8Array, at: number, w: Int32Array): void {
  for (let t = 0, i = at; t < 16; t++, i += 4)
    w[t] = (bytes[i] << 24) | (bytes[i + 1] << 16) | (bytes[i + 2] << 8) | bytes[i + 3];
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15];
    const y = w[t - 2];
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let t = 0; t < 64; t++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + sum1 + ((e & f) ^ (~e & g)) + K[t] + w[t]) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}
