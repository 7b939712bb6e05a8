/** How much of the gradient is left, step by step back through time: a plain RNN beside an LSTM. */
import { axisScale } from './chart/axes.ts';
import { Drawing } from './chart/drawing.ts';
import { csvTable, formatNumber } from './chart/format.ts';
import { drawLegend, drawNothing, drawTitle, finish } from './chart/frame.ts';
import { drawLinePlot } from './chart/line-plot.ts';
import { themes } from './chart/theme.ts';
import { finite } from './curves.ts';
import { defineFigure, widthOf } from './figure.ts';

/** Data of the figure. */
export interface GradientFlowData {
  readonly curves: readonly {
    readonly network: string;
    readonly summary: string;
    readonly length: number;
    /** ‖∂L/∂h_t‖ / ‖∂L/∂h_T‖ at `back` steps before the last one. */
    readonly points: readonly { readonly back: number; readonly norm: number | null }[];
  }[];
}

const title = 'The gradient on its way back through time';
/** Shares below this are not drawn: what matters is over by then. */
const FLOOR = 1e-20;

/** The gradient's norm through time, for the longest sequences. */
export const gradientFlow = defineFigure<'scratch', GradientFlowData>({
  type: 'gradient-flow',
  title,
  summary: "The gradient's norm step by step back through time, for RNNs and LSTMs.",
  needs: 'scratch',
  data: ({ gradient_flow: { curves } }) => ({
    curves: curves.map(({ network, summary, length, norms }) => ({
      network,
      summary,
      length,
      points: norms.map((norm, i) => ({ back: length - 1 - i, norm: finite(norm) })).reverse(),
    })),
  }),
  draw({ curves }, options, alt) {
    const { theme = 'light' } = options;
    const drawing = new Drawing(`gradient-flow-${theme}`, themes[theme], widthOf(options));
    const longest = Math.max(0, ...curves.map(({ length }) => length));
    const shown = curves.filter(({ length }) => length === longest);
    let y = drawTitle(drawing, title, `Sequences of ${longest} steps, logarithmic scale`);
    const values = shown
      .flatMap(({ points }) => points.map(({ norm }) => norm))
      .filter((norm) => norm !== null);
    if (values.length === 0)
      return finish(drawing, drawNothing(drawing, y, 'No gradient was measured.'), { alt });
    y = drawLegend(
      drawing,
      y,
      shown.map(({ summary }, series) => ({ kind: 'line' as const, series, label: summary })),
    );
    const lowest = Math.max(FLOOR, Math.min(...values));
    const end = drawLinePlot(drawing, {
      y,
      height: Math.min(280, Math.max(170, drawing.width * 0.5)),
      xTitle: 'Steps back from the end',
      yTitle: 'Gradient norm, share of the last step’s',
      xScale: (range) =>
        axisScale({ domain: [0, longest - 1], range, whole: true, nice: false, ticks: 8, format: String }),
      yScale: (range) =>
        axisScale({
          // powers of ten on an even scale: so many of them would crowd a logarithmic axis
          domain: [Math.log10(lowest), Math.log10(Math.max(1, ...values))],
          range,
          whole: true,
          format: (power) => (power === 0 ? '1' : `1e${power}`),
        }),
      curves: shown.map(({ points }, series) => ({
        series,
        points: points.map(({ back, norm }) => ({
          x: back,
          y: norm !== null && norm >= lowest ? Math.log10(norm) : null,
        })),
      })),
    });
    return finish(drawing, end, { alt });
  },
  csv: ({ curves }) =>
    csvTable(
      ['network', 'length', 'steps_back', 'norm'],
      curves.flatMap(({ network, length, points }) =>
        points.map(({ back, norm }) => [network, length, back, norm]),
      ),
    ),
  caption({ curves }) {
    const longest = Math.max(0, ...curves.map(({ length }) => length));
    const left = curves
      .filter(({ length }) => length === longest)
      .map(({ summary, points }) => `${summary}: ${share(points.at(-1)?.norm)}`);
    if (left.length === 0) return 'No gradient was measured.';
    return `Share of the gradient that arrives ${longest - 1} steps back. ${left.join('; ')}.`;
  },
  describe: ({ curves }) =>
    `Line chart of the gradient norm against steps back in time, for ${new Set(curves.map(({ network }) => network)).size} networks.`,
});

function share(norm: number | null | undefined): string {
  if (norm == null) return 'not measured';
  return norm >= 0.001 ? formatNumber(norm) : norm.toExponential(1);
}
