/** The contract of one parameter's part of a Parzen estimator. */

/**
 * One parameter of a mixture of K product kernels: a kernel an observation in trial order, the prior last. Kernel k of
 * the mixture is the product of the dimensions' kernels k.
 */
export interface Dimension {
  /** Adds what the kernels' log densities at any point have in common; [K]. */
  addConstants(out: Float64Array): void;
  /** Adds the rest of each kernel's log density at x, an internal value; [K]. */
  addLogDensity(x: number, out: Float64Array): void;
  /** An internal value from kernel k, at share u of its mass. */
  draw(k: number, u: number): number;
}
