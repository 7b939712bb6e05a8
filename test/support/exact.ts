/** Elementary functions to 200 bits and more in integers, as the truth for tests: fixed point, x stands for x · 2^BITS. */

/** Bits after the point: a double of any size is exact. */
const BITS = 1300n;
const ONE = 1n << BITS;

const words = new DataView(new ArrayBuffer(8));

/** A finite double, exactly. */
export function fixed(x: number): bigint {
  words.setFloat64(0, Math.abs(x));
  const bits = words.getBigUint64(0);
  const exponent = bits >> 52n;
  const mantissa = (bits & ((1n << 52n) - 1n)) | (exponent === 0n ? 0n : 1n << 52n);
  const shift = BITS + (exponent === 0n ? 1n : exponent) - 1075n;
  return (x < 0 ? -mantissa : mantissa) << shift;
}

/** Distance of the doubles around x. */
export function ulp(x: number): number {
  words.setFloat64(0, Math.abs(x));
  const bits = words.getBigUint64(0);
  if (bits === 0n) return Number.MIN_VALUE;
  words.setBigUint64(0, bits + 1n);
  const above = words.getFloat64(0);
  return above === Infinity ? Math.abs(x) * 2 ** -53 : above - Math.abs(x);
}

/** How far a double is from the truth, in units in the last place of the double. */
export function ulpError(got: number, truth: bigint): number {
  // 10 bits behind the point of a ulp are enough to compare with a bound
  return Number(((fixed(got) - truth) * 1024n) / fixed(ulp(got))) / 1024;
}

/** 2 atanh(n / d) = 2 Σ (n/d)^(2i+1) / (2i+1). */
function twiceAtanh(n: bigint, d: bigint): bigint {
  let power = (n * ONE) / d;
  const square = (power * power) >> BITS;
  let sum = 0n;
  for (let i = 1n; power !== 0n; i += 2n) {
    sum += power / i;
    power = (power * square) >> BITS;
  }
  return 2n * sum;
}

const LN2 = twiceAtanh(1n, 3n);

/** arctan(1 / d). */
function arctanOf(d: bigint): bigint {
  let power = ONE / d;
  let sum = 0n;
  for (let i = 1n, sign = 1n; power !== 0n; i += 2n, sign = -sign) {
    sum += (sign * power) / i;
    power /= d * d;
  }
  return sum;
}

/** π, by Machin's formula. */
const PI = 4n * (4n * arctanOf(5n) - arctanOf(239n));

const roundedQuotient = (a: bigint, b: bigint): bigint => {
  const doubled = 2n * a + b;
  const quotient = doubled / (2n * b);
  return doubled < 0n && doubled % (2n * b) !== 0n ? quotient - 1n : quotient;
};

/** Σ x^i / i!, every `step`-th term with alternating sign for step 2. */
function series(x: bigint, step: 1n | 2n): bigint {
  const factor = step === 1n ? x : -((x * x) >> BITS);
  let term = ONE;
  let sum = 0n;
  // divided, not shifted: a shift would stay at -1 and never end
  for (let i = 0n; term !== 0n; i += step) {
    sum += term;
    term = (term * factor) / ONE / (step === 1n ? i + 1n : (i + 1n) * (i + 2n));
  }
  return sum;
}

/** Halvings of the argument of e^x, each undone by a square: the series then needs a third of its terms. */
const HALVINGS = 16n;

/** e^x. */
export function exactExp(x: number): bigint {
  const k = roundedQuotient(fixed(x), LN2);
  let result = series((fixed(x) - k * LN2) >> HALVINGS, 1n);
  for (let i = 0n; i < HALVINGS; i++) result = (result * result) >> BITS;
  return k >= 0n ? result << k : result >> -k;
}

/** ln (1 + i/32) for i below 32: what is left of a number after division by its neighbour is close to 1. */
const LOGS = Array.from({ length: 32 }, (_, i) => twiceAtanh(BigInt(i), BigInt(64 + i)));

/** ln x, for x > 0. */
export function exactLog(x: number): bigint {
  let k = 0n;
  let m = fixed(x);
  for (; m >= 2n * ONE; k++) m >>= 1n;
  for (; m < ONE; k--) m <<= 1n;
  const i = (m - ONE) / (ONE >> 5n);
  const near = ONE + i * (ONE >> 5n);
  return twiceAtanh(m - near, m + near) + LOGS[Number(i)] + k * LN2;
}

/** cos x. */
export function exactCos(x: number): bigint {
  return series(fixed(x) - roundedQuotient(fixed(x), 2n * PI) * 2n * PI, 2n);
}
