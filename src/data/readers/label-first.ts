import { member } from '../../core/family.ts';
import type { Row } from '../dataset.ts';
import { linesOf } from './bytes/lines-of.ts';
import type { Reader, ReaderInput } from './reader.ts';

/** Lines whose first word is the label, as the TREC questions have them: `DESC:manner How did serfdom develop ?`. */
export const labelFirst = member({
  type: 'label-first',
  summary:
    'one document per line, its first word the label, as in the TREC questions: "DESC:manner How did ..."',
  options: {},
  create: (): Reader => ({ extensions: [], sniff: hasPairs, read: readLines }),
});

/** Whether every line begins with a pair such as `DESC:manner`, and the pairs repeat; other first words may be those of texts. */
function hasPairs(head: string): boolean {
  const complete = head.includes('\n') ? head.slice(0, head.lastIndexOf('\n')) : head;
  const lines = complete.split('\n').filter((line) => line.trim() !== '');
  const pairs = lines.flatMap((line) => /^[a-z]\w*:\w+(?= +\S)/i.exec(line.trimStart()) ?? []);
  return pairs.length === lines.length && new Set(pairs).size < lines.length;
}

async function* readLines(input: ReaderInput): AsyncGenerator<Row> {
  let row = 0;
  for await (const { text: line } of linesOf(input.bytes(), input.name, input.notice)) {
    const [, label, text] = /^\s*(\S+)\s*([^]*)$/.exec(line) ?? [];
    if (label !== undefined) yield { text, label, row: row++ };
  }
}
