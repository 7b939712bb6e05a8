/** Targets of a sequence of the toy task, and the predictions of the network from scratch. */
import { maxOf, minOf } from '../core/lists.ts';
import { axisScale, wholeScale } from './chart/axes.ts';
import { csvTable, formatNumber, plural } from './chart/format.ts';
import { drawLegend, drawNothing, drawTitle, finish } from './chart/frame.ts';
import { drawLinePlot } from './chart/line-plot.ts';
import { finite } from './curves.ts';
import { createDrawing, defineFigure } from './figure.ts';

/** Data of the figure. */
export interface ToyPredictions {
  readonly task: string;
  readonly summary: string;
  /** Steps of a sequence, or sequences where each has one answer. */
  readonly over: 'steps' | 'sequences';
  /** Time step from 1; null where there is no target. */
  readonly points: readonly {
    readonly at: number;
    readonly target: number | null;
    readonly output: number | null;
  }[];
  readonly warnings: readonly string[];
}

const title = 'From scratch: predictions on the toy task';

/** Predictions against the truth. */
export const toyPredictions = defineFigure<'scratch', ToyPredictions>({
  type: 'toy-predictions',
  title,
  summary: 'Targets of a toy sequence and the predictions of the network from scratch.',
  needs: 'scratch',
  data({ task: { task, summary, predictions } }) {
    const answers = predictions.map(({ target, output }) =>
      target.map((wanted, t) => ({ target: finite(wanted), output: finite(output[t]) })),
    );
    const asked = answers.map((steps) => steps.filter(({ target }) => target !== null));
    const single = asked.length > 0 && asked.every((steps) => steps.length === 1);
    const points = (single ? asked.flat() : (answers.at(0) ?? [])).map((answer, i) => ({
      at: i + 1,
      ...answer,
    }));
    const over = single ? 'sequences' : 'steps';
    const broken = points.filter(({ output }) => output === null).length;
    const warnings =
      broken > 0 ? [`The prediction is not a finite number in ${broken} of ${points.length} ${over}.`] : [];
    return { task, summary, over, points, warnings };
  },
  draw({ task, over, points, warnings }, options, alt) {
    const drawing = createDrawing('toy-predictions', options);
    const values = points.flatMap(({ target, output }) => [target, output]).filter((value) => value !== null);
    let y = drawTitle(
      drawing,
      title,
      over === 'steps'
        ? `Task ${task}, a sequence not used in training`
        : `Task ${task}, sequences not used in training`,
    );
    if (values.length === 0)
      return finish(drawing, drawNothing(drawing, y, 'Nothing was predicted.'), { alt, warnings });
    const apart = over === 'sequences';
    const kind = apart ? 'mark' : 'line';
    y = drawLegend(drawing, y, [
      { kind, series: 0, label: 'target' },
      { kind, series: 1, label: 'prediction' },
    ]);
    const end = drawLinePlot(drawing, {
      y,
      xTitle: over === 'steps' ? 'Step' : 'Sequence',
      yTitle: 'Value',
      xScale: wholeScale([1, points.length]),
      yScale: (range) =>
        axisScale({
          domain: [minOf(values), maxOf(values)],
          range,
        }),
      curves: [
        { name: 'target,', series: 0, points: points.map(({ at, target }) => ({ x: at, y: target })), apart },
        {
          name: 'prediction,',
          series: 1,
          points: points.map(({ at, output }) => ({ x: at, y: output })),
          apart,
        },
      ],
    });
    return finish(drawing, end, { alt, warnings });
  },
  csv: ({ over, points }) =>
    csvTable(
      [over === 'steps' ? 'step' : 'sequence', 'target', 'output'],
      points.map(({ at, target, output }) => [at, target, output]),
    ),
  caption({ summary, over, points }) {
    const errors = points.flatMap(({ target, output }) =>
      target === null || output === null ? [] : [Math.abs(target - output)],
    );
    if (errors.length === 0) return `Task: ${summary}. Nothing was predicted.`;
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const count = plural(errors.length, over === 'steps' ? 'step' : 'sequence');
    const off =
      errors.length === 1
        ? `the absolute error is ${formatNumber(mean)}`
        : `the mean absolute error is ${formatNumber(mean)}, the largest ${formatNumber(maxOf(errors))}`;
    return `Task: ${summary}. On ${count} not used in training, ${off}.`;
  },
  describe: ({ over }) =>
    `${over === 'steps' ? 'Line' : 'Dot'} chart of targets and predictions over ${over}.`,
});
