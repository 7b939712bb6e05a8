import { DataError } from '../../../core/errors.ts';
import { maxOf } from '../../../core/lists.ts';
import type { Row } from '../../dataset.ts';
import { distributionOf } from '../../soft-labels.ts';
import { count, groupDigits } from '../../dataset.ts';
import { delimiterName, shown } from '../../read-as.ts';
import { marksNotice } from '../bytes/lines-of.ts';
import { textOf } from '../bytes/text-of.ts';
import { keptColumns } from '../columns.ts';
import type { ReaderInput } from '../reader.ts';
import { tooLong } from '../bytes/limits.ts';
import { sepLine } from './delimiter.ts';
import { createTableParser, type TableParser, type TableRecord } from './parse.ts';
import { planTable, type TablePlan } from './plan.ts';
import { isPadded, sameCells } from './scan.ts';

/** What happened to records on the way. */
interface Tally {
  repeatedHeaders: number;
  strayQuotes: number;
  short: number;
  firstShort: number;
}

/** Reads a table. `delimiter` is given where the format fixes it. */
export async function* readTable(
  input: ReaderInput,
  format: string,
  delimiter?: string,
): AsyncGenerator<Row> {
  const plan = await planTable(input, delimiter);
  if (plan === undefined) return;
  announce(input, plan, format);
  const parser = createTableParser({ ...plan, openQuote: plan.delimiter === '\t' ? 'character' : 'error' });
  const tally: Tally = { repeatedHeaders: 0, strayQuotes: 0, short: 0, firstShort: 0 };
  const take = createTaker(input, plan, tally);
  for await (const text of textOf(input.bytes())) {
    yield* take(parser.push(text));
    if (tooLong(parser.waiting)) throw endless(input, parser);
  }
  const { records, open } = parser.end();
  if (open) throw neverClosed(input, parser);
  yield* take(records);
  for (const notice of tallyNotices(tally, parser)) input.notice(notice);
}

function announce(input: ReaderInput, plan: TablePlan, format: string): void {
  const { delimiter, quoting, hasHeader, columns, text, label, soft, start, notices } = plan;
  const column = (position: number) => ({ name: columns[position], position });
  input.found({
    format,
    delimiter,
    // where no quote was seen, how they are written is not known
    quoting,
    header: hasHeader,
    columns: columns.slice(0, 1000),
    text: text.map(column),
    label: soft ? { name: soft.pattern, position: null } : label === -1 ? null : column(label),
  });
  if (soft) input.soft(soft.classes);
  if (sepLine(input.head) !== undefined) {
    input.notice(`the first line names the delimiter: ${delimiterName(delimiter)}`);
  }
  if (start.titles.length > 0) input.notice(titlesNotice(start, delimiter));
  for (const notice of notices) input.notice(notice);
}

/** Names the title lines and comments that were left out. */
function titlesNotice({ titles, width }: TablePlan['start'], delimiter: string): string {
  const [first] = titles;
  const last = titles.at(-1) ?? first;
  const where =
    last.lastLine === first.line ? `line ${first.line}` : `lines ${first.line} to ${last.lastLine}`;
  const why = titles.some(({ cells }) => cells.length !== width)
    ? `other lines have ${count(width, 'field')}`
    : titles.every(({ cells }) => isPadded(cells))
      ? 'empty but for a title'
      : 'a comment';
  const texts = titles.map(({ cells }) => (isPadded(cells) ? cells.join('').trim() : cells.join(delimiter)));
  const lines = texts.filter((text) => text !== '').map(shown);
  const shownLines =
    lines.length === 0 ? '' : `: ${lines.slice(0, 3).join('; ')}${lines.length > 3 ? '; ...' : ''}`;
  return `${where} above the table left out (${why})${shownLines}`;
}

/** Turns records into rows; drops what stands above the table, the header, and every repetition of it. */
function createTaker(input: ReaderInput, plan: TablePlan, tally: Tally) {
  const { start, text, label, hasHeader } = plan;
  // what is predicted for needs no label
  const soft = input.labelled ? plan.soft : undefined;
  const kept = keptColumns(input.keep, plan.columns, input.name);
  input.kept(kept.map((index) => plan.columns[index]));
  const last = maxOf([...text, label, ...(soft?.indices ?? [])]);
  let toSkip = start.skip;
  let isFirst = true;
  let row = 0;
  const join =
    text.length === 1
      ? (cells: readonly string[]) => cells[text[0]]
      : (cells: readonly string[]) =>
          text
            .map((i) => cells[i])
            .filter((part) => part.trim() !== '')
            .join('\n\n');
  return function* (records: readonly TableRecord[]): Generator<Row> {
    for (const record of records) {
      const { cells } = record;
      if (toSkip > 0) {
        toSkip--;
        continue;
      }
      if (
        hasHeader &&
        cells[cells.length - 1] === start.first[start.width - 1] &&
        isHeaderAgain(cells, start.first, start.rowNames)
      ) {
        if (!isFirst) tally.repeatedHeaders++;
        isFirst = false;
        continue;
      }
      isFirst = false;
      if (cells.length !== start.width) {
        if (cells.length === 1 && cells[0].trim() === '') continue;
        checkWidth(input, record, start.width, last);
        if (cells.length < start.width && tally.short++ === 0) tally.firstShort = record.line;
      }
      tally.strayQuotes += record.strayQuotes > 0 ? 1 : 0;
      yield {
        text: join(cells),
        ...(soft
          ? {
              label: undefined,
              distribution: distributionOf(
                soft.indices.map((i) => cells.at(i)),
                soft,
                `[${input.name}] line ${groupDigits(record.line)}`,
              ),
            }
          : { label: label === -1 ? undefined : cells[label] }),
        row: row++,
        ...(kept.length > 0 && { kept: kept.map((i) => cells.at(i) ?? '') }),
      };
    }
  };
}

const isHeaderAgain = (cells: readonly string[], header: readonly string[], rowNames: boolean) =>
  sameCells(rowNames ? ['', ...cells] : cells, header);

/** @throws DataError unless the superfluous fields are empty, or the missing ones are not read */
function checkWidth(input: ReaderInput, record: TableRecord, width: number, lastRead: number): void {
  const { cells, line, lastLine, strayQuotes } = record;
  if (cells.length > width && cells.slice(width).every((cell) => cell.trim() === '')) return;
  if (cells.length < width && cells.length > lastRead) return;
  const from = `line ${groupDigits(line)}`;
  const where = lastLine > line ? `${from} (read on to line ${groupDigits(lastLine)})` : from;
  const fix =
    strayQuotes > 0
      ? 'It has a quote inside a field: put the whole field in quotes, and write a quote inside it twice ("").'
      : cells.length > width
        ? 'If a text holds the delimiter, put it in quotes.'
        : 'Is the line cut off, or does a text hold a line break? Complete the line, or put the text in quotes.';
  throw new DataError(
    `[${input.name}] every record must have ${count(width, 'field')}, but the one at ${where} has ${cells.length}. ${fix}`,
    { line },
  );
}

function neverClosed(input: ReaderInput, parser: TableParser): DataError {
  const line = parser.line;
  return new DataError(
    `[${input.name}] every quote must be closed, but the record that starts at line ${groupDigits(line)} opens one that is never closed. ` +
      'Close it, and write a quote inside a field twice ("").',
    { line },
  );
}

function endless(input: ReaderInput, parser: TableParser): DataError {
  const line = parser.line;
  return new DataError(
    `[${input.name}] a record can have at most 64 MiB, but the one that starts at line ${groupDigits(line)} is longer. ` +
      'Does it open a quote that is never closed, or is this not a text file?',
    { line },
  );
}

function tallyNotices(
  { repeatedHeaders, strayQuotes, short, firstShort }: Tally,
  parser: TableParser,
): string[] {
  const { marks } = parser.counts;
  const notices: string[] = [];
  if (repeatedHeaders > 0) notices.push(`${count(repeatedHeaders, 'repeated header line')} left out`);
  if (marks > 0) notices.push(marksNotice(marks));
  if (strayQuotes > 0)
    notices.push(`${count(strayQuotes, 'record')} with quotes inside a field, kept as characters`);
  if (short > 0) {
    notices.push(
      `${count(short, 'record')} with missing fields at the end, read as empty (the first at line ${groupDigits(firstShort)})`,
    );
  }
  return notices;
}
