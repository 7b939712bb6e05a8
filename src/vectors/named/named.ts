/** Vectors that go by a name. */

/** What named vectors need to be loaded. */
export interface NamedContext {
  /** Folder for what was converted; it may be missing or not writable. */
  readonly cacheDir: string;
  /** Where packages are looked for. Default: beside Unroll, and the user's folder. */
  readonly places?: readonly (string | URL)[];
  /** Called with a notice for the user. */
  notice(sentence: string): void;
}

/** Where named vectors are. */
export interface NamedFile {
  /** A file in one of the formats. */
  readonly file: string;
  /** Package or address that they come from. */
  readonly source: string;
}
