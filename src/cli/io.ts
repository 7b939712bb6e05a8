/** The process as commands use it, passed in so that commands can be tested without one. */
import pc from 'picocolors';
import { FileError } from '../core/errors.ts';
import { printableLines } from '../core/printable.ts';
import { type InterruptWatch, watchInterrupt } from './interrupt.ts';

/** Colouring functions; they return the text unchanged where colour is off. */
export type Colors = ReturnType<typeof pc.createColors>;

/** An output stream for text. */
export interface Output {
  /**
   * Writes text for people: control characters other than ours, such as those in labels and documents, are replaced.
   * @param kind `data` is for programs (CSV, JSON): exact, unless it goes to a terminal. Default for people.
   */
  write(text: string, kind?: 'data'): void;
  /**
   * Resolves when the reader has taken what was written (backpressure).
   * @throws FileError where something could not be written, as on a full disk
   */
  drained(): Promise<void>;
  /** Whether the reader has gone: work only for its sake may end. */
  readonly closed?: boolean;
  /** True for a terminal, where lines may be rewritten. */
  readonly terminal: boolean;
  /** Width in characters. */
  readonly columns: number;
  readonly colors: Colors;
}

/** The process, as commands use it. */
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
  /** Watches the signals that end a process; `onFirst` is called for the first. */
  watchInterrupt(onFirst: () => void): InterruptWatch;
}

/** The running process. `NO_COLOR` turns colour off, `FORCE_COLOR` on; `CI` counts as not a terminal. */
export function processIo(): Io {
  return {
    out: output(process.stdout, 'standard output'),
    // if not even messages can be written, the work continues
    err: output(process.stderr),
    // a getter opens it, so that only commands that read it do
    get in() {
      return process.stdin;
    },
    env: process.env,
    now: () => performance.now(),
    watchInterrupt,
  };
}

/** A stream as an output; failed writes are errors only for a stream with a name. */
function output(stream: NodeJS.WriteStream, name?: string): Output {
  const { NO_COLOR, FORCE_COLOR, CI, TERM } = process.env;
  const terminal = stream.isTTY === true && !CI && TERM !== 'dumb';
  const colors = pc.createColors(!NO_COLOR && (Boolean(FORCE_COLOR) || terminal));
  const own = ownSequences({ terminal, color: colors.isColorSupported });
  let closed = false;
  let failure: NodeJS.ErrnoException | undefined;
  // a reader that has seen enough (head, less) closes the pipe: that ends the output, not the program
  stream.on('error', (error: NodeJS.ErrnoException) => {
    closed = true;
    if (error.code !== 'EPIPE') failure ??= error;
  });
  return {
    write(text, kind) {
      if (closed) return;
      // data has no colours of ours: colour codes in it come from the input
      if (kind === 'data') stream.write(stream.isTTY ? printableLines(text) : text);
      else stream.write(withoutOthers(text, own));
    },
    async drained() {
      // called when everything before it is written, or has failed
      if (!closed) await new Promise<void>((resolve) => stream.write('', () => resolve()));
      if (failure && name !== undefined) throw outputError(failure, name);
    },
    get closed() {
      return closed;
    },
    terminal,
    columns: stream.columns ?? 80,
    colors,
  };
}

/** The control sequences that we use: rewriting a line, and colours. */
function ownSequences({ terminal, color }: { readonly terminal: boolean; readonly color: boolean }): RegExp {
  const parts = [...(terminal ? ['^\\r', '\\u001b\\[K'] : []), ...(color ? ['\\u001b\\[\\d{1,2}m'] : [])];
  return new RegExp(`(${parts.join('|') || '(?!)'})`);
}

/** The text without control sequences other than ours. */
function withoutOthers(text: string, own: RegExp): string {
  return text
    .split(own)
    .map((part, i) => (i % 2 === 1 ? part : printableLines(part)))
    .join('');
}

function outputError(cause: NodeJS.ErrnoException, name: string): FileError {
  const full = cause.code === 'ENOSPC' || cause.code === 'EDQUOT';
  const problem = full ? `the disk is full (${cause.code})` : cause.message;
  return new FileError(
    name,
    `[${name}] results must be written to it, but ${problem}. Free some space, or send the results elsewhere.`,
    { cause },
  );
}
