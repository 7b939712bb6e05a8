/** Misclassified and uncertain documents as text for a terminal. */
import { printable } from '../../core/printable.ts';
import { percent } from '../../core/words.ts';
import type { FoundErrors } from '../../jobs/errors/errors.ts';
import { filterSentence } from '../../report/errors-html.ts';
import { renderTable, wrap } from '../../report/text/table.ts';
import type { Output } from '../io.ts';
import { beginning } from './beginning.ts';

/** How many characters of a text are shown. */
const SHOWN = 160;

/** A sentence, and a table of the first `top` documents; `file` holds all of them, where one was written. */
export function renderErrors(
  found: FoundErrors,
  top: number,
  { columns, colors: { bold } }: Output,
  file?: string,
): string {
  const said = wrap(printable(errorsSentence(found) + filterSentence(found)), columns).map(
    (line) => `${line}\n`,
  );
  const shown = found.found.slice(0, top);
  if (shown.length === 0) return said.join('');
  const rows = shown.map((one) => [
    `${one.row}${one.wrong ? ' *' : ''}`,
    one.actual,
    `${one.predicted} ${one.score.toFixed(2)}`,
    beginning(one.text, SHOWN),
    one.nearest
      ? `${one.nearest.label} (row ${one.nearest.row}): ${beginning(one.nearest.text, SHOWN)}`
      : '-',
  ]);
  const head = ['row', 'actual', 'predicted', 'text', 'nearest training document'];
  const table = renderTable(head, rows, { width: columns, bold, least: 10 });
  const left = found.found.length - shown.length;
  const below = [
    ...(shown.some(({ wrong }) => wrong) ? ['* misclassified'] : []),
    ...(left > 0
      ? [
          `${left} more with --top ${found.found.length} or ${file === undefined ? '-o errors.html' : `in ${file}`}`,
        ]
      : []),
  ];
  return `${said.join('')}\n${table}${below.length > 0 ? `\n${below.join('; ')}\n` : ''}`;
}

function errorsSentence({ documents, wrong, source, pairs }: FoundErrors): string {
  if (documents === 0) return `${source} has no documents.`;
  if (wrong === 0) return `None of ${documents} documents of ${source} is misclassified.`;
  const often = pairs.slice(0, 5).map((pair) => `${pair.actual} → ${pair.predicted} ${pair.count}`);
  return `${wrong} of ${documents} documents of ${source} are misclassified (${percent(wrong / documents)}): ${often.join(', ')}${pairs.length > 5 ? ', ...' : ''}.`;
}
