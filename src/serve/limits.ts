/** Limits of a server: per request, and over all waiting requests. */

/** The limits of a server. */
export interface Limits {
  /** Most bytes of a body. */
  readonly maxBody: number;
  /** Most texts of a request. */
  readonly maxTexts: number;
  /** Most characters (UTF-16 units) of a text. */
  readonly maxCharacters: number;
  /** Most texts that are predicted together. */
  readonly maxBatch: number;
  /** Longest that a text waits for others to be predicted with, in ms. */
  readonly maxWait: number;
  /** Most texts that wait; a request beyond is refused. */
  readonly maxQueue: number;
  /** Longest that a request takes, waiting included, in ms. */
  readonly timeout: number;
}

/** Limits that suit a small machine. */
export const DEFAULT_LIMITS: Limits = {
  maxBody: 4 * 2 ** 20,
  maxTexts: 1024,
  maxCharacters: 100_000,
  maxBatch: 64,
  maxWait: 0,
  maxQueue: 4096,
  timeout: 30_000,
};
