/** The normal distribution N(0, 1) cut to [a, b]: mass, density, inverse, accurate also where the cut is far out in a tail. */
import { exp, log } from '../../../core/math.ts';
import { erf, expm1, log1p, logNdtr, ndtriExp } from '../../../core/math-special.ts';

const SQRT_HALF = 0.7071067811865476;
/** ln √(2π) */
export const LN_SQRT_2PI = 0.9189385332046728;

/** Φ(-9) is below 2e-19: negligible beside 1. */
const FAR = 9;

/** ln(Φ(b) - Φ(a)) for a ≤ b, ±Infinity allowed. */
export function logMass(a: number, b: number): number {
  if (a < -FAR && b > FAR) return 0;
  const width = b - a;
  const middle = a + 0.5 * width;
  if (width * Math.max(1, Math.abs(middle)) < 1e-3) {
    // the density at the middle with a second-order term; the remainder is below 1e-15
    const square = middle * middle;
    return log(width) - 0.5 * square - LN_SQRT_2PI + ((square - 1) * width * width) / 24;
  }
  if (b <= 0) return logMassLeft(a, b);
  if (a > 0) return logMassLeft(-b, -a);
  return log(0.5 * (erf(b * SQRT_HALF) - erf(a * SQRT_HALF)));
}

/** For b ≤ 0; the right tail is mirrored, since Φ is close to 1 there. */
function logMassLeft(a: number, b: number): number {
  const upper = logNdtr(b);
  return upper + log(-expm1(logNdtr(a) - upper));
}

/** The log density at x; -Infinity outside [a, b], NaN where a = b. */
export function logPdf(x: number, a: number, b: number): number {
  if (a === b) return NaN;
  return x < a || x > b ? -Infinity : -0.5 * x * x - LN_SQRT_2PI - logMass(a, b);
}

/** The quantile q in [a, b]; NaN where a = b. */
export function quantile(q: number, a: number, b: number): number {
  if (a === b) return NaN;
  if (q <= 0) return a;
  if (q >= 1) return b;
  const mass = logMass(a, b);
  const x =
    a < 0 ? ndtriExp(logSum(logNdtr(a), log(q) + mass)) : -ndtriExp(logSum(logNdtr(-b), log1p(-q) + mass));
  return Math.min(Math.max(x, a), b);
}

/** ln(eˣ + eʸ) */
function logSum(x: number, y: number): number {
  const [low, high] = x < y ? [x, y] : [y, x];
  return low === -Infinity ? high : high + log1p(exp(low - high));
}
