/** Scans all of a table: quotes, title lines, header, columns. */
import { createProfile, type Profile } from '../profile.ts';
import type { ReaderInput } from '../reader.ts';
import { textOf } from '../bytes/text-of.ts';
import { firstRecords, lineEndOf, sepLine, usualWidth } from './delimiter.ts';
import { isUsualName } from '../columns.ts';
import { createTableParser, type TableRecord } from './parse.ts';
import type { Quoting, TableSyntax } from './syntax.ts';

type Cells = readonly string[];

/** Where the table begins in its file. */
export interface TableStart {
  /** Fields of most records. */
  readonly width: number;
  /** Records above the table: title lines, or `sep=;`. */
  readonly skip: number;
  /** The lines that are skipped, for messages; without `sep=;`. */
  readonly titles: readonly TableRecord[];
  /** The first record of the table, the header where it has one. */
  readonly first: Cells;
  /** Whether the first record lacks the name of the first column, as R writes tables with row names. */
  readonly rowNames: boolean;
}

const MOST_TITLES = 30; // lines above a table

/** Finds the start of the table: the first record that has as many fields as most. Undefined for an empty file. */
export function tableStart(
  head: string,
  delimiter: string,
  quotes: boolean,
  named: readonly string[],
): TableStart | undefined {
  const records = firstRecords(head, delimiter, quotes);
  const skipSep = sepLine(head) === undefined ? 0 : 1;
  const body = records.slice(skipSep);
  if (body.length === 0) return undefined;
  const { width } = usualWidth(body);
  const isName = (cell: string) => isUsualName(cell) || named.includes(cell.trim());
  let start = 0;
  while (start < Math.min(body.length, MOST_TITLES) && isTitle(body, start, width, isName)) start++;
  if (start === Math.min(body.length, MOST_TITLES)) start = 0;
  const [first] = body.slice(start);
  const before = start > 0 ? body[start - 1] : undefined;
  const shorter = before !== undefined && before.cells.length === width - 1 && before.cells.some(isName);
  // row names are unique; otherwise most texts hold the delimiter, and records of too many fields are refused
  const cut = shorter && !areUnique(body.slice(start));
  const rowNames = shorter && !cut;
  if (shorter) start--;
  return {
    width: cut ? width - 1 : width,
    skip: skipSep + start,
    titles: body.slice(0, start),
    first: rowNames ? ['', ...before.cells] : cut ? before.cells : first.cells,
    rowNames,
  };
}

/** Whether no two records begin with the same field. */
function areUnique(records: readonly TableRecord[]): boolean {
  return new Set(records.map(({ cells }) => cells[0])).size === records.length;
}

/** Whether all fields but one, or all, are empty: a spreadsheet pads a title with the delimiter. */
export const isPadded = (cells: Cells): boolean => cells.filter((cell) => cell.trim() !== '').length <= 1;

/**
 * Whether a record stands above the table: another number of fields, or, right above the names of the columns, a comment or
 * padded titles.
 */
function isTitle(
  body: readonly TableRecord[],
  at: number,
  width: number,
  isName: (cell: string) => boolean,
): boolean {
  const { cells } = body[at];
  if (cells.length !== width) return true;
  if (cells.some(isName)) return false;
  const names = (after: Cells | undefined) => after?.length === width && after.some(isName);
  if (/^\s*#/.test(cells[0])) return names(body.at(at + 1)?.cells) === true;
  return isPadded(cells) && names(body.slice(at).find((one) => !isPadded(one.cells))?.cells) === true;
}

/** What a pass over the table gathers. */
export interface TableScan {
  readonly quoting: Quoting;
  /** Where the table begins, which depends on the quotes. */
  readonly start: TableStart;
  /** The records below the first one, those equal to it apart. */
  readonly profile: Profile;
  /** Columns in which a cell of the first record comes again, in a record that differs from it. */
  readonly recurring: ReadonlySet<number>;
}

/** What {@link scanTable} needs to know. */
export interface ScanOptions {
  readonly delimiter: string;
  readonly quoting: Quoting | 'detect';
  /** Column names that the user gave. */
  readonly named: readonly string[];
}

/** Scans the table once, or twice if quotes turn out to be escaped differently. Undefined where there is no record. */
export async function scanTable(input: ReaderInput, options: ScanOptions): Promise<TableScan | undefined> {
  const { delimiter, quoting, named } = options;
  const start = tableStart(input.head, delimiter, quoting !== 'none', named);
  if (start === undefined) return undefined;
  const assumed = quoting === 'detect' ? 'double' : quoting;
  const syntax = {
    delimiter,
    quoting: assumed,
    openQuote: 'character',
    lineEnd: lineEndOf(input.head),
  } as const;
  const scan = createScan(syntax, start);
  if (input.again) for await (const text of textOf(input.bytes())) scan.push(text);
  else scan.push(input.head);
  scan.end();
  const found = quoting === 'detect' ? scan.quoting() : quoting;
  if (found !== assumed) return scanTable(input, { ...options, quoting: found });
  return { quoting: found, start, ...scan.result() };
}

function createScan(syntax: TableSyntax, { first, skip, width }: TableStart) {
  const parser = createTableParser(syntax);
  const profile = createProfile();
  const recurring = new Set<number>();
  const quotes = createQuoteCount();
  let toSkip = skip;
  let isFirst = true;
  const take = (records: readonly TableRecord[]) => {
    for (const { cells } of records) {
      if (toSkip > 0) toSkip--;
      else if (isFirst) isFirst = false;
      else if (cells.length === width && !sameCells(cells, first)) {
        profile.add(cells);
        for (let i = 0; i < width; i++) if (cells[i] === first[i] && cells[i].trim() !== '') recurring.add(i);
      }
    }
  };
  return {
    push(text: string) {
      quotes.push(text);
      take(parser.push(text));
    },
    end: () => take(parser.end().records),
    result: () => ({ profile, recurring }),
    /** How quotes are written: by what most fields that start with one look like. */
    quoting(): Quoting {
      const { quoted, halfQuoted } = parser.counts;
      if (syntax.delimiter === '\t') return quoted > 10 * halfQuoted ? 'double' : 'none';
      return quotes.backslash > 0 && quotes.doubled === 0 ? 'backslash' : 'double';
    },
  };
}

/** Counts the two ways to write a quote inside a quoted field. */
function createQuoteCount() {
  let before = '';
  const counts = { backslash: 0, doubled: 0 };
  return Object.assign(counts, {
    push(piece: string) {
      if (counts.doubled > 0) return;
      if (!piece.includes('"')) {
        before = piece.slice(-2);
        return;
      }
      const text = before + piece;
      // a backslash may also end a field, as in "C:\", and two quotes may be an empty field
      counts.backslash += text.match(/[^\\]\\"(?![\s,;|]|$)/g)?.length ?? 0;
      counts.doubled += text.match(/[^\s,;|"]""(?=[^"])/g)?.length ?? 0;
      before = text.slice(-2);
    },
  });
}

/** Whether two records hold the same cells. */
export function sameCells(a: Cells, b: Cells): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
