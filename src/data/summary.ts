/** The distribution of a whole-number quantity. */
export interface Summary {
  /** The smallest value; 0 without values. */
  readonly min: number;
  /** The 50 % quantile. */
  readonly median: number;
  /** The arithmetic mean. */
  readonly mean: number;
  /** 90 % of the values are at most this. */
  readonly p90: number;
  /** The largest value; 0 without values. */
  readonly max: number;
  /** Counts of values in [from, to]; the last bin reaches to `max`. */
  readonly histogram: readonly { readonly from: number; readonly to: number; readonly documents: number }[];
}

/**
 * Summarises whole numbers ≥ 0. Quantiles interpolate linearly, as NumPy's default. All zero for no values.
 * @param bins Most bins of the histogram; their width is a round number, so that there may be fewer.
 */
export function summarise(values: ArrayLike<number>, bins = 12): Summary {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return { min: 0, median: 0, mean: 0, p90: 0, max: 0, histogram: [] };
  const max = sorted[sorted.length - 1];
  return {
    min: sorted[0],
    median: quantile(sorted, 0.5),
    mean: sorted.reduce((sum, x) => sum + x, 0) / sorted.length,
    p90: quantile(sorted, 0.9),
    max,
    histogram: histogram(sorted, max, bins),
  };
}

/** The quantile `q` of ascending values. */
function quantile(sorted: Float64Array, q: number): number {
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  return sorted[low] + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]);
}

/**
 * Bins of a round width up to about twice the 90 % quantile, so that a few very long documents do not squeeze all
 * others into one bin.
 */
function histogram(sorted: Float64Array, max: number, most: number): Summary['histogram'] {
  const reach = Math.min(max, 2 * quantile(sorted, 0.9));
  const width = Math.max(1, roundUp((reach + 1) / most));
  const bins = Math.max(1, Math.ceil((reach + 1) / width));
  const counts = new Int32Array(bins);
  for (const value of sorted) counts[Math.min(bins - 1, Math.floor(value / width))]++;
  return Array.from(counts, (documents, i) => ({
    from: i * width,
    to: i === bins - 1 ? Math.max(max, i * width) : (i + 1) * width - 1,
    documents,
  }));
}

/** The next of 1, 2, 5, 10, 20, 50, ... */
function roundUp(x: number): number {
  for (let power = 1; ; power *= 10) for (const step of [1, 2, 5]) if (step * power >= x) return step * power;
}
