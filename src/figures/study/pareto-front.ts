/** Trials that no other trial beats in every objective. */
import { nonDominationRanks, toLosses } from '../../tune/study/pareto.ts';
import { isFeasible } from '../../tune/trial/constraints.ts';
import type { Direction } from '../../tune/trial/frozen-trial.ts';
import { type Point, round } from '../chart/drawing.ts';
import { capital, csvTable, formatCount, listing, plural } from '../chart/format.ts';
import { drawLegend, drawNothing, drawTitle, finish } from '../chart/frame.ts';
import { drawPlot } from '../chart/plot.ts';
import { createDrawing, defineFigure } from '../figure.ts';
import { bestSign, drawObjectives, infeasibleEntry, restSign } from './signs.ts';
import {
  bestWord,
  countTrials,
  formatValue,
  isBetterValue,
  noValues,
  objectivesOf,
  type TrialCounts,
} from './trials.ts';
import { axisTitle, beyondWarnings, valueAxis } from './value-axis.ts';

/** A complete trial with finite values. */
interface FrontTrial {
  readonly trial: number;
  /** One per objective. */
  readonly values: readonly number[];
  readonly feasible: boolean;
  /** Whether no feasible trial is at least as good everywhere and better somewhere. */
  readonly on_front: boolean;
}

/** Data of the figure. */
export interface ParetoFront {
  readonly counts: TrialCounts;
  readonly objectives: readonly { readonly name: string; readonly direction: Direction }[];
  readonly trials: readonly FrontTrial[];
  /** Complete trials with an infinite value. */
  readonly infinite: number;
}

const title = 'Pareto front';
/** Plots of pairs of objectives. */
const MOST_PAIRS = 6;

/** The Pareto front of a study with several objectives. */
export const paretoFront = defineFigure<'study', ParetoFront>({
  type: 'pareto-front',
  title,
  summary: 'The trials of a study with several objectives that no other trial beats in all of them.',
  needs: 'study',
  refuse: ({ directions }) =>
    directions.length < 2
      ? 'the study has one objective, and so one best trial instead of a front'
      : undefined,
  data(study) {
    const { directions } = study;
    const complete = study.trials.filter(({ state, values }) => state === 'COMPLETE' && values !== null);
    const known = complete.flatMap((trial) =>
      trial.values?.every(Number.isFinite)
        ? [{ trial: trial.number, values: [...trial.values], feasible: isFeasible(trial) }]
        : [],
    );
    const feasible = known.filter((one) => one.feasible);
    const ranks = nonDominationRanks(feasible.map(({ values }) => toLosses(values, directions)));
    const front = new Set(feasible.filter((_, i) => ranks[i] === 0).map(({ trial }) => trial));
    return {
      counts: countTrials(study.trials),
      objectives: objectivesOf(study).map(({ name, direction }) => ({ name, direction })),
      trials: known.map((one) => ({ ...one, on_front: front.has(one.trial) })),
      infinite: complete.length - known.length,
    };
  },
  draw({ counts, objectives, trials, infinite }, options, alt) {
    const drawing = createDrawing('pareto-front', options);
    const aims = listing(
      objectives.map(({ name, direction }) => `${name} ${direction === 'minimize' ? 'low' : 'high'}`),
    );
    let y = drawTitle(drawing, title, `Wanted: ${aims}`);
    if (trials.length === 0) return finish(drawing, drawNothing(drawing, y, noValues(counts)), { alt });
    y = drawLegend(drawing, y, [
      { kind: 'own', label: 'on the front', sign: bestSign },
      { kind: 'own', label: 'other trials', sign: restSign },
      ...infeasibleEntry(counts),
    ]);
    const pairs = pairsOf(objectives.length);
    const axes = objectives.map(({ direction }, k) =>
      valueAxis(
        trials.map(({ values }) => values[k]),
        direction,
      ),
    );
    y = drawObjectives(y, pairs.slice(0, MOST_PAIRS), ([a, b], _, top) =>
      drawPlot(drawing, {
        y: top,
        xTitle: axisTitle(objectives[a].name, axes[a]),
        yTitle: axisTitle(objectives[b].name, axes[b]),
        xScale: axes[a].scale,
        yScale: ([low, high]) => axes[b].scale([low - 6, high + 4]),
        marks(_area, x, scale) {
          const at = ({ values }: FrontTrial): Point => ({
            x: x(axes[a].clamp(values[a])),
            y: scale(axes[b].clamp(values[b])),
          });
          const many = trials.length > 300;
          drawing.dots(
            trials.filter((one) => one.feasible && !one.on_front).map(at),
            many ? 1.6 : 2.6,
            drawing.theme.quiet,
            0.7,
          );
          drawing.rings(trials.filter((one) => !one.feasible).map(at), many ? 1.6 : 2.6, drawing.theme.quiet);
          const front = trials
            .filter((one) => one.on_front)
            .sort((p, q) => p.values[a] - q.values[a] || p.values[b] - q.values[b])
            .map(at);
          // with two objectives the front is a staircase; with more it is no line in this plane
          if (objectives.length === 2) {
            const d = staircase(front, objectives[a].direction);
            drawing.path(d, { stroke: drawing.theme.series[0], width: 1.6 });
          }
          for (const point of front.slice(0, 400))
            drawing.marker(0, point.x, point.y, 3.6, drawing.theme.series[0]);
        },
      }),
    );
    return finish(drawing, y, {
      alt,
      warnings: [
        ...(infinite > 0 ? [`${plural(infinite, 'complete trial')} with an infinite value: not drawn.`] : []),
        ...beyondWarnings(axes),
        ...(pairs.length > MOST_PAIRS
          ? [`${MOST_PAIRS} of ${formatCount(pairs.length)} pairs of objectives are drawn.`]
          : []),
      ],
    });
  },
  csv: ({ objectives, trials }) =>
    csvTable(
      ['trial', ...objectives.map(({ name }) => name), 'feasible', 'on_front'],
      trials.map(({ trial, values, feasible, on_front: on }) => [trial, ...values, feasible, on]),
    ),
  caption({ counts, objectives, trials }) {
    if (trials.length === 0) return noValues(counts);
    const front = trials.filter((one) => one.on_front);
    if (front.length === 0) return 'No complete trial satisfies the constraints: there is no front.';
    const feasible = trials.filter((one) => one.feasible).length;
    const ends = objectives.map(({ name, direction }, k) => {
      const best = front.reduce((found, one) =>
        isBetterValue(direction, one.values[k], found.values[k]) ? one : found,
      );
      const others = objectives.flatMap((other, j) =>
        j === k ? [] : [`${other.name} ${formatValue(best.values[j])}`],
      );
      return `the ${bestWord(direction)} ${name} is ${formatValue(best.values[k])} (trial ${best.trial}, ${listing(others)})`;
    });
    return front.length === 1
      ? `One of ${plural(feasible, 'complete trial')} is best in every objective, trial ${front[0].trial}: ${listing(objectives.map(({ name }, k) => `${name} ${formatValue(front[0].values[k])}`))}.`
      : `${formatCount(front.length)} of ${plural(feasible, 'complete trial')} are on the front. ${capital(listing(ends))}.`;
  },
  describe: ({ objectives, trials }) =>
    `Scatter chart of ${plural(trials.length, 'trial')} by ${listing(objectives.map(({ name }) => name))}.`,
});

function pairsOf(count: number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, a) =>
    Array.from({ length: count - a - 1 }, (_unused, i): readonly [number, number] => [a, a + 1 + i]),
  ).flat();
}

/** Steps through points by rising x: at each point the second objective changes where the first one allows it. */
function staircase(points: readonly Point[], direction: Direction): string {
  return points
    .map(({ x, y }, i) => {
      if (i === 0) return `M${round(x)} ${round(y)}`;
      // low wanted: what lies right of a point is no better than it until the next one
      return direction === 'minimize' ? `H${round(x)}V${round(y)}` : `V${round(y)}H${round(x)}`;
    })
    .join('');
}
