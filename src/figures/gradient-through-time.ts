/** The gradient norm through time of a trained network, over texts. */
import { maxOf, minOf } from '../core/lists.ts';
import type { GradientThroughTime } from '../explain/index.ts';
import { axisScale, wholeScale } from './chart/axes.ts';
import { csvTable, formatNumber, plural } from './chart/format.ts';
import { drawLegend, drawNothing, drawTitle, finish } from './chart/frame.ts';
import { drawLinePlot } from './chart/line-plot.ts';
import { createDrawing, defineFigure } from './figure.ts';

/** Data of the figure. */
export interface GradientThroughTimeData extends GradientThroughTime {
  readonly warnings: readonly string[];
}

const title = 'Gradient norm through time';
/** Smaller values are not drawn: the gradient has vanished by then. */
const FLOOR = 1e-20;

/** The gradient of one's own model. */
export const gradientThroughTimeFigure = defineFigure<'through_time', GradientThroughTimeData>({
  type: 'gradient-through-time',
  title,
  summary: 'How much of the gradient at the end of a text arrives at its beginning, in the trained network.',
  needs: 'through_time',
  data({ network, documents, curves }) {
    const warnings = curves.flatMap(({ direction, norms }) => {
      const faint = norms.findIndex((norm) => norm < FLOOR);
      return faint < 0
        ? []
        : [`${direction}: below ${FLOOR} from ${plural(faint, 'step')} back on, not drawn.`];
    });
    return { network, documents, curves, warnings };
  },
  draw({ network, documents, curves, warnings }, options, alt) {
    const drawing = createDrawing('gradient-through-time', options);
    const steps = maxOf(curves, ({ norms }) => norms.length, 0);
    let y = drawTitle(
      drawing,
      title,
      steps < 2 ? '' : `${network}, ${plural(documents, 'text')}, logarithmic scale`,
    );
    if (steps < 2) {
      const end = drawNothing(drawing, y, 'No text has two tokens: no gradient flows back.');
      return finish(drawing, end, { alt, warnings });
    }
    y = drawLegend(
      drawing,
      y,
      curves.map(({ direction }, series) => ({ kind: 'line' as const, series, label: direction })),
    );
    const values = curves.flatMap(({ norms }) => norms.filter((norm) => norm >= FLOOR));
    const lowest = minOf(values);
    const end = drawLinePlot(drawing, {
      y,
      xTitle: 'Tokens back from the last one read',
      yTitle: 'Gradient norm relative to the last state',
      xScale: wholeScale([0, steps - 1]),
      yScale: (range) =>
        axisScale({
          domain: [Math.min(-1, Math.log10(lowest)), Math.log10(Math.max(1, maxOf(values)))],
          range,
          whole: true,
          format: (power) => (power === 0 ? '1' : `1e${power}`),
        }),
      curves: curves.map(({ norms }, series) => ({
        series,
        points: norms.map((norm, x) => ({ x, y: norm >= FLOOR ? Math.log10(norm) : null })),
      })),
    });
    return finish(drawing, end, { alt, warnings });
  },
  csv: ({ curves }) =>
    csvTable(
      ['direction', 'steps_back', 'norm', 'texts'],
      curves.flatMap(({ direction, norms, texts }) =>
        norms.map((norm, back) => [direction, back, norm, texts[back]]),
      ),
    ),
  caption({ network, documents, curves }) {
    const said = curves.flatMap(({ direction, norms }) => {
      const last = norms.length - 1;
      if (last < 1) return [];
      const back = Math.min(10, last);
      return [
        `${direction}: ${formatNumber(norms[back])} of it ${plural(back, 'token')} back${last > back ? `, ${formatNumber(norms[last])} ${last} back` : ''}`,
      ];
    });
    if (said.length === 0) return 'No text has two tokens: no gradient flows back.';
    return `What arrives of the gradient at the last state of the ${network}, over ${plural(documents, 'text')}. ${said.join('; ').replace(/^./, (first) => first.toUpperCase())}.`;
  },
  describe: ({ curves }) =>
    `Line chart of the gradient norm against tokens back, for ${plural(curves.length, 'direction')}.`,
});
