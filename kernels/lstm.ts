/**
 * The point-wise part of an LSTM step (the matrix products are in `gemm.ts`).
 *
 *     i = σ(G_i)   f = σ(G_f)   g = tanh(G_g)   o = σ(G_o)
 *     c = f ⊙ c' + i ⊙ g        h = o ⊙ tanh(c)
 *
 * Shapes: G [rows × 4H] in gate order i, f, g, o; c, tc = tanh(c) [rows × H]; h [rows × H] with leading dimension
 * `ldh`; c' (the state before) with leading dimension `ldcPrev`, 0 for one row of zeros. H is a multiple of 8.
 * All offsets and leading dimensions in words.
 */
import { constant, sigmoidInPlace, tanhRow } from './functions';

function cell(g: usize, cPrev: usize, c: usize, H: i32): void {
  const hb = <usize>H << 2, gg = hb + hb;
  const end = g + hb;
  do {
    const c0 = f32x4.relaxed_madd(v128.load(g + hb), v128.load(cPrev), f32x4.mul(v128.load(g), v128.load(g + gg)));
    const c1 = f32x4.relaxed_madd(v128.load(g + hb, 16), v128.load(cPrev, 16), f32x4.mul(v128.load(g, 16), v128.load(g + gg, 16)));
    v128.store(c, c1, 16);
    v128.store(c, c0);
    g += 32; cPrev += 32; c += 32;
  } while (g < end);
}

function gate(o: usize, tc: usize, h: usize, H: i32): void {
  const end = o + (<usize>H << 2);
  do {
    const h0 = f32x4.mul(v128.load(o), v128.load(tc)), h1 = f32x4.mul(v128.load(o, 16), v128.load(tc, 16));
    v128.store(h, h1, 16);
    v128.store(h, h0);
    o += 32; tc += 32; h += 32;
  } while (o < end);
}

/** One step forward: G becomes the gates' activations; writes c, tc and h. */
export function lstmForward(g: usize, cPrev: usize, ldcPrev: usize, c: usize, tc: usize, h: usize, ldh: usize, rows: i32, H: i32): void {
  g <<= 2; cPrev <<= 2; ldcPrev <<= 2; c <<= 2; tc <<= 2; h <<= 2; ldh <<= 2;
  const hb = <usize>H << 2;
  for (let b = 0; b < rows; b++) {
    sigmoidInPlace(g, 2 * H);
    tanhRow(g + 2 * hb, g + 2 * hb, H);
    sigmoidInPlace(g + 3 * hb, H);
    cell(g, cPrev, c, H);
    tanhRow(c, tc, H);
    gate(g + 3 * hb, tc, h, H);
    g += 4 * hb; cPrev += ldcPrev; c += hb; tc += hb; h += ldh;
  }
}

/**
 * One step backward. With dh = dhNext + dOut (what the next step and the layer above send back):
 *
 *     dc += dh ⊙ o ⊙ (1 - tanh(c)²)
 *     dG_o = dh ⊙ tanh(c) ⊙ o(1-o)    dG_i = dc ⊙ g ⊙ i(1-i)
 *     dG_f = dc ⊙ c' ⊙ f(1-f)         dG_g = dc ⊙ i ⊙ (1-g²)
 *     dc' = dc ⊙ f
 *
 * G (activations) becomes dG; dc [rows × H] is read and becomes dc'. dhNext [rows × H], dOut with leading dimension `ldd`.
 */
export function lstmBackward(g: usize, cPrev: usize, ldcPrev: usize, tc: usize, dhNext: usize, dOut: usize, ldd: usize, dc: usize, rows: i32, H: i32): void {
  g <<= 2; cPrev <<= 2; ldcPrev <<= 2; tc <<= 2; dhNext <<= 2; dOut <<= 2; ldd <<= 2; dc <<= 2;
  const hb = <usize>H << 2;
  const one = constant(3);
  for (let b = 0; b < rows; b++) {
    let pi = g, pf = g + hb, pg = g + 2 * hb, po = g + 3 * hb, q = dOut, cp = cPrev;
    const end = g + hb;
    do {
      const h0 = f32x4.add(v128.load(dhNext), v128.load(q)), h1 = f32x4.add(v128.load(dhNext, 16), v128.load(q, 16));
      const i0 = v128.load(pi), i1 = v128.load(pi, 16), f0 = v128.load(pf), f1 = v128.load(pf, 16);
      const g0 = v128.load(pg), g1 = v128.load(pg, 16), o0 = v128.load(po), o1 = v128.load(po, 16);
      const t0 = v128.load(tc), t1 = v128.load(tc, 16);
      const c0 = f32x4.relaxed_madd(f32x4.mul(h0, o0), f32x4.relaxed_nmadd(t0, t0, one), v128.load(dc));
      const c1 = f32x4.relaxed_madd(f32x4.mul(h1, o1), f32x4.relaxed_nmadd(t1, t1, one), v128.load(dc, 16));
      const r0 = f32x4.mul(f32x4.mul(h0, t0), f32x4.mul(o0, f32x4.sub(one, o0)));
      const r1 = f32x4.mul(f32x4.mul(h1, t1), f32x4.mul(o1, f32x4.sub(one, o1)));
      v128.store(po, r1, 16); v128.store(po, r0);
      const s0 = f32x4.mul(f32x4.mul(c0, g0), f32x4.mul(i0, f32x4.sub(one, i0)));
      const s1 = f32x4.mul(f32x4.mul(c1, g1), f32x4.mul(i1, f32x4.sub(one, i1)));
      v128.store(pi, s1, 16); v128.store(pi, s0);
      const u0 = f32x4.mul(f32x4.mul(c0, v128.load(cp)), f32x4.mul(f0, f32x4.sub(one, f0)));
      const u1 = f32x4.mul(f32x4.mul(c1, v128.load(cp, 16)), f32x4.mul(f1, f32x4.sub(one, f1)));
      v128.store(pf, u1, 16); v128.store(pf, u0);
      const w0 = f32x4.mul(f32x4.mul(c0, i0), f32x4.relaxed_nmadd(g0, g0, one));
      const w1 = f32x4.mul(f32x4.mul(c1, i1), f32x4.relaxed_nmadd(g1, g1, one));
      v128.store(pg, w1, 16); v128.store(pg, w0);
      v128.store(dc, f32x4.mul(c1, f1), 16); v128.store(dc, f32x4.mul(c0, f0));
      pi += 32; pf += 32; pg += 32; po += 32; dc += 32; tc += 32; cp += 32; dhNext += 32; q += 32;
    } while (pi < end);
    g += 4 * hb; cPrev += ldcPrev; dOut += ldd;
  }
}
