/** A finished cross-validation as text for a terminal: the table of its metrics, and the conclusions. */
import type { CvState } from '../../jobs/index.ts';
import { cvFindings, cvTable } from '../../jobs/cv/words.ts';
import { printable } from '../../core/printable.ts';
import { renderTable, wrap } from '../../report/text/table.ts';
import type { Output } from '../io.ts';

/** The table, then a paragraph per finding. */
export function renderCv(results: CvState, { columns, colors: { bold } }: Output): string {
  const { head, rows } = cvTable(results);
  const table = renderTable(head, rows, { width: columns, bold, least: 20 });
  const findings = cvFindings(results).map(
    (sentence) => `${wrap(printable(sentence), columns).join('\n')}\n`,
  );
  return `${table}\n${findings.join('')}`;
}
