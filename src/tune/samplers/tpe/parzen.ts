/** The Parzen estimator of TPE: a mixture of product kernels, one an observation and a prior. */
import { exp, log } from '../../../core/math.ts';
import type { Rng } from '../../../core/rng.ts';
import type { Distribution } from '../../distributions.ts';
import { categoricalDimension } from './categorical.ts';
import type { Dimension } from './dimension.ts';
import { numericDimension } from './numeric.ts';

/** Terms of a sum that are smaller than e^-40 of its largest are below a thousandth of its rounding error. */
const NEGLIGIBLE = -40;

/** A density over the values of several parameters. */
export interface ParzenEstimator {
  /** One point: an internal value a parameter, in the order of the space. */
  draw(rng: Rng): Float64Array;
  /** The log density at a point; log probability for parameters on grids and for choices. */
  logDensity(point: ArrayLike<number>): number;
}

/**
 * The estimator of observations.
 * @param space What each parameter can be.
 * @param columns Internal values by parameter, oldest first; as many for each.
 * @param weights Of the observations, then of the prior; their sum is 1.
 * @param orders The stable ascending order of each column where that is known.
 */
export function parzenEstimator(
  space: readonly Distribution[],
  columns: readonly Float64Array[],
  weights: Float64Array,
  orders: readonly (Int32Array | undefined)[] = [],
): ParzenEstimator {
  const dimensions = space.map((distribution, d): Dimension =>
    distribution.type === 'categorical'
      ? categoricalDimension(columns[d], distribution.choices.length)
      : numericDimension(columns[d], distribution, orders[d]),
  );
  let constants: Float64Array | undefined;
  const terms = new Float64Array(weights.length);
  return {
    draw(rng) {
      const kernel = pick(weights, rng.float());
      return Float64Array.from(dimensions, (dimension) => dimension.draw(kernel, rng.float()));
    },
    logDensity(point) {
      if (!constants) {
        constants = weights.map(log);
        for (const dimension of dimensions) dimension.addConstants(constants);
      }
      terms.set(constants);
      dimensions.forEach((dimension, d) => dimension.addLogDensity(point[d], terms));
      return logSumExp(terms);
    },
  };
}

/** The index at share u of the weights. */
function pick(weights: Float64Array, u: number): number {
  let sum = 0;
  for (let k = 0; k < weights.length - 1; k++) {
    sum += weights[k];
    if (u < sum) return k;
  }
  return weights.length - 1;
}

function logSumExp(terms: Float64Array): number {
  let max = -Infinity;
  for (let k = 0; k < terms.length; k++) if (terms[k] > max) max = terms[k];
  if (max === -Infinity) return max;
  let sum = 0;
  for (let k = 0; k < terms.length; k++) {
    const below = terms[k] - max;
    if (below > NEGLIGIBLE) sum += exp(below);
  }
  return max + log(sum);
}
