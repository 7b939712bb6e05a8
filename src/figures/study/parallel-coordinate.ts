/** Each trial as a line through all its parameters, the best ones highlighted: what good trials have in common. */
import { maxOf, minOf } from '../../core/lists.ts';
import type { AxisScale } from '../chart/axes.ts';
import { coarse, type Drawing, SIZES } from '../chart/drawing.ts';
import { csvTable, formatCount, formatPercent, listing, plural } from '../chart/format.ts';
import { drawLegend, drawNothing, finish, type LegendEntry, MARGIN } from '../chart/frame.ts';
import { fitName, textWidth } from '../chart/text.ts';
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
import { bestSign, drawObjectives, drawStudyTitle, type Sign } from './signs.ts';
import {
  bestTenth,
  countTrials,
  evenly,
  formatValue,
  NO_TRIALS,
  noValues,
  type Objective,
  objectivesOf,
  type ScoredTrial,
  type TrialCounts,
  valueWarnings,
} from './trials.ts';
import { axisTitle, beyondWarnings, objectiveAxis, type ValueAxis } from './value-axis.ts';

/** Data of the figure. */
export interface ParallelCoordinate {
  readonly counts: TrialCounts;
  readonly params: readonly Param[];
  readonly objectives: readonly (Objective & {
    /** Numbers of the best tenth of the feasible trials, 20 at most; the best first. */
    readonly best_trials: readonly number[];
  })[];
  /** Internal values by trial number, one per parameter; null where the trial lacks it. */
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

const title = 'Parameters of all trials';
/** Most lines beside the best ones. */
const MOST = 250;
const MOST_BEST = 20;

/** Parallel coordinates, from top to bottom, so that names and narrow pages have room. */
export const parallelCoordinate = defineFigure<'study', ParallelCoordinate>({
  type: 'parallel-coordinate',
  title,
  summary: 'Every trial of a study as a line through its parameters, the best tenth apart.',
  needs: 'study',
  data(study) {
    const params = drawnParams(study);
    const objectives = objectivesOf(study).map((objective) => ({
      ...objective,
      best_trials: bestTenth(objective)
        .slice(0, MOST_BEST)
        .map(({ trial }) => trial),
    }));
    const known = new Set(objectives.flatMap(({ scored }) => scored.map(({ trial }) => trial)));
    return {
      counts: countTrials(study.trials),
      params,
      objectives,
      values: Object.fromEntries(
        study.trials
          .filter(({ number }) => known.has(number))
          .map((trial) => [trial.number, params.map((param) => internalOf(trial, param) ?? null)]),
      ),
    };
  },
  draw(data, options, alt) {
    const { counts, params, objectives } = data;
    const drawing = createDrawing('parallel-coordinate', options);
    const y = drawStudyTitle(drawing, title, counts);
    const shown = objectives.filter(({ scored }) => scored.length > 0);
    if (shown.length === 0 || params.length === 0) {
      const why = shown.length === 0 ? noValues(counts) : NO_PARAMS;
      return finish(drawing, drawNothing(drawing, y, why), { alt });
    }
    const axes = shown.map(objectiveAxis);
    const bottom = drawObjectives(y, shown, (objective, i, top) =>
      drawLines(drawing, top, data, objective, axes[i]),
    );
    const hidden = shown.some(({ scored }) => scored.length > MOST);
    return finish(drawing, bottom, {
      alt,
      warnings: [
        ...valueWarnings(objectives),
        ...beyondWarnings(axes),
        ...(hidden ? [`${formatCount(MOST)} other trials are drawn, evenly spread.`] : []),
        ...paramWarnings(params.length),
      ],
    });
  },
  csv: ({ params, objectives, values }) =>
    csvTable(
      [
        'trial',
        ...objectives.map(({ name }) => name),
        ...objectives.map((_, k) => `best_trials${objectives.length === 1 ? '' : `_${k + 1}`}`),
        ...params.map(({ name }) => name),
      ],
      Object.entries(values).map(([trial, row]) => [
        Number(trial),
        ...objectives.map(({ scored }) => scored.find((one) => one.trial === Number(trial))?.value),
        ...objectives.map(({ best_trials: best }) => best.includes(Number(trial))),
        ...row.map((value, p) => (value === null ? null : paramCell(params[p], value))),
      ]),
    ),
  caption(data) {
    const { counts, params, objectives } = data;
    if (counts.trials === 0) return NO_TRIALS;
    if (params.length === 0) return NO_PARAMS;
    const said = objectives.flatMap((objective) => agreementSentence(data, objective) ?? []);
    return said.length > 0 ? said.join(' ') : noValues(counts);
  },
  describe: ({ params, counts }) =>
    `Lines of ${plural(counts.complete, 'complete trial')} through ${plural(params.length, 'parameter')}.`,
});

/** How closely the best trials agree on a parameter. */
interface Agreement {
  /** About how likely as many trials drawn from all would agree as closely. */
  readonly chance: number;
  readonly text: string;
}

/** Agreement that is less likely than this is not taken for chance. */
const CHANCE = 0.1;

/** What the best trials have in common. */
function agreementSentence(
  { params, values }: ParallelCoordinate,
  { name, best_trials: best, scored, best: first }: ParallelCoordinate['objectives'][number],
): string | undefined {
  if (first === null) return undefined;
  const feasible = scored.filter((one) => one.feasible).length;
  const of =
    best.length === 1
      ? `The best trial, ${first.trial},`
      : `The best ${formatCount(best.length)} of ${plural(feasible, 'complete trial')}`;
  const last = scored.find(({ trial }) => trial === best.at(-1))?.value ?? first.value;
  const reach = `${name} ${last === first.value ? '' : `${formatValue(last)} to `}${formatValue(first.value)}`;
  if (best.length < 3)
    return `${of} ${best.length === 1 ? 'has' : 'have'} ${reach}: too few to see what good trials have in common.`;
  const found = params
    .flatMap((param, p) => {
      const mine = best.flatMap((trial) => values[trial][p] ?? []);
      const all = Object.values(values).flatMap((row) => row[p] ?? []);
      // skips parameters that some of the best trials lack
      return mine.length < best.length ? [] : [agreement(param, mine, all)];
    })
    .filter(({ chance }) => chance < CHANCE)
    .sort((a, b) => a.chance - b.chance)
    .slice(0, 2);
  return found.length === 0
    ? `${of} (${reach}) agree on no parameter more closely than by chance.`
    : `${of} (${reach}) agree on ${listing(found.map(({ text }) => text))}.`;
}

function agreement(param: Param, mine: readonly number[], all: readonly number[]): Agreement {
  const n = mine.length;
  if (param.kind === 'choice') {
    const count = (list: readonly number[], choice: number) =>
      list.filter((value) => value === choice).length;
    const choice = [...new Set(mine)].sort((a, b) => count(mine, b) - count(mine, a))[0];
    const [own, usual] = [count(mine, choice), count(all, choice) / all.length];
    return {
      chance: atLeast(own, n, usual) * param.choices.length,
      text: `${paramText(param)} (${paramValue(param, choice)} in ${formatPercent(own / n, 0)} of them, ${formatPercent(usual, 0)} of all)`,
    };
  }
  const [low, high] = [minOf(mine), maxOf(mine)];
  const inside = all.filter((value) => value >= low && value <= high).length / all.length;
  const said =
    low === high
      ? `always ${paramValue(param, low)}`
      : `${paramValue(param, low)} to ${paramValue(param, high)}`;
  return {
    // the probability that n uniform numbers span no more than this
    chance: n * inside ** (n - 1) - (n - 1) * inside ** n,
    text: `${paramText(param)} (${said}, of ${paramValue(param, param.low)} to ${paramValue(param, param.high)})`,
  };
}

/** The probability of `k` successes or more in `n` trials of probability `p`. */
function atLeast(k: number, n: number, p: number): number {
  let [sum, ways] = [0, 1];
  for (let i = 0; i <= n; i++) {
    if (i >= k) sum += ways * p ** i * (1 - p) ** (n - i);
    ways = (ways * (n - i)) / (i + 1);
  }
  return sum;
}

const ROW = 46;

/** One plot: the objective's axis on top, one axis per parameter. */
function drawLines(
  drawing: Drawing,
  y: number,
  { params: all, values }: ParallelCoordinate,
  { name, scored, best_trials: best }: ParallelCoordinate['objectives'][number],
  axis: ValueAxis,
): number {
  const { theme } = drawing;
  const params = all.slice(0, MOST_PARAMS);
  const below = drawLegend(drawing, y, legendOf(best.length, scored.length));
  const [left, right] = [MARGIN + 8, drawing.width - MARGIN - 8];
  const value = axis.scale([left, right]);
  const scales = params.map((param) =>
    paramScale(param, [left, right], { ticks: Math.max(2, Math.floor((right - left) / 75)) }),
  );
  const rows = [below + 24, ...params.map((_, p) => below + 24 + ROW * (p + 1))];
  const pathOf = ({ trial, value: own }: ScoredTrial) => {
    let d = `M${coarse(value(axis.clamp(own)))} ${coarse(rows[0])}`;
    let before = true;
    params.forEach((_, p) => {
      const internal = values[trial][p];
      if (internal !== null)
        d += `${before ? 'L' : 'M'}${coarse(scales[p](internal))} ${coarse(rows[p + 1])}`;
      before = internal !== null;
    });
    return d;
  };
  const chosen = new Set(best);
  const others = evenly(
    scored.filter(({ trial }) => !chosen.has(trial)),
    MOST,
  );
  drawing.path(others.map(pathOf).join(''), {
    stroke: theme.quiet,
    width: 0.8,
    opacity: others.length > 100 ? 0.3 : 0.5,
  });
  const mine = scored.filter(({ trial }) => chosen.has(trial));
  drawing.path(mine.map(pathOf).join(''), { stroke: theme.series[0], width: 1.8 });
  drawAxis(drawing, rows[0], axisTitle(name, axis), value, [left, right]);
  params.forEach((param, p) => drawAxis(drawing, rows[p + 1], paramText(param), scales[p], [left, right]));
  const points = mine.flatMap(({ trial, value: own }) => [
    { x: value(axis.clamp(own)), y: rows[0] },
    ...params.flatMap((_, p) => {
      const internal = values[trial][p];
      return internal === null ? [] : [{ x: scales[p](internal), y: rows[p + 1] }];
    }),
  ]);
  drawing.dots(points, 3, theme.series[0]);
  for (const { trial, value: own } of [...mine, ...others]) {
    const says = (what: string) => () => `trial ${trial}: ${what}, ${name} ${formatValue(own)}`;
    drawing.spot(value(axis.clamp(own)), rows[0], () => `trial ${trial}: ${name} ${formatValue(own)}`);
    params.forEach((param, p) => {
      const internal = values[trial][p];
      if (internal === null) return;
      const what = `${paramText(param)} ${paramValue(param, internal)}`;
      drawing.spot(scales[p](internal), rows[p + 1], says(what));
    });
  }
  return rows[rows.length - 1] + 24;
}

function legendOf(best: number, all: number): LegendEntry[] {
  const label = best === 1 ? 'best trial' : `best ${formatCount(best)}`;
  const line: Sign = (drawing, x, y) =>
    drawing.line(x - 11, y, x + 11, y, { stroke: drawing.theme.quiet, opacity: 0.6 });
  return [
    ...(best > 0 ? [{ kind: 'own' as const, sign: bestSign, label }] : []),
    ...(all > best ? [{ kind: 'own' as const, sign: line, label: 'other trials' }] : []),
  ];
}

/** An axis across the drawing: its name above at the left, its ticks below. */
function drawAxis(
  drawing: Drawing,
  y: number,
  name: string,
  scale: AxisScale,
  [left, right]: readonly [number, number],
): void {
  const { theme } = drawing;
  const shown = fitName(name, right - left, SIZES.tick, 'bold');
  drawing.text(left - 6, y - 8, shown, { size: SIZES.tick, face: 'bold', full: name, backed: true });
  drawing.line(left - 6, y, right + 6, y, { width: 1.4 });
  let free = -Infinity;
  for (const { value, label } of scale.ticks) {
    const x = scale(value);
    drawing.line(x, y - 3, x, y + 3, { width: 1.4 });
    const half = textWidth(label, SIZES.tick) / 2;
    const middle = Math.min(Math.max(x, MARGIN + half), drawing.width - MARGIN - half);
    if (middle - half < free) continue;
    free = middle + half + 8;
    const style = { anchor: 'middle', size: SIZES.tick, fill: theme.quiet, backed: true } as const;
    drawing.text(middle, y + 15, label, style);
  }
}
