/**
 * Special functions of the normal distribution from IEEE arithmetic alone, with the same bits on every engine.
 * Error bounds are stated per function and tested in `math-special.test.ts` against 40-digit values. The polynomials
 * are Chebyshev fits of relative error below 2e-17; `test/golden/special/make.py --coefficients` prints them.
 */
import { exp, log } from './math.ts';

const SQRT_HALF = 0.7071067811865476;
/** ln √(2π) */
const LN_SQRT_2PI = 0.9189385332046728;

/** A polynomial, the highest power first, in u = scale · t - shift, which is in [-1, 1]. */
interface Piece {
  readonly scale: number;
  readonly shift: number;
  readonly coefficients: Float64Array;
}

/** erf(x)/x in t = x² over [0, 1]. */
const ERF = piece(
  0,
  1,
  [
    -3.80659122412214e-13, 9.21125018742823e-12, -2.035231956483527e-10, 4.1157515002658844e-9,
    -7.51156925108609e-8, 0.0000012233827638093574, -0.0000175371694412802, 0.00021751715603563488,
    -0.0022854855611440855, 0.019852496688984218, -0.1405360890227171, 0.9654687386698673,
  ],
);

/** x·exp(x²)·erfc(x) in t = 1/x over [0, ⅛], [⅛, ¼], [¼, ½], [½, 1]. */
const TAIL = [
  piece(
    0,
    0.125,
    [
      -8.993322177266044e-14, 1.6449123874561635e-12, -3.226668786369221e-13, -9.391380002012115e-11,
      3.1929365745751187e-10, 5.309974361066639e-9, -4.18199856078862e-8, -3.336198895524858e-7,
      0.000005568155782955125, 0.000024612012925387348, -0.0010641152761699524, -0.002178410581095734,
      0.5630940451988934,
    ],
  ),
  piece(
    0.125,
    0.25,
    [
      -5.028752354145749e-13, 2.4805537241609696e-12, 1.8015507782290927e-11, -3.6765859483795025e-10,
      1.7813544753482125e-9, 2.0514155824698893e-8, -4.027017264399833e-7, 0.000001237995783781025,
      0.000052213305759156475, -0.0008157912375091989, -0.005993561956300757, 0.5547541131463941,
    ],
  ),
  piece(
    0.25,
    0.5,
    [
      5.117715008375994e-13, -1.167368639930931e-12, -7.853781792195643e-12, 9.151391141990193e-11,
      -5.169064788514061e-10, 1.2682723547370898e-9, 8.113112745849411e-9, -1.2191968548744908e-7,
      7.486050965524007e-7, -0.0000011538109368208837, -0.000028389142313739947, 0.00034622662915596337,
      -0.0014381248079935892, -0.018948191196769583, 0.530860349316975,
    ],
  ),
  piece(
    0.5,
    1,
    [
      -2.4398315334080278e-12, 9.678493521670722e-12, -1.8850641424171487e-11, 1.892899934285864e-12,
      3.3564960827514737e-10, -2.7594328919444718e-9, 1.5041376217890252e-8, -6.190463620076879e-8,
      1.6981368810553445e-7, 3.422973117966253e-8, -0.000004423080518138124, 0.00003680539054988557,
      -0.00019713177832962194, 0.0006295812459832145, 0.0012092420392931552, -0.04227024444636883,
      0.46817959203854037,
    ],
  ),
] as const;

function piece(from: number, to: number, coefficients: readonly number[]): Piece {
  const width = to - from;
  return { scale: 2 / width, shift: (from + to) / width, coefficients: Float64Array.from(coefficients) };
}

function evaluate({ scale, shift, coefficients }: Piece, t: number): number {
  const u = scale * t - shift;
  let sum = coefficients[0];
  for (let n = 1; n < coefficients.length; n++) sum = sum * u + coefficients[n];
  return sum;
}

/** exp(x²)·erfc(x) for x ≥ 1. */
function scaledErfc(x: number): number {
  const t = 1 / x;
  return t * evaluate(t < 0.25 ? (t < 0.125 ? TAIL[0] : TAIL[1]) : t < 0.5 ? TAIL[2] : TAIL[3], t);
}

/** exp(-factor · x²), without the error of rounding x²; factor 1 or ½. */
function gauss(x: number, factor = 1): number {
  if (x > 40) return 0;
  const high = Math.fround(x);
  return exp(-factor * high * high) * exp(-factor * (x - high) * (x + high));
}

/** The error function 2/√π ∫₀ˣ exp(-t²) dt; relative error below 1e-15. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size <= 1) return x * evaluate(ERF, x * x);
  if (size > 6) return Math.sign(x);
  return Math.sign(x) * (1 - gauss(size) * scaledErfc(size));
}

/** 1 - erf(x); relative error below 2e-15 for results in the normal range. */
export function erfc(x: number): number {
  if (x < 1) return 1 - erf(x);
  return gauss(x) * scaledErfc(x);
}

/** ln(1 + x); relative error below 1e-15. */
export function log1p(x: number): number {
  const sum = 1 + x;
  if (sum === 1) return x;
  return sum === Infinity ? Infinity : log(sum) * (x / (sum - 1));
}

/** eˣ - 1; relative error below 2e-15. */
export function expm1(x: number): number {
  if (Math.abs(x) > 1) return exp(x) - 1;
  const power = exp(x);
  if (power === 1) return x;
  return (power - 1) * (x / log(power));
}

/** ln Φ(x), Φ the cumulative distribution of N(0, 1); relative error below 2e-15 also far in both tails. */
export function logNdtr(x: number): number {
  const z = x * SQRT_HALF;
  if (z < -1) return log(0.5 * scaledErfc(-z)) - 0.5 * x * x;
  if (z <= 0) return log(0.5 * (1 + erf(z)));
  if (z < 1) return log1p(-0.5 * (1 - erf(z)));
  return log1p(-0.5 * gauss(x, 0.5) * scaledErfc(z));
}

/**
 * The inverse of `logNdtr`: the x with ln Φ(x) = y; relative error below 1e-13. `ndtriExp(0) = ∞`,
 * `ndtriExp(-∞) = -∞`, NaN for y > 0.
 */
export function ndtriExp(y: number): number {
  if (y === 0) return Infinity;
  if (y === -Infinity) return -Infinity;
  if (!(y < 0)) return NaN;
  // close to 0, the other tail is the accurate one: Φ(-x) = 1 - eʸ
  return y > -0.01 ? -solveLogNdtr(log(-expm1(y))) : solveLogNdtr(y);
}

/** Halley's method on ln Φ(x) - y. */
function solveLogNdtr(y: number): number {
  let x = y < -5 ? tailGuess(y) : -0.5513288954217921 * log(expm1(-y)); // logistic: √3/π ln(e⁻ʸ - 1)
  for (let n = 0; n < 50; n++) {
    const value = logNdtr(x);
    const slope = exp(-0.5 * x * x - LN_SQRT_2PI - value);
    const newton = (value - y) / slope;
    const step = newton / (1 + 0.5 * newton * (x + slope));
    x -= step;
    // the error is the cube of the step
    if (Math.abs(step) <= 1e-6 * Math.max(1, Math.abs(x))) break;
  }
  return x;
}

/** From Φ(x) ≈ exp(-x²/2)/(√(2π)·|x|) for x ≪ 0. */
function tailGuess(y: number): number {
  const square = -2 * (y + LN_SQRT_2PI);
  return -Math.sqrt(square - log(square));
}
