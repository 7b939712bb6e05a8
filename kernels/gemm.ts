/**
 * Matrix products: C = init + A·B for activations (`nn`), C += Aᵀ·B for weight gradients (`tn`).
 *
 * One tile of C (R rows × C columns) lives in registers while k runs: 12 accumulators, 2 vectors of B and one
 * broadcast element of A fill 15 of the 16 vector registers. A tile 16 columns wide is written as four 128-bit
 * vectors, which V8 fuses into two 256-bit ones; 8 columns fit machines without that. Every element of C is summed
 * over k in ascending order with fused multiply-adds, so the tile's shape never changes a bit of the result.
 *
 * `R` and `C` are types that stand for numbers: `offsetof<R>()` is a constant, so `if (ROWS > 2)` costs nothing.
 * The build repeats the loops over k (`scripts/unroll.ts`): do not unroll them by hand, the accumulators would spill.
 * NOTE: store the vectors of a row from the highest down (V8 fuses stores only in that order).
 */

@unmanaged export class One { a: u8 }
@unmanaged export class Two { a: u16 }
@unmanaged export class Three { a: u8; b: u8; c: u8 }
@unmanaged export class Four { a: u32 }
@unmanaged export class Five { a: u8; b: u8; c: u8; d: u8; e: u8 }
@unmanaged export class Six { a: u8; b: u8; c: u8; d: u8; e: u8; f: u8 }
@unmanaged export class Eight { a: u64 }
@unmanaged export class Twelve { a: u64; b: u32 }
@unmanaged export class Sixteen { a: v128 }
@unmanaged export class TwentyFour { a: v128; b: u64 }
@unmanaged export class ThirtyTwo { a: v128; b: v128 }
@unmanaged export class FortyEight { a: v128; b: v128; c: v128 }
@unmanaged export class SixtyFour { a: v128; b: v128; c: v128; d: v128 }

/**
 * C[M×N] = init + A[M×K]·B. `bp` holds B in panels of `C` columns, each [K × C]. `ldi` = 0 repeats one row of `init`.
 * All offsets and leading dimensions in words (4 bytes). M is a multiple of R, N of C, K at least 1.
 *
 * `L`: `One` for any `lda`; otherwise `lda` must be 16·L words. The rows of A are then constants apart, so that one
 * pointer serves them all and the loop over k has five instructions fewer, which counts where two threads share a core.
 */
// @ts-ignore: decorator
@inline
export function nn<R, C, L>(a: usize, lda: usize, bp: usize, c: usize, ldc: usize, init: usize, ldi: usize, M: i32, K: i32, N: i32): void {
  const ROWS = offsetof<R>();
  const COLS = offsetof<C>();
  const FIXED = offsetof<L>() > 1;
  const APART = offsetof<L>() << 6;
  a <<= 2; lda <<= 2; bp <<= 2; c <<= 2; ldc <<= 2; init <<= 2; ldi <<= 2;
  const panelBytes = <usize>K * (COLS << 2);
  const kBytes = <usize>K << 2;
  for (let n = 0; n < N; n += <i32>COLS) {
    let tileA = a;
    let tileC = c + (<usize>n << 2);
    let tileInit = init + (<usize>n << 2);
    for (let m = 0; m < M; m += <i32>ROWS) {
      let row = tileInit;
      let c00 = v128.load(row), c01 = v128.load(row, 16);
      let c02 = c00, c03 = c00;
      if (COLS > 8) { c02 = v128.load(row, 32); c03 = v128.load(row, 48); }
      let c10 = c00, c11 = c00, c12 = c00, c13 = c00;
      let c20 = c00, c21 = c00, c22 = c00, c23 = c00;
      let c30 = c00, c31 = c00, c32 = c00, c33 = c00;
      let c40 = c00, c41 = c00, c42 = c00, c43 = c00;
      let c50 = c00, c51 = c00, c52 = c00, c53 = c00;
      if (ROWS > 1) { row += ldi; c10 = v128.load(row); c11 = v128.load(row, 16); if (COLS > 8) { c12 = v128.load(row, 32); c13 = v128.load(row, 48); } }
      if (ROWS > 2) { row += ldi; c20 = v128.load(row); c21 = v128.load(row, 16); if (COLS > 8) { c22 = v128.load(row, 32); c23 = v128.load(row, 48); } }
      if (ROWS > 3) { row += ldi; c30 = v128.load(row); c31 = v128.load(row, 16); if (COLS > 8) { c32 = v128.load(row, 32); c33 = v128.load(row, 48); } }
      if (ROWS > 4) { row += ldi; c40 = v128.load(row); c41 = v128.load(row, 16); if (COLS > 8) { c42 = v128.load(row, 32); c43 = v128.load(row, 48); } }
      if (ROWS > 5) { row += ldi; c50 = v128.load(row); c51 = v128.load(row, 16); if (COLS > 8) { c52 = v128.load(row, 32); c53 = v128.load(row, 48); } }
      let b = bp;
      let a0 = tileA;
      let a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
      if (!FIXED && ROWS > 1) a1 = a0 + lda;
      if (!FIXED && ROWS > 2) a2 = a1 + lda;
      if (!FIXED && ROWS > 3) a3 = a2 + lda;
      if (!FIXED && ROWS > 4) a4 = a3 + lda;
      if (!FIXED && ROWS > 5) a5 = a4 + lda;
      const end = a0 + kBytes;
      do { // unrolled by the build
        const b0 = v128.load(b), b1 = v128.load(b, 16);
        let b2 = b0, b3 = b0;
        if (COLS > 8) { b2 = v128.load(b, 32); b3 = v128.load(b, 48); }
        let x = v128.load32_splat(a0);
        c00 = f32x4.relaxed_madd(x, b0, c00); c01 = f32x4.relaxed_madd(x, b1, c01);
        if (COLS > 8) { c02 = f32x4.relaxed_madd(x, b2, c02); c03 = f32x4.relaxed_madd(x, b3, c03); }
        if (ROWS > 1) {
          if (FIXED) x = v128.load32_splat(a0, 1 * APART); else x = v128.load32_splat(a1);
          c10 = f32x4.relaxed_madd(x, b0, c10); c11 = f32x4.relaxed_madd(x, b1, c11);
          if (COLS > 8) { c12 = f32x4.relaxed_madd(x, b2, c12); c13 = f32x4.relaxed_madd(x, b3, c13); }
        }
        if (ROWS > 2) {
          if (FIXED) x = v128.load32_splat(a0, 2 * APART); else x = v128.load32_splat(a2);
          c20 = f32x4.relaxed_madd(x, b0, c20); c21 = f32x4.relaxed_madd(x, b1, c21);
          if (COLS > 8) { c22 = f32x4.relaxed_madd(x, b2, c22); c23 = f32x4.relaxed_madd(x, b3, c23); }
        }
        if (ROWS > 3) {
          if (FIXED) x = v128.load32_splat(a0, 3 * APART); else x = v128.load32_splat(a3);
          c30 = f32x4.relaxed_madd(x, b0, c30); c31 = f32x4.relaxed_madd(x, b1, c31);
          if (COLS > 8) { c32 = f32x4.relaxed_madd(x, b2, c32); c33 = f32x4.relaxed_madd(x, b3, c33); }
        }
        if (ROWS > 4) {
          if (FIXED) x = v128.load32_splat(a0, 4 * APART); else x = v128.load32_splat(a4);
          c40 = f32x4.relaxed_madd(x, b0, c40); c41 = f32x4.relaxed_madd(x, b1, c41);
          if (COLS > 8) { c42 = f32x4.relaxed_madd(x, b2, c42); c43 = f32x4.relaxed_madd(x, b3, c43); }
        }
        if (ROWS > 5) {
          if (FIXED) x = v128.load32_splat(a0, 5 * APART); else x = v128.load32_splat(a5);
          c50 = f32x4.relaxed_madd(x, b0, c50); c51 = f32x4.relaxed_madd(x, b1, c51);
          if (COLS > 8) { c52 = f32x4.relaxed_madd(x, b2, c52); c53 = f32x4.relaxed_madd(x, b3, c53); }
        }
        b += COLS << 2;
        a0 += 4;
        if (!FIXED && ROWS > 1) a1 += 4;
        if (!FIXED && ROWS > 2) a2 += 4;
        if (!FIXED && ROWS > 3) a3 += 4;
        if (!FIXED && ROWS > 4) a4 += 4;
        if (!FIXED && ROWS > 5) a5 += 4;
      } while (a0 < end);
      row = tileC;
      if (COLS > 8) { v128.store(row, c03, 48); v128.store(row, c02, 32); }
      v128.store(row, c01, 16); v128.store(row, c00);
      if (ROWS > 1) { row += ldc; if (COLS > 8) { v128.store(row, c13, 48); v128.store(row, c12, 32); } v128.store(row, c11, 16); v128.store(row, c10); }
      if (ROWS > 2) { row += ldc; if (COLS > 8) { v128.store(row, c23, 48); v128.store(row, c22, 32); } v128.store(row, c21, 16); v128.store(row, c20); }
      if (ROWS > 3) { row += ldc; if (COLS > 8) { v128.store(row, c33, 48); v128.store(row, c32, 32); } v128.store(row, c31, 16); v128.store(row, c30); }
      if (ROWS > 4) { row += ldc; if (COLS > 8) { v128.store(row, c43, 48); v128.store(row, c42, 32); } v128.store(row, c41, 16); v128.store(row, c40); }
      if (ROWS > 5) { row += ldc; if (COLS > 8) { v128.store(row, c53, 48); v128.store(row, c52, 32); } v128.store(row, c51, 16); v128.store(row, c50); }
      tileA += lda * ROWS;
      tileC += ldc * ROWS;
      tileInit += ldi * ROWS;
    }
    bp += panelBytes;
  }
}

/**
 * C[M×N] += Aᵀ·B with both sides packed: `ap` in tiles of R columns, each [K × R]; `bp` in panels of C columns,
 * each [K × C]. R is 6 or 4. All offsets in words. M is a multiple of R, N of C, K at least 1.
 */
// @ts-ignore: decorator
@inline
export function tn<R, C>(ap: usize, bp: usize, c: usize, ldc: usize, M: i32, K: i32, N: i32): void {
  const ROWS = offsetof<R>();
  const COLS = offsetof<C>();
  ap <<= 2; bp <<= 2; c <<= 2; ldc <<= 2;
  const panelBytes = <usize>K * (COLS << 2);
  const tileBytes = <usize>K * (ROWS << 2);
  for (let n = 0; n < N; n += <i32>COLS) {
    let tileC = c + (<usize>n << 2);
    let a = ap;
    for (let m = 0; m < M; m += <i32>ROWS) {
      let row = tileC;
      let c00 = v128.load(row), c01 = v128.load(row, 16);
      let c02 = c00, c03 = c00;
      if (COLS > 8) { c02 = v128.load(row, 32); c03 = v128.load(row, 48); }
      row += ldc;
      let c10 = v128.load(row), c11 = v128.load(row, 16);
      let c12 = c00, c13 = c00;
      if (COLS > 8) { c12 = v128.load(row, 32); c13 = v128.load(row, 48); }
      row += ldc;
      let c20 = v128.load(row), c21 = v128.load(row, 16);
      let c22 = c00, c23 = c00;
      if (COLS > 8) { c22 = v128.load(row, 32); c23 = v128.load(row, 48); }
      row += ldc;
      let c30 = v128.load(row), c31 = v128.load(row, 16);
      let c32 = c00, c33 = c00;
      if (COLS > 8) { c32 = v128.load(row, 32); c33 = v128.load(row, 48); }
      let c40 = c00, c41 = c00, c42 = c00, c43 = c00;
      let c50 = c00, c51 = c00, c52 = c00, c53 = c00;
      if (ROWS > 4) {
        row += ldc; c40 = v128.load(row); c41 = v128.load(row, 16);
        if (COLS > 8) { c42 = v128.load(row, 32); c43 = v128.load(row, 48); }
        row += ldc; c50 = v128.load(row); c51 = v128.load(row, 16);
        if (COLS > 8) { c52 = v128.load(row, 32); c53 = v128.load(row, 48); }
      }
      let b = bp;
      const end = a + tileBytes;
      do { // unrolled by the build
        const b0 = v128.load(b), b1 = v128.load(b, 16);
        let b2 = b0, b3 = b0;
        if (COLS > 8) { b2 = v128.load(b, 32); b3 = v128.load(b, 48); }
        let x = v128.load32_splat(a);
        c00 = f32x4.relaxed_madd(x, b0, c00); c01 = f32x4.relaxed_madd(x, b1, c01);
        if (COLS > 8) { c02 = f32x4.relaxed_madd(x, b2, c02); c03 = f32x4.relaxed_madd(x, b3, c03); }
        x = v128.load32_splat(a, 4);
        c10 = f32x4.relaxed_madd(x, b0, c10); c11 = f32x4.relaxed_madd(x, b1, c11);
        if (COLS > 8) { c12 = f32x4.relaxed_madd(x, b2, c12); c13 = f32x4.relaxed_madd(x, b3, c13); }
        x = v128.load32_splat(a, 8);
        c20 = f32x4.relaxed_madd(x, b0, c20); c21 = f32x4.relaxed_madd(x, b1, c21);
        if (COLS > 8) { c22 = f32x4.relaxed_madd(x, b2, c22); c23 = f32x4.relaxed_madd(x, b3, c23); }
        x = v128.load32_splat(a, 12);
        c30 = f32x4.relaxed_madd(x, b0, c30); c31 = f32x4.relaxed_madd(x, b1, c31);
        if (COLS > 8) { c32 = f32x4.relaxed_madd(x, b2, c32); c33 = f32x4.relaxed_madd(x, b3, c33); }
        if (ROWS > 4) {
          x = v128.load32_splat(a, 16);
          c40 = f32x4.relaxed_madd(x, b0, c40); c41 = f32x4.relaxed_madd(x, b1, c41);
          if (COLS > 8) { c42 = f32x4.relaxed_madd(x, b2, c42); c43 = f32x4.relaxed_madd(x, b3, c43); }
          x = v128.load32_splat(a, 20);
          c50 = f32x4.relaxed_madd(x, b0, c50); c51 = f32x4.relaxed_madd(x, b1, c51);
          if (COLS > 8) { c52 = f32x4.relaxed_madd(x, b2, c52); c53 = f32x4.relaxed_madd(x, b3, c53); }
        }
        b += COLS << 2;
        a += ROWS << 2;
      } while (a < end);
      row = tileC;
      if (COLS > 8) { v128.store(row, c03, 48); v128.store(row, c02, 32); }
      v128.store(row, c01, 16); v128.store(row, c00);
      row += ldc;
      if (COLS > 8) { v128.store(row, c13, 48); v128.store(row, c12, 32); }
      v128.store(row, c11, 16); v128.store(row, c10);
      row += ldc;
      if (COLS > 8) { v128.store(row, c23, 48); v128.store(row, c22, 32); }
      v128.store(row, c21, 16); v128.store(row, c20);
      row += ldc;
      if (COLS > 8) { v128.store(row, c33, 48); v128.store(row, c32, 32); }
      v128.store(row, c31, 16); v128.store(row, c30);
      if (ROWS > 4) {
        row += ldc;
        if (COLS > 8) { v128.store(row, c43, 48); v128.store(row, c42, 32); }
        v128.store(row, c41, 16); v128.store(row, c40);
        row += ldc;
        if (COLS > 8) { v128.store(row, c53, 48); v128.store(row, c52, 32); }
        v128.store(row, c51, 16); v128.store(row, c50);
      }
      tileC += ldc * ROWS;
    }
    bp += panelBytes;
  }
}
