/**
 * Packing: matrices laid out in the order in which the product kernels of `gemm.ts` read them.
 * All offsets and leading dimensions in words.
 */

/** B[K×N] (row-major) → panels of C columns, each [K × C]. N is a multiple of C. */
// @ts-ignore: decorator
@inline
export function packRows<C>(b: usize, ldb: usize, bp: usize, K: i32, N: i32): void {
  const COLS = offsetof<C>();
  b <<= 2; ldb <<= 2; bp <<= 2;
  for (let n = 0; n < N; n += <i32>COLS) {
    let q = b + (<usize>n << 2);
    for (let k = 0; k < K; k++) {
      if (COLS > 8) { v128.store(bp, v128.load(q, 48), 48); v128.store(bp, v128.load(q, 32), 32); }
      v128.store(bp, v128.load(q, 16), 16); v128.store(bp, v128.load(q));
      bp += COLS << 2;
      q += ldb;
    }
  }
}

/** W[N×K] (row-major) → panels of Wᵀ: panel n holds [K × C] with element (k, j) = W[n+j][k]. N multiple of C, K of 4. */
// @ts-ignore: decorator
@inline
export function packColumns<C>(w: usize, ldw: usize, bp: usize, K: i32, N: i32): void {
  const COLS = offsetof<C>();
  const LINE = COLS << 2;
  w <<= 2; ldw <<= 2; bp <<= 2;
  for (let n = 0; n < N; n += <i32>COLS) {
    for (let k = 0; k < K; k += 4) {
      for (let j: usize = 0; j < COLS; j += 4) {
        // transpose a 4×4 block
        const q = w + (<usize>n + j) * ldw + (<usize>k << 2);
        const r0 = v128.load(q), r1 = v128.load(q + ldw), r2 = v128.load(q + 2 * ldw), r3 = v128.load(q + 3 * ldw);
        const lo01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), hi01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
        const lo23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), hi23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
        const o = bp + (<usize>k * LINE) + (j << 2);
        v128.store(o, v128.shuffle<f32>(lo01, lo23, 0, 1, 4, 5));
        v128.store(o + LINE, v128.shuffle<f32>(lo01, lo23, 2, 3, 6, 7));
        v128.store(o + 2 * LINE, v128.shuffle<f32>(hi01, hi23, 0, 1, 4, 5));
        v128.store(o + 3 * LINE, v128.shuffle<f32>(hi01, hi23, 2, 3, 6, 7));
      }
    }
    bp += <usize>K * LINE;
  }
}

/**
 * Rows of A → tiles of R columns, each [K × R], for `tn`. Row k of the result is A[index[k]]; a negative index gives
 * a row of zeros; `index` = 0 takes the rows in order. M is a multiple of R; R is 6 or 4.
 */
// @ts-ignore: decorator
@inline
export function packTiles<R>(a: usize, lda: usize, index: usize, ap: usize, K: i32, M: i32): void {
  const ROWS = offsetof<R>();
  const tileBytes = <usize>K * (ROWS << 2);
  a <<= 2; lda <<= 2; index <<= 2; ap <<= 2;
  for (let k = 0; k < K; k++) {
    let row = k;
    if (index) row = load<i32>(index + (<usize>k << 2));
    let o = ap + <usize>k * (ROWS << 2);
    if (row < 0) {
      const zero = f32x4.splat(0);
      for (let m = 0; m < M; m += <i32>ROWS) {
        if (ROWS > 4) v128.store64_lane(o, zero, 0, 16);
        v128.store(o, zero);
        o += tileBytes;
      }
    } else {
      let q = a + <usize>row * lda;
      for (let m = 0; m < M; m += <i32>ROWS) {
        if (ROWS > 4) store<u64>(o, load<u64>(q, 16), 16);
        v128.store(o, v128.load(q));
        q += ROWS << 2;
        o += tileBytes;
      }
    }
  }
}
