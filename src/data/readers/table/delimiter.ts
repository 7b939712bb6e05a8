import { createTableParser, type TableRecord } from './parse.ts';

/** The delimiters that are detected. */
const CANDIDATES = [',', '\t', ';', '|'] as const;

const MOST_RECORDS = 200;

/** A first line of Excel, such as `sep=;`, and the character it names. */
const SEP_LINE = /^\ufeff?"?sep=(.)"?\r?(?:\n|$)/i;

/** The delimiter that a first line `sep=;` names. */
export function sepLine(head: string): string | undefined {
  return SEP_LINE.exec(head)?.[1];
}

/** What ends the lines of a text: `\r` only where there is no `\n`. */
export function lineEndOf(head: string): '\n' | '\r' {
  return head.includes('\n') || !head.includes('\r') ? '\n' : '\r';
}

/** The first records of a text, cut by a delimiter; one that `head` cuts off only where there is no other. */
export function firstRecords(head: string, delimiter: string, quotes = true): TableRecord[] {
  const parser = createTableParser({
    delimiter,
    quoting: quotes ? 'double' : 'none',
    openQuote: 'character',
    lineEnd: lineEndOf(head),
  });
  const whole = parser.push(head);
  return (whole.length > 0 ? whole : parser.end().records).slice(0, MOST_RECORDS);
}

/** The number of fields that most records have, and how many of them. */
export function usualWidth(records: readonly TableRecord[]): {
  readonly width: number;
  readonly records: number;
} {
  const times = new Map<number, number>();
  for (const { cells } of records) times.set(cells.length, (times.get(cells.length) ?? 0) + 1);
  let best = { width: 0, records: 0 };
  for (const [width, count] of times) if (count > best.records) best = { width, records: count };
  return best;
}

/**
 * The delimiter of a table, from its start: the one that a line `sep=;` names, or the one that cuts most records into
 * the same number of fields, two or more; among equals the one that gives more fields. Undefined where none does.
 */
export function detectDelimiter(head: string): string | undefined {
  const named = sepLine(head);
  if (named !== undefined) return named;
  let best: string | undefined;
  let bestScore = 0;
  for (const delimiter of CANDIDATES) {
    const records = firstRecords(head, delimiter);
    const { width, records: usual } = usualWidth(records);
    if (width < 2) continue;
    const score = usual / records.length + width / 1e6;
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}
