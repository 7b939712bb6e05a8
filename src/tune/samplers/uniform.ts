/** Uniform values of a distribution: what every sampler falls back to. */
import { exp, log } from '../../core/math.ts';
import {
  decimalFloor,
  type Distribution,
  type FloatDistribution,
  type IntDistribution,
} from '../space/distributions.ts';

/**
 * The internal value at quantile `u` of a distribution: uniform in the value or, with `log`, its logarithm; grid
 * points, integers and choices have equal parts of [0, 1).
 * @param u In [0, 1).
 */
export function fromUnit(distribution: Distribution, u: number): number {
  if (distribution.type === 'categorical') {
    return Math.min(Math.floor(u * distribution.choices.length), distribution.choices.length - 1);
  }
  const { low, high, step } = distribution;
  if (low === high) return low;
  if (distribution.log) return fromUnitLog(distribution, u);
  if (step !== null) {
    const count = gridSize(distribution);
    return gridPoint(distribution, Math.min(Math.floor(u * count), count - 1));
  }
  const width = high - low;
  return clip(width === Infinity ? low * (1 - u) + high * u : low + u * width, low, high);
}

/** An integer has the part of the logarithmic scale that rounds to it, from half below `low` to half above `high`. */
function fromUnitLog({ type, low, high }: FloatDistribution | IntDistribution, u: number): number {
  const half = type === 'int' ? 0.5 : 0;
  const [from, to] = [log(low - half), log(high + half)];
  const value = exp(from + u * (to - from));
  return clip(type === 'int' ? Math.round(value) : value, low, high);
}

/** How many values a range has; Infinity for floats without a step. */
export function gridSize({ low, high, step }: FloatDistribution | IntDistribution): number {
  return step === null ? Infinity : Math.round((high - low) / step) + 1;
}

/** The point of index `k` of a grid, in decimals: 0.3, not 0.30000000000000004, is the third of 0, 0.1, … */
export function gridPoint({ type, low, high, step }: FloatDistribution | IntDistribution, k: number): number {
  if (type === 'int' || step === null) return clip(low + k * (step ?? 0), low, high);
  return clip(decimalFloor(low, low + (k + 0.5) * step, step), low, high);
}

function clip(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
