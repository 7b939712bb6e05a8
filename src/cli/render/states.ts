/** Gates of a unit and the gradient through time as text for a terminal. */
import { printable } from '../../core/printable.ts';
import { count } from '../../core/words.ts';
import type { GradientThroughTime, UnitOverText } from '../../explain/index.ts';
import { renderTable } from '../../report/text/table.ts';
import type { Output } from '../io.ts';

/** A row for each token, a column for each gate and state. */
export function renderUnit(unit: UnitOverText, { columns, colors }: Output): string {
  const { network, layer, layers, reverse, label, probability, tokens, series } = unit;
  const where = [
    `unit ${unit.unit} of ${unit.units}`,
    ...(layers > 1 ? [`layer ${layer} of ${layers}`] : []),
    ...(reverse === undefined ? [] : [reverse ? 'reads from the end' : 'reads from the beginning']),
  ];
  const head = colors.bold(`${printable(label)} ${probability.toFixed(4)}; ${network}, ${where.join(', ')}`);
  const rows = tokens.map((token, t) => [
    printable(token),
    ...series.map(({ values }) => values[t].toFixed(2)),
  ]);
  const heads = ['token', ...series.map(({ symbol }) => symbol)];
  const table = renderTable(heads, rows, { width: columns, bold: colors.bold, least: 6 });
  return `${head}\n${table}${series.map(({ name, symbol }) => `${symbol}: ${name}`).join(', ')}\n`;
}

/** Steps back that are shown. */
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 400];

/** The gradient norms some steps back. */
export function renderThroughTime(
  { network, documents, curves }: GradientThroughTime,
  { columns, colors }: Output,
): string {
  const longest = curves.reduce((most, { norms }) => Math.max(most, norms.length - 1), 0);
  if (longest < 1) return 'No text has two tokens: no gradient flows back.\n';
  const steps = [...STEPS.filter((step) => step < longest), longest];
  const rows = steps.map((step) => [
    String(step),
    ...curves.map(({ norms }) => norms[step].toPrecision(3)),
    String(curves[0].texts[step]),
  ]);
  const heads = ['tokens back', ...curves.map(({ direction }) => direction), 'texts'];
  const table = renderTable(heads, rows, { width: columns, bold: colors.bold, least: 8 });
  return `${network}, ${count(documents, 'text')}: norm of the gradient relative to that of the last state of the top layer\n${table}`;
}
