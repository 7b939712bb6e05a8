/**
 * The errors that Unroll throws, one class per thing the *caller* can do about it.
 *
 * Message grammar: `[where] what must hold, but got value. Fix.` A value that must come from a list is
 * refused with that list. The command line prints the message alone: no stack trace for a user's mistake.
 */
import './require-node.ts';

/** What went wrong, from the caller's point of view. The command line gives each kind its exit code. */
export type ErrorKind =
  'config' | 'data' | 'corrupt-file' | 'shape' | 'unsupported' | 'non-finite' | 'io' | 'interrupted';

/** The `name` of each kind's class. Not taken from the class itself: a minified bundle renames classes. */
const NAMES: Readonly<Record<ErrorKind, string>> = {
  config: 'ConfigError',
  data: 'DataError',
  'corrupt-file': 'CorruptFileError',
  shape: 'ShapeError',
  unsupported: 'UnsupportedError',
  'non-finite': 'NonFiniteError',
  io: 'FileError',
  interrupted: 'InterruptedError',
};

/** The base of every error thrown on purpose. */
export class UnrollError extends Error {
  /** What the caller can do about it; one for each subclass. */
  readonly kind: ErrorKind;
  constructor(kind: ErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.name = NAMES[kind];
  }
}

/** An option, a config value or a command line that cannot be used: change the settings. */
export class ConfigError extends UnrollError {
  /** Dotted path of the offending key, such as `train.lr`, where there is one. */
  readonly key: string | undefined;
  constructor(message: string, options: ErrorOptions & { key?: string } = {}) {
    super('config', message, options);
    this.key = options.key;
  }
}

/** Input data that cannot be used: change the file. */
export class DataError extends UnrollError {
  /** 1-based line of the file, where known. */
  readonly line: number | undefined;
  constructor(message: string, options: ErrorOptions & { line?: number } = {}) {
    super('data', message, options);
    this.line = options.line;
  }
}

/** A model, checkpoint or run file that is damaged or not what it claims: fetch or write it again. */
export class CorruptFileError extends UnrollError {
  /** The damaged file, as the user named it or below what they named. */
  readonly file: string;
  constructor(file: string, message: string, options?: ErrorOptions) {
    super('corrupt-file', message, options);
    this.file = file;
  }
}

/** Arrays whose shapes do not fit: a mistake in the calling code. */
export class ShapeError extends UnrollError {
  constructor(message: string, options?: ErrorOptions) {
    super('shape', message, options);
  }
}

/** Something this machine, runtime or model cannot do: use another one. */
export class UnsupportedError extends UnrollError {
  constructor(message: string, options?: ErrorOptions) {
    super('unsupported', message, options);
  }
}

/** The loss or a gradient became NaN or infinite: lower the learning rate or clip the gradients. */
export class NonFiniteError extends UnrollError {
  /** Optimiser step (1-based) at which it was seen. */
  readonly step: number;
  constructor(step: number, message: string, options?: ErrorOptions) {
    super('non-finite', message, options);
    this.step = step;
  }
}

/** A file or folder that could not be read or written (missing, no permission, disk full). */
export class FileError extends UnrollError {
  /** The file or folder that could not be used. */
  readonly file: string;
  constructor(file: string, message: string, options?: ErrorOptions) {
    super('io', message, options);
    this.file = file;
  }
}

/** The user asked to stop (Ctrl-C); the state was saved. */
export class InterruptedError extends UnrollError {
  constructor(message: string, options?: ErrorOptions) {
    super('interrupted', message, options);
  }
}

/** A broken invariant: our mistake, not the user's. Cheap enough for code that runs once a batch. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}
