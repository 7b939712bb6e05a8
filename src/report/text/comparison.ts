/** A comparison of runs as text for a terminal. */
import { type Comparison, comparisonTable, pairsTable } from '../compare.ts';
import { printable } from '../../core/printable.ts';
import { renderTable, wrap } from './table.ts';

/** Draws the table of the runs, that of their pairs where there are several, and the verdict. Ends with a line end. */
export function renderComparison(
  comparison: Comparison,
  options: { readonly width: number; readonly bold: (text: string) => string },
): string {
  const width = Math.max(48, options.width);
  const { head, rows } = comparisonTable(comparison);
  const pairs = pairsTable(comparison);
  const prose = comparison.verdict.map((sentence) => `${wrap(printable(sentence), width).join('\n')}\n`);
  return [
    renderTable(head, rows, { ...options, width }),
    ...(pairs && pairs.rows.length > 1 ? [renderTable(pairs.head, pairs.rows, { ...options, width })] : []),
    ...prose,
  ].join('\n');
}
