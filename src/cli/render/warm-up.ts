/** The warm-up of `unroll scratch` as text for a terminal: the toy task, the gradient check, the gradient through time. */
import { maxOf } from '../../core/lists.ts';
import type { WarmUp } from '../../jobs/index.ts';
import type { Colors } from '../io.ts';

/** The warm-up as a person reads it; ends with a line end. */
export function renderWarmUp(found: WarmUp, colors: Colors): string {
  return [renderTask(found.task, colors), renderCheck(found, colors), renderFlow(found, colors)].join('\n');
}

/** The symbols of the equations for array names. */
const written = { Wxh: 'W_xh', Whh: 'W_hh', bh: 'b_h', Why: 'W_hy', by: 'b_y' } as const;

function renderTask({ task, summary, curve, fall }: WarmUp['task'], { bold, dim }: Colors): string {
  const [first, last] = [curve[0].loss, curve[curve.length - 1].loss];
  return [
    `${bold('warm-up')} ${task}: ${summary}`,
    `  mean squared error ${first.toPrecision(4)} → ${last.toPrecision(4)}, ${bold(`${fall.toFixed(1)} times smaller`)}`,
    dim(`  on sequences not used in training, before and after ${curve.length - 1} epochs of 50 steps`),
    '',
  ].join('\n');
}

function renderCheck({ gradient_check: checks }: WarmUp, { bold, dim }: Colors): string {
  const rows = checks.flatMap(({ loss, weights }) =>
    weights.map((entry) => [
      loss,
      written[entry.name],
      entry.shape.join(' × '),
      String(entry.count),
      entry.analytic.toPrecision(8),
      entry.numeric.toPrecision(8),
      entry.largestError.toExponential(1),
    ]),
  );
  const head = ['loss', 'weights', 'shape', 'count', 'BPTT', 'differences', 'error'];
  const total = checks.flatMap(({ weights }) => weights).reduce((sum, { count }) => sum + count, 0);
  const largest = maxOf(checks, ({ largestError }) => largestError);
  return [
    `${bold('gradient check')}: all ${total} weights of two networks; for each array, the weight with the largest relative error`,
    ...table([head, ...rows], 'llrrrrr').map((row, i) => (i === 0 ? dim(row) : row)),
    `  largest relative error ${bold(largest.toExponential(1))}`,
    '',
  ].join('\n');
}

function renderFlow({ gradient_flow: { curves, sequences } }: WarmUp, { bold, dim }: Colors): string {
  const lengths = [...new Set(curves.map(({ length }) => length))];
  const names = [...new Set(curves.map(({ summary }) => summary))];
  const head = ['‖∂L/∂h_1‖ / ‖∂L/∂h_T‖', ...lengths.map((T) => `T = ${T}`)];
  const rows = names.map((name) => [
    name,
    ...lengths.map((T) => {
      const curve = curves.find(({ summary, length }) => summary === name && length === T);
      return curve ? curve.arrives.toExponential(1) : '-';
    }),
  ]);
  return [
    `${bold('gradient through time')}: the gradient that reaches the first step of a sequence, mean over ${sequences} random ones`,
    ...table([head, ...rows], `l${'r'.repeat(lengths.length)}`).map((row, i) => (i === 0 ? dim(row) : row)),
    '',
  ].join('\n');
}

/** Columns as wide as their widest cell, two spaces apart; `l` and `r` say on which side a column is flush. */
function table(rows: readonly (readonly string[])[], sides: string): string[] {
  const widths = rows[0].map((_, c) => maxOf(rows, (row) => row[c].length));
  return rows.map((row) => {
    const cells = row.map((cell, c) =>
      sides[c] === 'r' ? cell.padStart(widths[c]) : cell.padEnd(widths[c]),
    );
    return `  ${cells.join('  ')}`.trimEnd();
  });
}
