/** Vectors that go by a name. */

/** What named vectors get to load themselves with. */
export interface NamedContext {
  /** Folder for what was converted; it may be missing or not writable. */
  readonly cacheDir: string;
  /** Where packages are looked for. Default: beside Unroll, and the user's folder. */
  readonly places?: readonly (string | URL)[];
  /** Takes a sentence that the user should see. */
  notice(sentence: string): void;
}

/** Where named vectors lie. */
export interface NamedFile {
  /** A file in one of the formats. */
  readonly file: string;
  /** Package or address that they come from. */
  readonly source: string;
}
