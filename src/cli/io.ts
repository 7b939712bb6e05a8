/** What a command touches of the process, handed in so that commands can be tested without one. */
import pc from 'picocolors';

/** Colouring functions; they return the text unchanged where colour is off. */
export type Colors = ReturnType<typeof pc.createColors>;

/** A place for text to go to. */
export interface Output {
  write(text: string): void;
  /** Resolves when the reader has taken what was written; a slow reader thus slows a stream down. */
  drained(): Promise<void>;
  /** True for a terminal, where lines may be rewritten. */
  readonly terminal: boolean;
  /** Width in characters. */
  readonly columns: number;
  readonly colors: Colors;
}

/** The process as commands see it. */
export interface Io {
  /** Results. */
  readonly out: Output;
  /** Progress, notices, errors. */
  readonly err: Output;
  /** Standard input. */
  readonly in: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds, monotonic. */
  now(): number;
}

/** The running process. `NO_COLOR` turns colour off, `FORCE_COLOR` on; `CI` counts as not a terminal. */
export function processIo(): Io {
  return {
    out: output(process.stdout),
    err: output(process.stderr),
    // asking for it opens it, which only a command that reads it should do
    get in() {
      return process.stdin;
    },
    env: process.env,
    now: () => performance.now(),
  };
}

function output(stream: NodeJS.WriteStream): Output {
  const { NO_COLOR, FORCE_COLOR, CI, TERM } = process.env;
  const terminal = stream.isTTY === true && !CI && TERM !== 'dumb';
  let full = false;
  let closed = false;
  // a reader that has seen enough (head, less) closes the pipe: that ends the output, not the program
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    closed = true;
  });
  return {
    write(text) {
      if (!closed) full = !stream.write(text);
    },
    async drained() {
      if (!full || closed) return;
      await new Promise<void>((resolve) => {
        const done = () => {
          stream.off('drain', done).off('close', done).off('error', done);
          resolve();
        };
        stream.on('drain', done).on('close', done).on('error', done);
      });
      full = false;
    },
    terminal,
    columns: stream.columns ?? 80,
    colors: pc.createColors(!NO_COLOR && (Boolean(FORCE_COLOR) || terminal)),
  };
}
