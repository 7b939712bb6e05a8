/** What a command touches of the process, handed in so that commands can be tested without one. */
import pc from 'picocolors';
import { FileError } from '../core/errors.ts';
import { printableLines } from '../core/printable.ts';
import { type InterruptWatch, watchInterrupt } from './interrupt.ts';

/** Colouring functions; they return the text unchanged where colour is off. */
export type Colors = ReturnType<typeof pc.createColors>;

/** A place for text to go to. */
export interface Output {
  /**
   * Writes text for people: control characters that are not ours, such as those of labels and documents, are replaced.
   * @param kind `data` is for programs (CSV, JSON): exact, unless it goes to a terminal. Default for people.
   */
  write(text: string, kind?: 'data'): void;
  /**
   * Resolves when the reader has taken what was written; a slow reader thus slows a stream down.
   * @throws FileError where something could not be written, as on a full disk
   */
  drained(): Promise<void>;
  /** True once the reader has gone: what takes long for its sake alone may end. */
  readonly closed?: boolean;
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
  /** Watches for the signals that ask for an end; `onFirst` says what happens now. */
  watchInterrupt(onFirst: () => void): InterruptWatch;
}

/** The running process. `NO_COLOR` turns colour off, `FORCE_COLOR` on; `CI` counts as not a terminal. */
export function processIo(): Io {
  return {
    out: output(process.stdout, 'standard output'),
    // where not even messages can be written, the work still goes on
    err: output(process.stderr),
    // asking for it opens it, which only a command that reads it should do
    get in() {
      return process.stdin;
    },
    env: process.env,
    now: () => performance.now(),
    watchInterrupt,
  };
}

/** A stream as an output; what cannot be written is an error where the stream has a name to tell it by. */
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
      // data has no colours of ours: what looks like one came from outside
      if (kind === 'data') stream.write(stream.isTTY ? printableLines(text) : text);
      else stream.write(withoutOthers(text, own));
    },
    async drained() {
      // called when all before it is written, or has failed
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

/** What we drive a terminal with: a line that is rewritten, and colours. */
function ownSequences({ terminal, color }: { readonly terminal: boolean; readonly color: boolean }): RegExp {
  const parts = [...(terminal ? ['^\\r', '\\u001b\\[K'] : []), ...(color ? ['\\u001b\\[\\d{1,2}m'] : [])];
  return new RegExp(`(${parts.join('|') || '(?!)'})`);
}

/** Text whose control characters are ours alone. */
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
