import type { Row } from '../dataset.ts';

/** What a known data set gets to load itself with. */
export interface KnownContext {
  /** Folder for what was downloaded or worked out; it may be missing or not writable. */
  readonly cacheDir: string;
  /** Where packages are looked for. Default: beside Unroll, and the user's folder. */
  readonly places?: readonly (string | URL)[];
  /** For downloads. */
  readonly fetch: typeof globalThis.fetch;
  /** Takes a sentence that the user should see. */
  notice(sentence: string): void;
}

/** The records of a known data set. */
export interface KnownRows {
  /** The rows, in the order of the source. */
  readonly rows: readonly Row[];
  /** Package or address that they come from. */
  readonly source: string;
}
