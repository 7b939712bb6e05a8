/** Several models on one metric with their intervals: which is best, and how certain that is. */
import type { AxisScale, PlotArea } from './chart/axes.ts';
import type { Drawing } from './chart/drawing.ts';
import { capital, csvTable, plural } from './chart/format.ts';
import { drawLegend, drawNothing, drawTitle, finish, type LegendEntry } from './chart/frame.ts';
import { drawRows, drawWhisker } from './chart/rows.ts';
import { classText, labelText } from './chart/text.ts';
import { finite } from './curves.ts';
import { createDrawing, defineFigure } from './figure.ts';
import { domainOf, formatOf, isProportion, type PlottedMetric, plottedMetric } from './metric-axis.ts';
import type { ComparedModel, ComparisonFacts } from './sources.ts';

/** Data of the figure. */
export interface ModelsWithIntervals extends Required<Omit<ComparisonFacts, 'metric' | 'curves'>> {
  readonly metric: PlottedMetric;
  readonly rows: readonly Required<ComparedModel>[];
  readonly warnings: readonly string[];
}

const title = 'Models compared';

/** The models of a comparison. */
export const modelsWithIntervals = defineFigure<'comparison', ModelsWithIntervals>({
  type: 'models-with-intervals',
  title,
  summary: 'Several models on one metric, each with its interval, and a baseline to measure them against.',
  needs: 'comparison',
  data({ metric, measured_on: on = '', intervals = '95 % intervals', rows: given }) {
    const rows = grouped(given).map(({ name, value, low, high, group = '', baseline = false }) => {
      const known = finite(value);
      return {
        name,
        value: known,
        low: known === null ? null : finite(low),
        high: known === null ? null : finite(high),
        group,
        baseline,
      };
    });
    const missing = rows.filter(({ value }) => value === null).length;
    return {
      metric: plottedMetric(metric),
      measured_on: on,
      intervals,
      rows,
      warnings: missing > 0 ? [`${plural(missing, 'model')} without a value: not drawn.`] : [],
    };
  },
  draw(data, options, alt) {
    const drawing = createDrawing('models-with-intervals', options);
    const { metric, rows, intervals, warnings, measured_on: on } = data;
    const measured = rows.some(({ value }) => value !== null);
    const name = capital(metric.title);
    const bars = rows.some(({ low, high }) => low !== null && high !== null);
    const subtitle = `${name}${on === '' ? '' : ` on ${on}`}${bars ? `; lines: ${intervals}` : ''}`;
    let y = drawTitle(drawing, title, measured ? subtitle : '');
    if (!measured)
      return finish(drawing, drawNothing(drawing, y, 'No model has been measured.'), { alt, warnings });
    y = drawLegend(drawing, y, legendOf(rows));
    const say = formatOf(metric);
    const wide = drawing.width >= 560;
    const bottom = drawRows(drawing, {
      y,
      labels: rows.map((row) => labelText(row.name)),
      notes: rows.map((row) => (wide ? withInterval(row, say) : row.value === null ? '–' : say(row.value))),
      rowHeight: rows.length > 15 ? 18 : 24,
      domain: domainOf(metric, marksOf(data)),
      xTitle: name,
      unit: isProportion(metric) ? 'percent' : 'number',
      headings: headingsOf(rows),
      across: (area, scale) => drawBaselines(drawing, area, scale, rows),
      mark: (row, middle, scale) => drawModel(drawing, rows[row], middle, scale, row === bestOf(data)),
    });
    return finish(drawing, bottom, { alt, warnings });
  },
  csv: ({ rows, metric }) =>
    csvTable(
      ['name', 'group', metric.title, 'low', 'high', 'baseline'],
      rows.map((row) => [row.name, row.group, row.value, row.low, row.high, row.baseline]),
    ),
  caption(data) {
    const { rows, metric } = data;
    const say = formatOf(metric);
    const best = rows.at(bestOf(data) ?? rows.length);
    const models = rows.filter(({ value, baseline }) => value !== null && !baseline);
    const base = rows.find(({ value, baseline }) => value !== null && baseline);
    const told = (row: ComparedModel) => `${classText(row.name)}, ${withInterval(row, say)}`;
    const against = base
      ? ` The trivial baseline, ${classText(base.name)}, has ${withInterval(base, say)}.`
      : '';
    if (best === undefined)
      return base ? `No model has been measured.${against}` : 'No model has been measured.';
    if (models.length === 1)
      return `The ${metric.title} of ${classText(best.name)} is ${withInterval(best, say)}.${against}`;
    const others = models.filter((row) => row !== best);
    return `Of ${plural(models.length, 'model')} the best by ${metric.title} is ${told(best)}.${overlapSentence(best, others)}${against}`;
  },
  describe: ({ rows, metric }) =>
    `Dot chart of the ${metric.title} of ${plural(rows.length, 'model')}, with intervals.`,
});

/** Whether the best may only be so by chance, after a space; nothing where intervals are missing. */
function overlapSentence(best: ComparedModel, others: readonly ComparedModel[]): string {
  if ([best, ...others].some(({ low, high }) => low === null || high === null)) return '';
  const overlapping = others.filter((row) => overlaps(row, best)).length;
  const alone = others.length === 1;
  if (overlapping === 0)
    return alone ? ' Their intervals do not overlap.' : ' Its interval overlaps with no other.';
  if (alone) return ' Its interval overlaps with that of the other.';
  const which =
    overlapping === others.length ? 'those of all others' : `${overlapping} of the ${others.length} others`;
  return ` Its interval overlaps with ${which}.`;
}

/** Rows of a group together, groups in the order of their first row. */
function grouped(rows: readonly ComparedModel[]): ComparedModel[] {
  const groups = [...new Set(rows.map(({ group = '' }) => group))];
  return groups.flatMap((group) => rows.filter((row) => (row.group ?? '') === group));
}

function headingsOf(rows: ModelsWithIntervals['rows']): Map<number, string> {
  return new Map(
    rows.flatMap(({ group }, i): [number, string][] =>
      group !== '' && (i === 0 || rows[i - 1].group !== group) ? [[i, labelText(group)]] : [],
    ),
  );
}

/** The row of the best model, baselines aside; undefined where none was measured. */
function bestOf({ rows, metric }: ModelsWithIntervals): number | undefined {
  const sign = metric.better === 'higher' ? 1 : -1;
  let best: number | undefined;
  rows.forEach(({ value, baseline }, i) => {
    if (value === null || baseline) return;
    if (best === undefined || sign * value > sign * (rows[best].value ?? 0)) best = i;
  });
  return best;
}

function overlaps(a: ComparedModel, b: ComparedModel): boolean {
  const [low, high] = [a, b].map((row) => [row.low ?? row.value ?? 0, row.high ?? row.value ?? 0]);
  return low[0] <= high[1] && high[0] <= low[1];
}

function withInterval({ value, low, high }: ComparedModel, say: (value: number) => string): string {
  if (value === null) return 'not measured';
  return low === null || high === null ? say(value) : `${say(value)} (${say(low)} to ${say(high)})`;
}

/** Every value that is drawn: of the models, and the ends of their intervals. */
function marksOf({ rows }: ModelsWithIntervals): number[] {
  return rows.flatMap(({ value, low, high }) => [value, low, high]).filter((end) => end !== null);
}

function legendOf(rows: ModelsWithIntervals['rows']): LegendEntry[] {
  const models = rows.some(({ value, baseline }) => value !== null && !baseline);
  const base = rows.some(({ value, baseline }) => value !== null && baseline);
  return [
    ...(models ? [{ kind: 'own', label: 'best model', sign: bestSign } as const] : []),
    ...(rows.filter(({ value, baseline }) => value !== null && !baseline).length > 1
      ? [{ kind: 'own', label: 'other models', sign: otherSign } as const]
      : []),
    ...(base ? [{ kind: 'own', label: 'trivial baseline', sign: baseSign } as const] : []),
  ];
}

const bestSign = (drawing: Drawing, x: number, y: number) =>
  drawing.marker(0, x, y, 4.6, drawing.theme.series[0]);
const otherSign = (drawing: Drawing, x: number, y: number) =>
  drawing.marker(1, x, y, 3.6, drawing.theme.quiet);
const baseSign = (drawing: Drawing, x: number, y: number) => {
  drawing.line(x, y - 6, x, y + 6, { stroke: drawing.theme.series[1], width: 1.4, dash: '4 2' });
  drawing.marker(3, x, y, 3.6, drawing.theme.series[1]);
};

/** A baseline through all rows. */
function drawBaselines(
  drawing: Drawing,
  area: PlotArea,
  scale: AxisScale,
  rows: ModelsWithIntervals['rows'],
): void {
  for (const { value, baseline } of rows) {
    if (!baseline || value === null) continue;
    const x = scale(value);
    drawing.line(x, area.top, x, area.bottom, { stroke: drawing.theme.series[1], width: 1.4, dash: '4 2' });
  }
}

function drawModel(
  drawing: Drawing,
  { value, low, high, baseline }: ComparedModel,
  middle: number,
  scale: AxisScale,
  best: boolean,
): void {
  if (value === null) return;
  const { theme } = drawing;
  const stroke = baseline ? theme.series[1] : best ? theme.series[0] : theme.quiet;
  if (low !== null && high !== null) drawWhisker(drawing, middle, scale(low), scale(high), stroke);
  const sign = baseline ? 3 : best ? 0 : 1;
  drawing.marker(sign, scale(value), middle, best ? 4.6 : 3.6, stroke);
}
