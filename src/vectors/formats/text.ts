/**
 * Vectors as text: a word and its numbers on each line, with spaces between. word2vec and fastText (`.vec`) write the
 * number of words and of dimensions on a first line; GloVe (`.txt`) does not.
 */
import { DataError } from '../../core/errors.ts';
import { member } from '../../core/family.ts';
import { groupDigits } from '../../core/words.ts';
import { type ByteCursor, withCursor } from './byte-cursor.ts';
import type { VectorFile, VectorFormat, VectorSource, VisitRow } from './format.ts';

const NEWLINE = 10;
const LONGEST_LINE = 1 << 20;

/** A first line that is a header: how many words, how many numbers each. */
const HEADER = /^ *(\d+) +(\d+) *\r?$/;

/** Text vectors. */
export const text = member({
  type: 'text',
  summary:
    'text: a word and its numbers on each line, as fastText and word2vec (`.vec`) and GloVe (`.txt`) write it',
  options: {},
  create: (): VectorFormat => ({ recognises, open }),
});

/** The first two lines of a source; the second may be cut off. */
function firstLines({ head }: VectorSource): string[] {
  return new TextDecoder().decode(head).split('\n', 2);
}

function recognises(source: VectorSource): boolean {
  if (source.folder) return false;
  const [first, second = ''] = firstLines(source);
  if (!HEADER.test(first)) {
    const { numbers } = fieldsOf(first);
    return numbers.length > 1 && numbers.every(Number.isFinite);
  }
  // word2vec's binary file has the same header; its numbers are hardly ever printable
  const [, ...fields] = second.split(/[ \t]/);
  return second === '' || /^[\x20-\x7e\t]+\r?$/.test(fields.join(' '));
}

async function open(source: VectorSource): Promise<VectorFile> {
  const [first] = firstLines(source);
  const header = HEADER.exec(first);
  const dim = header ? Number(header[2]) : fieldsOf(first).numbers.length;
  if (dim < 1)
    throw new DataError(
      `[${source.name}] vectors must have at least one number, but line 1 says ${dim}. Fetch the file again.`,
    );
  const rows = header ? Number(header[1]) : undefined;
  const file = { dim, rows, name: source.name };
  return { dim, read: (visit) => withCursor(source.bytes(), (cursor) => readRows(cursor, file, visit)) };
}

interface Opened {
  readonly dim: number;
  /** Number of rows in the header. */
  readonly rows: number | undefined;
  readonly name: string;
}

async function readRows(cursor: ByteCursor, { dim, rows, name }: Opened, visit: VisitRow): Promise<void> {
  let number = 0;
  let read = 0;
  if (rows !== undefined) {
    await cursor.upTo(NEWLINE, LONGEST_LINE);
    number++;
  }
  for (
    let line = await cursor.upTo(NEWLINE, LONGEST_LINE);
    line;
    line = await cursor.upTo(NEWLINE, LONGEST_LINE)
  ) {
    number++;
    if (line.length === 0 || (line.length === 1 && line[0] === 13)) continue;
    const row = line; // the cursor moves on only after the visit
    const end = separator(row);
    visit(row.toString('utf8', 0, end), () => valuesOf(row.toString('utf8'), { dim, name, number }));
    read++;
    // a truncated file: its last line is short, or lines are missing
    if (cursor.available === 0 && !(await cursor.fill(1)))
      valuesOf(row.toString('utf8'), { dim, name, number });
  }
  if (cursor.available > 0)
    throw new DataError(
      `[${name}] a line must be shorter than 1 MiB, but line ${groupDigits(number + 1)} is longer. Is this a file of word vectors?`,
      { line: number + 1 },
    );
  if (rows !== undefined && rows !== read) {
    throw new DataError(
      `[${name}] there must be ${groupDigits(rows)} words, as the first line says, but there are ${groupDigits(read)}. Fetch the file again.`,
    );
  }
}

function separator(line: Uint8Array): number {
  const at = line.findIndex((byte) => byte === 32 || byte === 9);
  return at < 0 ? line.length : at;
}

/** A line as a word and its numbers: the fields after the last one that is not a number. */
function fieldsOf(line: string): { readonly word: string; readonly numbers: readonly number[] } {
  const [word, ...fields] = line.trimEnd().split(/[ \t]+/);
  return { word, numbers: fields.map((field) => (field === '' ? NaN : Number(field))) };
}

/** The numbers of a line; undefined where its word has spaces. @throws DataError where there are not `dim` of them */
function valuesOf(
  line: string,
  { dim, name, number }: { dim: number; name: string; number: number },
): readonly number[] | undefined {
  const { word, numbers } = fieldsOf(line);
  if (numbers.length > dim) return undefined; // GloVe of web pages has words such as ". . ."
  const wrong = numbers.findIndex((value) => !Number.isFinite(value));
  if (numbers.length === dim && wrong < 0) return numbers;
  const field =
    line
      .trimEnd()
      .split(/[ \t]+/)
      .at(wrong + 1) ?? '';
  const came =
    numbers.length === dim
      ? `has ${JSON.stringify(field.slice(0, 20))} as number ${wrong + 1}`
      : `has ${numbers.length}`;
  throw new DataError(
    `[${name}] each line must have a word and ${dim} finite numbers, but line ${groupDigits(number)} (${JSON.stringify(word.slice(0, 40))}) ${came}. ` +
      'Fetch the file again, or remove that line.',
    { line: number },
  );
}
