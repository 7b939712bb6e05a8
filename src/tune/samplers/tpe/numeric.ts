/** Parzen kernels of numbers: normal distributions cut to the domain, on the number itself or on its logarithm. */
import { exp, log } from '../../../core/math.ts';
import type { FloatDistribution, IntDistribution } from '../../space/distributions.ts';
import { kernelsOf } from './bandwidth.ts';
import type { Dimension, TableDimension } from './dimension.ts';
import { LN_SQRT_2PI, logMass, quantile } from './truncated-normal.ts';

const SQRT_HALF = 0.7071067811865476;

/**
 * The kernels of observed numbers.
 *
 * The domain is [low, high], half a step wider on both sides where there is a step (integers have step 1), in logarithms
 * where the range is logarithmic. A point of a grid has the mass of its cell over the mass of the domain; other points
 * have the density in the coordinate of the domain.
 * @param observed Internal values, oldest first.
 * @param order Their stable ascending order where that is known.
 */
export function numericDimension(
  observed: Float64Array,
  distribution: FloatDistribution | IntDistribution,
  order?: Int32Array,
): Dimension {
  const { log: isLog, step } = distribution;
  const half = (step ?? 0) / 2;
  const to = isLog ? log : (x: number) => x;
  const [low, high] = [to(distribution.low - half), to(distribution.high + half)];
  const kernels = kernelsOf(isLog ? observed.map(log) : observed, low, high, order);
  const { centres, sigmas } = kernels;
  const draw = (k: number, u: number) => {
    const sigma = sigmas[k];
    const y = centres[k] + sigma * quantile(u, (low - centres[k]) / sigma, (high - centres[k]) / sigma);
    const x = isLog ? exp(y) : y;
    const rounded = step === null ? x : distribution.low + Math.round((x - distribution.low) / step) * step;
    return Math.min(Math.max(rounded, distribution.low), distribution.high);
  };
  const domainMass = (k: number) => logMass((low - centres[k]) / sigmas[k], (high - centres[k]) / sigmas[k]);
  if (step !== null) return { draw, ...cells(kernels, { half, to, domainMass }) };
  return {
    kind: 'normal',
    draw,
    centres,
    scales: sigmas.map((sigma) => SQRT_HALF / sigma),
    coordinate: to,
    addConstants(out) {
      let [last, logLast] = [NaN, NaN]; // many are equal, because they are clipped
      for (let k = 0; k < centres.length; k++) {
        if (sigmas[k] !== last) [last, logLast] = [sigmas[k], log(sigmas[k])];
        out[k] -= logLast + LN_SQRT_2PI + domainMass(k);
      }
    },
  };
}

/** Log masses of the cells of a grid. Equal kernels and equal points are computed once: grids have many of both. */
function cells(
  { centres, sigmas, order }: ReturnType<typeof kernelsOf>,
  { half, to, domainMass }: { half: number; to: (x: number) => number; domainMass: (k: number) => number },
): Omit<TableDimension, 'draw'> {
  const count = centres.length;
  const prior = count - 1;
  /** The first kernel of each kind, and the kind of each kernel: equal ones are neighbours in ascending order. */
  const firsts: number[] = [prior];
  const kinds = new Int32Array(count);
  for (let i = 0; i < order.length; i++) {
    const [k, before] = [order[i], order[i - 1]];
    const same = i > 0 && centres[k] === centres[before] && sigmas[k] === sigmas[before];
    if (!same) firsts.push(k);
    kinds[k] = firsts.length - 1;
  }
  const domainMasses = firsts.map(domainMass);
  const rows = new Map<number, Float64Array>();
  const rowOf = (x: number) => {
    let row = rows.get(x);
    if (!row) {
      const [left, right] = [to(x - half), to(x + half)];
      row = Float64Array.from(firsts, (k, kind) => {
        const mass = logMass((left - centres[k]) / sigmas[k], (right - centres[k]) / sigmas[k]);
        return mass - domainMasses[kind];
      });
      rows.set(x, row);
    }
    return row;
  };
  return {
    kind: 'table',
    addConstants: () => undefined,
    addLogDensity(x, out) {
      const row = rowOf(x);
      for (let k = 0; k < count; k++) out[k] += row[kinds[k]];
    },
  };
}
