/** The folds of a cross-validation on one metric: each fold, the mean and its interval, a row for each configuration. */
import { maxOf, minOf } from '../core/lists.ts';
import type { AxisScale } from './chart/axes.ts';
import type { Drawing } from './chart/drawing.ts';
import { capital, csvTable, plural } from './chart/format.ts';
import { drawLegend, drawNothing, drawTitle, finish } from './chart/frame.ts';
import { drawRows, drawWhisker } from './chart/rows.ts';
import { classText, labelText } from './chart/text.ts';
import { finite } from './curves.ts';
import { createDrawing, defineFigure } from './figure.ts';
import { domainOf, formatOf, isProportion, type PlottedMetric, plottedMetric } from './metric-axis.ts';
import type { FoldFacts, FoldsOfConfiguration } from './sources.ts';

/** Data of the figure. */
export interface FoldScores extends Required<Omit<FoldFacts, 'metric'>> {
  readonly metric: PlottedMetric;
  readonly warnings: readonly string[];
}

const title = 'Scores by fold';

/** The folds of a cross-validation. */
export const foldScores = defineFigure<'folds', FoldScores>({
  type: 'fold-scores',
  title,
  summary:
    'Every fold of a cross-validation on one metric, with the mean of each configuration and its interval.',
  needs: 'folds',
  data({ metric, measured_on, intervals = '95 % intervals', configurations: given }) {
    const configurations = given.map(({ name, folds, mean, low, high }) => ({
      name,
      folds: folds.map(finite),
      mean: finite(mean),
      low: finite(low),
      high: finite(high),
    }));
    const missing = configurations.flatMap(({ folds }) => folds.filter((value) => value === null)).length;
    return {
      metric: plottedMetric(metric),
      measured_on,
      intervals,
      configurations,
      warnings: missing > 0 ? [`${plural(missing, 'fold')} without a value: not drawn.`] : [],
    };
  },
  draw(data, options, alt) {
    const drawing = createDrawing('fold-scores', options);
    const { metric, configurations, intervals, measured_on: on, warnings } = data;
    const name = capital(metric.title);
    const measured = valuesOf(data).length > 0;
    const bars = configurations.some(({ low, high }) => low !== null && high !== null);
    const subtitle = `${name}${on === '' ? '' : `, ${on}`}${bars ? `; lines: ${intervals}` : ''}`;
    let y = drawTitle(drawing, title, measured ? subtitle : '');
    if (!measured)
      return finish(drawing, drawNothing(drawing, y, 'No fold has been tested.'), { alt, warnings });
    y = drawLegend(drawing, y, [
      { kind: 'own', label: 'mean', sign: meanSign },
      { kind: 'own', label: 'one fold', sign: foldSign },
    ]);
    const say = formatOf(metric);
    const bottom = drawRows(drawing, {
      y,
      labels: configurations.map((row) => labelText(row.name)),
      notes: configurations.map(({ mean }) => (mean === null ? '–' : say(mean))),
      rowHeight: 34,
      domain: domainOf(metric, marksOf(data)),
      xTitle: name,
      unit: isProportion(metric) ? 'percent' : 'number',
      mark(row, middle, scale) {
        drawConfiguration(drawing, configurations[row], middle, scale);
      },
    });
    return finish(drawing, bottom, { alt, warnings });
  },
  csv: ({ configurations, metric }) =>
    csvTable(
      ['configuration', 'fold', metric.title, 'mean', 'low', 'high'],
      configurations.flatMap(({ name, folds, mean, low, high }) =>
        folds.map((value, fold) => [name, fold + 1, value, mean, low, high]),
      ),
    ),
  caption(data) {
    const say = formatOf(data.metric);
    const told = data.configurations.map((row) => configurationText(row, say));
    if (valuesOf(data).length === 0) return 'No fold has been tested.';
    return `Mean ${data.metric.title} over folds, ${data.measured_on}: ${told.join('; ')}.`;
  },
  describe: ({ configurations, metric }) =>
    `Dot chart of the ${metric.title} of every fold, a row for each of ${plural(configurations.length, 'configuration')}.`,
});

function configurationText(
  { name, mean, low, high, folds }: FoldsOfConfiguration,
  say: (value: number) => string,
): string {
  const values = folds.filter((value) => value !== null);
  if (mean === null || values.length === 0) return `${classText(name)} not measured`;
  const interval = low === null || high === null ? '' : ` (${say(low)} to ${say(high)})`;
  return `${classText(name)} ${say(mean)}${interval}, folds from ${say(minOf(values))} to ${say(maxOf(values))}`;
}

function valuesOf({ configurations }: FoldScores): number[] {
  return configurations.flatMap(({ folds }) => folds.filter((value) => value !== null));
}

/** Every value that is drawn: of the folds, and the means with the ends of their intervals. */
function marksOf(data: FoldScores): number[] {
  const ends = data.configurations.flatMap(({ mean, low, high }) => [mean, low, high]);
  return [...valuesOf(data), ...ends.filter((end) => end !== null)];
}

const meanSign = (drawing: Drawing, x: number, y: number) =>
  drawing.marker(0, x, y, 4.6, drawing.theme.series[0]);
const foldSign = (drawing: Drawing, x: number, y: number) =>
  drawing.marker(1, x, y, 2.8, drawing.theme.quiet);

/** The mean with its interval in the upper half of the row, the folds below it. */
function drawConfiguration(
  drawing: Drawing,
  { folds, mean, low, high }: FoldsOfConfiguration,
  middle: number,
  scale: AxisScale,
): void {
  for (const value of folds) if (value !== null) foldSign(drawing, scale(value), middle + 6);
  if (mean === null) return;
  if (low !== null && high !== null)
    drawWhisker(drawing, middle - 5, scale(low), scale(high), drawing.theme.series[0]);
  meanSign(drawing, scale(mean), middle - 5);
}
