/**
 * The point-wise part of a vanilla RNN step: h = tanh(G) or h = max(G, 0).
 * Shapes: G [rows × H]; h [rows × H] with leading dimension `ldh`. H is a multiple of 8. All offsets in words.
 */
import { constant, tanhRow } from './functions';

/** h = tanh(G). */
export function rnnTanhForward(g: usize, h: usize, ldh: usize, rows: i32, H: i32): void {
  g <<= 2; h <<= 2; ldh <<= 2;
  for (let b = 0; b < rows; b++) {
    tanhRow(g, h, H);
    g += <usize>H << 2; h += ldh;
  }
}

/** h = max(G, 0); NaN stays NaN. */
export function rnnReluForward(g: usize, h: usize, ldh: usize, rows: i32, H: i32): void {
  g <<= 2; h <<= 2; ldh <<= 2;
  const zero = f32x4.splat(0);
  for (let b = 0; b < rows; b++) {
    let q = h;
    const end = g + (<usize>H << 2);
    do {
      const g0 = v128.load(g), g1 = v128.load(g, 16);
      v128.store(q, v128.andnot(g1, f32x4.lt(g1, zero)), 16);
      v128.store(q, v128.andnot(g0, f32x4.lt(g0, zero)));
      g += 32; q += 32;
    } while (g < end);
    h += ldh;
  }
}

/** dG = (dhNext + dOut) ⊙ (1 - h²). Writes dG [rows × H]. */
export function rnnTanhBackward(g: usize, h: usize, ldh: usize, dhNext: usize, dOut: usize, ldd: usize, rows: i32, H: i32): void {
  g <<= 2; h <<= 2; ldh <<= 2; dhNext <<= 2; dOut <<= 2; ldd <<= 2;
  const one = constant(3);
  for (let b = 0; b < rows; b++) {
    let p = h, q = dOut;
    const end = g + (<usize>H << 2);
    do {
      const h0 = v128.load(p), h1 = v128.load(p, 16);
      const d0 = f32x4.add(v128.load(dhNext), v128.load(q)), d1 = f32x4.add(v128.load(dhNext, 16), v128.load(q, 16));
      v128.store(g, f32x4.mul(d1, f32x4.relaxed_nmadd(h1, h1, one)), 16);
      v128.store(g, f32x4.mul(d0, f32x4.relaxed_nmadd(h0, h0, one)));
      g += 32; p += 32; q += 32; dhNext += 32;
    } while (g < end);
    h += ldh; dOut += ldd;
  }
}

/** dG = (dhNext + dOut) where h > 0, else 0 (PyTorch's subgradient at 0). Writes dG [rows × H]. */
export function rnnReluBackward(g: usize, h: usize, ldh: usize, dhNext: usize, dOut: usize, ldd: usize, rows: i32, H: i32): void {
  g <<= 2; h <<= 2; ldh <<= 2; dhNext <<= 2; dOut <<= 2; ldd <<= 2;
  const zero = f32x4.splat(0);
  for (let b = 0; b < rows; b++) {
    let p = h, q = dOut;
    const end = g + (<usize>H << 2);
    do {
      const d0 = f32x4.add(v128.load(dhNext), v128.load(q)), d1 = f32x4.add(v128.load(dhNext, 16), v128.load(q, 16));
      v128.store(g, v128.andnot(d1, f32x4.le(v128.load(p, 16), zero)), 16);
      v128.store(g, v128.andnot(d0, f32x4.le(v128.load(p), zero)));
      g += 32; p += 32; q += 32; dhNext += 32;
    } while (g < end);
    h += ldh; dOut += ldd;
  }
}
