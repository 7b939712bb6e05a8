/** The interface of one parameter's part of a Parzen estimator. */

/**
 * One parameter of a mixture of K product kernels: one kernel per observation in trial order, the prior last. Kernel
 * k of the mixture is the product of the dimensions' kernels k.
 */
export type Dimension = NormalDimension | TableDimension;

interface Common {
  /** Adds the constant part of each kernel's log density; [K]. */
  addConstants(out: Float64Array): void;
  /** The quantile u of kernel k, as an internal value. */
  draw(k: number, u: number): number;
}

/** Kernels whose log density is a constant - ((y - centre)·scale)². */
export interface NormalDimension extends Common {
  readonly kind: 'normal';
  /** [K] */
  readonly centres: Float64Array;
  /** [K] */
  readonly scales: Float64Array;
  /** y of an internal value x. */
  coordinate(x: number): number;
}

/** Kernels on few points: grids and choices. */
export interface TableDimension extends Common {
  readonly kind: 'table';
  /** Adds the rest of each kernel's log density at x, an internal value; [K]. */
  addLogDensity(x: number, out: Float64Array): void;
}
