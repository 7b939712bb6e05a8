/** The reliability diagram: whether predictions with a confidence of 80 % are correct in 80 % of the cases. */
import { maxOf } from '../core/lists.ts';
import type { CalibrationBin } from '../evaluate/calibration.ts';
import { type Interval, wilsonInterval } from '../evaluate/intervals.ts';
import { axisScale, drawXAxis, drawYAxis, labelRoom, type PlotArea } from './chart/axes.ts';
import { type Drawing, SIZES } from './chart/drawing.ts';
import { csvTable, formatCount, formatNumber, formatPercent, plural } from './chart/format.ts';
import { drawLegend, drawNothing, drawTitle, finish, MARGIN } from './chart/frame.ts';
import { createDrawing, defineFigure } from './figure.ts';

/** A bin of confidence that holds documents. Proportions in [0, 1]. */
interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly documents: number;
  readonly confidence: number;
  readonly accuracy: number;
  /** Wilson interval of the accuracy. */
  readonly interval: Interval;
}

/** Data of the figure. */
export interface Reliability {
  readonly bins: readonly ReliabilityBin[];
  readonly documents: number;
  readonly level: number;
  readonly expected_calibration_error: number;
  /** Mean confidence minus accuracy, weighted by documents: above 0 is overconfident. */
  readonly overconfidence: number;
  /** Before temperature scaling; null where there was none. */
  readonly before: {
    readonly temperature: number;
    readonly bins: readonly ReliabilityBin[];
    readonly expected_calibration_error: number;
  } | null;
  readonly warnings: readonly string[];
}

const title = 'Reliability diagram';
/** A difference between confidence and accuracy below it is not called over- or underconfidence, here and in reports. */
export const SMALL_GAP = 0.02;

/** The reliability diagram. */
export const reliability = defineFigure<'evaluation', Reliability>({
  type: 'reliability',
  title,
  summary:
    'Accuracy against confidence of the test predictions, with intervals and the calibration error, before and after temperature scaling.',
  needs: 'evaluation',
  data({ calibration_bins, confidence: level, expected_calibration_error, before_scaling }) {
    const bins = filledBins(calibration_bins, level);
    const documents = bins.reduce((sum, bin) => sum + bin.documents, 0);
    const over = bins.reduce((sum, bin) => sum + bin.documents * (bin.confidence - bin.accuracy), 0);
    return {
      bins,
      documents,
      level,
      expected_calibration_error,
      overconfidence: documents === 0 ? 0 : over / documents,
      before: before_scaling
        ? {
            temperature: before_scaling.temperature,
            bins: filledBins(before_scaling.calibration_bins, level),
            expected_calibration_error: before_scaling.expected_calibration_error,
          }
        : null,
      warnings:
        documents > 0 && documents < 100
          ? [`Only ${plural(documents, 'document')}: the bins are uncertain.`]
          : [],
    };
  },
  draw(data, options, alt) {
    const drawing = createDrawing('reliability', options);
    const { bins, documents, before, warnings } = data;
    const error =
      `Expected calibration error ${formatPercent(data.expected_calibration_error)}` +
      (before ? `, ${formatPercent(before.expected_calibration_error)} before scaling` : '');
    let y = drawTitle(drawing, title, documents === 0 ? '' : error);
    if (documents === 0)
      return finish(drawing, drawNothing(drawing, y, 'No document has been evaluated yet.'), { alt });
    y = drawLegend(drawing, y, [
      { kind: 'point', series: 0, label: `accuracy, ${Number((100 * data.level).toFixed(2))} % interval` },
      ...(before
        ? [
            {
              kind: 'mark',
              series: 1,
              label: `before scaling, T = ${formatNumber(before.temperature)}`,
            } as const,
          ]
        : []),
      { kind: 'diagonal', label: 'perfect calibration' },
    ]);
    y = drawDiagram(drawing, y, bins, before?.bins ?? []);
    return finish(drawing, y, { alt, warnings });
  },
  csv: ({ bins, before }) =>
    csvTable(
      [
        ...[
          'confidence_from',
          'confidence_to',
          'documents',
          'mean_confidence',
          'accuracy',
          'ci_low',
          'ci_high',
        ],
        ...(before ? ['scaled'] : []),
      ],
      [
        ...bins.map((bin) => [...cellsOf(bin), ...(before ? ['yes'] : [])]),
        ...(before?.bins ?? []).map((bin) => [...cellsOf(bin), 'no']),
      ],
    ),
  caption({ bins, documents, expected_calibration_error: error, overconfidence, before }) {
    if (documents === 0) return 'No document was evaluated.';
    const missing = bins.filter((b) => b.confidence < b.interval[0] || b.confidence > b.interval[1]).length;
    const direction =
      Math.abs(overconfidence) < 0.005
        ? 'confidence and accuracy agree on average'
        : Math.abs(overconfidence) < SMALL_GAP
          ? `on average the confidence is ${(100 * Math.abs(overconfidence)).toFixed(1)} points ${overconfidence > 0 ? 'above' : 'below'} the accuracy`
          : `on average the model is ${overconfidence > 0 ? 'over' : 'under'}confident by ${(100 * Math.abs(overconfidence)).toFixed(1)} points`;
    const top = bins[bins.length - 1];
    return (
      `The expected calibration error is ${formatPercent(error)} over ${plural(documents, 'document')}; ${direction}. ` +
      (before
        ? `Before temperature scaling with T = ${formatNumber(before.temperature)} it was ${formatPercent(before.expected_calibration_error)}. `
        : '') +
      `The confidence lies outside the accuracy's interval in ${missing === 0 ? 'no bin' : `${missing} of ${plural(bins.length, 'bin')}`}. ` +
      (top.documents === 1
        ? `The one document above ${formatPercent(top.from, 0)} confidence is ${top.accuracy === 1 ? 'correct' : 'misclassified'}.`
        : `Of the ${plural(top.documents, 'document')} above ${formatPercent(top.from, 0)} confidence, ${formatPercent(top.accuracy)} are correct.`)
    );
  },
  describe: ({ bins }) => `Scatter chart of accuracy against confidence in ${plural(bins.length, 'bin')}.`,
});

/** The bins that hold documents. */
function filledBins(bins: readonly CalibrationBin[], level: number): ReliabilityBin[] {
  return bins
    .filter((bin) => bin.count > 0)
    .map(({ lower, upper, count, confidence, accuracy }) => ({
      from: lower,
      to: upper,
      documents: count,
      confidence,
      accuracy,
      interval: wilsonInterval(Math.round(accuracy * count), count, level),
    }));
}

const cellsOf = (b: ReliabilityBin) => [
  ...[b.from, b.to, b.documents, b.confidence, b.accuracy],
  ...b.interval,
];

/** The diagram, and beneath it how many documents each bin holds. */
function drawDiagram(
  drawing: Drawing,
  y: number,
  bins: readonly ReliabilityBin[],
  before: readonly ReliabilityBin[],
): number {
  const { theme } = drawing;
  const left = MARGIN + Math.ceil(labelRoom(['100 %'])) + 7;
  const side = Math.min(drawing.width - left - MARGIN - 8, 330);
  const area: PlotArea = { left, right: left + side, top: y + 22, bottom: y + 22 + side * 0.8 };
  const yScale = axisScale({ domain: [0, 1], range: [area.bottom, area.top], unit: 'percent' });
  const xScale = axisScale({ domain: [0, 1], range: [area.left, area.right], unit: 'percent' });
  drawYAxis(drawing, area, yScale, 'Accuracy');
  drawing.line(area.left, area.bottom, area.right, area.bottom);
  drawing.line(xScale(0), yScale(0), xScale(1), yScale(1), { dash: '4 3' });
  const colour = theme.series[0];
  for (const { confidence, accuracy, documents } of before)
    drawing.marker(1, xScale(confidence), yScale(accuracy), documents < 5 ? 3 : 4.5, theme.series[1]);
  for (const { confidence, accuracy, interval, documents } of bins) {
    const x = xScale(confidence);
    drawing.line(x, yScale(interval[0]), x, yScale(interval[1]), { stroke: colour, width: 1.5 });
    for (const end of interval)
      drawing.line(x - 3, yScale(end), x + 3, yScale(end), { stroke: colour, width: 1.5 });
    drawing.marker(0, x, yScale(accuracy), documents < 5 ? 3 : 4.5, colour);
  }
  const most = maxOf(bins, (bin) => bin.documents);
  const strip: PlotArea = { ...area, top: area.bottom + 24, bottom: area.bottom + 66 };
  const height = (documents: number) => (documents / most) * (strip.bottom - strip.top);
  drawing.text(area.left, strip.top - 5, `Documents per bin (at most ${formatCount(most)})`, {
    size: SIZES.note,
    fill: theme.quiet,
  });
  for (const { from, to, documents } of bins) {
    const [x1, x2] = [xScale(from) + 0.75, xScale(to) - 0.75];
    drawing.rect(x1, strip.bottom - height(documents), x2 - x1, height(documents), { fill: theme.quiet });
  }
  return drawXAxis(drawing, strip, xScale, 'Confidence');
}
