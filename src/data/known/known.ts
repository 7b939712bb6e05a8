import type { Row } from '../dataset.ts';

/** What a known data set needs to be loaded. */
export interface KnownContext {
  /** Cache folder; it may be missing or not writable. */
  readonly cacheDir: string;
  /** Where packages are looked for. Default: beside Unroll, and the user's folder. */
  readonly places?: readonly (string | URL)[];
  /** For downloads. */
  readonly fetch: typeof globalThis.fetch;
  /** Called with a notice for the user. */
  notice(sentence: string): void;
}

/** The records of a known data set. */
export interface KnownRows {
  /** The rows, in the order of the source. */
  readonly rows: readonly Row[];
  /** Package or address that they come from. */
  readonly source: string;
}
