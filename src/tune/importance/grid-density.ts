/**
 * The density of a parameter on a grid, from the values that trials had: normal kernels of one width by Scott's rule
 * (Scott, Multivariate Density Estimation, 1992) in the cells with values, and a prior over the whole grid with the weight
 * of one trial. Choices have kernels of their own.
 */
import { exp, log } from '../../core/math.ts';
import { logMass } from '../samplers/tpe/truncated-normal.ts';
import type {
  CategoricalDistribution,
  Distribution,
  FloatDistribution,
  IntDistribution,
} from '../space/distributions.ts';

/** Most cells of a range. */
const CELLS = 50;
/** The narrowest kernel: nine tenths of its mass fall in its own cell. */
const NARROWEST = 0.5 / 1.64;

/**
 * Mass of each cell; they add up to 1.
 * @param internal Internal values, at least one, all of the distribution.
 */
export function gridDensity(distribution: Distribution, internal: readonly number[]): readonly number[] {
  return distribution.type === 'categorical'
    ? choiceDensity(distribution, internal)
    : rangeDensity(cellCounts(distribution, internal));
}

/** How many values fall in each cell; the first and the last cell are centred at the ends of the range. */
function cellCounts(
  distribution: FloatDistribution | IntDistribution,
  internal: readonly number[],
): readonly number[] {
  const scale = distribution.log ? log : (x: number) => x;
  const [low, high] = [scale(distribution.low), scale(distribution.high)];
  const counts = new Array<number>(cellsOf(distribution)).fill(0);
  const width = (high - low) / (counts.length - 1);
  for (const value of internal) {
    const cell = Math.ceil((scale(value) - low) / width - 0.5);
    counts[Math.min(Math.max(cell, 0), counts.length - 1)]++;
  }
  return counts;
}

function cellsOf({ type, low, high, log: isLog, step }: FloatDistribution | IntDistribution): number {
  if (type === 'int' && isLog) return Math.min(Math.ceil(log(high - low + 1) / log(2)) + 1, CELLS);
  return step === null ? CELLS : Math.min(Math.round((high - low) / step) + 1, CELLS);
}

/** The mixture over cells 0, 1, … with these counts. */
function rangeDensity(counts: readonly number[]): readonly number[] {
  const cells = counts.length;
  const kernels = counts.flatMap((count, at) => (count > 0 ? [{ at, weight: count }] : []));
  const total = kernels.reduce((sum, { weight }) => sum + weight, 0);
  const density = new Array<number>(cells).fill(0);
  const add = (centre: number, width: number, weight: number) => {
    const whole = logMass((-0.5 - centre) / width, (cells - 0.5 - centre) / width);
    for (let x = 0; x < cells; x++) {
      const mass = logMass((x - 0.5 - centre) / width, (x + 0.5 - centre) / width) - whole;
      density[x] += (weight / (total + 1)) * exp(mass);
    }
  };
  const width = scottWidth(kernels, total);
  for (const { at, weight } of kernels) add(at, width, weight);
  add((cells - 1) / 2, cells, 1);
  return density;
}

/** 1.059 · min(interquartile range / 1.34, deviation) · total^(-1/5), at least `NARROWEST`. */
function scottWidth(
  kernels: readonly { readonly at: number; readonly weight: number }[],
  total: number,
): number {
  const mean = kernels.reduce((sum, { at, weight }) => sum + at * weight, 0) / total;
  const squares = kernels.reduce((sum, { at, weight }) => sum + (at - mean) ** 2 * weight, 0);
  const deviation = Math.sqrt(squares / Math.max(1, total - 1));
  /** The first cell up to which more than `below` values lie (`orEqual`: at least as many), the last one if none. */
  const cellAt = (below: number, orEqual: boolean) => {
    let sum = 0;
    for (const { at, weight } of kernels) {
      sum += weight;
      if (sum > below || (orEqual && sum === below)) return at;
    }
    return kernels[kernels.length - 1].at;
  };
  const quartiles = cellAt(Math.floor((total * 3) / 4), false) - cellAt(Math.floor(total / 4), true);
  return Math.max(1.059 * Math.min(quartiles / 1.34, deviation) * total ** -0.2, NARROWEST);
}

/** The kernel of each observed choice: an equal weight for all choices, as in the prior, plus one for itself. */
function choiceDensity({ choices }: CategoricalDistribution, internal: readonly number[]): readonly number[] {
  const counts = new Array<number>(choices.length).fill(0);
  for (const index of internal) counts[index]++;
  const kernels = counts.filter((count) => count > 0).length + 1;
  const even = 1 / kernels;
  const row = choices.length * even + 1;
  const total = internal.length + 1;
  const elsewhere = internal.length * (even / row) + 1 / choices.length;
  return counts.map((count) => (elsewhere + count / row) / total);
}
