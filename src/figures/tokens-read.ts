/** Accuracy against tokens read: how much of a document the model needs. */
import { maxOf, minOf } from '../core/lists.ts';
import { type Interval, wilsonInterval } from '../evaluate/intervals.ts';
import { axisScale } from './chart/axes.ts';
import { csvTable, formatCount, formatPercent, plural } from './chart/format.ts';
import { drawLegend, drawTitle, finish } from './chart/frame.ts';
import { drawLinePlot } from './chart/line-plot.ts';
import { createDrawing, defineFigure } from './figure.ts';

/** Accuracy at a number of tokens read. */
interface TokensPoint {
  /** Most tokens read of each document. */
  readonly tokens: number;
  /** In [0, 1], on the test documents. */
  readonly accuracy: number;
  /** Wilson interval of the accuracy. */
  readonly interval: Interval;
}

/** Data of the figure. */
export interface TokensRead {
  /** The most tokens last. */
  readonly points: readonly TokensPoint[];
  readonly documents: number;
  readonly level: number;
  readonly warnings: readonly string[];
}

const title = 'Accuracy and tokens read';

/** Accuracy against tokens read. */
export const tokensRead = defineFigure<'evaluation', TokensRead>({
  type: 'tokens-read',
  title,
  summary: 'Test accuracy of a network that reads no more than so many tokens of each document.',
  needs: 'evaluation',
  refuse: ({ tokens_read: curve = [] }) =>
    curve.length < 2
      ? 'the evaluation does not say how accuracy depends on the tokens read: the model is no network, its documents are short, or the run is of an earlier version'
      : undefined,
  data({ tokens_read: curve = [], confidence: level }) {
    const { documents } = curve[0] ?? { documents: 0 };
    return {
      points: curve.map(({ tokens, documents: n, correct }) => ({
        tokens,
        accuracy: correct / n,
        interval: wilsonInterval(correct, n, level),
      })),
      documents,
      level,
      warnings: documents < 100 ? [`Only ${plural(documents, 'document')}: the curve is uncertain.`] : [],
    };
  },
  draw(data, options, alt) {
    const drawing = createDrawing('tokens-read', options);
    const { points, documents, level, warnings } = data;
    let y = drawTitle(
      drawing,
      title,
      `${plural(documents, 'test document')}, one model that reads more and more`,
    );
    y = drawLegend(drawing, y, [
      { kind: 'line', series: 0, label: 'accuracy' },
      { kind: 'area', series: 0, label: `${Number((100 * level).toFixed(2))} % interval` },
    ]);
    const lowest = minOf(points, ({ interval }) => interval[0]);
    y = drawLinePlot(drawing, {
      y,
      xTitle: 'Tokens read of a document (log scale)',
      yTitle: 'Accuracy',
      xScale: (range) =>
        axisScale({ domain: [points[0].tokens, maxOf(points, ({ tokens }) => tokens)], range, log: true }),
      yScale: (range) => axisScale({ domain: [Math.max(0, lowest), 1], range, unit: 'percent' }),
      curves: [
        {
          series: 0,
          points: points.map(({ tokens, accuracy, interval: [low, high] }) => ({
            ...{ x: tokens, y: accuracy, low, high },
          })),
        },
      ],
    });
    return finish(drawing, y, { alt, warnings });
  },
  csv: ({ points }) =>
    csvTable(
      ['tokens', 'accuracy', 'ci_low', 'ci_high'],
      points.map(({ tokens, accuracy, interval }) => [tokens, accuracy, ...interval]),
    ),
  caption({ points, documents }) {
    const all = points[points.length - 1];
    const enough = points.find(({ accuracy }) => accuracy >= all.accuracy - 0.01) ?? all;
    return (
      `On ${plural(documents, 'test document')} the accuracy is ${formatPercent(all.accuracy)} with up to ${formatCount(all.tokens)} tokens read` +
      (enough === all
        ? '; with fewer it is more than a point lower.'
        : ` and ${formatPercent(enough.accuracy)} with the first ${formatCount(enough.tokens)}. Reading no more costs a point at most: a smaller text.max_length would be faster.`)
    );
  },
  describe: () => 'Line chart of the test accuracy against the tokens that the model reads of each document.',
});
