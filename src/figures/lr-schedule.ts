/** The learning rate per epoch, and how the validation loss changed after each drop. */
import { maxOf, minOf } from '../core/lists.ts';
import { csvTable, formatNumber, plural } from './chart/format.ts';
import {
  type CourseEvents,
  courseEvents,
  curveWarnings,
  drawCourse,
  epochNumbers,
  finite,
  noEpochs,
  lossAxis,
} from './curves.ts';
import { defineFigure } from './figure.ts';

/** Data of the figure. */
export interface LrSchedule {
  readonly schedule: string;
  readonly points: readonly { readonly epoch: number; readonly lr: number | null }[];
  /** Validation loss before each drop, and the lowest until the next one; null where there is none. */
  readonly effects: readonly {
    readonly after_epoch: number;
    readonly before: number | null;
    readonly lowest_after: number | null;
  }[];
  readonly events: CourseEvents;
  readonly warnings: readonly string[];
}

const title = 'Learning-rate schedule';

/** The learning-rate schedule. */
export const lrSchedule = defineFigure<'history', LrSchedule>({
  type: 'lr-schedule',
  title,
  summary: 'Learning rate per epoch, with its drops and the best epoch.',
  needs: 'history',
  refuse: noEpochs,
  data(history) {
    const { epochs, schedule } = history;
    const points = epochs.map(({ epoch, lr }) => ({ epoch, lr: finite(lr) }));
    const events = courseEvents(history);
    const effects = events.drops.map(({ after_epoch }, i) => {
      const next = events.drops.at(i + 1)?.after_epoch ?? Infinity;
      const losses = (from: number, to: number) =>
        epochs
          .filter((record) => record.epoch > from && record.epoch <= to)
          .map((record) => finite(record.val_loss))
          .filter((loss) => loss !== null);
      const after = losses(after_epoch, next);
      return {
        after_epoch,
        before: losses(after_epoch - 1, after_epoch).at(0) ?? null,
        lowest_after: after.length === 0 ? null : minOf(after),
      };
    });
    return {
      schedule,
      points,
      effects,
      events,
      warnings: curveWarnings(points, { lr: 'The learning rate' }),
    };
  },
  draw(data, options, alt) {
    const { points, events, warnings, schedule } = data;
    const rates = points.map((point) => point.lr).filter((lr) => lr !== null);
    const steps = schedule === 'plateau' || schedule === 'constant';
    return drawCourse(
      {
        type: 'lr-schedule',
        title,
        subtitle: `Schedule: ${schedule.replaceAll('_', ' ')}${steps ? '' : '; each point is the rate at the end of its epoch'}`,
        alt,
        yTitle: 'Learning rate',
        yAxis: lossAxis(rates),
        epochs: epochNumbers(points),
        curves: [{ series: 0, points: points.map(({ epoch, lr }) => ({ x: epoch, y: lr })), steps }],
        legend: [],
        events,
        warnings,
      },
      options,
    );
  },
  csv: ({ points, events }) =>
    csvTable(
      ['epoch', 'lr', 'lr_reduced'],
      points.map(({ epoch, lr }) => [epoch, lr, events.drops.some((drop) => drop.after_epoch === epoch)]),
    ),
  caption({ points, effects, events, schedule }) {
    const rates = points.map((point) => point.lr).filter((lr) => lr !== null);
    if (rates.length === 0) return 'No learning rate was recorded.';
    const [first, last] = [rates[0], rates[rates.length - 1]];
    const course =
      first === last && maxOf(rates) === minOf(rates)
        ? `The learning rate was ${formatNumber(first)} throughout`
        : `The learning rate went from ${formatNumber(first)} to ${formatNumber(last)}${maxOf(rates) > first ? `, ${formatNumber(maxOf(rates))} at its highest` : ''}`;
    const said = [
      `${course} (${plural(points.length, 'epoch')}, schedule ${schedule.replaceAll('_', ' ')}).`,
    ];
    for (const [i, { after_epoch, before, lowest_after }] of effects.slice(0, 4).entries()) {
      const { from, to } = events.drops[i];
      const rate = from === null || to === null ? '' : ` from ${formatNumber(from)} to ${formatNumber(to)}`;
      const loss =
        before === null || lowest_after === null
          ? ''
          : `; the validation loss, ${formatNumber(before)} before, ${lowest_after < before ? `then fell to ${formatNumber(lowest_after)}` : `did not fall below ${formatNumber(lowest_after)} after it`}`;
      said.push(`After epoch ${after_epoch} it fell${rate}${loss}.`);
    }
    if (effects.length > 4) said.push(`${plural(effects.length - 4, 'more drop')} followed.`);
    return said.join(' ');
  },
  describe: (data) => `Line chart of the learning rate over ${plural(data.points.length, 'epoch')}.`,
});
