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
import { lossOfPhase } from './setting-names.ts';

/** Data of the figure. */
export interface LossCurve {
  readonly points: readonly CoursePoint[];
  /** Where phases have different losses, whose values do not compare: each loss, and the epoch from which it is the one. */
  readonly losses?: readonly { readonly epoch: number; readonly loss: string }[];
  readonly events: CourseEvents;
  readonly warnings: readonly string[];
}

const title = 'Training and validation loss';

/** How far the training loss lies from the validation loss; it is often the higher one, as dropout is on in training. */
function gapText(gap: number): string {
  return gap < 0 ? `${formatNumber(-gap)} higher` : `a gap of ${formatNumber(gap)}`;
}

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
    const names = history.epochs.map(({ phase_name }) => lossOfPhase(phase_name));
    const losses = points
      .map(({ epoch }, i) => ({ epoch, loss: names[i] }))
      .filter(({ loss }, i) => loss !== names[i - 1]);
    return { points, ...(losses.length > 1 && { losses }), events: courseEvents(history), warnings };
  },
  draw(data, options, alt) {
    const { points, losses = [], events, warnings } = data;
    const axis = lossAxis(points.flatMap(({ train, val }) => [train, val]).filter((value) => value !== null));
    return drawCourse(
      {
        type: 'loss-curve',
        title,
        subtitle: axis.log ? 'Logarithmic scale' : '',
        alt,
        yTitle: 'Loss',
        yAxis: axis,
        ...courseCurves(points, losses.slice(1).map(({ epoch }) => epoch)), // prettier-ignore
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
  caption({ points: all, losses = [], events }) {
    const final = losses.at(-1);
    const points = all.filter(({ epoch }) => epoch >= (final?.epoch ?? 0));
    const lowest = bestPoint(points, 'lowest');
    if (lowest === undefined) return 'No validation loss was recorded.';
    const gap =
      lowest.train === null
        ? ''
        : `; the training loss there was ${formatNumber(lowest.train)}, ${gapText(lowest.val - lowest.train)}`;
    const last = points[points.length - 1];
    const end =
      last.val !== null && last.epoch > lowest.epoch && last.val > lowest.val
        ? ` By epoch ${last.epoch} it had risen to ${formatNumber(last.val)}.`
        : '';
    return [
      `${final ? `The different losses of the phases do not compare. With ${final.loss}, from epoch ${final.epoch} on, the` : 'The'} validation loss was lowest in epoch ${lowest.epoch} of ${all.length}: ${formatNumber(lowest.val)}${gap}.${end}`,
      ...eventSentences(events),
    ].join(' ');
  },
  describe: (data) =>
    `Line chart of training and validation loss over ${plural(data.points.length, 'epoch')}.`,
});
