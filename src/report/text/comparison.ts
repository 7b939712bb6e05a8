/** A comparison of runs as text for a terminal. */
import type { Comparison } from '../compare.ts';
import { comparisonTables, pairsTable } from '../compare-tables.ts';
import type { Table } from '../content.ts';
import { printable } from '../../core/printable.ts';
import { renderTable, wrap } from './table.ts';

/** Draws the results, the verdict, the tests where there are several, the settings, and the warnings. Ends with a line end. */
export function renderComparison(
  comparison: Comparison,
  options: { readonly width: number; readonly bold: (text: string) => string },
): string {
  const width = Math.max(48, options.width);
  const draw = ({ head, rows, words = false }: Table) =>
    renderTable(head, rows, { ...options, width, least: words ? 18 : 9 });
  const prose = (sentence: string) => `${wrap(printable(sentence), width).join('\n')}\n`;
  const [first, ...others] = comparisonTables(comparison);
  const pairs = pairsTable(comparison);
  return [
    draw(first),
    ...comparison.verdict.map(prose),
    ...(pairs && pairs.rows.length > 1 ? [draw(pairs)] : []),
    ...others.map(draw),
    ...comparison.warnings.map((warning) => prose(`Warning: ${warning}`)),
  ].join('\n');
}
