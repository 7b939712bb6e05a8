/**
 * Inverted dropout with masks from a hash of (key, element), so that a mask depends on nothing but its name:
 * not on threads, not on the order of calls. The backward pass is the same call on the gradient.
 *
 * Element e of the stream `key` is kept when hash(e, key) >= threshold (unsigned), threshold = p · 2³².
 * The hash is two rounds of xor-shift and multiply; `src/engine/reference/dropout.ts` states it in plain loops.
 */

// @ts-ignore: decorator
@inline
function hash(e: v128, key: v128): v128 {
  let x = i32x4.add(e, key);
  x = v128.xor(x, i32x4.shr_u(x, 16));
  x = i32x4.mul(x, i32x4.splat(0x21f0aaad));
  x = v128.xor(x, i32x4.shr_u(x, 15));
  x = i32x4.mul(x, i32x4.splat(0x735a2d97));
  return v128.xor(x, i32x4.shr_u(x, 15));
}

/**
 * to = from ⊙ mask / (1 - p), rows × n, both with leading dimension `ld`; `keep` = 1 / (1 - p).
 * Row k uses the elements (first + k)·n … of the stream. n is a multiple of 4. Offsets in words.
 */
export function dropout(to: usize, from: usize, ld: usize, key: i32, first: i32, threshold: u32, keep: f32, rows: i32, n: i32): void {
  to <<= 2; from <<= 2; ld <<= 2;
  const k = i32x4.splat(key), factor = f32x4.splat(keep), four = i32x4.splat(4);
  // unsigned comparison through a signed one: flip the sign bits
  const sign = i32x4.splat(0x80000000), limit = i32x4.splat(<i32>threshold ^ 0x80000000);
  const spread = i32x4.splat(<i32>0x9e3779b1);
  for (let row = 0; row < rows; row++) {
    let e = i32x4.add(i32x4.splat((first + row) * n), i32x4(0, 1, 2, 3));
    let p = from, q = to;
    const end = from + (<usize>n << 2);
    while (p < end) {
      const x = v128.xor(hash(i32x4.mul(e, spread), k), sign);
      v128.store(q, v128.and(f32x4.mul(v128.load(p), factor), i32x4.ge_s(x, limit)));
      e = i32x4.add(e, four);
      p += 16; q += 16;
    }
    from += ld; to += ld;
  }
}
