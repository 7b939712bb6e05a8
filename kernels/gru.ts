/**
 * The point-wise part of a GRU step, PyTorch's variant (the reset gate acts on the hidden product, after its bias).
 *
 *     r = σ(G_r)   z = σ(G_z)   n = tanh(G_n + r ⊙ U_n)      U_n = W_hn h' + b_hn
 *     h = n + z ⊙ (h' - n)
 *
 * Shapes: G [rows × 3H] in gate order r, z, n; U_n [rows × H]; h, h' [rows × H] with leading dimensions `ldh`,
 * `ldhPrev` (0 for one row of zeros). H is a multiple of 8. All offsets and leading dimensions in words.
 */
import { constant, sigmoidInPlace, tanhRow } from './functions';

/** One step forward: G becomes the activations r, z, n; writes h. */
export function gruForward(g: usize, un: usize, hPrev: usize, ldhPrev: usize, h: usize, ldh: usize, rows: i32, H: i32): void {
  g <<= 2; un <<= 2; hPrev <<= 2; ldhPrev <<= 2; h <<= 2; ldh <<= 2;
  const hb = <usize>H << 2;
  for (let b = 0; b < rows; b++) {
    sigmoidInPlace(g, 2 * H);
    let pr = g, pz = g + hb, pn = g + 2 * hb, u = un;
    const end = g + hb;
    do {
      const n0 = f32x4.relaxed_madd(v128.load(pr), v128.load(u), v128.load(pn));
      const n1 = f32x4.relaxed_madd(v128.load(pr, 16), v128.load(u, 16), v128.load(pn, 16));
      v128.store(pn, n1, 16); v128.store(pn, n0);
      pr += 32; pn += 32; u += 32;
    } while (pr < end);
    pn = g + 2 * hb;
    tanhRow(pn, pn, H);
    let p = hPrev, q = h;
    const endZ = g + 2 * hb;
    do {
      const n0 = v128.load(pn), n1 = v128.load(pn, 16);
      const h0 = f32x4.relaxed_madd(v128.load(pz), f32x4.sub(v128.load(p), n0), n0);
      const h1 = f32x4.relaxed_madd(v128.load(pz, 16), f32x4.sub(v128.load(p, 16), n1), n1);
      v128.store(q, h1, 16); v128.store(q, h0);
      pz += 32; pn += 32; p += 32; q += 32;
    } while (pz < endZ);
    g += 3 * hb; un += hb; hPrev += ldhPrev; h += ldh;
  }
}

/**
 * One step backward. With dh = dhNext + dOut:
 *
 *     dn = dh ⊙ (1 - z)            dG_n = dn ⊙ (1 - n²)
 *     dG_z = dh ⊙ (h' - n) ⊙ z(1-z)
 *     dG_r = dG_n ⊙ U_n ⊙ r(1-r)   dU_n = dG_n ⊙ r
 *     dh' = dh ⊙ z                 (the part that does not pass through a product)
 *
 * G (activations) becomes dG, U_n becomes dU_n, dhNext becomes dh'.
 */
export function gruBackward(g: usize, un: usize, hPrev: usize, ldhPrev: usize, dhNext: usize, dOut: usize, ldd: usize, rows: i32, H: i32): void {
  g <<= 2; un <<= 2; hPrev <<= 2; ldhPrev <<= 2; dhNext <<= 2; dOut <<= 2; ldd <<= 2;
  const hb = <usize>H << 2;
  const one = constant(3);
  for (let b = 0; b < rows; b++) {
    let pr = g, pz = g + hb, pn = g + 2 * hb, q = dOut, p = hPrev;
    const end = g + hb;
    do {
      const h0 = f32x4.add(v128.load(dhNext), v128.load(q)), h1 = f32x4.add(v128.load(dhNext, 16), v128.load(q, 16));
      const r0 = v128.load(pr), r1 = v128.load(pr, 16), z0 = v128.load(pz), z1 = v128.load(pz, 16);
      const n0 = v128.load(pn), n1 = v128.load(pn, 16), u0 = v128.load(un), u1 = v128.load(un, 16);
      v128.store(dhNext, f32x4.mul(h1, z1), 16); v128.store(dhNext, f32x4.mul(h0, z0));
      const dn0 = f32x4.mul(f32x4.mul(h0, f32x4.sub(one, z0)), f32x4.relaxed_nmadd(n0, n0, one));
      const dn1 = f32x4.mul(f32x4.mul(h1, f32x4.sub(one, z1)), f32x4.relaxed_nmadd(n1, n1, one));
      v128.store(pn, dn1, 16); v128.store(pn, dn0);
      const dz0 = f32x4.mul(f32x4.mul(h0, f32x4.sub(v128.load(p), n0)), f32x4.mul(z0, f32x4.sub(one, z0)));
      const dz1 = f32x4.mul(f32x4.mul(h1, f32x4.sub(v128.load(p, 16), n1)), f32x4.mul(z1, f32x4.sub(one, z1)));
      v128.store(pz, dz1, 16); v128.store(pz, dz0);
      const dr0 = f32x4.mul(f32x4.mul(dn0, u0), f32x4.mul(r0, f32x4.sub(one, r0)));
      const dr1 = f32x4.mul(f32x4.mul(dn1, u1), f32x4.mul(r1, f32x4.sub(one, r1)));
      v128.store(pr, dr1, 16); v128.store(pr, dr0);
      v128.store(un, f32x4.mul(dn1, r1), 16); v128.store(un, f32x4.mul(dn0, r0));
      pr += 32; pz += 32; pn += 32; un += 32; p += 32; q += 32; dhNext += 32;
    } while (pr < end);
    g += 3 * hb; hPrev += ldhPrev; dOut += ldd;
  }
}
