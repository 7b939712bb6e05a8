import { member } from '../../core/family.ts';
import type { Row } from '../dataset.ts';
import { count } from '../dataset.ts';
import { linesOf } from './bytes/lines-of.ts';
import type { Reader, ReaderInput } from './reader.ts';

const PREFIX = '__label__';
const LABEL = /(?:^|\s)__label__(\S+)/g;

/** fastText's lines: `__label__sport The match ended ...`; the labels may stand anywhere in a line. */
export const fasttext = member({
  type: 'fasttext',
  summary: 'one document per line, its label as __label__NAME, in front or anywhere in the line',
  options: {},
  create: (): Reader => ({
    extensions: ['.ft', '.fasttext'],
    sniff: (head) => labelledLines(head) >= 0.5,
    read: readLabelled,
  }),
});

/** Of the lines of a text, the proportion that has a label. */
function labelledLines(head: string): number {
  const complete = head.includes('\n') ? head.slice(0, head.lastIndexOf('\n')) : head;
  const lines = complete.split('\n').filter((line) => line.trim() !== '');
  return lines.filter((line) => /(?:^|\s|\ufeff)__label__\S/.test(line)).length / Math.max(1, lines.length);
}

async function* readLabelled(input: ReaderInput): AsyncGenerator<Row> {
  const cutAtComma = await labelsEndAtComma(input);
  let row = 0;
  let several = 0;
  let commas = 0;
  for await (const { text: line } of linesOf(input.bytes(), input.name, input.notice)) {
    if (line.trim() === '') continue;
    const { text, labels, comma } = parseLine(line, cutAtComma);
    if (new Set(labels).size > 1) several++;
    if (comma) commas++;
    yield { text, label: labels.at(0), row: row++ };
  }
  if (several > 0) input.notice(`${count(several, 'line')} with more than one label: the first one is used`);
  if (commas > 0) input.notice(`commas behind the labels of ${count(commas, 'line')} left out`);
}

interface Line {
  readonly text: string;
  readonly labels: readonly string[];
  /** Whether a comma behind a label was dropped. */
  readonly comma: boolean;
}

/** Takes the labels out of a line. */
function parseLine(line: string, cutAtComma: boolean): Line {
  const labels: string[] = [];
  let comma = false;
  const add = (token: string): string => {
    const end = cutAtComma ? token.indexOf(',') : token.search(/[,;]+$/);
    labels.push(end === -1 ? token : token.slice(0, end));
    if (end === -1) return '';
    comma = true;
    return token.slice(end).replace(/^[,;]+/, '');
  };
  let rest = line.trimStart();
  while (rest.startsWith(PREFIX)) {
    const end = rest.search(/\s/);
    const word = add(rest.slice(PREFIX.length, end === -1 ? undefined : end));
    rest = end === -1 ? '' : rest.slice(end).trimStart();
    const alone = /^,(?:\s+|$)/.exec(rest);
    if (alone) {
      comma = true;
      rest = rest.slice(alone[0].length);
    }
    if (word !== '') {
      rest = `${word} ${rest}`.trimEnd();
      break;
    }
  }
  if (rest.includes(PREFIX)) rest = rest.replace(LABEL, (_, token: string) => (add(token), '')).trim();
  return { text: rest, labels, comma };
}

/**
 * Whether the label ends at a comma, as in `__label__pos,great film`: where what stands up to the comma repeats, and the
 * whole words do not.
 */
async function labelsEndAtComma(input: ReaderInput): Promise<boolean> {
  if (!/__label__[^\s,]+,[^\s,]/.test(input.head)) return false;
  const whole = new Set<string>();
  const before = new Set<string>();
  const look = (line: string) => {
    for (const [, token] of line.matchAll(LABEL)) {
      if (whole.size < 10_000) whole.add(token);
      if (before.size < 10_000) before.add(token.split(',', 1)[0]);
    }
  };
  if (!input.again) input.head.split('\n').forEach(look);
  else for await (const { text } of linesOf(input.bytes(), input.name)) look(text);
  return whole.size > 2 * before.size;
}
