/** The definition of a vector file format. */

/** A file or folder to read vectors from. */
export interface VectorSource {
  /** As the user gave it, for messages. */
  readonly name: string;
  /** Its first 64 KiB, unpacked; empty for a folder. */
  readonly head: Uint8Array;
  /** Names of the files in a folder; undefined for a file. */
  readonly folder?: readonly string[];
  /** The content of a file, unpacked, or of a file in the folder. May be called again. */
  bytes(file?: string): AsyncIterable<Uint8Array>;
}

/**
 * Receives a row of a file. `values` must be called at once or not at all; it returns undefined if the row is not of
 * a single word.
 */
export type VisitRow = (word: string, values: () => ArrayLike<number> | undefined) => void;

/** A file of vectors whose size is known. */
export interface VectorFile {
  /** D, numbers in a vector. */
  readonly dim: number;
  /**
   * Visits the rows in their order.
   * @param wants Asked once for each word, in their order: whether its numbers may be asked for. Default: always.
   * @param unlisted Asked after that by a format that has vectors of parts of words: words that the file does not list.
   * Those that it can put together are visited last.
   * @throws DataError where the file is damaged
   */
  read(visit: VisitRow, wants?: (word: string) => boolean, unlisted?: () => readonly string[]): Promise<void>;
}

/** A format. */
export interface VectorFormat {
  /** Whether a source is of this format. */
  recognises(source: VectorSource): boolean;
  /** Reads what comes before the first row. @throws DataError */
  open(source: VectorSource): Promise<VectorFile>;
}
