/** When each trial ran, and how it ended. */
import { maxOf, minOf } from '../../core/lists.ts';
import { axisScale } from '../chart/axes.ts';
import { coarse, type Drawing } from '../chart/drawing.ts';
import { csvTable, formatCount, formatNumber, formatPercent, plural } from '../chart/format.ts';
import { drawLegend, drawNothing, finish } from '../chart/frame.ts';
import { drawPlot } from '../chart/plot.ts';
import { createDrawing, defineFigure } from '../figure.ts';
import type { StudyFacts } from '../sources.ts';
import { drawStudyTitle } from './signs.ts';
import { countTrials, medianOf, NO_TRIALS, STATE_WORDS, type TrialCounts } from './trials.ts';

const KINDS = ['complete', 'pruned', 'failed', 'running'] as const;
type Kind = (typeof KINDS)[number];

/** A trial that has begun. */
interface TimedTrial {
  readonly trial: number;
  readonly kind: Kind;
  /** Seconds since the first trial began. */
  readonly from: number;
  /** The same for its end; of a trial that still runs, the last moment that the study knows. */
  readonly to: number;
}

/** Data of the figure. */
export interface Timeline {
  readonly counts: TrialCounts;
  readonly trials: readonly TimedTrial[];
  /** When the first trial began, ISO 8601; null before that. */
  readonly started: string | null;
  /** Seconds from the first start to the last end. */
  readonly seconds: number;
  /** Most trials at the same time. */
  readonly parallel: number;
  /** Seconds of all trials together. */
  readonly busy: number;
  /** Trials that began or ended without a recorded time. */
  readonly untimed: number;
}

const title = 'Timeline of the trials';
const SERIES: Readonly<Record<Kind, number>> = { complete: 0, pruned: 1, running: 2, failed: 3 };
/** Height of a bar by state, so that states differ in grey too. */
const HEIGHTS: Readonly<Record<Kind, number>> = { complete: 1, pruned: 0.55, running: 0.8, failed: 0.35 };

/** The timeline of a study. */
export const timeline = defineFigure<'study', Timeline>({
  type: 'timeline',
  title,
  summary: 'When each trial of a study ran, how long, and how it ended.',
  needs: 'study',
  data: readTimes,
  draw(data, options, alt) {
    const { counts, trials, seconds, untimed } = data;
    const drawing = createDrawing('timeline', options);
    let y = drawStudyTitle(drawing, title, counts);
    const warnings = untimed > 0 ? [`${plural(untimed, 'trial')} without times: not drawn.`] : [];
    if (trials.length === 0) {
      const why = counts.trials === 0 ? NO_TRIALS : 'No trial has times.';
      return finish(drawing, drawNothing(drawing, y, why), { alt });
    }
    y = drawLegend(
      drawing,
      y,
      KINDS.filter((kind) => trials.some((one) => one.kind === kind)).map((kind) => ({
        kind: 'own',
        label: kind,
        sign: (d, x, at) =>
          d.line(x - 9, at, x + 9, at, { stroke: d.theme.series[SERIES[kind]], width: 9 * HEIGHTS[kind] }),
      })),
    );
    const last = maxOf(trials, ({ trial }) => trial);
    const first = minOf(trials, ({ trial }) => trial);
    const rows = last - first + 1;
    const height = Math.min(Math.max(60, rows * 9), Math.min(360, Math.max(220, drawing.width * 0.55)));
    const unit = unitFor(seconds);
    y = drawPlot(drawing, {
      y,
      height,
      inset: [0, 4],
      xTitle: `Time since the first trial began, ${unit.name}`,
      yTitle: 'Trial',
      xScale: (range) =>
        axisScale({
          domain: [0, seconds > 0 ? seconds / unit.seconds : 1],
          range,
          nice: false,
        }),
      yScale: ([bottom, top]) =>
        axisScale({
          domain: [first - 0.5, last + 0.5],
          range: [top, bottom],
          nice: false,
          whole: true,
          ticks: Math.max(2, Math.floor(height / 28)),
        }),
      marks(_, x, scale) {
        const thick = Math.max(2, (height / rows) * 0.82);
        for (const kind of KINDS) {
          const own = trials.filter((one) => one.kind === kind);
          const d = own.map(({ trial, from, to }) => {
            const [a, b] = [from, to].map((time) => x(time / unit.seconds));
            return `M${coarse(a)} ${coarse(scale(trial))}H${coarse(Math.max(b, a + 1))}`;
          });
          for (const { trial, from, to } of own)
            drawing.spot(
              (x(from / unit.seconds) + x(to / unit.seconds)) / 2,
              scale(trial),
              () => `trial ${trial}, ${kind}: ${durationText(to - from)}, from ${durationText(from)}`,
            );
          drawing.path(d.join(''), {
            stroke: drawing.theme.series[SERIES[kind]],
            width: Math.max(0.8, thick * HEIGHTS[kind]),
          });
          if (kind === 'failed' && own.length <= 60)
            markEnds(
              drawing,
              own.map(({ trial, to }) => ({ x: x(to / unit.seconds), y: scale(trial) })),
            );
        }
      },
    });
    return finish(drawing, y, { alt, warnings });
  },
  csv: ({ trials }) =>
    csvTable(
      ['trial', 'state', 'from_seconds', 'to_seconds'],
      trials.map(({ trial, kind, from, to }) => [trial, kind, from, to]),
    ),
  caption({ counts, trials, seconds, parallel, busy: all }) {
    if (counts.trials === 0) return NO_TRIALS;
    if (trials.length === 0) return 'No trial has times.';
    const lengthOf = (kind: Kind) => {
      const own = trials.filter((one) => one.kind === kind).map(({ from, to }) => to - from);
      return own.length === 0 ? undefined : medianOf(own);
    };
    const [complete, pruned] = [lengthOf('complete'), lengthOf('pruned')];
    const busy = seconds > 0 ? all / (seconds * parallel) : 1;
    const said = [
      `${plural(trials.length, 'trial')} in ${durationText(seconds)}, ${parallel === 1 ? 'one at a time' : `up to ${formatCount(parallel)} at a time`}${parallel > 1 ? `; the workers were busy ${formatPercent(Math.min(1, busy), 0)} of the time` : busy < 0.9 ? `; none ran for ${formatPercent(1 - busy, 0)} of the time` : ''}.`,
    ];
    if (complete !== undefined)
      said.push(
        `The median complete trial took ${durationText(complete)}${pruned === undefined ? '' : `, the median pruned one ${durationText(pruned)}`}.`,
      );
    else if (pruned !== undefined) said.push(`The median pruned trial took ${durationText(pruned)}.`);
    return said.join(' ');
  },
  describe: ({ trials }) => `Bar chart of when ${plural(trials.length, 'trial')} ran.`,
});

function readTimes({ trials: all }: StudyFacts): Timeline {
  const begun = all.filter(({ state }) => state !== 'WAITING');
  const times = begun.flatMap(({ datetimeStart, datetimeComplete }) => [
    ...(datetimeStart ? [datetimeStart.getTime()] : []),
    ...(datetimeComplete ? [datetimeComplete.getTime()] : []),
  ]);
  const [start, end] = [times, times].map((list, i) =>
    list.reduce((a, b) => (i === 0 ? Math.min(a, b) : Math.max(a, b)), i === 0 ? Infinity : -Infinity),
  );
  const trials = begun.flatMap(({ number, state, datetimeStart, datetimeComplete }): TimedTrial[] => {
    const to = datetimeComplete ?? (state === 'RUNNING' ? new Date(end) : null);
    if (datetimeStart === null || to === null || state === 'WAITING') return [];
    const since = (date: Date) => (date.getTime() - start) / 1000;
    return [
      {
        trial: number,
        kind: STATE_WORDS[state],
        from: since(datetimeStart),
        to: Math.max(since(to), since(datetimeStart)),
      },
    ];
  });
  return {
    counts: countTrials(all),
    trials,
    started: trials.length === 0 ? null : new Date(start).toISOString(),
    seconds: trials.reduce((last, { to }) => Math.max(last, to), 0),
    parallel: mostAtOnce(trials),
    busy: trials.reduce((sum, { from, to }) => sum + to - from, 0),
    untimed: begun.length - trials.length,
  };
}

/** The most intervals that overlap at one moment; one that begins as another ends does not overlap with it. */
function mostAtOnce(trials: readonly TimedTrial[]): number {
  const events = trials
    .flatMap(({ from, to }) => [
      { at: from, step: 1 },
      { at: Math.max(to, from + 1e-6), step: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.step - b.step);
  let [now, most] = [0, 0];
  for (const { step } of events) {
    now += step;
    most = Math.max(most, now);
  }
  return most;
}

function unitFor(seconds: number): { readonly name: string; readonly seconds: number } {
  if (seconds < 180) return { name: 'seconds', seconds: 1 };
  if (seconds < 3 * 3600) return { name: 'minutes', seconds: 60 };
  if (seconds < 72 * 3600) return { name: 'hours', seconds: 3600 };
  return { name: 'days', seconds: 86_400 };
}

/** `0.4 s`, `12 min 5 s`, `2 h 3 min`. */
export function durationText(seconds: number): string {
  if (seconds < 60) return `${formatNumber(seconds, 2)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 48 * 3600) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${formatNumber(whole / 86_400, 2)} days`;
}

function markEnds(drawing: Drawing, ends: readonly { readonly x: number; readonly y: number }[]): void {
  for (const { x, y } of ends) drawing.marker(3, x, y, 2.8, drawing.theme.series[3]);
}
