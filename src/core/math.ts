/**
 * Elementary functions from IEEE arithmetic alone (+ − × ÷ √), so that every engine (Node, Chromium, Firefox,
 * Safari) returns the same bits; `Math.exp`, `Math.log` and `Math.cos` may differ between them.
 * Error bounds are stated per function and tested in `math.test.ts`.
 */

const LN2_HI = 6.9314718036912381649e-1;
const LN2_LO = 1.90821492927058770002e-10;

const buffer = new DataView(new ArrayBuffer(8));

/** 2^k for integer k in [-1074, 1023]. */
function pow2(k: number): number {
  if (k < -1022) return pow2(k + 54) * 2 ** -54;
  buffer.setUint32(0, (k + 1023) << 20);
  buffer.setUint32(4, 0);
  return buffer.getFloat64(0);
}

/** e^x; error below 1 ulp. NaN, ±∞, overflow and underflow as `Math.exp`. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019411) return 0;
  // x = k ln2 + r, |r| <= ln2/2; e^r by its Taylor series (terms below 2^-60 left out)
  const k = Math.round(x / 0.6931471805599453);
  const r = x - k * LN2_HI - k * LN2_LO;
  const t2 = r * (r / 2);
  const t3 = t2 * (r / 3);
  const t4 = t3 * (r / 4);
  const t5 = t4 * (r / 5);
  const t6 = t5 * (r / 6);
  const t7 = t6 * (r / 7);
  const t8 = t7 * (r / 8);
  const t9 = t8 * (r / 9);
  const t10 = t9 * (r / 10);
  const t11 = t10 * (r / 11);
  const t12 = t11 * (r / 12);
  const t13 = t12 * (r / 13);
  const t14 = t13 * (r / 14);
  // smallest terms first
  const small = t7 + (t8 + (t9 + (t10 + (t11 + (t12 + (t13 + t14))))));
  const y = 1 + (r + (t2 + (t3 + (t4 + (t5 + (t6 + small))))));
  return k > 1023 ? y * 2 * pow2(k - 1) : y * pow2(k);
}

/** ln x; error below 2 ulp. `log(0) = -∞`, `log(x < 0) = NaN`. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return Infinity;
  let k = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 2 ** 54;
    k = -54;
  }
  buffer.setFloat64(0, x);
  const high = buffer.getUint32(0);
  k += (high >>> 20) - 1023;
  buffer.setUint32(0, (high & 0xfffff) | (1023 << 20));
  let m = buffer.getFloat64(0); // in [1, 2)
  if (m > 1.4142135623730951) {
    m /= 2;
    k += 1;
  }
  // ln m = 2 atanh(s), s = (m-1)/(m+1), |s| <= 0.1716
  const s = (m - 1) / (m + 1);
  const s2 = s * s;
  let series = 1 / 23;
  series = series * s2 + 1 / 21;
  series = series * s2 + 1 / 19;
  series = series * s2 + 1 / 17;
  series = series * s2 + 1 / 15;
  series = series * s2 + 1 / 13;
  series = series * s2 + 1 / 11;
  series = series * s2 + 1 / 9;
  series = series * s2 + 1 / 7;
  series = series * s2 + 1 / 5;
  series = series * s2 + 1 / 3;
  return k * LN2_HI + (2 * s + (2 * s * s2 * series + k * LN2_LO));
}

/** cos x for |x| <= 1e5; absolute error below 2e-16. */
export function cos(x: number): number {
  const quarter = Math.round(x / 1.5707963267948966);
  // pi/2 in three parts, so that the reduction keeps full precision
  const r =
    x -
    quarter * 1.57079632673412561417 -
    quarter * 6.0771005063039659766e-11 -
    quarter * 2.02226624879595063154e-21;
  const phase = ((quarter % 4) + 4) % 4;
  switch (phase) {
    case 0:
      return cosSeries(r);
    case 1:
      return -sinSeries(r);
    case 2:
      return -cosSeries(r);
    default:
      return sinSeries(r);
  }
}

function cosSeries(r: number): number {
  const r2 = r * r;
  let sum = 0;
  for (let n = 20; n >= 2; n -= 2) sum = (-r2 / (n * (n - 1))) * (1 + sum);
  return 1 + sum;
}

function sinSeries(r: number): number {
  const r2 = r * r;
  let sum = 0;
  for (let n = 21; n >= 3; n -= 2) sum = (-r2 / (n * (n - 1))) * (1 + sum);
  return r + r * sum;
}
