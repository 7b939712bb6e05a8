/** Labels that are probably wrong as text for a terminal: what was found, and a table of the worst. */
import { count, percent } from '../../core/words.ts';
import { printable } from '../../core/printable.ts';
import type { FoundLabels } from '../../jobs/labels/labels.ts';
import { renderTable, wrap } from '../../report/text/table.ts';
import type { Output } from '../io.ts';
import { beginning } from './beginning.ts';

/** How many characters of a text are shown. */
const SHOWN = 100;

const partNames = { train: '', val: ' (validation)', test: ' (test)' } as const;

/** One or two sentences, then the `top` worst. */
export function renderLabels(found: FoundLabels, top: number, { columns, colors: { bold } }: Output): string {
  const said = labelSentences(found).map((sentence) => `${wrap(printable(sentence), columns).join('\n')}\n`);
  const shown = found.questioned.slice(0, top);
  if (shown.length === 0) return said.join('');
  const rows = shown.map((one) => [
    `${one.row}${one.suspect ? ' *' : ''}`,
    `${one.given}${partNames[one.part]}`,
    one.suggested,
    one.score.toFixed(3),
    beginning(one.text, SHOWN),
    one.nearest
      ? `${one.nearest.label} (row ${one.nearest.row}): ${beginning(one.nearest.text, SHOWN)}`
      : '-',
  ]);
  const head = ['row', 'given', 'suggested', 'score', 'text', 'nearest neighbour'];
  const table = renderTable(head, rows, { width: columns, bold, least: 10 });
  return `${said.join('')}\n${table}\n* probably wrong\n`;
}

/** What was found. */
function labelSentences({ documents, suspects, suspectsInTest, pairs, questioned }: FoundLabels): string[] {
  if (suspects === 0) {
    return [
      `None of ${count(documents, 'label')} is probably wrong; ${count(questioned.length, 'document')} ${questioned.length === 1 ? 'is' : 'are'} predicted as another class.`,
    ];
  }
  const often = pairs.slice(0, 5).map((pair) => `${pair.given} → ${pair.suggested} ${pair.count}`);
  const said = [
    `${suspects} of ${count(documents, 'label')} ${suspects === 1 ? 'is' : 'are'} probably wrong (${percent(suspects / documents)}): ${often.join(', ')}${pairs.length > 5 ? ', and others' : ''}.`,
  ];
  if (suspectsInTest > 0) {
    said.push(
      suspectsInTest === 1
        ? `${suspects === 1 ? 'It' : '1 of them'} is in the test part of unroll train, which measures less well with it: correct it in the data itself.`
        : `${suspectsInTest} of them are in the test part of unroll train, which measures less well with them: correct these in the data itself.`,
    );
  }
  return said;
}
