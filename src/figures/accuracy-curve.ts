/** The accuracy per epoch, in training and on the validation documents, with the uncertainty of the latter. */
import { minOf } from '../core/lists.ts';
import { wilsonInterval } from '../evaluate/intervals.ts';
import { csvTable, formatPercent, plural } from './chart/format.ts';
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
} from './curves.ts';
import { defineFigure } from './figure.ts';

/** A point of the curve. `val_low` and `val_high`: 95 % Wilson interval, where the number of documents is known. */
interface AccuracyPoint extends CoursePoint {
  readonly val_low: number | null;
  readonly val_high: number | null;
}

/** Data of the figure, in [0, 1]. */
export interface AccuracyCurve {
  readonly points: readonly AccuracyPoint[];
  readonly val_documents: number | null;
  readonly events: CourseEvents;
  readonly warnings: readonly string[];
}

const title = 'Training and validation accuracy';

/** The accuracy curve. */
export const accuracyCurve = defineFigure<'history', AccuracyCurve>({
  type: 'accuracy-curve',
  title,
  summary: 'Training and validation accuracy per epoch, with the 95 % interval of the validation accuracy.',
  needs: 'history',
  refuse: noEpochs,
  data(history) {
    const { val_documents: documents } = history;
    const points = history.epochs.map(({ epoch, train_accuracy, val_accuracy }) => {
      const val = finite(val_accuracy);
      const [low, high] =
        val === null || !documents ? [null, null] : wilsonInterval(Math.round(val * documents), documents);
      return { epoch, train: finite(train_accuracy), val, val_low: low, val_high: high };
    });
    const warnings = curveWarnings(points, {
      train: 'The training accuracy',
      val: 'The validation accuracy',
    });
    return { points, val_documents: documents, events: courseEvents(history), warnings };
  },
  draw(data, options, alt) {
    const { points, events, warnings, val_documents: documents } = data;
    const lows = points.flatMap((p) => [p.train, p.val, p.val_low]).filter((value) => value !== null);
    const low = Math.floor(Math.min(1, minOf(lows)) * 5) / 5;
    return drawCourse(
      {
        type: 'accuracy-curve',
        title,
        subtitle: documents ? `Band: 95 % interval of the accuracy on ${documents} validation documents` : '',
        alt,
        yTitle: 'Accuracy',
        yAxis: { domain: [low < 1 ? low : 0.8, 1], unit: 'percent' },
        ...courseCurves(points),
        events,
        warnings,
      },
      options,
    );
  },
  csv: ({ points }) =>
    csvTable(
      ['epoch', 'train_accuracy', 'val_accuracy', 'val_ci95_low', 'val_ci95_high'],
      points.map((p) => [p.epoch, p.train, p.val, p.val_low, p.val_high]),
    ),
  caption({ points, events }) {
    const best = bestPoint(points, 'highest');
    if (best === undefined) return 'No validation accuracy was recorded.';
    const interval =
      best.val_low === null || best.val_high === null
        ? ''
        : ` (95 % interval ${formatPercent(best.val_low)} to ${formatPercent(best.val_high)})`;
    const kept = points.find((point) => point.epoch === events.best_epoch);
    const saved =
      kept?.val == null || kept.train === null
        ? ''
        : kept.epoch === best.epoch
          ? ` The training accuracy there was ${formatPercent(kept.train)}; these weights are kept.`
          : kept.val === best.val
            ? ` Epoch ${kept.epoch}, whose weights are kept, was as good; the training accuracy there was ${formatPercent(kept.train)}.`
            : ` In epoch ${kept.epoch}, whose weights are kept, it was ${formatPercent(kept.val)} and the training accuracy ${formatPercent(kept.train)}.`;
    return [
      `The validation accuracy was highest in epoch ${best.epoch} of ${points.length}: ${formatPercent(best.val)}${interval}.${saved}`,
      ...eventSentences(events),
    ].join(' ');
  },
  describe: (data) =>
    `Line chart of training and validation accuracy over ${plural(data.points.length, 'epoch')}.`,
});
