/** The value of each trial in turn, and the best one so far. */
import { wholeScale } from '../chart/axes.ts';
import { type Drawing, type Point, round } from '../chart/drawing.ts';
import { capital, csvTable, plural } from '../chart/format.ts';
import { drawLegend, drawNothing, finish, type LegendEntry } from '../chart/frame.ts';
import { drawPlot } from '../chart/plot.ts';
import { createDrawing, defineFigure } from '../figure.ts';
import {
  bestSign,
  drawFailed,
  drawObjectives,
  drawPruned,
  drawStudyTitle,
  failedSign,
  infeasibleEntry,
  prunedSign,
  restSign,
} from './signs.ts';
import {
  bestWord,
  countsText,
  countTrials,
  formatValue,
  isBetterValue,
  NO_TRIALS,
  noValues,
  numbersOf,
  type Objective,
  objectivesOf,
  type ScoredTrial,
  type TrialCounts,
  valueWarnings,
} from './trials.ts';
import { axisTitle, beyondWarnings, objectiveAxis } from './value-axis.ts';

/** Data of the figure. */
export interface OptimizationHistory {
  readonly counts: TrialCounts;
  /** The lowest and the highest number of a trial. */
  readonly numbers: readonly [number, number];
  readonly objectives: readonly (Objective & {
    /** Feasible trials that were better than all before them. */
    readonly records: readonly ScoredTrial[];
  })[];
  readonly pruned: readonly number[];
  readonly failed: readonly number[];
}

const title = 'Optimisation history';
/** Trials that a sampler draws at random before it learns from them, in Optuna and here. */
const STARTUP = 10;

/** The optimisation history. */
export const optimizationHistory = defineFigure<'study', OptimizationHistory>({
  type: 'optimization-history',
  title,
  summary: 'The value of each trial of a study in turn, and the best one so far.',
  needs: 'study',
  data(study) {
    const numbers = (state: string) =>
      study.trials.filter((trial) => trial.state === state).map(({ number }) => number);
    return {
      counts: countTrials(study.trials),
      numbers: numbersOf(study.trials),
      objectives: objectivesOf(study).map((objective) => ({ ...objective, records: recordsOf(objective) })),
      pruned: numbers('PRUNED'),
      failed: numbers('FAIL'),
    };
  },
  draw({ counts, numbers, objectives, pruned, failed }, options, alt) {
    const drawing = createDrawing('optimization-history', options);
    let y = drawStudyTitle(drawing, title, counts);
    const shown = objectives.filter(({ scored }) => scored.length > 0);
    if (shown.length === 0) {
      const warnings = counts.complete > 0 ? valueWarnings(objectives) : [];
      return finish(drawing, drawNothing(drawing, y, noValues(counts)), { alt, warnings });
    }
    y = drawLegend(drawing, y, [
      { kind: 'own', sign: restSign, label: 'trial' },
      ...infeasibleEntry(counts),
      ...(shown.some(({ best }) => best !== null)
        ? [{ kind: 'own', sign: bestSign, label: 'best so far' } satisfies LegendEntry]
        : []),
      ...(pruned.length > 0
        ? [{ kind: 'own', sign: prunedSign, label: 'pruned' } satisfies LegendEntry]
        : []),
      ...(failed.length > 0
        ? [{ kind: 'own', sign: failedSign, label: 'failed' } satisfies LegendEntry]
        : []),
    ]);
    const axes = shown.map(objectiveAxis);
    y = drawObjectives(y, shown, ({ name, scored, records }, i, top) =>
      drawPlot(drawing, {
        y: top,
        xTitle: 'Trial',
        yTitle: axisTitle(name, axes[i]),
        xScale: wholeScale(numbers),
        yScale: (range) => axes[i].scale([range[0] - 12, range[1]]),
        marks(area, x, scale) {
          const at = ({ trial, value }: ScoredTrial): Point => ({
            x: x(trial),
            y: scale(axes[i].clamp(value)),
          });
          drawPruned(drawing, pruned.map(x), area.bottom - 5);
          drawFailed(drawing, failed.map(x), area.bottom - 5);
          drawPoints(drawing, scored.filter(({ feasible }) => feasible).map(at));
          drawing.rings(scored.filter(({ feasible }) => !feasible).map(at), 2.6, drawing.theme.quiet);
          drawRecords(drawing, records.map(at), x(numbers[1]));
          for (const one of scored)
            drawing.spot(at(one).x, at(one).y, () => `trial ${one.trial}: ${name} ${formatValue(one.value)}`);
        },
      }),
    );
    return finish(drawing, y, { alt, warnings: [...valueWarnings(objectives), ...beyondWarnings(axes)] });
  },
  csv: ({ objectives }) =>
    csvTable(
      ['trial', 'objective', 'value', 'feasible', 'best_so_far'],
      objectives.flatMap(({ name, scored, records }) =>
        scored.map(({ trial, value, feasible }) => [
          trial,
          name,
          value,
          feasible,
          records.findLast((record) => record.trial <= trial)?.value,
        ]),
      ),
    ),
  caption({ counts, numbers, objectives }) {
    if (counts.trials === 0) return NO_TRIALS;
    const said = objectives.flatMap(({ name, direction, scored, best, records }) => {
      if (scored.length === 0) return [];
      if (best === null) return [`No trial with a value of ${name} satisfies the constraints.`];
      const early = records.findLast(({ trial }) => trial < numbers[0] + STARTUP);
      const aim = `The ${bestWord(direction)} ${name} is ${formatValue(best.value)}, of trial ${best.trial}`;
      if (counts.trials <= STARTUP || early === undefined) return [`${aim}.`];
      const gain = Math.abs(best.value - early.value);
      return [
        early.trial === best.trial
          ? `${aim}: none of the ${plural(counts.trials - STARTUP, 'trial')} after the first ${STARTUP} was better.`
          : `${aim}; the best of the first ${STARTUP} trials was ${formatValue(early.value)}, ${formatValue(gain)} worse.`,
      ];
    });
    const all = `${capital(countsText(counts))}.`;
    return [all, ...(said.length > 0 ? said : counts.complete > 0 ? [noValues(counts)] : [])].join(' ');
  },
  describe: ({ counts, objectives }) =>
    `Scatter chart of ${objectives.map(({ name }) => name).join(' and ')} over ${plural(counts.trials, 'trial')}.`,
});

/** Each trial that was better than all before it. */
function recordsOf({ scored, direction }: Objective): ScoredTrial[] {
  const records: ScoredTrial[] = [];
  for (const one of scored) {
    const before = records.at(-1);
    if (one.feasible && (before === undefined || isBetterValue(direction, one.value, before.value)))
      records.push(one);
  }
  return records;
}

/** Trials as quiet dots: the smaller, the more there are. */
function drawPoints(drawing: Drawing, points: readonly Point[]): void {
  drawing.dots(points, points.length > 300 ? 1.6 : 2.6, drawing.theme.quiet, points.length > 300 ? 0.6 : 0.8);
}

/** The best so far as steps to the end, a mark at each record. */
function drawRecords(drawing: Drawing, records: readonly Point[], end: number): void {
  if (records.length === 0) return;
  const colour = drawing.theme.series[0];
  const [first, ...rest] = records;
  const steps = rest.map(({ x, y }) => `H${round(x)}V${round(y)}`).join('');
  drawing.path(`M${round(first.x)} ${round(first.y)}${steps}H${round(end)}`, { stroke: colour, width: 2 });
  for (const { x, y } of records) drawing.marker(0, x, y, 3.4, colour);
}
