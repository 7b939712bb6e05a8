/** How a table is written. */

/** How quotes are written inside a quoted field: twice, after a backslash, or not at all because quotes are plain text. */
export type Quoting = 'double' | 'backslash' | 'none';

/** How the fields and records of a table are told apart. */
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
