import * as z from 'zod';
import { member } from '../../core/family.ts';
import type { Row } from '../dataset.ts';
import { count } from '../dataset.ts';
import { linesOf } from './bytes/lines-of.ts';
import type { Reader, ReaderInput } from './reader.ts';

const PREFIX = '__label__';

/** fastText's lines: `__label__sport The match ended ...`. */
export const fasttext = member({
  type: 'fasttext',
  summary: 'one document a line, its label in front as __label__NAME',
  options: z.object({}),
  create: (): Reader => ({
    extensions: ['.ft', '.fasttext'],
    sniff: (head) => head.trimStart().startsWith(PREFIX),
    read: readLabelled,
  }),
});

async function* readLabelled(input: ReaderInput): AsyncGenerator<Row> {
  let row = 0;
  let several = 0;
  for await (const { text } of linesOf(input.bytes(), input.name)) {
    if (text.trim() === '') continue;
    const labels: string[] = [];
    let rest = text.trimStart();
    while (rest.startsWith(PREFIX)) {
      const end = rest.search(/\s/);
      labels.push(rest.slice(PREFIX.length, end === -1 ? undefined : end));
      rest = end === -1 ? '' : rest.slice(end).trimStart();
    }
    if (new Set(labels).size > 1) several++;
    yield { text: rest, label: labels[0], row: row++ };
  }
  if (several > 0) input.notice(`${count(several, 'line')} with more than one label: the first one counts`);
}
