/** How long a storage waits for a locked or absent database, and its notices meanwhile. */
import type { DatabaseOptions } from './database.ts';

/** Shorter waits are not reported, in seconds. */
const QUIET = 2;
/** Interval of further notices, in seconds. */
const REPEAT = 30;

/** The waits of one storage: each from a first failure to the next success, whatever calls fail in between. */
export class Patience {
  /** Seconds until it ends. */
  readonly limit: number;
  readonly #url: string;
  readonly #onWait: (message: string) => void;
  readonly #now: () => Date;
  readonly #stop: AbortSignal;
  #began: number | undefined;
  #nextWord = QUIET;
  #spoke = false;

  constructor(
    url: string,
    { onWait = () => undefined, waitSeconds = 300, now = () => new Date() }: DatabaseOptions,
    stop: AbortSignal,
  ) {
    this.#url = url;
    this.limit = waitSeconds;
    this.#onWait = onWait;
    this.#now = now;
    this.#stop = stop;
  }

  /**
   * After a failure: whether to try again. Says so from time to time.
   * @param urgent Whether to say so at once.
   */
  has(why: string, { urgent = false }: { readonly urgent?: boolean } = {}): boolean {
    const now = this.#now().getTime() / 1000;
    this.#began ??= now;
    const waited = now - this.#began;
    if (this.#stop.aborted || waited >= this.limit) return false;
    if (waited >= this.#nextWord || (urgent && !this.#spoke)) {
      this.#onWait(`[${this.#url}] ${why}: waiting for it, ${Math.ceil(this.limit - waited)} s more.`);
      this.#nextWord = waited + REPEAT;
      this.#spoke = true;
    }
    return true;
  }

  /** After a success. */
  end(): void {
    if (this.#began === undefined) return;
    if (this.#spoke) {
      const waited = Math.round(this.#now().getTime() / 1000 - this.#began);
      this.#onWait(`[${this.#url}] is back after ${waited} s.`);
    }
    this.#spoke = false;
    this.#began = undefined;
    this.#nextWord = QUIET;
  }
}
