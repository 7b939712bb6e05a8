/** Gradient norms against time on a scale of powers of ten: what the figures of gradients through time share. */
import { maxOf, minOf } from '../core/lists.ts';
import { axisScale, wholeScale } from './chart/axes.ts';
import type { Drawing } from './chart/drawing.ts';
import { formatNumber, plural } from './chart/format.ts';
import { drawLegend } from './chart/frame.ts';
import { drawLinePlot } from './chart/line-plot.ts';

/** Smaller norms are not drawn: the gradient has vanished by then. */
export const FLOOR = 1e-20;

/** The warning for a curve that falls below {@link FLOOR} so many steps back. */
export function vanishedFrom(label: string, back: number): string {
  return `${label}: below ${FLOOR} from ${plural(back, 'step')} back on, not drawn.`;
}

/** A curve, by its name in the legend. */
export interface NormCurve {
  readonly label: string;
  /** Norms by steps back; null where there is none. */
  readonly points: readonly { readonly back: number; readonly norm: number | null }[];
}

/** Draws the legend and the curves over `steps` steps; returns the y below. */
export function drawNorms(
  drawing: Drawing,
  top: number,
  curves: readonly NormCurve[],
  { steps, xTitle, yTitle }: { readonly steps: number; readonly xTitle: string; readonly yTitle: string },
): number {
  const y = drawLegend(
    drawing,
    top,
    curves.map(({ label }, series) => ({ kind: 'line', series, label })),
  );
  const isDrawn = (norm: number | null): norm is number => norm !== null && norm >= FLOOR;
  const drawn = curves.flatMap(({ points }) => points.map(({ norm }) => norm).filter(isDrawn));
  return drawLinePlot(drawing, {
    y,
    height: Math.min(280, Math.max(170, drawing.width * 0.5)),
    xTitle,
    yTitle,
    xScale: wholeScale([0, steps - 1]),
    yScale: (range) =>
      axisScale({
        // powers of ten on an even scale: a logarithmic axis would be too crowded
        domain: [Math.min(-1, Math.log10(minOf(drawn))), Math.log10(Math.max(1, maxOf(drawn)))],
        range,
        whole: true,
        format: (power) => (power === 0 ? '1' : `1e${power}`),
        text: (power) => formatNumber(10 ** power),
      }),
    curves: curves.map(({ label, points }, series) => ({
      name: label,
      series,
      points: points.map(({ back, norm }) => ({ x: back, y: isDrawn(norm) ? Math.log10(norm) : null })),
    })),
  });
}
