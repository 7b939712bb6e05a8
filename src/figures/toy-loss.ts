/** The loss of the network from scratch on its toy task, per epoch. */
import { maxOf, minOf } from '../core/lists.ts';
import { axisScale, wholeScale } from './chart/axes.ts';
import { csvTable, formatNumber, plural } from './chart/format.ts';
import { drawNothing, drawTitle, finish } from './chart/frame.ts';
import { drawLinePlot } from './chart/line-plot.ts';
import { curveWarnings, finite, lossAxis } from './curves.ts';
import { createDrawing, defineFigure } from './figure.ts';

/** Data of the figure. */
export interface ToyLoss {
  readonly task: string;
  readonly summary: string;
  /** Mean squared error on sequences not used in training; epoch 0 stands before the first step. */
  readonly points: readonly { readonly epoch: number; readonly loss: number | null }[];
  readonly warnings: readonly string[];
}

const title = 'From scratch: loss on the toy task';

/** The loss curve of the toy task. */
export const toyLoss = defineFigure<'scratch', ToyLoss>({
  type: 'toy-loss',
  title,
  summary: 'Mean squared error of the network from scratch on its toy task, per epoch.',
  needs: 'scratch',
  data({ task: { task, summary, curve } }) {
    const points = curve.map(({ epoch, loss }) => ({ epoch, loss: finite(loss) }));
    return { task, summary, points, warnings: curveWarnings(points, { loss: 'The loss' }) };
  },
  draw({ task, points, warnings }, options, alt) {
    const drawing = createDrawing('toy-loss', options);
    const losses = points.map(({ loss }) => loss).filter((loss) => loss !== null);
    const lowest = minOf(losses);
    const axis = lowest > 0 ? { domain: [lowest, maxOf(losses)] as const, log: true } : lossAxis(losses);
    const y = drawTitle(
      drawing,
      title,
      `Task ${task}${losses.length > 0 && axis.log ? ', logarithmic scale' : ''}`,
    );
    if (losses.length === 0) {
      const why = points.length === 0 ? 'No epoch has been recorded yet.' : 'No epoch has a finite value.';
      return finish(drawing, drawNothing(drawing, y, why), { alt, warnings });
    }
    const end = drawLinePlot(drawing, {
      y,
      xTitle: 'Epoch',
      yTitle: 'Mean squared error',
      xScale: wholeScale([points[0].epoch, points[points.length - 1].epoch]),
      yScale: (range) => axisScale({ ...axis, range }),
      curves: [{ series: 0, points: points.map(({ epoch, loss }) => ({ x: epoch, y: loss })) }],
    });
    return finish(drawing, end, { alt, warnings });
  },
  csv: ({ points }) =>
    csvTable(
      ['epoch', 'mean_squared_error'],
      points.map(({ epoch, loss }) => [epoch, loss]),
    ),
  caption({ summary, points }) {
    const known = points.filter((point): point is { epoch: number; loss: number } => point.loss !== null);
    if (known.length === 0) return `Task: ${summary}. No loss was recorded.`;
    const [first, last] = [known[0], known[known.length - 1]];
    const learned = `Task: ${summary}. On sequences not used in training, the mean squared error`;
    const from = first.epoch === 0 ? 'before the first step' : `after epoch ${first.epoch}`;
    if (known.length === 1) return `${learned} was ${formatNumber(first.loss)} ${from}.`;
    const change = `went from ${formatNumber(first.loss)} ${from} to ${formatNumber(last.loss)} after epoch ${last.epoch}`;
    const [larger, smaller] = [Math.max(first.loss, last.loss), Math.min(first.loss, last.loss)];
    const times =
      smaller > 0 && larger > smaller
        ? `, ${formatNumber(larger / smaller)} times ${last.loss < first.loss ? 'smaller' : 'larger'}`
        : '';
    return `${learned} ${change}${times}.`;
  },
  describe: ({ task, points }) =>
    `Line chart of the mean squared error on the task ${task}, ${plural(points.length, 'point')}.`,
});
