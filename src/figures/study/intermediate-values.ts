/** The intermediate values of trials: their learning curves, and where pruning ended them. */
import { maxOf, minOf } from '../../core/lists.ts';
import { wholeScale } from '../chart/axes.ts';
import { coarse, dashOf, type Drawing } from '../chart/drawing.ts';
import { csvTable, formatCount, formatNumber, formatPercent, plural } from '../chart/format.ts';
import { drawLegend, drawNothing, drawTitle, finish, type LegendEntry } from '../chart/frame.ts';
import { drawPlot } from '../chart/plot.ts';
import { createDrawing, defineFigure } from '../figure.ts';
import type { StudyFacts } from '../sources.ts';
import { evenly, medianOf, objectivesOf, STATE_WORDS } from './trials.ts';
import { axisTitle, beyondWarnings, valueAxis } from './value-axis.ts';

/** A trial's reports by rising step. */
interface ReportedTrial {
  readonly trial: number;
  readonly state: 'complete' | 'pruned' | 'failed' | 'running';
  /** A value that is not finite is null. */
  readonly reports: readonly { readonly step: number; readonly value: number | null }[];
}

/** Data of the figure. */
export interface IntermediateValues {
  /** What was reported: `value`, or what the study says. */
  readonly name: string;
  readonly direction: 'minimize' | 'maximize';
  /** Trials with one report or more. */
  readonly trials: readonly ReportedTrial[];
  /** Number of the best trial; null where none is complete or it reported nothing. */
  readonly best: number | null;
  /** Steps that pruned trials would have taken at the median length of complete ones, and those that they took. */
  readonly pruning: { readonly pruned: number; readonly steps: number; readonly taken: number } | null;
  /** Values that are not finite. */
  readonly not_finite: number;
}

const title = 'Learning curves of the trials';
/** More curves than this are drawn in grey only. */
const MOST = 120;
/** Steps of a curve that a figure can show. */
const MOST_STEPS = 60;

/** The learning curves of trials. */
export const intermediateValues = defineFigure<'study', IntermediateValues>({
  type: 'intermediate-values',
  title,
  summary: 'What the trials of a study reported per step, and where pruning ended them.',
  needs: 'study',
  refuse: ({ directions }) =>
    directions.length > 1 ? 'trials with several objectives report no intermediate values' : undefined,
  data: readReports,
  draw(data, options, alt) {
    const { name, trials, best, direction } = data;
    const drawing = createDrawing('intermediate-values', options);
    const values = trials.flatMap(({ reports }) => reports.flatMap(({ value }) => value ?? []));
    const pruned = trials.filter(({ state }) => state === 'pruned').length;
    const subtitle = `${plural(trials.length, 'trial')} with reports, ${formatCount(pruned)} pruned`;
    let y = drawTitle(drawing, title, trials.length === 0 ? '' : subtitle);
    if (values.length === 0) {
      const why = trials.length === 0 ? 'No trial has reported a value.' : 'No report has a finite value.';
      return finish(drawing, drawNothing(drawing, y, why), { alt });
    }
    const axis = valueAxis(values, direction);
    const chosen = evenly(trials, MOST);
    const own = trials.find(({ trial }) => trial === best);
    const last = maxOf(trials.flatMap(({ reports }) => reports.map(({ step }) => step)));
    const first = minOf(trials.flatMap(({ reports }) => reports.map(({ step }) => step)));
    y = drawLegend(drawing, y, legendOf(chosen, own !== undefined));
    y = drawPlot(drawing, {
      y,
      xTitle: 'Step',
      yTitle: axisTitle(`Reported ${name}`, axis),
      xScale: wholeScale([first, last]),
      yScale: axis.scale,
      marks(_, x, scale) {
        const at = (step: number, value: number) => [x(step), scale(axis.clamp(value))] as const;
        for (const state of ['running', 'failed', 'complete', 'pruned'] as const)
          drawCurves(
            drawing,
            chosen.filter((one) => one.state === state && one !== own),
            state,
            at,
          );
        if (own) drawCurves(drawing, [own], 'best', at);
        for (const { trial, reports } of chosen)
          for (const { step, value } of evenly(reports, MOST_STEPS))
            if (value !== null)
              drawing.spot(
                ...at(step, value),
                () => `trial ${trial}, step ${step}: ${name} ${formatNumber(value, 4)}`,
              );
      },
    });
    return finish(drawing, y, {
      alt,
      warnings: [...warningsOf(data, chosen.length), ...beyondWarnings([axis])],
    });
  },
  csv: ({ trials }) =>
    csvTable(
      ['trial', 'state', 'step', 'value'],
      trials.flatMap(({ trial, state, reports }) =>
        reports.map(({ step, value }) => [trial, state, step, value]),
      ),
    ),
  caption({ name, trials, best, pruning }) {
    if (trials.length === 0) return 'No trial has reported a value.';
    const longest = maxOf(trials, ({ reports }) => reports.length);
    const said = [
      trials.length === 1
        ? `One trial reported its ${name} at ${plural(longest, 'step')}.`
        : `${plural(trials.length, 'trial')} reported their ${name} at up to ${plural(longest, 'step')}.`,
    ];
    if (pruning) {
      const saved = pruning.steps - pruning.taken;
      const pruned = trials.filter(({ state }) => state === 'pruned');
      const half = medianOf(pruned.map(({ reports }) => reports.length));
      said.push(
        `${plural(pruning.pruned, 'trial')} ${pruning.pruned === 1 ? 'was' : 'were'} pruned, after ${pruned.length === 1 ? '' : 'a median of '}${formatNumber(half)} ${half === 1 ? 'step' : 'steps'} instead of the ${formatNumber(pruning.steps / pruning.pruned)} of a complete one: about ${formatNumber(Math.max(0, saved))} steps saved, ${formatPercent(Math.max(0, saved) / pruning.steps, 0)} of those trials' work.`,
      );
    } else {
      const pruned = trials.filter(({ state }) => state === 'pruned').length;
      said.push(
        pruned === 0
          ? 'None was pruned.'
          : `${formatCount(pruned)} of them ${pruned === 1 ? 'was' : 'were'} pruned, and none is complete to compare with.`,
      );
    }
    const own = trials.find(({ trial }) => trial === best);
    const end = own?.reports.findLast(({ value }) => value !== null);
    if (own && end && end.value !== null)
      said.push(
        `The best, trial ${own.trial}, last reported ${formatNumber(end.value, 4)} at step ${end.step}.`,
      );
    return said.join(' ');
  },
  describe: ({ trials }) =>
    `Line chart of reported values per step, a line for each of ${plural(trials.length, 'trial')}.`,
});

function readReports(study: StudyFacts): IntermediateValues {
  const { name = 'value', negated = false } = study.reports ?? {};
  const sign = negated ? -1 : 1;
  const wanted = study.directions.at(0) ?? 'minimize';
  const trials = study.trials.flatMap(({ number, state, intermediateValues: found }): ReportedTrial[] => {
    if (found.size === 0 || state === 'WAITING') return [];
    const reports = [...found]
      .sort(([a], [b]) => a - b)
      .map(([step, value]) => ({ step, value: Number.isFinite(value) ? sign * value : null }));
    return [{ trial: number, state: STATE_WORDS[state], reports }];
  });
  const best = objectivesOf(study).at(0)?.best?.trial ?? null;
  const complete = trials.filter(({ state }) => state === 'complete').map(({ reports }) => reports.length);
  const pruned = trials.filter(({ state }) => state === 'pruned').map(({ reports }) => reports.length);
  const usual = complete.length === 0 ? 0 : medianOf(complete);
  return {
    name,
    direction: !negated ? wanted : wanted === 'minimize' ? 'maximize' : 'minimize',
    trials,
    best: trials.some(({ trial }) => trial === best) ? best : null,
    pruning:
      pruned.length === 0 || usual === 0
        ? null
        : {
            pruned: pruned.length,
            steps: usual * pruned.length,
            taken: pruned.reduce((sum, steps) => sum + steps, 0),
          },
    not_finite: trials.reduce(
      (sum, { reports }) => sum + reports.filter(({ value }) => value === null).length,
      0,
    ),
  };
}

type Kind = ReportedTrial['state'] | 'best';

/** How the curves of a kind are drawn. */
function styleOf({ theme }: Drawing, kind: Kind) {
  switch (kind) {
    case 'best':
      return { stroke: theme.series[0], width: 2.6 };
    case 'complete':
      return { stroke: theme.quiet, width: 1, opacity: 0.55 };
    case 'pruned':
      return { stroke: theme.series[1], width: 1, dash: dashOf(1), opacity: 0.8 };
    case 'failed':
      return { stroke: theme.series[3], width: 1, dash: dashOf(2) };
    case 'running':
      return { stroke: theme.series[2], width: 1.2, dash: dashOf(3) };
    default:
      return kind satisfies never;
  }
}

/** Curves of one kind as one path, and a mark where each that did not complete ends. */
function drawCurves(
  drawing: Drawing,
  trials: readonly ReportedTrial[],
  kind: Kind,
  at: (step: number, value: number) => readonly [number, number],
): void {
  const style = styleOf(drawing, kind);
  const d: string[] = [];
  const alone: { x: number; y: number }[] = [];
  const ends: { x: number; y: number }[] = [];
  for (const { reports } of trials) {
    const thin = evenly(reports, MOST_STEPS);
    thin.forEach(({ step, value }, i) => {
      if (value === null) return;
      const [x, y] = at(step, value);
      const joined = i > 0 && thin[i - 1].value !== null;
      d.push(`${joined ? 'L' : 'M'}${coarse(x)} ${coarse(y)}`);
      if (!joined && (thin.at(i + 1)?.value ?? null) === null) alone.push({ x, y });
    });
    const last = thin.findLast(({ value }) => value !== null);
    if (last && last.value !== null) {
      const [x, y] = at(last.step, last.value);
      ends.push({ x, y });
    }
  }
  drawing.path(d.join(''), style);
  if (kind === 'complete') drawing.dots(alone, 1.8, style.stroke);
  else if (kind === 'pruned' || kind === 'failed') {
    const series = kind === 'pruned' ? 1 : 3;
    const radius = trials.length > 60 ? 1.8 : 2.6;
    for (const { x, y } of ends) drawing.marker(series, x, y, radius, style.stroke);
  } else for (const { x, y } of ends) drawing.marker(0, x, y, kind === 'best' ? 4 : 2.6, style.stroke);
}

function legendOf(trials: readonly ReportedTrial[], best: boolean): LegendEntry[] {
  const has = (state: Kind) => trials.some((one) => one.state === state);
  const entry = (kind: Kind, label: string): LegendEntry => ({
    kind: 'own',
    label,
    sign(drawing, x, y) {
      drawing.line(x - 11, y, x + 11, y, styleOf(drawing, kind));
      if (kind === 'pruned' || kind === 'failed')
        drawing.marker(kind === 'pruned' ? 1 : 3, x + 11, y, 2.6, styleOf(drawing, kind).stroke);
    },
  });
  return [
    ...(best ? [entry('best', 'best trial')] : []),
    ...(has('complete') ? [entry('complete', 'complete')] : []),
    ...(has('pruned') ? [entry('pruned', 'pruned')] : []),
    ...(has('failed') ? [entry('failed', 'failed')] : []),
    ...(has('running') ? [entry('running', 'running')] : []),
  ];
}

function warningsOf({ trials, not_finite: bad }: IntermediateValues, shown: number): string[] {
  return [
    ...(shown < trials.length
      ? [`${formatCount(shown)} of ${formatCount(trials.length)} curves are drawn, evenly spread.`]
      : []),
    ...(bad > 0 ? [`${plural(bad, 'report')} without a finite value: a gap.`] : []),
  ];
}
