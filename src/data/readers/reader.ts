import type { Row } from '../dataset.ts';

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
  /** The content, checked to be UTF-8 and without byte order mark. To be read once. */
  bytes(): AsyncIterable<Uint8Array>;
  /** Column names that the user gave; undefined where they are to be guessed. */
  readonly textColumn: string | undefined;
  /** The same for the label. */
  readonly labelColumn: string | undefined;
  /** Whether labels are needed; texts to be classified have none. */
  readonly labelled: boolean;
  /** Takes a sentence that the user should see, such as a guess. */
  notice(sentence: string): void;
}
