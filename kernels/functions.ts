/**
 * exp2, sigmoid and tanh on four lanes. Constants are loaded once per kernel with `load32_splat`
 * (a splat of a literal inside a loop keeps V8 from fusing vectors).
 *
 * 2^y - 1: y = z + r with z the nearest integer and |r| <= 1/2; 2^r - 1 = r·q(r) with q of degree 5 (minimax, relative
 * error 1.1e-8, fitted by iteratively reweighted least squares); 2^z is put together from its exponent bits. Near
 * zero z = 0, so that the result keeps its *relative* precision there, and tanh with it.
 * NaN stays NaN: the clamps return their second operand when a comparison is unordered.
 */

/** -126, 126, 1.5·2²³, 1, q5 … q0, -log2 e, 2·log2 e, 2 */
const CONSTANTS: usize = memory.data<f32>([
  -126, 126, 12582912.0, 1.0,
  0.00015403512225020677, 0.0013390735257416964, 0.009618237614631653, 0.05550357326865196, 0.24022649228572845, 0.6931471824645996,
  -1.4426950408889634, 2.8853900817779268, 2.0,
]);

// @ts-ignore: decorator
@inline
export function constant(i: usize): v128 {
  return v128.load32_splat(CONSTANTS + (i << 2));
}

// @ts-ignore: decorator
@inline
export function exp2m1(y: v128, lo: v128, hi: v128, magic: v128, one: v128, q5: v128, q4: v128, q3: v128, q2: v128, q1: v128, q0: v128): v128 {
  y = f32x4.relaxed_min(hi, f32x4.relaxed_max(lo, y));
  const z = f32x4.add(y, magic);
  const r = f32x4.sub(y, f32x4.sub(z, magic));
  let q = f32x4.relaxed_madd(q5, r, q4);
  q = f32x4.relaxed_madd(q, r, q3);
  q = f32x4.relaxed_madd(q, r, q2);
  q = f32x4.relaxed_madd(q, r, q1);
  q = f32x4.relaxed_madd(q, r, q0);
  const s = i32x4.add(i32x4.shl(z, 23), one); // 2^z
  return f32x4.relaxed_madd(s, f32x4.mul(q, r), f32x4.sub(s, one));
}

/** p[0..n) = σ(p), in place; n words, a multiple of 8. Relative error below 5e-7 for x > -10, below 8e-6 everywhere above -87. */
export function sigmoidInPlace(p: usize, n: i32): void {
  const lo = constant(0), hi = constant(1), magic = constant(2), one = constant(3);
  const q5 = constant(4), q4 = constant(5), q3 = constant(6), q2 = constant(7), q1 = constant(8), q0 = constant(9);
  const scale = constant(10), two = constant(12);
  const end = p + (<usize>n << 2);
  do {
    const e0 = exp2m1(f32x4.mul(v128.load(p), scale), lo, hi, magic, one, q5, q4, q3, q2, q1, q0);
    const e1 = exp2m1(f32x4.mul(v128.load(p, 16), scale), lo, hi, magic, one, q5, q4, q3, q2, q1, q0);
    v128.store(p, f32x4.div(one, f32x4.add(two, e1)), 16);
    v128.store(p, f32x4.div(one, f32x4.add(two, e0)));
    p += 32;
  } while (p < end);
}

/** to[0..n) = tanh(from); n words, a multiple of 8. Relative error below 4e-7 everywhere, also near zero. */
export function tanhRow(from: usize, to: usize, n: i32): void {
  const lo = constant(0), hi = constant(1), magic = constant(2), one = constant(3);
  const q5 = constant(4), q4 = constant(5), q3 = constant(6), q2 = constant(7), q1 = constant(8), q0 = constant(9);
  const scale = constant(11), two = constant(12);
  const end = from + (<usize>n << 2);
  do {
    const e0 = exp2m1(f32x4.mul(v128.load(from), scale), lo, hi, magic, one, q5, q4, q3, q2, q1, q0);
    const e1 = exp2m1(f32x4.mul(v128.load(from, 16), scale), lo, hi, magic, one, q5, q4, q3, q2, q1, q0);
    v128.store(to, f32x4.div(e1, f32x4.add(e1, two)), 16);
    v128.store(to, f32x4.div(e0, f32x4.add(e0, two)));
    from += 32;
    to += 32;
  } while (from < end);
}
