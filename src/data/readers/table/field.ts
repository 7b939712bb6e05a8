/**
 * Reads one field of a record that has quotes. If text follows a closing quote, quotes and text are kept unchanged,
 * up to the next delimiter. An opening quote whose closing quote is on another line and in the middle of a field is
 * an ordinary character.
 */
import type { Quoting, TableSyntax } from './syntax.ts';

/** A syntax, and the codes of the characters that end a field. */
export interface FieldSyntax extends TableSyntax {
  readonly delimiterCode: number;
  readonly endCode: number;
}

/** How fields were quoted. */
export interface QuoteCounts {
  /** Quoted fields with blanks between the delimiter and the quote; the blanks are dropped. */
  spaced: number;
  /** Fields in quotes. */
  quoted: number;
  /** Fields that start with a quote but are not in quotes from end to end. */
  halfQuoted: number;
}

interface Field {
  readonly value: string;
  /** Index of the delimiter or line end behind it; the length of the text at its end. */
  readonly end: number;
  readonly stray: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BLANK = 0x20;
const RETURN = 0x0d;
const LINE_FEED = 0x0a;
const LOOKAHEAD = 1 << 20; // characters

/**
 * The field at `from`; undefined where its end is not there yet, 'open' where it opens a quote that is never closed.
 *
 * @param last No text follows.
 * @param counts Counts the field.
 */
export function readField(
  text: string,
  from: number,
  last: boolean,
  syntax: FieldSyntax,
  counts: QuoteCounts,
): Field | undefined | 'open' {
  const { delimiterCode, endCode, openQuote } = syntax;
  let open = from;
  while (text.charCodeAt(open) === BLANK && delimiterCode !== BLANK) open++;
  if (text.charCodeAt(open) !== QUOTE) {
    const end = plainEnd(text, from, syntax);
    if (end === text.length && !last) return undefined;
    const value = plainText(text, from, end);
    return { value, end, stray: value.includes('"') };
  }
  const close = closingQuote(text, open, syntax.quoting);
  const tooFar = openQuote === 'character' && (close === -1 ? text.length : close) - open > LOOKAHEAD;
  if (tooFar || (close === -1 && last && openQuote === 'character')) {
    return halfQuoted(text, from, plainEnd(text, open, syntax), counts);
  }
  // what follows the quote decides, and may be a quote that makes it a doubled one
  if (close === -1 || (close + 2 >= text.length && !last)) return last ? 'open' : undefined;
  let after = close + 1;
  while (text.charCodeAt(after) === BLANK) after++;
  if (text.charCodeAt(after) === RETURN && text.charCodeAt(after + 1) === endCode) after++;
  if (after >= text.length && !last) return undefined;
  const next = text.charCodeAt(after);
  if (after >= text.length || next === delimiterCode || next === endCode) {
    if (open > from) counts.spaced++;
    counts.quoted++;
    return { value: unquoted(text.slice(open + 1, close), syntax.quoting), end: after, stray: false };
  }
  const start = text.slice(open, close).includes(syntax.lineEnd) ? open : close;
  const end = plainEnd(text, start, syntax);
  if (end === text.length && !last) return undefined;
  return halfQuoted(text, from, end, counts);
}

/** The characters of an unquoted field, without the `\r` of a line end. */
export function plainText(text: string, from: number, end: number): string {
  const returned = text.charCodeAt(end - 1) === RETURN && text.charCodeAt(end) === LINE_FEED;
  return text.slice(from, returned ? end - 1 : end);
}

/** A field whose quotes are characters. */
function halfQuoted(text: string, from: number, end: number, counts: QuoteCounts): Field {
  counts.halfQuoted++;
  return { value: plainText(text, from, end), end, stray: true };
}

/** End of an unquoted field. */
function plainEnd(text: string, from: number, { delimiterCode, endCode }: FieldSyntax): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === delimiterCode || code === endCode) break;
    at++;
  }
  return at;
}

/** Index of the quote that closes the one at `open`; -1 where there is none. */
function closingQuote(text: string, open: number, quoting: Quoting): number {
  if (quoting === 'backslash') return unescapedQuote(text, open);
  let at = text.indexOf('"', open + 1);
  while (at !== -1 && text.charCodeAt(at + 1) === QUOTE) at = text.indexOf('"', at + 2);
  return at;
}

/** The same where a backslash makes the next character an ordinary one. */
function unescapedQuote(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) {
      if (text.charCodeAt(at + 1) !== QUOTE) return at;
      at++;
    }
  }
  return -1;
}

function unquoted(text: string, quoting: Quoting): string {
  const single = text.includes('""') ? text.replaceAll('""', '"') : text;
  return quoting === 'backslash' ? single.replace(/\\(["\\])/g, '$1') : single;
}
