/**
 * Whether attributions are meaningful: the probability without the most attributed tokens, beside that without random
 * ones.
 */
import { axisScale } from './chart/axes.ts';
import { csvTable, formatNumber, plural } from './chart/format.ts';
import { drawLegend, drawNothing, drawTitle, finish } from './chart/frame.ts';
import { drawLinePlot } from './chart/line-plot.ts';
import { createDrawing, defineFigure } from './figure.ts';
import type { DeletionFacts } from './sources.ts';

const title = 'Leaving tokens out';
const CURVES = ['the most attributed', 'random ones'] as const;

/** The probability of the predicted class by tokens left out. */
export const deletionCurve = defineFigure<'deletion', DeletionFacts>({
  type: 'deletion-curve',
  title,
  summary: 'How the probability falls without the most attributed tokens, beside random ones.',
  needs: 'deletion',
  data: ({ documents, counts, probability, attributed, random }) => ({
    ...{ documents, counts, probability, attributed, random },
  }),
  draw(data, options, alt) {
    const drawing = createDrawing('deletion-curve', options);
    const { documents, counts, probability } = data;
    let y = drawTitle(drawing, title, documents === 0 ? '' : `Mean of ${plural(documents, 'text')}`);
    if (documents === 0 || counts.length === 0)
      return finish(drawing, drawNothing(drawing, y, 'No text has been explained.'), { alt });
    y = drawLegend(
      drawing,
      y,
      CURVES.map((label, series) => ({ kind: 'line' as const, series, label })),
    );
    const end = drawLinePlot(drawing, {
      y,
      xTitle: 'Tokens left out',
      yTitle: 'Probability of the predicted class',
      xScale: (range) => axisScale({ domain: [0, counts[counts.length - 1]], range, whole: true }),
      yScale: (range) => axisScale({ domain: [0, 1], range }),
      curves: [data.attributed, data.random].map((values, series) => ({
        name: `${CURVES[series]},`,
        series,
        points: [{ x: 0, y: probability }, ...counts.map((x, k) => ({ x, y: values[k] }))],
      })),
    });
    return finish(drawing, end, { alt });
  },
  csv: ({ counts, probability, attributed, random }) =>
    csvTable(
      ['tokens_left_out', 'most_attributed', 'random'],
      [[0, probability, probability], ...counts.map((count, k) => [count, attributed[k], random[k]])],
    ),
  caption({ documents, counts, probability, attributed, random }) {
    const k = Math.max(0, counts.indexOf(10));
    if (documents === 0 || k >= counts.length) return 'No text was explained.';
    return `Without its ${plural(counts[k], 'most attributed token')}, the mean probability of the predicted class falls from ${formatNumber(probability)} to ${formatNumber(attributed[k])}; without as many random ones to ${formatNumber(random[k])} (${plural(documents, 'text')}).`;
  },
  describe: () => 'Line chart of the probability of the predicted class against tokens left out.',
});
