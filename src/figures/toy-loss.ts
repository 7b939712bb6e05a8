/** The loss of the network from scratch on its toy task, per epoch. */
import { axisScale } from './chart/axes.ts';
import { Drawing } from './chart/drawing.ts';
import { csvTable, formatNumber } from './chart/format.ts';
import { drawNothing, drawTitle, finish } from './chart/frame.ts';
import { drawLinePlot } from './chart/line-plot.ts';
import { themes } from './chart/theme.ts';
import { finite, lossAxis } from './curves.ts';
import { defineFigure, widthOf } from './figure.ts';

/** Data of the figure. */
export interface ToyLoss {
  readonly task: string;
  readonly summary: string;
  /** Mean squared error on sequences that were not learned from; epoch 0 stands before the first step. */
  readonly points: readonly { readonly epoch: number; readonly loss: number | null }[];
  readonly warnings: readonly string[];
}

const title = 'From scratch: the loss of the warm-up';

/** The loss curve of the toy task. */
export const toyLoss = defineFigure<'scratch', ToyLoss>({
  type: 'toy-loss',
  title,
  summary: 'Mean squared error of the network from scratch on its toy task, per epoch.',
  needs: 'scratch',
  data({ task: { task, summary, curve } }) {
    const points = curve.map(({ epoch, loss }) => ({ epoch, loss: finite(loss) }));
    const broken = points.filter(({ loss }) => loss === null).length;
    const warnings = broken > 0 ? [`The loss is not a finite number in ${broken} epochs.`] : [];
    return { task, summary, points, warnings };
  },
  draw({ task, points, warnings }, options, alt) {
    const { theme = 'light' } = options;
    const drawing = new Drawing(`toy-loss-${theme}`, themes[theme], widthOf(options));
    const losses = points.map(({ loss }) => loss).filter((loss) => loss !== null);
    const y = drawTitle(drawing, title, `Task ${task}, logarithmic scale`);
    if (losses.length === 0)
      return finish(drawing, drawNothing(drawing, y, 'No loss is finite.'), { alt, warnings });
    const positive = losses.filter((loss) => loss > 0);
    const axis =
      positive.length === losses.length
        ? { domain: [Math.min(...losses), Math.max(...losses)] as const, log: true, format: formatNumber }
        : lossAxis(losses);
    const end = drawLinePlot(drawing, {
      y,
      height: Math.min(240, Math.max(150, drawing.width * 0.45)),
      xTitle: 'Epoch',
      yTitle: 'Mean squared error',
      xScale: (range) =>
        axisScale({
          domain: [0, points.length - 1],
          range,
          whole: true,
          nice: false,
          ticks: 8,
          format: String,
        }),
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
    const [first, last] = [points.at(0)?.loss, points.at(-1)?.loss];
    if (first == null || last == null) return 'No loss was recorded.';
    const times = last > 0 ? `, ${formatNumber(first / last)} times smaller` : '';
    return `Task: ${summary}. On sequences that were not learned from, the mean squared error went from ${formatNumber(first)} to ${formatNumber(last)} in ${points.length - 1} epochs${times}.`;
  },
  describe: ({ task, points }) =>
    `Line chart of the mean squared error on the task ${task} over ${points.length - 1} epochs.`,
});
