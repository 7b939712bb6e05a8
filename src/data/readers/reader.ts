import type { Row } from '../dataset.ts';
import type { ReadAs } from '../read-as.ts';

/** Reads the records of one file format. */
export interface Reader {
  /** Endings of file names, lower case, with the dot. */
  readonly extensions: readonly string[];
  /** Whether a text that starts with `head` is of this format; asked where the name does not tell. */
  sniff(head: string): boolean;
  /** The records in order. @throws DataError naming the line at fault */
  read(input: ReaderInput): AsyncIterable<Row>;
}

/** What a reader reads. */
export interface ReaderInput {
  /** For messages: the path as the user gave it, or `standard input`. */
  readonly name: string;
  /** The path; undefined for standard input. */
  readonly path: string | undefined;
  /** The first 64 KiB, decoded. */
  readonly head: string;
  /** The content as UTF-8, checked and without byte order mark at its start. */
  bytes(): AsyncIterable<Uint8Array>;
  /** Whether `bytes` may be called again, for a pass that detects before the one that reads. */
  readonly again: boolean;
  /** Lists of column names that the user gave; undefined where they are to be detected. Several are joined with a blank line. */
  readonly textColumns: readonly string[] | undefined;
  /** The same for the label. */
  readonly labelColumn: string | undefined;
  /** Columns or keys whose values are kept with each row, as the user gave them: lists of names. */
  readonly keep: readonly string[];
  /** Called with the names of these columns, before the first row. */
  kept(names: readonly string[]): void;
  /** Called with the classes of soft labels, before the first row that has one. */
  soft(classes: readonly string[]): void;
  /** Whether the first record of a table names the columns. */
  readonly header: 'auto' | 'yes' | 'no';
  /** Whether labels are needed; texts to be classified have none. */
  readonly labelled: boolean;
  /** How the training data was read, where this is to be read in the same way: tried first. */
  readonly like: ReadAs | undefined;
  /** Called with a notice for the user, such as what was left out. */
  notice(sentence: string): void;
  /** Called with the detected or given format and columns. */
  found(details: Partial<ReadAs>): void;
}
