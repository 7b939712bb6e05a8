/** The gradient norm through time of a trained network, over texts. */
import { maxOf } from '../core/lists.ts';
import type { GradientThroughTime } from '../explain/index.ts';
import { csvTable, formatNumber, plural } from './chart/format.ts';
import { drawNothing, drawTitle, finish } from './chart/frame.ts';
import { createDrawing, defineFigure } from './figure.ts';
import { drawNorms, FLOOR, vanishedFrom } from './gradient-norms.ts';

/** Data of the figure. */
export interface GradientThroughTimeData extends GradientThroughTime {
  readonly warnings: readonly string[];
}

const title = 'Gradient norm through time';

/** The gradient through time of a trained model. */
export const gradientThroughTimeFigure = defineFigure<'through_time', GradientThroughTimeData>({
  type: 'gradient-through-time',
  title,
  summary: 'How much of the gradient at the end of a text arrives at its beginning, in the trained network.',
  needs: 'through_time',
  data({ network, documents, curves }) {
    const warnings = curves.flatMap(({ direction, norms }) => {
      const faint = norms.findIndex((norm) => norm < FLOOR);
      return faint < 0 ? [] : [vanishedFrom(direction, faint)];
    });
    return { network, documents, curves, warnings };
  },
  draw({ network, documents, curves, warnings }, options, alt) {
    const drawing = createDrawing('gradient-through-time', options);
    const steps = maxOf(curves, ({ norms }) => norms.length, 0);
    const y = drawTitle(
      drawing,
      title,
      steps < 2 ? '' : `${network}, ${plural(documents, 'text')}, logarithmic scale`,
    );
    if (steps < 2) {
      const end = drawNothing(drawing, y, 'No text has two tokens: no gradient flows back.');
      return finish(drawing, end, { alt, warnings });
    }
    const shown = curves.map(({ direction, norms }) => ({
      label: direction,
      points: norms.map((norm, back) => ({ back, norm })),
    }));
    const end = drawNorms(drawing, y, shown, {
      steps,
      xTitle: 'Tokens back from the last one read',
      yTitle: 'Gradient norm relative to the last state',
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
