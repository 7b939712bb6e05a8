/** The axis of a metric whose values are drawn as marks: its ends, and values in words. */
import { maxOf, minOf } from '../core/lists.ts';
import { formatNumber, formatPercent } from './chart/format.ts';
import { finite } from './curves.ts';
import type { ComparisonFacts } from './sources.ts';

/** A metric in the data of a figure: as JSON has no infinity, its range has null where it has no bound. */
export interface PlottedMetric extends Omit<ComparisonFacts['metric'], 'range'> {
  readonly range: readonly [low: number | null, high: number | null];
}

/** The metric as plain JSON. */
export function plottedMetric({ title, better, range }: ComparisonFacts['metric']): PlottedMetric {
  const [low, high] = range.map(finite);
  return { title, better, range: [low, high] };
}

/** Whether it is a proportion, shown in percent. */
export function isProportion({ range }: PlottedMetric): boolean {
  return range[0] === 0 && range[1] === 1;
}

/** Its values in words. */
export function formatOf(metric: PlottedMetric): (value: number) => string {
  return isProportion(metric) ? (value) => formatPercent(value) : (value) => formatNumber(value);
}

/** From the lowest to the highest value with some room, within what the metric may be. */
export function domainOf({ range }: PlottedMetric, values: readonly number[]): readonly [number, number] {
  const [low, high] = [minOf(values), maxOf(values)];
  const room = high > low ? 0.06 * (high - low) : Math.max(0.02, Math.abs(low) * 0.02);
  return [Math.max(range[0] ?? -Infinity, low - room), Math.min(range[1] ?? Infinity, high + room)];
}
