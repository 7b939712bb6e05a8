/** Widths of the kernels of numbers. */
import { sortedOrder } from './order.ts';

/** Centres, widths and their ascending order. */
export interface Kernels {
  /** Observations, oldest first, then the middle of the domain for the prior; [n + 1]. */
  readonly centres: Float64Array;
  /** Standard deviations; the prior's is the width of the domain; [n + 1]. */
  readonly sigmas: Float64Array;
  /** Indices of the observations in ascending order, the older one first among equals; [n]. */
  readonly order: Int32Array;
}

/**
 * The kernels of observations on a domain. A kernel is as wide as the larger gap to its two neighbours. The ends of
 * the domain are neighbours only where there is one observation; the prior is none. Widths are clipped to [width /
 * min(100, n + 2), width] of the domain, the *magic clip*.
 *
 * Source: Bergstra et al. (2011), with the details of Optuna 5.0.0. Optuna leaves open which of several equal
 * observations gets the wide gap on either side; here the oldest is leftmost.
 * @param observations In the coordinates of the domain, logarithms where it is logarithmic.
 * @param order Their stable ascending order where that is known.
 */
export function kernelsOf(
  observations: Float64Array,
  low: number,
  high: number,
  order: Int32Array = sortedOrder(observations),
): Kernels {
  const n = observations.length;
  const centres = new Float64Array(n + 1);
  const sigmas = new Float64Array(n + 1);
  centres.set(observations);
  centres[n] = 0.5 * (low + high);
  sigmas[n] = high - low;
  const widest = high - low;
  const narrowest = widest / Math.min(100, n + 2);
  for (let i = 0; i < n; i++) {
    const x = observations[order[i]];
    const left = i > 0 ? x - observations[order[i - 1]] : n === 1 ? x - low : -Infinity;
    const right = i < n - 1 ? observations[order[i + 1]] - x : n === 1 ? high - x : -Infinity;
    sigmas[order[i]] = Math.min(Math.max(left, right, narrowest), widest);
  }
  return { centres, sigmas, order };
}
