/** The gradient norm step by step back through time: a plain RNN beside an LSTM. */
import { maxOf } from '../core/lists.ts';
import { csvTable, formatNumber, plural } from './chart/format.ts';
import { drawNothing, drawTitle, finish } from './chart/frame.ts';
import { finite } from './curves.ts';
import { createDrawing, defineFigure } from './figure.ts';
import { drawNorms, FLOOR, vanishedFrom } from './gradient-norms.ts';

/** Data of the figure. */
export interface GradientFlowData {
  readonly curves: readonly {
    readonly network: string;
    readonly summary: string;
    readonly length: number;
    /** ‖∂L/∂h_t‖ / ‖∂L/∂h_T‖ at `back` steps before the last one. */
    readonly points: readonly { readonly back: number; readonly norm: number | null }[];
  }[];
  readonly warnings: readonly string[];
}

const title = 'Gradient norm back through time';

/** The gradient's norm through time, for the longest sequences. */
export const gradientFlow = defineFigure<'scratch', GradientFlowData>({
  type: 'gradient-flow',
  title,
  summary: "The gradient's norm step by step back through time, for RNNs and LSTMs.",
  needs: 'scratch',
  data({ gradient_flow: { curves: measured } }) {
    const curves = measured.map(({ network, summary, length, norms }) => ({
      network,
      summary,
      length,
      points: norms.map((norm, i) => ({ back: length - 1 - i, norm: finite(norm) })).reverse(),
    }));
    const warnings = longestOf(curves).flatMap(({ summary, points }) => {
      const broken = points.filter(({ norm }) => norm === null).length;
      const faint = points.find(({ norm }) => norm !== null && norm < FLOOR);
      return [
        ...(broken > 0 ? [`${summary}: the norm is not a finite number at ${plural(broken, 'step')}.`] : []),
        ...(faint ? [vanishedFrom(summary, faint.back)] : []),
      ];
    });
    return { curves, warnings };
  },
  draw({ curves, warnings }, options, alt) {
    const drawing = createDrawing('gradient-flow', options);
    const shown = longestOf(curves);
    const values = shown
      .flatMap(({ points }) => points.map(({ norm }) => norm))
      .filter((norm) => norm !== null);
    const steps = shown.at(0)?.length ?? 0;
    const y = drawTitle(
      drawing,
      title,
      values.length === 0 ? '' : `Sequences of ${plural(steps, 'step')}, logarithmic scale`,
    );
    if (values.length === 0)
      return finish(drawing, drawNothing(drawing, y, 'No gradient was measured.'), { alt, warnings });
    const named = shown.map(({ summary, points }) => ({ label: summary, points }));
    const end = drawNorms(drawing, y, named, {
      steps,
      xTitle: 'Steps back from the end',
      yTitle: 'Gradient norm relative to the last step',
    });
    return finish(drawing, end, { alt, warnings });
  },
  csv: ({ curves }) =>
    csvTable(
      ['network', 'length', 'steps_back', 'norm'],
      curves.flatMap(({ network, length, points }) =>
        points.map(({ back, norm }) => [network, length, back, norm]),
      ),
    ),
  caption({ curves }) {
    const shown = longestOf(curves);
    const back = (shown.at(0)?.length ?? 0) - 1;
    if (back < 1) return 'The sequences have one step: no gradient flows back.';
    const left = shown.map(({ summary, points }) => `${summary} ${normText(points.at(-1)?.norm)}`);
    return `Gradient norm ${plural(back, 'step')} back, relative to the last step: ${left.join('; ')}.`;
  },
  describe: ({ curves }) =>
    `Line chart of the gradient norm against steps back in time, for ${plural(new Set(curves.map(({ network }) => network)).size, 'network')}.`,
});

/** The curves over the longest sequences: those that are drawn. */
function longestOf<Curve extends { readonly length: number }>(curves: readonly Curve[]): Curve[] {
  const longest = maxOf(curves, ({ length }) => length, 0);
  return curves.filter(({ length }) => length === longest);
}

function normText(norm: number | null | undefined): string {
  if (norm == null) return 'not measured';
  return norm === 0 || norm >= 0.001 ? formatNumber(norm) : norm.toExponential(1);
}
