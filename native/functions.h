/*
 * 2^y - 1, sigmoid and tanh, operation by operation as kernels/functions.ts computes them; error bounds stand there.
 */
#pragma once
#include "vector.h"

/*
 * 2^y - 1 for y clamped to ±126: y = z + r with z the nearest integer (adding 1.5·2²³ rounds) and |r| <= 1/2;
 * 2^r - 1 = r·q(r); 2^z from its exponent bits.
 */
INLINE vec exp2m1(vec y) {
  const vec one = all(1), magic = all(12582912.0f);
  y = least(all(126), most(all(-126), y));
  const vec z = y + magic, r = y - (z - magic);
  vec q = madd(all(0.00015403512225020677f), r, all(0.0013390735257416964f));
  q = madd(q, r, all(0.009618237614631653f));
  q = madd(q, r, all(0.05550357326865196f));
  q = madd(q, r, all(0.24022649228572845f));
  q = madd(q, r, all(0.6931471824645996f));
  const vec s = (vec)(((ivec)z << 23) + (ivec)one); /* 2^z */
  return madd(s, q * r, s - one);
}

/* σ(x) = 1 / (2 + (e^-x - 1)) */
INLINE vec sigmoid(vec x) { return all(1) / (all(2) + exp2m1(x * all(-1.4426950408889634f))); }

/* tanh(x) = e / (e + 2) with e = e^2x - 1 */
INLINE vec tangent(vec x) {
  const vec e = exp2m1(x * all(2.8853900817779268f));
  return e / (e + all(2));
}
