/**
 * Optimiser updates and the gradient norm, over one contiguous range of parameters.
 * n is a multiple of 8. All offsets in words. `clip` multiplies the gradient first (1 = no clipping).
 */

/**
 * Adam and AdamW (Kingma and Ba, 2015; Loshchilov and Hutter, 2019), PyTorch's order of operations:
 *
 *     g = clip·g + l2·p;  p = decay·p;  m += (1-β₁)(g - m);  v = β₂v + (1-β₂)g²;  p -= step · m / (√v·root + ε)
 *
 * step = lr / (1-β₁ᵗ), root = 1 / √(1-β₂ᵗ); Adam: decay = 1; AdamW: l2 = 0, decay = 1 - lr·λ.
 */
export function adam(p: usize, g: usize, m: usize, v: usize, n: i32, clip: f32, l2: f32, decay: f32, oneMinusBeta1: f32, beta2: f32, oneMinusBeta2: f32, step: f32, root: f32, eps: f32): void {
  p <<= 2; g <<= 2; m <<= 2; v <<= 2;
  const vClip = f32x4.splat(clip), vL2 = f32x4.splat(l2), vDecay = f32x4.splat(decay), vB1 = f32x4.splat(oneMinusBeta1);
  const vBeta2 = f32x4.splat(beta2), vB2 = f32x4.splat(oneMinusBeta2), vStep = f32x4.splat(step), vRoot = f32x4.splat(root), vEps = f32x4.splat(eps);
  const end = p + (<usize>n << 2);
  while (p < end) {
    const p0 = v128.load(p), p1 = v128.load(p, 16), m0 = v128.load(m), m1 = v128.load(m, 16), v0 = v128.load(v), v1 = v128.load(v, 16);
    const g0 = f32x4.relaxed_madd(vL2, p0, f32x4.mul(vClip, v128.load(g))), g1 = f32x4.relaxed_madd(vL2, p1, f32x4.mul(vClip, v128.load(g, 16)));
    const n0 = f32x4.relaxed_madd(vB1, f32x4.sub(g0, m0), m0), n1 = f32x4.relaxed_madd(vB1, f32x4.sub(g1, m1), m1);
    v128.store(m, n1, 16); v128.store(m, n0);
    const w0 = f32x4.relaxed_madd(f32x4.mul(vB2, g0), g0, f32x4.mul(vBeta2, v0)), w1 = f32x4.relaxed_madd(f32x4.mul(vB2, g1), g1, f32x4.mul(vBeta2, v1));
    v128.store(v, w1, 16); v128.store(v, w0);
    const d0 = f32x4.relaxed_madd(f32x4.sqrt(w0), vRoot, vEps), d1 = f32x4.relaxed_madd(f32x4.sqrt(w1), vRoot, vEps);
    v128.store(p, f32x4.relaxed_nmadd(vStep, f32x4.div(n1, d1), f32x4.mul(vDecay, p1)), 16);
    v128.store(p, f32x4.relaxed_nmadd(vStep, f32x4.div(n0, d0), f32x4.mul(vDecay, p0)));
    p += 32; g += 32; m += 32; v += 32;
  }
}

/**
 * SGD with momentum, PyTorch's form:
 *
 *     g = clip·g + l2·p;  u = momentum·u + damp·g;  p -= lr · (direct·g + follow·u)
 *
 * Plain: direct = 1, follow = 0. Momentum: 0, 1. Nesterov: 1, momentum. `damp` is 1 - dampening (1 at the first step).
 */
export function sgd(p: usize, g: usize, u: usize, n: i32, clip: f32, l2: f32, momentum: f32, damp: f32, direct: f32, follow: f32, lr: f32): void {
  p <<= 2; g <<= 2; u <<= 2;
  const vClip = f32x4.splat(clip), vL2 = f32x4.splat(l2), vMomentum = f32x4.splat(momentum), vDamp = f32x4.splat(damp);
  const vDirect = f32x4.splat(direct), vFollow = f32x4.splat(follow), vLr = f32x4.splat(lr);
  const end = p + (<usize>n << 2);
  while (p < end) {
    const p0 = v128.load(p), p1 = v128.load(p, 16);
    const g0 = f32x4.relaxed_madd(vL2, p0, f32x4.mul(vClip, v128.load(g))), g1 = f32x4.relaxed_madd(vL2, p1, f32x4.mul(vClip, v128.load(g, 16)));
    const u0 = f32x4.relaxed_madd(vMomentum, v128.load(u), f32x4.mul(vDamp, g0)), u1 = f32x4.relaxed_madd(vMomentum, v128.load(u, 16), f32x4.mul(vDamp, g1));
    v128.store(u, u1, 16); v128.store(u, u0);
    const d0 = f32x4.relaxed_madd(vFollow, u0, f32x4.mul(vDirect, g0)), d1 = f32x4.relaxed_madd(vFollow, u1, f32x4.mul(vDirect, g1));
    v128.store(p, f32x4.relaxed_nmadd(vLr, d1, p1), 16);
    v128.store(p, f32x4.relaxed_nmadd(vLr, d0, p0));
    p += 32; g += 32; u += 32;
  }
}

/** Σ g² over n words, in float64: four running sums (one per lane pair), added at the end in a fixed order. */
export function sumSquares(g: usize, n: i32): f64 {
  g <<= 2;
  let s0 = f64x2.splat(0), s1 = s0;
  const end = g + (<usize>n << 2);
  while (g < end) {
    const x = v128.load(g);
    const lo = f64x2.promote_low_f32x4(x);
    const hi = f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 0));
    s0 = f64x2.add(s0, f64x2.mul(lo, lo));
    s1 = f64x2.add(s1, f64x2.mul(hi, hi));
    g += 16;
  }
  return f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1) + (f64x2.extract_lane(s1, 0) + f64x2.extract_lane(s1, 1));
}
