/** Cuts a normalised text into tokens, in time linear in its length. */
export interface Tokenizer {
  /** The tokens of `text` in order; none is empty. */
  tokenize(text: string): string[];
  /**
   * The same rule as a regular expression whose matches are the tokens, in the syntax that JavaScript (`u` flag) and
   * Oniguruma share: what `tokenizer.json` carries. It is the specification; `tokenize` is its fast form.
   */
  readonly pattern: string;
  /** Replacements made before the pattern applies, as [from, to]. */
  readonly replacements: readonly (readonly [from: string, to: string])[];
}
