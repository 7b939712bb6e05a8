/** Reads bytes piece by piece: up to a delimiter, or a given number. */
export class ByteCursor {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #buffer = Buffer.alloc(0);
  #at = 0;
  #ended = false;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#pieces = bytes[Symbol.asyncIterator]();
  }

  /** Buffered bytes. */
  get available(): number {
    return this.#buffer.length - this.#at;
  }

  /** Reads until `n` bytes are buffered. Returns false if the source ends before. */
  async fill(n: number): Promise<boolean> {
    const pieces: Uint8Array[] = [this.#buffer.subarray(this.#at)];
    let length = this.available;
    while (length < n && !this.#ended) {
      const next = await this.#pieces.next();
      if (next.done) this.#ended = true;
      else {
        pieces.push(next.value);
        length += next.value.length;
      }
    }
    if (pieces.length > 1) {
      this.#buffer = Buffer.concat(pieces);
      this.#at = 0;
    }
    return this.available >= n;
  }

  /** The next `n` bytes; undefined where fewer are left. Valid until the next call. */
  async take(n: number): Promise<Buffer | undefined> {
    if (this.available < n && !(await this.fill(n))) return undefined;
    this.#at += n;
    return this.#buffer.subarray(this.#at - n, this.#at);
  }

  /**
   * The bytes before the next `end`, which is skipped, or the rest of the source. Undefined if nothing is left, or
   * `end` does not occur within `limit` bytes. Valid until the next call.
   */
  async upTo(end: number, limit: number): Promise<Buffer | undefined> {
    for (let searched = 0; ;) {
      const found = this.#buffer.indexOf(end, this.#at + searched);
      if (found >= 0) {
        const bytes = this.#buffer.subarray(this.#at, found);
        this.#at = found + 1;
        return bytes;
      }
      searched = this.available;
      if (searched > limit) return undefined;
      if (await this.fill(searched + 1)) continue;
      return searched === 0 ? undefined : await this.take(searched);
    }
  }

  /** Skips a byte if it is next. */
  async skip(byte: number): Promise<void> {
    if ((await this.fill(1)) && this.#buffer[this.#at] === byte) this.#at++;
  }

  /** Stops reading. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}

/** Opens a cursor for `work`, and always closes it. */
export async function withCursor<T>(
  bytes: AsyncIterable<Uint8Array>,
  work: (cursor: ByteCursor) => Promise<T>,
): Promise<T> {
  const cursor = new ByteCursor(bytes);
  try {
    return await work(cursor);
  } finally {
    await cursor.close();
  }
}
