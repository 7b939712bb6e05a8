/** Student's t distribution, from IEEE arithmetic alone. */
import { exp, log } from '../core/math.ts';

/** P(T > t) for t ≥ 0 and any `df` above 0; absolute error below 1e-12 for df up to 10,000. */
export function studentTail(t: number, df: number): number {
  if (t === Infinity) return 0;
  return 0.5 * incompleteBeta(df / (df + t * t), df / 2, 0.5);
}

/** t with P(T ≤ t) = p, p in [0.5, 1): by halving, as far as a double goes. */
export function studentQuantile(p: number, df: number): number {
  let [low, high] = [0, 1];
  while (1 - studentTail(high, df) < p) high *= 2;
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (1 - studentTail(middle, df) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** A mean with its standard error, tested against 0. */
export interface StudentTest {
  /** Of the mean, at the confidence asked for. */
  readonly interval: readonly [lower: number, upper: number];
  /** Two-sided p of "the mean is 0", in [0, 1]. */
  readonly p: number;
  /** Mean by its standard error; infinite where nothing varies. */
  readonly t: number;
}

/** Student's t-test of a mean with the standard error `error` and `df` degrees of freedom. */
export function studentTest(
  mean: number,
  { error, df, confidence }: { readonly error: number; readonly df: number; readonly confidence: number },
): StudentTest {
  // without variance, a mean of 0 means no difference, and any other mean a certain one
  const t = error > 0 ? mean / error : mean === 0 ? 0 : Math.sign(mean) * Infinity;
  const reach = studentQuantile((1 + confidence) / 2, df) * error;
  return {
    interval: [mean - reach, mean + reach],
    p: Math.min(1, 2 * studentTail(Math.abs(t), df)),
    t,
  };
}

/** The regularised incomplete beta function I_x(a, b), x in [0, 1] (Lentz's continued fraction). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // the fraction converges fast on this side of the mean
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(1 - x)) / a;
  const tiny = 1e-300;
  const kept = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / kept(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / kept(1 + even * d);
    c = kept(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / kept(1 + odd * d);
    c = kept(1 + odd / c);
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return front * fraction;
}

/** log Γ(x), x > 0, by Stirling's series from 12 on; absolute error below 1e-13 for x up to 100. */
export function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < 12; z++) shift += log(z);
  const inverse = 1 / (z * z);
  const series = 1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)));
  return (z - 0.5) * log(z) - z + 0.9189385332046727 + series / z - shift; // log √(2π)
}
