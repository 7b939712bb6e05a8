/** The loss per epoch, in training and on the validation documents. */
import { csvTable, formatNumber, plural } from './chart/format.ts';
import {
  bestPoint,
  courseCurves,
  type CourseEvents,
  courseEvents,
  type CoursePoint,
  curveWarnings,
  drawCourse,
  eventSentences,
  finite,
  noEpochs,
  lossAxis,
} from './curves.ts';
import { defineFigure } from './figure.ts';

/** Data of the figure. */
export interface LossCurve {
  readonly points: readonly CoursePoint[];
  readonly events: CourseEvents;
  readonly warnings: readonly string[];
}

const title = 'Training and validation loss';

/** The loss curve. */
export const lossCurve = defineFigure<'history', LossCurve>({
  type: 'loss-curve',
  title,
  summary: 'Training and validation loss per epoch, with best epoch, early stop and learning-rate drops.',
  needs: 'history',
  refuse: noEpochs,
  data(history) {
    const points = history.epochs.map(({ epoch, train_loss, val_loss }) => ({
      epoch,
      train: finite(train_loss),
      val: finite(val_loss),
    }));
    const warnings = curveWarnings(points, { train: 'The training loss', val: 'The validation loss' });
    return { points, events: courseEvents(history), warnings };
  },
  draw(data, options, alt) {
    const { points, events, warnings } = data;
    const axis = lossAxis(points.flatMap(({ train, val }) => [train, val]).filter((value) => value !== null));
    return drawCourse(
      {
        type: 'loss-curve',
        title,
        subtitle: axis.log ? 'Logarithmic scale' : '',
        alt,
        yTitle: 'Loss',
        yAxis: axis,
        ...courseCurves(points),
        events,
        warnings,
      },
      options,
    );
  },
  csv: ({ points, events }) =>
    csvTable(
      ['epoch', 'train_loss', 'val_loss', 'best', 'lr_reduced'],
      points.map(({ epoch, train, val }) => [
        epoch,
        train,
        val,
        epoch === events.best_epoch,
        events.drops.some((drop) => drop.after_epoch === epoch),
      ]),
    ),
  caption({ points, events }) {
    const lowest = bestPoint(points, 'lowest');
    if (lowest === undefined) return 'No validation loss was recorded.';
    const gap =
      lowest.train === null
        ? ''
        : `; the training loss there was ${formatNumber(lowest.train)}, a gap of ${formatNumber(lowest.val - lowest.train)}`;
    const last = points[points.length - 1];
    const end =
      last.val !== null && last.epoch > lowest.epoch && last.val > lowest.val
        ? ` By epoch ${last.epoch} it had risen to ${formatNumber(last.val)}.`
        : '';
    return [
      `The validation loss was lowest in epoch ${lowest.epoch} of ${points.length}: ${formatNumber(lowest.val)}${gap}.${end}`,
      ...eventSentences(events),
    ].join(' ');
  },
  describe: (data) =>
    `Line chart of training and validation loss over ${plural(data.points.length, 'epoch')}.`,
});
