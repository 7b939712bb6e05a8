/** The axis of an objective's values: logarithmic or cut off where a few bad trials would flatten all others. */
import { quantile } from '../../evaluate/intervals.ts';
import type { Direction } from '../../tune/trial/frozen-trial.ts';
import { axisScale } from '../chart/axes.ts';
import { plural } from '../chart/format.ts';
import type { ScaleMaker } from '../chart/plot.ts';
import type { Objective } from './trials.ts';

/** An axis of values. */
export interface ValueAxis {
  readonly log: boolean;
  /** Makes the scale. Values beyond its domain are drawn at its end: see `clamp`. */
  readonly scale: ScaleMaker;
  /** The value itself, or the end of the axis that it lies beyond. */
  readonly clamp: (value: number) => number;
  /** How many values lie beyond. */
  readonly beyond: number;
}

/** The axis for finite values; the bad end is cut off where it lies far from most values. */
export function valueAxis(values: readonly number[], direction: Direction): ValueAxis {
  const sorted = [...values].sort((a, b) => a - b);
  const [least = 0] = sorted;
  const most = sorted.at(-1) ?? 1;
  const middle = sorted.length > 0 ? quantile(sorted, 0.5) : 1;
  const log = least > 0 && (most > 20 * middle || (direction === 'minimize' && most > 100 * least));
  const [low, high] = log ? [least, most] : withoutOutliers(sorted, direction);
  const make: ScaleMaker = (range) => axisScale({ domain: [low, high], range, log, ticks: 5 });
  return {
    log,
    scale: (range) => thinned(make(range)),
    clamp: (value) => Math.min(Math.max(value, low), high),
    beyond: sorted.filter((value) => value < low || value > high).length,
  };
}

/** The axis of an objective. */
export function objectiveAxis({ scored, direction }: Pick<Objective, 'scored' | 'direction'>): ValueAxis {
  return valueAxis(
    scored.map(({ value }) => value),
    direction,
  );
}

/** The title of an axis, which says where it is logarithmic. */
export function axisTitle(name: string, { log }: { readonly log: boolean }): string {
  return log ? `${name}, logarithmic scale` : name;
}

/**
 * The ends of an axis. Where the worst value is more than 10 interquartile ranges beyond the quartiles, the bad end
 * is cut off at 3.
 */
function withoutOutliers(sorted: readonly number[], direction: Direction): [number, number] {
  if (sorted.length === 0) return [0, 1];
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  const [q1, q3] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
  const width = q3 - q1;
  if (width <= 0) return [least, most];
  if (direction === 'minimize' && most > q3 + 10 * width) {
    return [least, sorted.findLast((value) => value <= q3 + 3 * width) ?? most];
  }
  if (direction === 'maximize' && least < q1 - 10 * width) {
    return [sorted.find((value) => value >= q1 - 3 * width) ?? least, most];
  }
  return [least, most];
}

/** A scale with at most eight labels, so that those of many powers of ten do not touch. */
function thinned(scale: ReturnType<ScaleMaker>): ReturnType<ScaleMaker> {
  const step = Math.ceil(scale.ticks.length / 8);
  if (step === 1) return scale;
  return Object.assign((value: number) => scale(value), {
    domain: scale.domain,
    text: scale.text,
    ticks: scale.ticks.filter((_, i) => i % step === 0),
  });
}

/** The note beneath a figure whose axis ends before its values do. */
export function beyondWarnings(axes: readonly ValueAxis[]): string[] {
  const beyond = axes.reduce((sum, axis) => sum + axis.beyond, 0);
  return beyond === 0 ? [] : [`${plural(beyond, 'value')} beyond the end of the axis: drawn at its edge.`];
}
