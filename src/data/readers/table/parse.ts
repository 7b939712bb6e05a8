/**
 * Cuts the text of a table into records, as tolerant as spreadsheets and pandas are.
 *
 * A field in quotes may hold delimiters and line ends. A quote inside an unquoted field is a character. Where text goes
 * on after a closing quote, quotes and text are kept as they stand, up to the next delimiter. An opening quote whose
 * closing quote stands on another line and in the middle of a field opened nothing: it is a character.
 */

/** How quotes are written inside a quoted field: twice, after a backslash, or not at all because quotes are plain text. */
export type Quoting = 'double' | 'backslash' | 'none';

/** Options of {@link createTableParser}. */
export interface TableSyntax {
  /** One character. */
  readonly delimiter: string;
  readonly quoting: Quoting;
  /**
   * What a quote that is never closed is: the end of reading, or a character like others. A field in quotes may then
   * be at most 1 MiB long.
   */
  readonly openQuote: 'error' | 'character';
  /** What ends a line; `\r` before `\n` is dropped. */
  readonly lineEnd: '\n' | '\r';
}

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

/** What a parser met so far. */
export interface ParserCounts {
  /** Byte order marks at the start of a record, as joined files have them; dropped. */
  marks: number;
  /** Quoted fields with blanks between the delimiter and the quote; the blanks are dropped. */
  spaced: number;
  /** Fields in quotes. */
  quoted: number;
  /** Fields that start with a quote but are not in quotes from end to end. */
  halfQuoted: number;
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
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BLANK = 0x20;
const LOOKAHEAD = 1 << 20; // characters

interface Field {
  readonly value: string;
  /** Index of the delimiter or line end behind it; the length of the text at its end. */
  readonly end: number;
  readonly stray: boolean;
}

/** Makes a parser. Its time is linear in the length of the text, however that is cut into pieces. */
export function createTableParser(syntax: TableSyntax): TableParser {
  const { delimiter, quoting, openQuote, lineEnd } = syntax;
  const delimiterCode = delimiter.charCodeAt(0);
  const endCode = lineEnd.charCodeAt(0);
  const counts: ParserCounts = { marks: 0, spaced: 0, quoted: 0, halfQuoted: 0 };
  let rest = '';
  let pieces: string[] = [];
  let size = 0; // of the pieces
  let line = 1;

  /** End of an unquoted field. */
  const plainEnd = (text: string, from: number): number => {
    let at = from;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code === delimiterCode || code === endCode) break;
      at++;
    }
    return at;
  };
  const plain = (text: string, from: number, end: number): string =>
    text.slice(from, text.charCodeAt(end - 1) === 13 && text.charCodeAt(end) === 10 ? end - 1 : end);

  /** Index of the quote that closes the one at `open`; -1 where there is none. */
  const closing = (text: string, open: number): number => {
    for (let at = open + 1; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (quoting === 'backslash' && code === BACKSLASH) at++;
      else if (code === QUOTE) {
        if (text.charCodeAt(at + 1) !== QUOTE) return at;
        at++;
      }
    }
    return -1;
  };
  const unquoted = (text: string): string => {
    const single = text.includes('""') ? text.replaceAll('""', '"') : text;
    return quoting === 'backslash' ? single.replace(/\\(["\\])/g, '$1') : single;
  };

  /** The field at `from`; undefined where its end is not there yet. */
  const readField = (text: string, from: number, last: boolean): Field | undefined | 'open' => {
    let open = from;
    while (text.charCodeAt(open) === BLANK && delimiterCode !== BLANK) open++;
    if (text.charCodeAt(open) !== QUOTE) {
      const end = plainEnd(text, from);
      if (end === text.length && !last) return undefined;
      const value = plain(text, from, end);
      return { value, end, stray: value.includes('"') };
    }
    const close = closing(text, open);
    const tooFar = openQuote === 'character' && (close === -1 ? text.length : close) - open > LOOKAHEAD;
    if (tooFar || (close === -1 && last && openQuote === 'character')) {
      const end = plainEnd(text, open);
      counts.halfQuoted++;
      return { value: plain(text, from, end), end, stray: true };
    }
    // what follows the quote decides, and may be a quote that makes it a doubled one
    if (close === -1 || (close + 2 >= text.length && !last)) return last ? 'open' : undefined;
    let after = close + 1;
    while (text.charCodeAt(after) === BLANK) after++;
    if (text.charCodeAt(after) === 13 && text.charCodeAt(after + 1) === endCode) after++;
    if (after >= text.length && !last) return undefined;
    if (
      after >= text.length ||
      text.charCodeAt(after) === delimiterCode ||
      text.charCodeAt(after) === endCode
    ) {
      if (open > from) counts.spaced++;
      counts.quoted++;
      return { value: unquoted(text.slice(open + 1, close)), end: after, stray: false };
    }
    const start = text.slice(open, close).includes(lineEnd) ? open : close;
    const end = plainEnd(text, start);
    if (end === text.length && !last) return undefined;
    counts.halfQuoted++;
    return { value: plain(text, from, end), end, stray: true };
  };

  const slowRecord = (text: string, from: number, last: boolean) => {
    const cells: string[] = [];
    let strayQuotes = 0;
    for (let at = from; ;) {
      const field = readField(text, at, last);
      if (field === undefined || field === 'open') return field;
      cells.push(field.value);
      if (field.stray) strayQuotes++;
      if (field.end >= text.length) return last ? { cells, strayQuotes, end: field.end } : undefined;
      if (text.charCodeAt(field.end) === endCode) return { cells, strayQuotes, end: field.end };
      at = field.end + 1;
    }
  };

  const run = (text: string, last: boolean) => {
    const records: TableRecord[] = [];
    let at = 0;
    let open = false;
    let quote = quoting === 'none' ? -1 : text.indexOf('"');
    while (at < text.length) {
      const start = text.charCodeAt(at) === MARK ? at + 1 : at;
      let end = text.indexOf(lineEnd, start);
      if (end === -1 && !last) break;
      if (end === -1) end = text.length;
      if (quote !== -1 && quote < start) quote = text.indexOf('"', start);
      const first = line;
      if (quote === -1 || quote >= end) {
        const content = plain(text, start, end);
        if (content !== '') {
          records.push({ cells: content.split(delimiter), line: first, lastLine: first, strayQuotes: 0 });
        }
      } else {
        const before = { ...counts };
        const record = slowRecord(text, start, last);
        if (record === undefined || record === 'open') {
          Object.assign(counts, before); // they count once the record is whole
          open = record === 'open';
          break;
        }
        ({ end } = record);
        for (let i = text.indexOf(lineEnd, start); i !== -1 && i < end; i = text.indexOf(lineEnd, i + 1))
          line++;
        const { cells, strayQuotes } = record;
        records.push({ cells, line: first, lastLine: line, strayQuotes });
      }
      if (start > at) counts.marks++;
      if (end < text.length) line++;
      at = end + 1;
    }
    rest = text.slice(at);
    return { records, open };
  };

  const gathered = () => {
    const text = rest + pieces.join('');
    pieces = [];
    size = 0;
    return text;
  };

  return {
    counts,
    get waiting() {
      return rest.length + size;
    },
    get line() {
      return line;
    },
    push(piece) {
      pieces.push(piece);
      size += piece.length;
      // a record that fills many pieces is looked at again only when it has doubled
      if (size < rest.length) return [];
      return run(gathered(), false).records;
    },
    end: () => run(gathered(), true),
  };
}
