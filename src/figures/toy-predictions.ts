/** What the network from scratch says to a sequence of its toy task, beside what is right. */
import { axisScale } from './chart/axes.ts';
import { Drawing } from './chart/drawing.ts';
import { csvTable, formatNumber } from './chart/format.ts';
import { drawLegend, drawNothing, drawTitle, finish } from './chart/frame.ts';
import { drawLinePlot } from './chart/line-plot.ts';
import { themes } from './chart/theme.ts';
import { finite } from './curves.ts';
import { defineFigure, widthOf } from './figure.ts';

/** Data of the figure. */
export interface ToyPredictions {
  readonly task: string;
  readonly summary: string;
  /** Steps of a sequence, or sequences where each has one answer. */
  readonly over: 'steps' | 'sequences';
  /** From 1; null where nothing is asked. */
  readonly points: readonly {
    readonly at: number;
    readonly target: number | null;
    readonly output: number | null;
  }[];
}

const title = 'From scratch: predictions of the warm-up';

/** Predictions against the truth. */
export const toyPredictions = defineFigure<'scratch', ToyPredictions>({
  type: 'toy-predictions',
  title,
  summary: 'What the network from scratch says to a toy sequence, beside what is right.',
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
    return { task, summary, over: single ? 'sequences' : 'steps', points };
  },
  draw({ task, over, points }, options, alt) {
    const { theme = 'light' } = options;
    const drawing = new Drawing(`toy-predictions-${theme}`, themes[theme], widthOf(options));
    const values = points.flatMap(({ target, output }) => [target, output]).filter((value) => value !== null);
    let y = drawTitle(
      drawing,
      title,
      over === 'steps'
        ? `Task ${task}, a sequence not learned from`
        : `Task ${task}, sequences not learned from`,
    );
    if (values.length === 0)
      return finish(drawing, drawNothing(drawing, y, 'Nothing was predicted.'), { alt });
    y = drawLegend(drawing, y, [
      { kind: 'line', series: 0, label: 'right' },
      { kind: 'line', series: 1, label: 'network' },
    ]);
    const end = drawLinePlot(drawing, {
      y,
      height: Math.min(240, Math.max(150, drawing.width * 0.45)),
      xTitle: over === 'steps' ? 'Step' : 'Sequence',
      yTitle: 'Value',
      xScale: (range) =>
        axisScale({ domain: [1, points.length], range, whole: true, nice: false, ticks: 8, format: String }),
      yScale: (range) =>
        axisScale({
          domain: [Math.min(...values), Math.max(...values)],
          range,
          format: (value) => formatNumber(value),
        }),
      curves: [
        { series: 0, points: points.map(({ at, target }) => ({ x: at, y: target })) },
        { series: 1, points: points.map(({ at, output }) => ({ x: at, y: output })) },
      ],
    });
    return finish(drawing, end, { alt });
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
    if (errors.length === 0) return 'Nothing was predicted.';
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const unit = over === 'steps' ? 'steps' : 'sequences';
    return `Task: ${summary}. Over ${errors.length} ${unit} not learned from, the network is off by ${formatNumber(mean)} on average and by ${formatNumber(Math.max(...errors))} at most.`;
  },
  describe: ({ over }) => `Line chart of right values and predictions over ${over}.`,
});
