/** Horizontal charts with one row per category: room for long names, and as many rows as there are. */
import { maxOf } from '../../core/lists.ts';
import { axisScale, type AxisScale, drawXAxis, type PlotArea } from './axes.ts';
import { type Drawing, SIZES } from './drawing.ts';
import type { Unit } from './format.ts';
import { MARGIN } from './frame.ts';
import { fitNames, fitText, textWidth } from './text.ts';

/** What {@link drawRows} draws. */
export interface RowChart {
  readonly y: number;
  readonly labels: readonly string[];
  /** A text at the right end of each row. */
  readonly notes: readonly string[];
  readonly rowHeight: number;
  /** Ends of the axis. */
  readonly domain: readonly [number, number];
  readonly xTitle: string;
  /** What the numbers of the axis are. Default `percent`. */
  readonly unit?: Unit;
  readonly whole?: boolean;
  /** Headings, by the row below each. */
  readonly headings?: ReadonlyMap<number, string>;
  /** Draws across all rows, beneath their marks. */
  readonly across?: (area: PlotArea, scale: AxisScale) => void;
  /** Draws the marks of a row about its middle. */
  readonly mark: (row: number, middle: number, scale: AxisScale) => void;
}

const HEADING = 20;

/** Draws labels, notes, grid and axis, and lets `mark` draw each row; returns the y below. */
export function drawRows(drawing: Drawing, chart: RowChart): number {
  const { theme } = drawing;
  const { labels, notes, rowHeight, headings = new Map<number, string>() } = chart;
  const widest = maxOf(labels, (label) => textWidth(label, SIZES.tick), 0);
  const noteRoom = Math.ceil(maxOf(notes, (note) => textWidth(note, SIZES.note), 0));
  // long names are shortened: the plot keeps at least a third of the width
  const most = Math.max(60, drawing.width * 0.66 - 2 * MARGIN - noteRoom - 18);
  const gutter = Math.ceil(Math.min(widest, drawing.width * 0.4, most)) + 8;
  const area: PlotArea = {
    left: MARGIN + gutter,
    right: drawing.width - MARGIN - (noteRoom === 0 ? 6 : noteRoom + 10),
    top: chart.y + 4,
    bottom: chart.y + 8 + rowHeight * labels.length + HEADING * headings.size,
  };
  const { unit = 'percent', whole = false } = chart;
  const ticks = Math.max(2, Math.floor((area.right - area.left) / 55));
  const range = [area.left, area.right] as const;
  const scale = axisScale({ domain: chart.domain, range, ticks, nice: false, whole, unit });
  const end = drawXAxis(drawing, area, scale, chart.xTitle, { grid: true });
  chart.across?.(area, scale);
  let top = area.top + 2;
  const shown = fitNames(labels, gutter - 8, SIZES.tick);
  labels.forEach((label, row) => {
    const heading = headings.get(row);
    if (heading !== undefined) {
      const fitted = fitText(heading, drawing.width - 2 * MARGIN, SIZES.tick, 'bold');
      drawing.text(MARGIN, top + HEADING - 5, fitted, {
        size: SIZES.tick,
        face: 'bold',
        full: heading,
        backed: true,
      });
      top += HEADING;
    }
    const middle = top + rowHeight / 2;
    drawing.text(area.left - 6, middle + 4, shown[row], { anchor: 'end', size: SIZES.tick, full: label });
    drawing.text(drawing.width - MARGIN, middle + 4, notes[row], {
      anchor: 'end',
      size: SIZES.note,
      fill: theme.quiet,
    });
    if (rowHeight > 26 && row > 0 && heading === undefined)
      drawing.line(area.left, top, area.right, top, { stroke: theme.grid });
    chart.mark(row, middle, scale);
    drawing.spot(area.left, middle, () => [label, notes[row]].filter((text) => text !== '').join(': '));
    top += rowHeight;
  });
  return end;
}

/** A whisker from low to high with caps. */
export function drawWhisker(drawing: Drawing, y: number, low: number, high: number, stroke: string): void {
  drawing.line(low, y, high, y, { stroke, width: 1.5 });
  for (const x of [low, high]) drawing.line(x, y - 3, x, y + 3, { stroke, width: 1.5 });
}
