/** Scales and axes of a plot with two quantities. */
import { scaleLinear, scaleLog } from 'd3-scale';
import { maxOf } from '../../core/lists.ts';
import { type Drawing, SIZES } from './drawing.ts';
import { formatNumber, formatPercent, tickLabels, type Unit } from './format.ts';
import { textWidth } from './text.ts';

/** A scale with its ticks. */
export interface AxisScale {
  (value: number): number;
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
  readonly domain: readonly [number, number];
  /** A value in words: `93.1 %`, `0.4313`. */
  readonly text: (value: number) => string;
}

/** How an axis is made. */
export interface AxisOptions {
  readonly domain: readonly [number, number];
  /** Where the ends of the domain are drawn. */
  readonly range: readonly [number, number];
  readonly log?: boolean;
  /** About how many ticks. */
  readonly ticks?: number;
  /** Ticks at whole numbers only. */
  readonly whole?: boolean;
  /** Rounds the domain up to ticks. Default true. */
  readonly nice?: boolean;
  /** What the numbers are; their labels share a notation. Default `number`. */
  readonly unit?: Unit;
  /** A value in words. Default by its unit, with more digits than a label has. */
  readonly text?: (value: number) => string;
  /** Labels of another kind. */
  readonly format?: (value: number) => string;
}

/** Makes a scale; a domain without width is widened. */
export function axisScale(options: AxisOptions): AxisScale {
  const { log = false, ticks = 5, whole = false, nice = true, unit, text, format } = options;
  let [low, high] = options.domain;
  if (!(high > low)) [low, high] = log ? [low / 2, low * 2] : [low - 0.5, high + 0.5];
  const scale = (log ? scaleLog() : scaleLinear()).domain([low, high]).range([...options.range]);
  if (nice) scale.nice(ticks);
  const wanted = log ? logTicks(scale.domain(), ticks) : scale.ticks(ticks);
  const values = whole ? wanted.filter(Number.isInteger) : wanted;
  const labels = format ? values.map(format) : tickLabels(values, { log, ...(unit ? { unit } : {}) });
  return Object.assign((value: number) => scale(value), {
    ticks: values.map((value, i) => ({ value, label: labels[i] })),
    domain: scale.domain() as [number, number],
    text: text ?? ((value: number) => (unit === 'percent' ? formatPercent(value) : formatNumber(value, 4))),
  });
}

/** A scale of whole numbers from the first to the last, as epochs and steps are; a single one is in the middle. */
export function wholeScale(
  domain: readonly [first: number, last: number],
): (range: readonly [number, number]) => AxisScale {
  return (range) => axisScale({ domain, range, whole: true, nice: false, ticks: 8 });
}

/** Powers of ten; where these are few, 2 and 5 times them too. */
function logTicks([low, high]: readonly number[], wanted: number): number[] {
  const found = (steps: readonly number[]) => {
    const ticks: number[] = [];
    for (let power = -12; power <= 12; power++) {
      for (const step of steps) {
        const value = Number(`${step}e${power}`);
        if (value >= low * 0.999 && value <= high * 1.001) ticks.push(value);
      }
    }
    return ticks;
  };
  const tens = found([1]);
  if (tens.length >= wanted - 2) return tens;
  const all = found([1, 2, 5]);
  return all.length <= wanted + 3 ? all : found([1, 3]);
}

/** The rectangle of the marks. */
export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Room that the labels of a vertical axis need at the left. */
export function labelRoom(labels: readonly string[], size: number = SIZES.tick): number {
  return maxOf(labels, (label) => textWidth(label, size), 0);
}

/** Grid lines, tick labels and title of a vertical axis at the left of the plot, the title `headroom` higher. */
export function drawYAxis(
  drawing: Drawing,
  area: PlotArea,
  scale: AxisScale,
  title: string,
  headroom = 0,
): void {
  const { theme } = drawing;
  for (const { value, label } of scale.ticks) {
    const y = scale(value);
    drawing.line(area.left, y, area.right, y, { stroke: theme.grid });
    drawing.text(area.left - 6, y + 4, label, { anchor: 'end', size: SIZES.tick, fill: theme.quiet });
  }
  drawing.text(area.left, area.top - 9 - headroom, title, {
    size: SIZES.tick,
    fill: theme.text,
    anchor: 'start',
  });
}

/** How a horizontal axis is drawn. */
export interface XAxisOptions {
  /** Lines up the plot. Default none. */
  readonly grid?: boolean;
  /** Right limit of its labels. Default: the edge of the drawing. */
  readonly within?: readonly [left: number, right: number];
}

/** Ticks, labels and title of a horizontal axis below the plot; returns the y below it. */
export function drawXAxis(
  drawing: Drawing,
  area: PlotArea,
  scale: AxisScale,
  title: string,
  { grid = false, within = [0, drawing.width] }: XAxisOptions = {},
): number {
  const { theme } = drawing;
  drawing.line(area.left, area.bottom, area.right, area.bottom);
  let free = -Infinity;
  for (const { value, label } of scale.ticks) {
    const x = scale(value);
    const half = textWidth(label, SIZES.tick) / 2;
    if (grid) drawing.line(x, area.top, x, area.bottom, { stroke: theme.grid });
    drawing.line(x, area.bottom, x, area.bottom + 4);
    const middle = Math.min(Math.max(x, within[0] + half + 2), within[1] - half - 2);
    if (middle - half < free) continue; // labels must not touch; the tick stays
    free = middle + half + 6;
    drawing.text(middle, area.bottom + 16, label, { anchor: 'middle', size: SIZES.tick, fill: theme.quiet });
  }
  if (title === '') return area.bottom + 22;
  drawing.text((area.left + area.right) / 2, area.bottom + 32, title, { anchor: 'middle', size: SIZES.tick });
  return area.bottom + 38;
}
