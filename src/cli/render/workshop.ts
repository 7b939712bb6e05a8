/** The results of a workshop as text for a terminal. */
import { join } from 'node:path';
import type { WorkshopResults } from '../../jobs/index.ts';
import { networks } from '../../jobs/workshop/settings.ts';
import type { Comparison } from '../../report/compare.ts';
import { comparisonTable } from '../../report/compare-tables.ts';
import { printable } from '../../core/printable.ts';
import { renderTable, wrap } from '../../report/text/table.ts';

/** The results as a person reads them. Ends with a line end. */
export function renderResults(
  { comparison, reported, figures, report, workshop }: WorkshopResults,
  { width, bold }: { readonly width: number; readonly bold: (text: string) => string },
): string {
  const columns = Math.max(48, width);
  const beside = reported
    ? [
        renderTable(reported.table.head, reported.table.rows, { width: columns, bold }),
        reported.differences.map((text) => item(text, columns)).join('\n'),
        '',
      ]
    : [];
  const files = [
    ...figures.map(({ number, title, files: [file] }) => `  figure ${number}  ${title}: ${file}`),
    `  report    ${report.html}, .md, .tex`,
  ];
  const prose = verdict(comparison).map((text) => `${wrap(printable(text), columns).join('\n')}\n`);
  const table = comparisonTable(comparison);
  return [
    renderTable(table.head, table.rows, { width: columns, bold }),
    ...prose,
    ...beside,
    bold(`Figures in ${join(workshop, 'figures')}`),
    ...files,
    '',
  ].join('\n');
}

/** The conclusion of the comparison, always with the pair that the workshop is about. */
function verdict({ verdict: said, pairs }: Comparison): readonly string[] {
  const names: readonly string[] = [networks.rnn.folder, networks.bilstm.folder];
  const pair = pairs.find(({ a, b }) => names.includes(a) && names.includes(b));
  return pair === undefined || said.includes(pair.sentence) ? said : [...said, pair.sentence];
}

/** A list item, wrapped with a hanging indent. */
function item(text: string, width: number): string {
  return wrap(printable(text), width - 2)
    .map((line, i) => `${i === 0 ? '- ' : '  '}${line}`)
    .join('\n');
}
