/** The risk-coverage curve: the precision of the labels if only the most confident predictions get one. */
import { minOf } from '../core/lists.ts';
import { type Interval, wilsonInterval } from '../evaluate/intervals.ts';
import { axisScale } from './chart/axes.ts';
import { csvTable, formatPercent, plural } from './chart/format.ts';
import { drawLegend, drawTitle, finish } from './chart/frame.ts';
import { drawLinePlot } from './chart/line-plot.ts';
import { createDrawing, defineFigure } from './figure.ts';

/** The most confident documents up to here. Proportions in [0, 1]. */
interface CoveragePoint {
  readonly coverage: number;
  readonly documents: number;
  readonly errors: number;
  /** The lowest probability among them. */
  readonly threshold: number;
  readonly precision: number;
  /** Wilson interval of the precision. */
  readonly interval: Interval;
}

/** Data of the figure. */
export interface RiskCoverage {
  readonly points: readonly CoveragePoint[];
  readonly documents: number;
  readonly level: number;
  readonly warnings: readonly string[];
}

const title = 'Precision and coverage';
/** Fewer documents than this say nothing about a precision. */
const FEW = 5;

/** The risk-coverage curve. */
export const riskCoverage = defineFigure<'evaluation', RiskCoverage>({
  type: 'risk-coverage',
  title,
  summary:
    'Precision of the labels if only the most confident test predictions are kept, by their proportion.',
  needs: 'evaluation',
  refuse: ({ risk_coverage: curve = [] }) =>
    curve.length < 2 ? 'the evaluation has no risk-coverage curve' : undefined,
  data({ risk_coverage: curve = [], documents, confidence: level }) {
    return {
      points: curve.map(({ labelled, threshold, errors }) => ({
        coverage: labelled / documents,
        documents: labelled,
        errors,
        threshold,
        precision: 1 - errors / labelled,
        interval: wilsonInterval(labelled - errors, labelled, level),
      })),
      documents,
      level,
      warnings: documents < 100 ? [`Only ${plural(documents, 'document')}: the curve is uncertain.`] : [],
    };
  },
  draw(data, options, alt) {
    const drawing = createDrawing('risk-coverage', options);
    const { points, level, warnings } = data;
    let y = drawTitle(drawing, title, 'If only the most confident predictions are kept');
    y = drawLegend(drawing, y, [
      { kind: 'line', series: 0, label: 'precision' },
      { kind: 'area', series: 0, label: `${Number((100 * level).toFixed(2))} % interval` },
    ]);
    const shown = points.filter(({ documents }) => documents >= Math.min(FEW, data.documents));
    const lowest = minOf(shown, ({ interval }) => interval[0]);
    y = drawLinePlot(drawing, {
      y,
      xTitle: 'Documents with a label',
      yTitle: 'Precision of the labels',
      xScale: (range) => axisScale({ domain: [0, 1], range, unit: 'percent' }),
      yScale: (range) => axisScale({ domain: [Math.max(0, lowest), 1], range, unit: 'percent' }),
      curves: [
        {
          series: 0,
          points: shown.map(({ coverage, precision, interval: [low, high] }) => ({
            ...{ x: coverage, y: precision, low, high },
          })),
        },
      ],
    });
    return finish(drawing, y, { alt, warnings });
  },
  csv: ({ points }) =>
    csvTable(
      ['coverage', 'documents', 'errors', 'threshold', 'precision', 'ci_low', 'ci_high'],
      points.map((p) => [p.coverage, p.documents, p.errors, p.threshold, p.precision, ...p.interval]),
    ),
  caption({ points, documents }) {
    const all = points[points.length - 1];
    const half = points.find(({ coverage }) => coverage >= 0.5) ?? all;
    const free = points.findLast(({ errors }) => errors === 0);
    return [
      `With a label for all ${plural(documents, 'document')}, ${formatPercent(all.precision)} of the labels are correct; ` +
        `with one for the most confident ${formatPercent(half.coverage, 0)}, ${formatPercent(half.precision)}.`,
      free
        ? `The ${plural(free.documents, 'most confident prediction')} are all correct.`
        : 'Even some of the most confident predictions are wrong.',
    ].join(' ');
  },
  describe: () =>
    'Line chart of the precision of the labels against the proportion of documents with a label.',
});
