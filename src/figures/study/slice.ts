/** The value of each trial against each of its parameters, one small plot per parameter. */
import { type Drawing, type Point, SIZES } from '../chart/drawing.ts';
import { csvTable, formatCount, formatNumber, listing, plural } from '../chart/format.ts';
import { drawLegend, drawNothing, finish, MARGIN } from '../chart/frame.ts';
import { drawPlot } from '../chart/plot.ts';
import { fitName, fitText } from '../chart/text.ts';
import { mixColours } from '../chart/theme.ts';
import { labelRoom } from '../chart/axes.ts';
import { createDrawing, defineFigure } from '../figure.ts';
import {
  drawnParams,
  internalOf,
  MOST_PARAMS,
  NO_PARAMS,
  type Param,
  paramCell,
  paramScale,
  paramText,
  paramValue,
  paramWarnings,
} from './params.ts';
import { rankCorrelation } from './rank-correlation.ts';
import { drawObjectives, drawStar, drawStudyTitle, infeasibleEntry, starSign } from './signs.ts';
import {
  countTrials,
  evenly,
  formatValue,
  hasValues,
  isBetterValue,
  medianOf,
  NO_TRIALS,
  noValues,
  numbersOf,
  type Objective,
  objectivesOf,
  type TrialCounts,
  sentenceStart,
  valueWarnings,
} from './trials.ts';
import { axisTitle, beyondWarnings, objectiveAxis, type ValueAxis } from './value-axis.ts';

/** Trials that have a parameter, and how it correlates with the value. */
interface ParamSlice {
  readonly param: Param;
  readonly points: readonly {
    readonly trial: number;
    readonly internal: number;
    readonly value: number;
    readonly feasible: boolean;
  }[];
  /** Spearman's rank correlation with the value, for an interval and 8 feasible trials or more; else null. */
  readonly correlation: number | null;
  /** The choice with the best median value among those with 3 feasible trials or more, and the next one; else null. */
  readonly medians:
    readonly { readonly choice: string; readonly trials: number; readonly median: number }[] | null;
}

/** Data of the figure. */
export interface Slice {
  readonly counts: TrialCounts;
  /** The lowest and the highest number of a trial. */
  readonly numbers: readonly [number, number];
  readonly objectives: readonly (Objective & { readonly slices: readonly ParamSlice[] })[];
}

const title = 'Value against each parameter';
/** Points of all plots of one objective. */
const MOST = 6000;

/** The slices of a study. */
export const slice = defineFigure<'study', Slice>({
  type: 'slice',
  title,
  summary: 'The value of each trial of a study against each of its parameters.',
  needs: 'study',
  data(study) {
    const params = drawnParams(study);
    return {
      counts: countTrials(study.trials),
      numbers: numbersOf(study.trials),
      objectives: objectivesOf(study).map((objective) => {
        const known = new Map(objective.scored.map((one) => [one.trial, one]));
        const slices = params.map((param): ParamSlice => {
          const points = study.trials.flatMap((trial) => {
            const internal = internalOf(trial, param);
            const one = known.get(trial.number);
            return internal === undefined || !one ? [] : [{ ...one, internal }];
          });
          return { param, points, ...relation(param, points, objective.direction) };
        });
        return { ...objective, slices };
      }),
    };
  },
  draw({ counts, objectives, numbers }, options, alt) {
    const drawing = createDrawing('slice', options);
    let y = drawStudyTitle(drawing, title, counts);
    const shown = objectives.filter(({ slices }) => slices.some(({ points }) => points.length > 0));
    if (shown.length === 0) {
      const why = hasValues(objectives) ? NO_PARAMS : noValues(counts);
      return finish(drawing, drawNothing(drawing, y, why), { alt });
    }
    y = drawLegend(drawing, y, [
      { kind: 'own', label: 'early to late trial', sign: ageSign },
      { kind: 'own', label: 'best', sign: starSign },
      ...infeasibleEntry(counts),
    ]);
    const axes = shown.map(objectiveAxis);
    let thinned = false;
    y = drawObjectives(y, shown, (objective, i, top) => {
      const slices = objective.slices.filter(({ points }) => points.length > 0).slice(0, MOST_PARAMS);
      const most = Math.max(100, Math.floor(MOST / slices.length));
      thinned ||= slices.some(({ points }) => points.length > most);
      return drawGrid(drawing, top, { ...objective, slices }, axes[i], { numbers, most });
    });
    return finish(drawing, y, {
      alt,
      warnings: [
        ...valueWarnings(objectives),
        ...beyondWarnings(axes),
        ...(thinned ? ['Only some of the trials are drawn, evenly spread.'] : []),
        ...paramWarnings(shown[0].slices.length),
      ],
    });
  },
  csv: ({ objectives }) =>
    csvTable(
      ['objective', 'parameter', 'trial', 'parameter_value', 'value', 'feasible'],
      objectives.flatMap(({ name, slices }) =>
        slices.flatMap(({ param, points }) =>
          points.map(({ trial, internal, value, feasible }) => [
            name,
            param.name,
            trial,
            paramCell(param, internal),
            value,
            feasible,
          ]),
        ),
      ),
    ),
  caption({ counts, objectives }) {
    if (counts.trials === 0) return NO_TRIALS;
    const said = objectives.flatMap((objective) => relationSentences(objective));
    if (said.length > 0) return said.join(' ');
    if (objectives.every(({ slices }) => slices.length === 0)) return NO_PARAMS;
    const [shown] = objectives.map(({ slices }) => slices.filter(({ points }) => points.length > 0).length);
    return hasValues(objectives)
      ? `${plural(shown, 'parameter')} over ${plural(objectives[0].scored.length, 'trial')}: too few trials, or values too similar, for a correlation.`
      : noValues(counts);
  },
  describe: ({ objectives, counts }) =>
    `Scatter charts of the value against ${plural(objectives.at(0)?.slices.length ?? 0, 'parameter')}, ${plural(counts.complete, 'complete trial')}.`,
});

function relation(
  param: Param,
  points: ParamSlice['points'],
  direction: Objective['direction'],
): Pick<ParamSlice, 'correlation' | 'medians'> {
  const feasible = points.filter((point) => point.feasible);
  if (param.kind === 'number') {
    const correlation =
      feasible.length < 8
        ? null
        : rankCorrelation(
            feasible.map(({ internal }) => internal),
            feasible.map(({ value }) => value),
          );
    return { correlation, medians: null };
  }
  const medians = param.choices
    .map((choice, index) => ({ choice, values: feasible.filter(({ internal }) => internal === index) }))
    .filter(({ values }) => values.length >= 3)
    .map(({ choice, values }) => ({
      choice,
      trials: values.length,
      median: medianOf(values.map(({ value }) => value)),
    }))
    .sort((a, b) => (isBetterValue(direction, a.median, b.median) ? -1 : a.median === b.median ? 0 : 1));
  return { correlation: null, medians: medians.length < 2 ? null : medians };
}

/** The parameters that the value correlates with most, in numbers. */
function relationSentences({ name, slices }: Slice['objectives'][number]): string[] {
  const numbers = slices
    .flatMap(({ param, correlation, points }) =>
      correlation === null ? [] : [{ param, correlation, points }],
    )
    .sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation));
  const [first, second] = numbers;
  const said: string[] = [];
  if (numbers.length > 0) {
    const rho = (value: number) => formatNumber(value, 2).replace('-', '−');
    const next =
      numbers.length > 1 ? `, then with ${paramText(second.param)} (${rho(second.correlation)})` : '';
    said.push(
      Math.abs(first.correlation) < 0.2
        ? `${sentenceStart(name)} correlates with no parameter: the strongest rank correlation is ${rho(first.correlation)}, with ${paramText(first.param)}.`
        : `${sentenceStart(name)} correlates most with ${paramText(first.param)}: rank correlation ${rho(first.correlation)} over ${plural(first.points.length, 'trial')}${next}.`,
    );
  }
  const choices = slices.flatMap(({ param, medians }) => (medians ? [{ param, medians }] : []));
  const better = choices.filter(({ medians }) => medians[0].median !== medians[1].median).slice(0, 3);
  if (better.length > 0)
    said.push(
      `Best median ${name} by choice: ${listing(better.map(({ param, medians: [a, b] }) => `${paramText(param)} ${a.choice} (${formatValue(a.median)} over ${formatCount(a.trials)}, then ${b.choice} with ${formatValue(b.median)} over ${formatCount(b.trials)})`))}.`,
    );
  return said;
}

const AGES = 5;
/** Least width of a plot: two fit side by side on a phone. */
const NARROWEST = 156;

/** The colour of a trial by its place in the order of the trials, in [0, 1]. */
function ageColour({ theme }: Drawing, proportion: number): string {
  const step = Math.min(AGES - 1, Math.floor(proportion * AGES));
  return mixColours(theme.heat[0], theme.heat[1], 0.4 + (0.6 * step) / (AGES - 1));
}

function ageSign(drawing: Drawing, x: number, y: number): void {
  for (let k = 0; k < AGES; k++) {
    drawing.dots([{ x: x - 9 + 4.5 * k, y }], 2.4, ageColour(drawing, (k + 0.5) / AGES));
  }
}

/** The plots of one objective in rows; returns the y below. */
function drawGrid(
  drawing: Drawing,
  y: number,
  { name, slices, best }: Slice['objectives'][number],
  axis: ValueAxis,
  { numbers: [first, last], most }: Pick<Slice, 'numbers'> & { readonly most: number },
): number {
  const room = drawing.width - 2 * MARGIN;
  const gap = 10;
  const columns = Math.max(1, Math.min(slices.length, Math.floor((room + gap) / (NARROWEST + gap))));
  const width = (room - gap * (columns - 1)) / columns;
  const labels = labelRoom(axis.scale([100, 0]).ticks.map(({ label }) => label));
  const upright = axisTitle(`Vertical: ${name}`, axis);
  drawing.text(MARGIN, y + 11, fitText(upright, room, SIZES.tick), { size: SIZES.tick, full: upright });
  y += 18;
  let bottom = y;
  slices.forEach(({ param, points }, i) => {
    const column = i % columns;
    if (column === 0) y = bottom;
    const left = MARGIN + column * (width + gap);
    const heading = fitName(paramText(param), width - 6, SIZES.label, 'bold');
    drawing.text(left, y + 14, heading, { face: 'bold', full: paramText(param) });
    const end = drawPlot(drawing, {
      y: y + 4,
      within: [left, left + width],
      height: 110,
      labels,
      xTitle: '',
      yTitle: '',
      xScale: (range) =>
        paramScale(param, range, { ticks: Math.max(2, Math.floor((range[1] - range[0]) / 50)) }),
      yScale: (range) => axis.scale([range[0] - 4, range[1]]),
      marks(_, x, scale) {
        const at = ({ internal, value }: (typeof points)[number]): Point => ({
          x: x(internal),
          y: scale(axis.clamp(value)),
        });
        const shown = evenly(points, most);
        const radius = shown.length > 200 ? 1.7 : 2.5;
        for (let k = 0; k < AGES; k++) {
          const proportion = (k + 0.5) / AGES;
          const own = shown.filter(
            ({ trial, feasible }) =>
              feasible && Math.floor((AGES * (trial - first)) / (last - first + 1)) === k,
          );
          drawing.dots(own.map(at), radius, ageColour(drawing, proportion));
        }
        drawing.rings(shown.filter(({ feasible }) => !feasible).map(at), radius, drawing.theme.quiet);
        for (const one of shown) {
          const words = () =>
            `trial ${one.trial}: ${paramText(param)} ${paramValue(param, one.internal)}, ${name} ${formatValue(one.value)}`;
          drawing.spot(at(one).x, at(one).y, words);
        }
        const star = points.find(({ trial }) => trial === best?.trial);
        if (star) drawStar(drawing, at(star).x, at(star).y);
      },
    });
    bottom = Math.max(bottom, end + 8);
  });
  return bottom;
}
