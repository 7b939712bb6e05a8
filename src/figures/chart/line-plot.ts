/** A plot of one or more curves over epochs or another quantity, with rules and drops across it. */
import { area as areaShape, line as lineShape } from 'd3-shape';
import { type AxisScale, drawXAxis, drawYAxis, labelRoom, type PlotArea } from './axes.ts';
import { dashOf, type Drawing, SIZES } from './drawing.ts';
import { lowered } from './format.ts';
import { BAND_OPACITY, drawDrop, drawGlyph, MARGIN, RULES } from './frame.ts';

/** A point of a curve; without a finite y there is a gap. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number | null;
  /** An interval about y. */
  readonly low?: number;
  readonly high?: number;
}

/** A curve. */
export interface Curve {
  /** What it shows, where the legend has it. */
  readonly name?: string;
  /** Number of the series: colour, dash and marker. */
  readonly series: number;
  readonly points: readonly CurvePoint[];
  /** Draw steps: each value holds from the previous point on, as a learning rate does. */
  readonly steps?: boolean;
  /** Separate points: no line joins them, and each has its marker. */
  readonly apart?: boolean;
}

/** A vertical line across the plot. `rule`: 0 best epoch, 1 stop, 2 a setting. */
export interface Rule {
  readonly x: number;
  readonly rule: 0 | 1 | 2;
}

/** What {@link drawLinePlot} draws. */
export interface LinePlot {
  readonly y: number;
  /** Default: by the width, 150 to 240. */
  readonly height?: number;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly xScale: (range: readonly [number, number]) => AxisScale;
  readonly yScale: (range: readonly [number, number]) => AxisScale;
  readonly curves: readonly Curve[];
  readonly rules?: readonly Rule[];
  readonly drops?: readonly number[];
  /** Parts of the x axis, each from a whole number on: a thin line between two, and the label of each above its beginning. */
  readonly parts?: readonly { readonly from: number; readonly label: string }[];
}

/** Room for the labels of parts. */
const PART_LABEL = SIZES.tick + 5;

/** Draws axes and curves; returns the y below. */
export function drawLinePlot(drawing: Drawing, plot: LinePlot): number {
  const { theme } = drawing;
  // the symbols of the rules are above the plot, clear of the curves, and the title of the axis is above them
  const symbols = (plot.rules ?? []).length + (plot.drops ?? []).length > 0 ? 14 : 0;
  const { parts = [] } = plot;
  const headroom = symbols + (parts.length > 0 ? PART_LABEL : 0);
  const top = plot.y + 22 + headroom;
  const { height = Math.min(240, Math.max(150, drawing.width * 0.45)) } = plot;
  const bottom = top + height;
  const yScale = plot.yScale([bottom, top]);
  const left = MARGIN + Math.ceil(labelRoom(yScale.ticks.map((tick) => tick.label))) + 7;
  const area: PlotArea = { left, right: drawing.width - MARGIN - 6, top, bottom };
  const xScale = plot.xScale([area.left + 8, area.right - 4]);
  drawYAxis(drawing, area, yScale, plot.yTitle, headroom);
  const end = drawXAxis(drawing, area, xScale, plot.xTitle);
  drawParts(drawing, parts, xScale, { ...area, top: top - symbols });
  for (const { x, rule } of plot.rules ?? []) {
    drawing.line(xScale(x), top - 8, xScale(x), bottom, {
      stroke: theme.text,
      width: 1.2,
      dash: RULES[rule],
    });
  }
  for (const x of plot.drops ?? []) {
    drawing.line(xScale(x), top - 8, xScale(x), bottom, { stroke: theme.quiet, dash: '1 3' });
  }
  for (const curve of plot.curves) drawBand(drawing, curve, xScale, yScale);
  for (const curve of plot.curves) drawCurve(drawing, curve, xScale, yScale);
  for (const curve of plot.curves) markSpots(drawing, curve, plot, xScale, yScale);
  for (const { x, rule } of plot.rules ?? []) drawGlyph(drawing, rule, xScale(x), top - 8);
  for (const x of plot.drops ?? []) drawDrop(drawing, xScale(x), top - 8);
  return end;
}

/** `epoch 3: training loss 0.41`. */
function markSpots(
  drawing: Drawing,
  { name = '', points }: Curve,
  { xTitle, yTitle }: LinePlot,
  xScale: AxisScale,
  yScale: AxisScale,
): void {
  for (const { x, y } of points) {
    if (y === null || !Number.isFinite(y)) continue;
    const at = `${lowered(xTitle)} ${xScale.text(x)}`;
    const what = `${name} ${lowered(yTitle)}`.trim();
    drawing.spot(xScale(x), yScale(y), () => `${at}: ${what} ${yScale.text(y)}`);
  }
}

function drawParts(
  drawing: Drawing,
  parts: NonNullable<LinePlot['parts']>,
  xScale: AxisScale,
  { left, top, bottom }: PlotArea,
): void {
  const { theme } = drawing;
  for (const [p, { from, label }] of parts.entries()) {
    // half a unit before: a change comes between two epochs
    const x = p === 0 ? left : xScale(from - 0.5);
    if (p > 0) drawing.line(x, top - PART_LABEL, x, bottom, { stroke: theme.quiet, width: 0.8 });
    // above the curves, which may run anywhere in the plot
    drawing.text(x + 3, top - 4, label, { size: SIZES.tick, face: 'bold', fill: theme.quiet });
  }
}

const shown = (point: CurvePoint) => point.y !== null && Number.isFinite(point.y);

function drawCurve(
  drawing: Drawing,
  { series, points, steps = false, apart = false }: Curve,
  x: AxisScale,
  y: AxisScale,
): void {
  const { theme } = drawing;
  const colour = theme.series[series % theme.series.length];
  const shape = lineShape<CurvePoint>()
    .digits(2)
    .defined(shown)
    .x((point) => x(point.x))
    .y((point) => y(point.y ?? 0));
  const path = apart ? '' : steps ? stepped(points, x, y) : shape(points as CurvePoint[]);
  drawing.path(path ?? '', { stroke: colour, width: 2, dash: dashOf(series) });
  // a marker for each point while there is room; then for some, and for those that no line reaches
  const every = apart ? 1 : Math.ceil(points.length / 24);
  points.forEach((point, i) => {
    if (!shown(point)) return;
    const alone = !(i > 0 && shown(points[i - 1])) && !(i + 1 < points.length && shown(points[i + 1]));
    if (alone || (i + series) % every === 0) drawing.marker(series, x(point.x), y(point.y ?? 0), 3.2, colour);
  });
}

function stepped(points: readonly CurvePoint[], x: AxisScale, y: AxisScale): string {
  let d = '';
  points.forEach((point, i) => {
    if (!shown(point)) return;
    const [px, py] = [x(point.x), y(point.y ?? 0)].map((value) => Number(value.toFixed(2)));
    d += i > 0 && shown(points[i - 1]) ? `V${py}H${px}` : `M${px},${py}`;
  });
  return d;
}

function drawBand(drawing: Drawing, { series, points }: Curve, x: AxisScale, y: AxisScale): void {
  const { theme } = drawing;
  const shape = areaShape<CurvePoint>()
    .digits(2)
    .defined((point) => shown(point) && point.low !== undefined && point.high !== undefined)
    .x((point) => x(point.x))
    .y0((point) => y(point.low ?? 0))
    .y1((point) => y(point.high ?? 0));
  const d = shape(points as CurvePoint[]) ?? '';
  drawing.path(d, { fill: theme.series[series % theme.series.length], opacity: BAND_OPACITY });
}
