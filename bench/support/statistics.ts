/** Medians and quartiles of a few measurements. */

/** First quartile, median, third quartile, smallest and largest of the rounds, ms. */
export interface Spread {
  readonly min: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly max: number;
}

/** The p-quantile (0 to 1) with linear interpolation. At least one value. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * p;
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}

/** The median. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The arithmetic mean. At least one value. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The standard deviation of a sample, by n − 1. At least two values. */
export function standardDeviation(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1));
}

/** Smallest, quartiles and largest, rounded for the reader. */
export function spread(values: readonly number[]): Spread {
  const q = (p: number) => round(quantile(values, p));
  return { min: q(0), q1: q(0.25), median: q(0.5), q3: q(0.75), max: q(1) };
}

/** Four significant digits: more would pretend a precision that no timing has. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}

/** Slope of the least-squares line through (0, y₀), (1, y₁), … */
export function slope(values: readonly number[]): number {
  const n = values.length;
  const meanX = (n - 1) / 2;
  const meanY = values.reduce((sum, y) => sum + y, 0) / n;
  let above = 0;
  let below = 0;
  for (const [x, y] of values.entries()) {
    above += (x - meanX) * (y - meanY);
    below += (x - meanX) ** 2;
  }
  return below === 0 ? 0 : above / below;
}
