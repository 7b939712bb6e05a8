/** The axes of a plot of marks over two quantities; the caller draws the marks. */
import { type AxisScale, drawXAxis, drawYAxis, labelRoom, type PlotArea } from './axes.ts';
import { type Drawing, SIZES } from './drawing.ts';
import { MARGIN } from './frame.ts';
import { fitName } from './text.ts';

/** Makes a scale, given where the ends of its domain are drawn. */
export type ScaleMaker = (range: readonly [number, number]) => AxisScale;

/** What {@link drawPlot} draws. */
export interface Plot {
  readonly y: number;
  /** Left and right end of what the plot may take up. Default: the drawing without its margins. */
  readonly within?: readonly [left: number, right: number];
  /** Height of the rectangle of the marks. Default: by the width, 150 to 240. */
  readonly height?: number;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly xScale: ScaleMaker;
  readonly yScale: ScaleMaker;
  /** Room for the tick labels of the vertical axis. Default: what they need. */
  readonly labels?: number;
  /** Space between the rectangle's edges and the ends of the horizontal axis. Default 8 and 4. */
  readonly inset?: readonly [left: number, right: number];
  readonly marks: (area: PlotArea, x: AxisScale, y: AxisScale) => void;
}

/** Draws axes and marks; returns the y below. */
export function drawPlot(drawing: Drawing, plot: Plot): number {
  const { within = [MARGIN, drawing.width - MARGIN], inset = [8, 4] } = plot;
  const { height = Math.min(240, Math.max(150, (within[1] - within[0]) * 0.45)) } = plot;
  const top = plot.y + 22;
  const y = plot.yScale([top + height, top]);
  const { labels = labelRoom(y.ticks.map((tick) => tick.label)) } = plot;
  const left = within[0] + Math.ceil(labels) + 7;
  const area: PlotArea = { left, right: within[1] - 6, top, bottom: top + height };
  const x = plot.xScale([area.left + inset[0], area.right - inset[1]]);
  drawYAxis(drawing, area, y, fitName(plot.yTitle, area.right - left, SIZES.tick));
  const centre = (area.left + area.right) / 2;
  const title = fitName(plot.xTitle, 2 * Math.min(centre - within[0], within[1] - centre), SIZES.tick);
  const end = drawXAxis(drawing, area, x, title, { within: [within[0], within[1]] });
  plot.marks(area, x, y);
  return end;
}
