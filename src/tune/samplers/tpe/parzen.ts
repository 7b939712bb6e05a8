/** The Parzen estimator of TPE: a mixture of product kernels, one per observation and a prior. */
import { exp, log } from '../../../core/math.ts';
import type { Rng } from '../../../core/rng.ts';
import type { Distribution } from '../../space/distributions.ts';
import { categoricalDimension } from './categorical.ts';
import type { Dimension, NormalDimension, TableDimension } from './dimension.ts';
import { numericDimension } from './numeric.ts';

/** Terms of a sum that are smaller than e^-40 of its largest are below a thousandth of its rounding error. */
const NEGLIGIBLE = -40;

/** A density over the values of several parameters. */
export interface ParzenEstimator {
  /** One point: an internal value per parameter, in the order of the space. */
  draw(rng: Rng): Float64Array;
  /** The log density at a point; log probability for parameters on grids and for choices. */
  logDensity(point: ArrayLike<number>): number;
}

/**
 * The estimator of observations.
 * @param space The distribution of each parameter.
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
  let prepared: Prepared | undefined;
  const terms = new Float64Array(weights.length);
  return {
    draw(rng) {
      const kernel = pick(weights, rng.float());
      return Float64Array.from(dimensions, (dimension) => dimension.draw(kernel, rng.float()));
    },
    logDensity(point) {
      prepared ??= prepare(dimensions, weights);
      const { constants, normals, tables, centres, scales } = prepared;
      const at = Float64Array.from(normals, ({ d, dimension }) => dimension.coordinate(point[d]));
      normalTerms(at, { constants, centres, scales }, terms);
      for (const { d, dimension } of tables) dimension.addLogDensity(point[d], terms);
      return logSumExp(terms);
    },
  };
}

/** Precomputed values that all points share. */
interface Prepared {
  /** [K] */
  readonly constants: Float64Array;
  readonly normals: readonly { readonly d: number; readonly dimension: NormalDimension }[];
  readonly tables: readonly { readonly d: number; readonly dimension: TableDimension }[];
  /** Of the normal dimensions, [K × normals]. */
  readonly centres: Float64Array;
  readonly scales: Float64Array;
}

function prepare(dimensions: readonly Dimension[], weights: Float64Array): Prepared {
  const constants = weights.map(log);
  for (const dimension of dimensions) dimension.addConstants(constants);
  const normals = dimensions.flatMap((dimension, d) =>
    dimension.kind === 'normal' ? [{ d, dimension }] : [],
  );
  const tables = dimensions.flatMap((dimension, d) => (dimension.kind === 'table' ? [{ d, dimension }] : []));
  const centres = new Float64Array(weights.length * normals.length);
  const scales = new Float64Array(weights.length * normals.length);
  normals.forEach(({ dimension }, column) => {
    for (let k = 0, j = column; k < weights.length; k++, j += normals.length) {
      centres[j] = dimension.centres[k];
      scales[j] = dimension.scales[k];
    }
  });
  return { constants, normals, tables, centres, scales };
}

/** terms[k] = constants[k] - Σ over dimensions of ((at - centre)·scale)²: most of the time is spent here. */
function normalTerms(
  at: Float64Array,
  { constants, centres, scales }: Pick<Prepared, 'constants' | 'centres' | 'scales'>,
  terms: Float64Array,
) {
  const width = at.length;
  let j = 0;
  for (let k = 0; k < terms.length; k++) {
    let sum = 0;
    for (let d = 0; d < width; d++, j++) {
      const z = (at[d] - centres[j]) * scales[j];
      sum += z * z;
    }
    terms[k] = constants[k] - sum;
  }
}

/** The index at quantile u of the weights. */
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
