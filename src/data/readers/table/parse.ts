/**
 * Cuts the text of a table into records, as tolerant as spreadsheets and pandas are.
 *
 * A field in quotes may hold delimiters and line ends. A quote inside an unquoted field is a character. `field.ts` says
 * what other quotes are.
 */
import { type FieldSyntax, plainText, type QuoteCounts, readField } from './field.ts';
import type { TableSyntax } from './syntax.ts';

/** One record of a table. */
export interface TableRecord {
  readonly cells: readonly string[];
  /** 1-based line on which it starts. */
  readonly line: number;
  /** 1-based line on which it ends. */
  readonly lastLine: number;
  /** Fields with quotes that enclose nothing and are kept as characters. */
  readonly strayQuotes: number;
}

/** Counts of a parser. */
export interface ParserCounts extends QuoteCounts {
  /** Byte order marks at the start of a record, as joined files have them; dropped. */
  marks: number;
}

/** A parser that takes a text piece by piece. */
export interface TableParser {
  readonly counts: ParserCounts;
  /** Characters that belong to a record not finished yet. */
  readonly waiting: number;
  /** 1-based line on which the record that is not finished starts. */
  readonly line: number;
  /** The records that end within what was pushed so far. */
  push(piece: string): TableRecord[];
  /** The last record. `open` is true where it opens a quote that is never closed. */
  end(): { readonly records: TableRecord[]; readonly open: boolean };
}

const MARK = 0xfeff;

/** Makes a parser. Its time is linear in the length of the text, however that is cut into pieces. */
export function createTableParser(syntax: TableSyntax): TableParser {
  const { delimiter, lineEnd } = syntax;
  const codes = { delimiterCode: delimiter.charCodeAt(0), endCode: lineEnd.charCodeAt(0) };
  const state: ParserState = {
    syntax: { ...syntax, ...codes },
    counts: { marks: 0, spaced: 0, quoted: 0, halfQuoted: 0 },
    line: 1,
  };
  let rest = '';
  let pieces: string[] = [];
  let size = 0; // of the pieces

  const run = (last: boolean) => {
    const text = rest + pieces.join('');
    pieces = [];
    size = 0;
    const { records, open, end } = readRecords(text, last, state);
    rest = text.slice(end);
    return { records, open };
  };

  return {
    counts: state.counts,
    get waiting() {
      return rest.length + size;
    },
    get line() {
      return state.line;
    },
    push(piece) {
      pieces.push(piece);
      size += piece.length;
      // a long unfinished record is parsed again only when it has doubled
      if (size < rest.length) return [];
      return run(false).records;
    },
    end: () => run(true),
  };
}

interface ParserState {
  readonly syntax: FieldSyntax;
  readonly counts: ParserCounts;
  /** 1-based line on which the next record starts. */
  line: number;
}

/** The records of a text, up to `end`, where a record starts that is not finished. */
function readRecords(text: string, last: boolean, state: ParserState) {
  const { syntax, counts } = state;
  const { delimiter, lineEnd } = syntax;
  const records: TableRecord[] = [];
  let at = 0;
  let quote = syntax.quoting === 'none' ? -1 : text.indexOf('"');
  while (at < text.length) {
    const start = text.charCodeAt(at) === MARK ? at + 1 : at;
    let end = text.indexOf(lineEnd, start);
    if (end === -1 && !last) break;
    if (end === -1) end = text.length;
    if (quote !== -1 && quote < start) quote = text.indexOf('"', start);
    const { line } = state;
    if (quote === -1 || quote >= end) {
      const content = plainText(text, start, end);
      if (content !== '') {
        records.push({ cells: content.split(delimiter), line, lastLine: line, strayQuotes: 0 });
      }
    } else {
      const record = readFields(text, start, last, syntax);
      if (record === undefined || record === 'open') return { records, open: record === 'open', end: at };
      ({ end } = record);
      const { cells, strayQuotes, quotes } = record;
      counts.spaced += quotes.spaced;
      counts.quoted += quotes.quoted;
      counts.halfQuoted += quotes.halfQuoted;
      const lastLine = line + count(lineEnd, text, start, end);
      records.push({ cells, line, lastLine, strayQuotes });
      state.line = lastLine;
    }
    if (start > at) counts.marks++;
    if (end < text.length) state.line++;
    at = end + 1;
  }
  return { records, open: false, end: at };
}

/** The fields of a record with quotes; undefined or 'open' where it is not whole. */
function readFields(text: string, from: number, last: boolean, syntax: FieldSyntax) {
  const quotes: QuoteCounts = { spaced: 0, quoted: 0, halfQuoted: 0 };
  const cells: string[] = [];
  let strayQuotes = 0;
  for (let at = from; ;) {
    const field = readField(text, at, last, syntax, quotes);
    if (field === undefined || field === 'open') return field;
    const { value, end, stray } = field;
    cells.push(value);
    if (stray) strayQuotes++;
    if (end >= text.length && !last) return undefined;
    if (end >= text.length || text.charCodeAt(end) === syntax.endCode) {
      return { cells, strayQuotes, quotes, end };
    }
    at = end + 1;
  }
}

/** How often `what` stands from `from` up to `end`. */
function count(what: string, text: string, from: number, end: number): number {
  let times = 0;
  for (let i = text.indexOf(what, from); i !== -1 && i < end; i = text.indexOf(what, i + 1)) times++;
  return times;
}
