/** The proportion of the trials with at most a value: the empirical distribution function. */
import { quantile } from '../../evaluate/intervals.ts';
import { axisScale } from '../chart/axes.ts';
import { coarse, dashOf, type Drawing } from '../chart/drawing.ts';
import { csvTable, formatPercent, plural } from '../chart/format.ts';
import { drawLegend, drawNothing, finish, type LegendEntry } from '../chart/frame.ts';
import { drawPlot } from '../chart/plot.ts';
import { createDrawing, defineFigure } from '../figure.ts';
import { drawObjectives, drawStudyTitle } from './signs.ts';
import {
  countTrials,
  evenly,
  formatValue,
  isBetterValue,
  noFeasible,
  type Objective,
  objectivesOf,
  type TrialCounts,
  valueWarnings,
} from './trials.ts';
import { axisTitle, beyondWarnings, type ValueAxis, valueAxis } from './value-axis.ts';

/** Trials of a part of the study by rising value. */
interface Part {
  readonly name: 'all' | 'first half' | 'second half';
  readonly values: readonly number[];
}

/** Data of the figure. */
export interface EmpiricalDistribution {
  readonly counts: TrialCounts;
  readonly objectives: readonly (Objective & {
    /** The feasible trials; where they are 20 or more, the first and the second half of them as well. */
    readonly parts: readonly Part[];
  })[];
}

const title = 'Distribution of the values';
/** Fewer trials are not cut into halves. */
const HALVES_FROM = 20;

/** The empirical distribution of a study's values. */
export const edf = defineFigure<'study', EmpiricalDistribution>({
  type: 'edf',
  title,
  summary: 'The proportion of trials of a study with at most each value, for its first and second half.',
  needs: 'study',
  data(study) {
    return {
      counts: countTrials(study.trials),
      objectives: objectivesOf(study).map((objective) => ({ ...objective, parts: partsOf(objective) })),
    };
  },
  draw({ counts, objectives }, options, alt) {
    const drawing = createDrawing('edf', options);
    let y = drawStudyTitle(drawing, title, counts);
    const shown = objectives.filter(({ parts }) => parts.length > 0);
    if (shown.length === 0)
      return finish(drawing, drawNothing(drawing, y, noFeasible(counts, objectives)), { alt });
    const halves = shown.some(({ parts }) => parts.length > 1);
    const labels = halves
      ? (['all trials', 'first half', 'second half'] as const)
      : (['all trials'] as const);
    y = drawLegend(
      drawing,
      y,
      labels.map((label, k): LegendEntry => ({
        kind: 'own',
        label,
        sign: (d, x, at) => d.line(x - 11, at, x + 11, at, styleOf(d, k)),
      })),
    );
    const axes = shown.map(({ parts, direction }) => valueAxis(parts[0].values, direction));
    y = drawObjectives(y, shown, ({ name, parts }, i, top) =>
      drawPlot(drawing, {
        y: top,
        xTitle: axisTitle(name, axes[i]),
        yTitle: 'Proportion of the trials',
        xScale: axes[i].scale,
        yScale: (range) => axisScale({ domain: [0, 1], range, unit: 'percent' }),
        marks: (area, x, scale) => {
          parts.forEach(({ values }, k) => {
            const d = stepsOf(values, axes[i], x, scale, [area.left, area.right]);
            drawing.path(d, styleOf(drawing, k));
            values.forEach((value, v) => {
              const part = (v + 1) / values.length;
              drawing.spot(
                x(axes[i].clamp(value)),
                scale(part),
                () => `${formatPercent(part)} of ${labels[k]}: ${name} at most ${formatValue(value)}`,
              );
            });
          });
        },
      }),
    );
    return finish(drawing, y, { alt, warnings: [...valueWarnings(objectives), ...beyondWarnings(axes)] });
  },
  csv: ({ objectives }) =>
    csvTable(
      ['objective', 'trials', 'value', 'proportion'],
      objectives.flatMap(({ name, parts }) =>
        parts.flatMap((part) =>
          part.values.map((value, i) => [name, part.name, value, (i + 1) / part.values.length]),
        ),
      ),
    ),
  caption({ counts, objectives }) {
    const said = objectives.flatMap((objective) => sentenceOf(objective, objectives.length > 1));
    return said.length > 0 ? said.join(' ') : noFeasible(counts, objectives);
  },
  describe: ({ objectives }) =>
    `Step chart of the proportion of trials with at most each ${objectives.map(({ name }) => name).join(' and ')}.`,
});

function partsOf({ scored }: Objective): Part[] {
  const own = scored.filter(({ feasible }) => feasible).map(({ value }) => value);
  if (own.length === 0) return [];
  const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
  const middle = Math.floor(own.length / 2);
  return [
    { name: 'all', values: sorted(own) },
    ...(own.length < HALVES_FROM
      ? []
      : ([
          { name: 'first half', values: sorted(own.slice(0, middle)) },
          { name: 'second half', values: sorted(own.slice(middle)) },
        ] as const)),
  ];
}

function sentenceOf(
  { name, direction, parts }: EmpiricalDistribution['objectives'][number],
  several: boolean,
): string[] {
  if (parts.length === 0) return [];
  const at = (values: readonly number[], proportion: number) =>
    quantile(values, direction === 'minimize' ? proportion : 1 - proportion);
  const [all, first, second] = parts;
  const of = several ? ` of ${name}` : '';
  if (all.values.length === 1)
    return [`The one complete trial has the value ${formatValue(all.values[0])}${of}.`];
  const half = `Half of the ${plural(all.values.length, 'complete trial')} reach ${formatValue(at(all.values, 0.5))} or ${direction === 'minimize' ? 'less' : 'more'} in ${name}, the best tenth ${formatValue(at(all.values, 0.1))}.`;
  if (parts.length === 1) return [half];
  const [a, b] = [at(first.values, 0.5), at(second.values, 0.5)];
  const verdict = a === b ? 'as good as' : isBetterValue(direction, b, a) ? 'better than' : 'worse than';
  return [
    `${half} The median of the second half, ${formatValue(b)}, is ${verdict} that of the first, ${formatValue(a)}${verdict === 'worse than' ? ': later trials were no better' : ''}.`,
  ];
}

function styleOf({ theme }: Drawing, part: number) {
  if (part === 0) return { stroke: theme.quiet, width: 1.4, opacity: 0.8 };
  const series = part === 1 ? 1 : 0;
  return { stroke: theme.series[series], width: 2, dash: dashOf(series) };
}

/** The steps of sorted values, from the left end of the plot to the right one. */
function stepsOf(
  values: readonly number[],
  axis: ValueAxis,
  x: (value: number) => number,
  y: (proportion: number) => number,
  [left, right]: readonly [number, number],
): string {
  const steps = values.map((value, i) => ({ at: x(axis.clamp(value)), proportion: (i + 1) / values.length }));
  const d = evenly(steps, 250).map(({ at, proportion }) => `H${coarse(at)}V${coarse(y(proportion))}`);
  return `M${coarse(left)} ${coarse(y(0))}${d.join('')}H${coarse(right)}`;
}
