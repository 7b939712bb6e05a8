import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import * as z from 'zod';
import { DataError } from '../../core/errors.ts';
import { member } from '../../core/family.ts';
import type { Row } from '../dataset.ts';
import { count, groupDigits } from '../dataset.ts';
import { chooseColumns, isUsualName } from './columns.ts';
import { delimiterName, guessDelimiter, usesQuotes } from './delimiter.ts';
import type { Reader, ReaderInput } from './reader.ts';
import { take } from './take.ts';

const SAMPLE = 200; // records that decide on header and columns

/** Comma-separated values (RFC 4180); the delimiter may also be a semicolon, a tab or a bar. */
export const csv = member({
  type: 'csv',
  summary: 'comma-separated values with a text and a label column; quoted fields may span lines',
  options: z.object({}),
  create: (): Reader => ({
    extensions: ['.csv'],
    sniff: (head) => [',', ';', '|'].includes(guessDelimiter(head) ?? ''),
    read(input) {
      const delimiter = guessDelimiter(input.head) ?? ',';
      return readTable(input, delimiter, true);
    },
  }),
});

/** Tab-separated values; quotes count as those of CSV only where every field that starts with one ends with one. */
export const tsv = member({
  type: 'tsv',
  summary: 'tab-separated values with a text and a label column',
  options: z.object({}),
  create: (): Reader => ({
    extensions: ['.tsv', '.tab'],
    sniff: (head) => guessDelimiter(head) === '\t',
    read: (input) => readTable(input, '\t', usesQuotes(input.head, '\t')),
  }),
});

type Cells = readonly string[];

async function* readTable(input: ReaderInput, delimiter: string, quotes: boolean): AsyncGenerator<Row> {
  const records = recordsOf(input, delimiter, quotes);
  try {
    const sample = await take(records, SAMPLE);
    if (sample.length === 0) return;
    const plan = planTable(input, sample, delimiter, quotes);
    let row = 0;
    const toRow = (cells: Cells): Row => ({
      text: cells[plan.text],
      label: plan.label === -1 ? undefined : cells[plan.label],
      row: row++,
    });
    for (const cells of plan.hasHeader ? sample.slice(1) : sample) yield toRow(cells);
    for await (const cells of records) yield toRow(cells);
  } finally {
    await records.return(undefined); // closes the file where the reader of the rows stops early
  }
}

/** Decides on header and columns, and says what was guessed. */
function planTable(input: ReaderInput, sample: readonly Cells[], delimiter: string, quotes: boolean) {
  const { name, textColumn, labelColumn, labelled } = input;
  const [first, ...others] = sample;
  if (first.length === 1 && labelled) {
    throw new DataError(
      `[${name}] every line must have a text and a label, but no comma, tab, semicolon or bar separates the first lines ` +
        'into the same number of columns. If the texts hold commas, put them in quotes.',
    );
  }
  const hasHeader = isHeader(first, others, [textColumn, labelColumn]);
  const columns = hasHeader ? first : first.map((_, i) => String(i + 1));
  const body = hasHeader ? others : sample;
  const choice = chooseColumns({ name, columns, sample: body, textColumn, labelColumn, labelled });
  const { text, label, guessed } = choice;
  const said = [`delimiter ${delimiterName(delimiter)}`];
  if (!quotes && input.head.includes('"')) said.push('quotes as part of the text');
  said.push(hasHeader ? 'a header line' : 'no header line (columns are called 1, 2, ...)');
  if (guessed)
    said.push(
      label === -1
        ? `text column ${columns[text]}`
        : `text column ${columns[text]}, label column ${columns[label]}`,
    );
  input.notice(`${said.join(', ')} (guessed)`);
  return { text, label, hasHeader };
}

/**
 * Whether the first record names the columns: it has a column that the user named, or a usual name, or it is 0, 1, 2, ...
 * as pandas numbers columns, or it is unlike all others: short, distinct, no numbers, and no cell that comes again in
 * its column.
 */
function isHeader(first: Cells, others: readonly Cells[], named: readonly (string | undefined)[]): boolean {
  if (named.some((column) => column !== undefined && first.includes(column))) return true;
  if (first.length > 1 && first.every((cell, i) => cell === String(i))) return true;
  // columns by number can only be meant for a table without header
  if (named.some((column) => column !== undefined && /^\d+$/.test(column))) return false;
  if (first.some((cell, i) => cell !== '' && others.some((row) => row[i] === cell))) return false;
  if (first.some(isUsualName)) return true;
  const names = first.filter((cell) => cell.trim() !== '');
  const nameLike = (cell: string) => cell.length <= 40 && !/^[\d.,+-]+$/.test(cell.trim());
  const distinct = new Set(names).size === names.length;
  return (
    names.length > 1 &&
    distinct &&
    names.every(nameLike) &&
    others.some((row) => row.some((c) => c.length > 40))
  );
}

async function* recordsOf(input: ReaderInput, delimiter: string, quotes: boolean): AsyncGenerator<Cells> {
  let lastLine = 0; // where the last whole record ended
  const parser = parse({
    delimiter,
    quote: quotes ? '"' : null,
    record_delimiter: input.head.includes('\n') || !input.head.includes('\r') ? ['\r\n', '\n'] : ['\r'],
    skip_empty_lines: true,
    on_record: (record: string[], { lines }) => {
      lastLine = lines;
      return record;
    },
  });
  const bytes = Readable.from(input.bytes(), { objectMode: false });
  bytes.once('error', (error) => parser.destroy(error));
  bytes.pipe(parser);
  try {
    for await (const record of parser) yield record as Cells;
  } catch (error) {
    throw error instanceof CsvError ? explain(error, input.name, lastLine + 1) : error;
  } finally {
    bytes.destroy();
  }
}

/** What is wrong with a record, and where it starts. */
function explain(error: CsvError, name: string, start: number): DataError {
  const reached = Number((error as { lines?: unknown }).lines ?? start);
  const from = `line ${groupDigits(start)}`;
  const where = reached > start ? `${from} (read on to line ${groupDigits(reached)})` : from;
  const make = (what: string) => new DataError(`[${name}] ${what}`, { line: start, cause: error });
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return make(
        `every quote must be closed, but the record that starts at ${from} opens one that never is. ` +
          'Close it, and write a quote inside a field twice ("").',
      );
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
      return make(
        `a field must be in quotes from end to end or not at all, but the record that starts at ${where} has a quote in between. ` +
          'Put the whole field in quotes, and write a quote inside it twice ("").',
      );
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH': {
      const record = (error as { record?: unknown }).record;
      const got = Array.isArray(record) ? count(record.length, 'field') : 'another number';
      return make(
        `every record must have as many fields as the first, but the one at ${from} has ${got}. ` +
          'If a text holds the delimiter, put it in quotes.',
      );
    }
    default:
      return make(`the file must be CSV, but cannot be read at ${from}: ${error.message}.`);
  }
}
