/**
 * The definition of a command. Its file defines it, `commands/index.ts` lists it, and parsing, help and errors follow
 * from it.
 */
import type { Override } from '../config/overrides.ts';
import { ConfigError } from '../core/errors.ts';
import { modelTypes } from '../models/family.ts';
import type { Io } from './io.ts';

/** An option of a command. */
export interface OptionSpec {
  /** Placeholder of the value in help texts, such as `FILE`; an option without it is a switch. */
  readonly value?: string;
  /** One letter. */
  readonly short?: string;
  /** One phrase, with unit and range where they matter. */
  readonly description: string;
  /** The default as help shows it. */
  readonly default?: string;
  /** Whether the option may be repeated: its values are collected, those of a config key to a list. */
  readonly multiple?: boolean;
  /** The config key that this option is a short form of, such as `train.seed`. */
  readonly config?: string;
  /** Whether only `--help all` shows it. */
  readonly rare?: boolean;
  /** Its name in earlier versions, whose error names the new one. */
  readonly formerly?: string;
}

type Options = Readonly<Record<string, OptionSpec>>;

/** The type of an option's value, from its specification. */
export type OptionValue<Spec extends OptionSpec> = Spec extends { readonly multiple: true }
  ? readonly string[]
  : Spec extends { readonly value: string }
    ? string | undefined
    : boolean;

/** The parsed command line. */
export interface Invocation<Known extends Options = Options> {
  readonly positionals: readonly string[];
  readonly values: { readonly [Name in keyof Known]: OptionValue<Known[Name]> };
  /** Config keys set on the command line, in order. */
  readonly overrides: readonly Override[];
  /** The whole command line without passwords, to be recorded in a run. */
  readonly argv: readonly string[];
  readonly io: Io;
}

/** A command of `unroll`. */
export interface Command<Known extends Options = Options> {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** The positional arguments as help shows them, such as `DATA`. */
  readonly usage: string;
  /** How many positional arguments it takes. */
  readonly positionals: { readonly min: number; readonly max: number };
  /** A paragraph on the arguments. */
  readonly details: string;
  readonly options: Known;
  /** Config sections whose keys may be set as `--section.key value`. */
  readonly sections: readonly string[];
  /** Names of options that it cannot have, `_` for `-`: why, and what to do instead. */
  readonly lacks?: Readonly<Record<string, string>>;
  /** Examples: commands to copy, each with what it does. */
  readonly examples: readonly { readonly command: string; readonly does: string }[];
  /** Runs it; resolves to the exit code. */
  run(invocation: Invocation<Known>): Promise<number>;
}

/** Declares a command: the identity function, for the types of the option values. */
export function defineCommand<const Known extends Options>(command: Command<Known>): Command {
  return command;
}

/** Options that every command has. */
export const commonOptions = {
  json: { description: 'print one JSON object on standard output', rare: true },
  quiet: { short: 'q', description: 'no progress and no notices', rare: true },
  help: { short: 'h', description: 'this help; --help all shows every option' },
} as const satisfies Options;

/** The columns of a table, for the commands that read labelled documents. */
export const columnOptions = {
  'text-col': {
    value: 'NAME',
    config: 'data.text_col',
    multiple: true,
    description: 'column or key of the text; several: a,b',
  },
  'label-col': { value: 'NAME', config: 'data.label_col', description: 'column or key of the label' },
  header: {
    value: 'yes|no',
    config: 'data.header',
    description: 'whether the first line of a table names its columns',
    default: 'detected',
    rare: true,
  },
  encoding: {
    value: 'NAME',
    config: 'data.encoding',
    description: 'encoding of the file, such as windows-1252 or utf-16le',
    default: 'UTF-8, or UTF-16 if its first bytes say so',
    rare: true,
  },
} as const satisfies Options;

const { config: _textCol, ...textCol } = columnOptions['text-col'];
const { config: _header, rare: _often, ...header } = columnOptions.header;
const { config: _encoding, rare: _too, ...encoding } = columnOptions.encoding;

/** The columns of a table without labels, for a command that has no configuration. */
export const inputOptions = { 'text-col': textCol, header, encoding } as const satisfies Options;

/** Rows of classes that the training data does not have. */
export const skipUnseenOption = {
  config: 'data.skip_unseen',
  description: 'leave out documents of classes that are not in the training data',
} as const satisfies OptionSpec;

/** Files of validation and test documents, for the commands that train. */
export const partOptions = {
  val: { value: 'FILE', config: 'data.val', description: 'separate file of validation documents' },
  test: { value: 'FILE', config: 'data.test', description: 'separate file of test documents' },
  'skip-unseen': { ...skipUnseenOption, rare: true },
} as const satisfies Options;

/** The output folder, for the commands that train. */
export const runFolderOption = {
  value: 'DIR',
  short: 'o',
  description: 'the run folder',
  default: 'runs/NAME-N, the first that is free',
} as const satisfies OptionSpec;

/** The model to train. */
export const modelOption = {
  value: 'TYPE',
  config: 'model.type',
  description: `${modelTypes.join(', ')}; auto: the validation documents choose between network, linear and their average`,
} satisfies OptionSpec;

/** Word vectors that a training starts from. */
export const vectorsOption = {
  value: 'FILE|NAME',
  config: 'model.vectors',
  description: 'pretrained word vectors: a file, a folder of model2vec, glove-100d, learn or skipgram',
  rare: true,
} satisfies OptionSpec;

/** What happens to an existing run. */
export const resumeOptions = {
  resume: {
    description: 'resume an interrupted run; the result has the same bits as without the interruption',
  },
  force: { description: 'replace the run in the folder of --output' },
} as const satisfies Options;

/** Options of a cross-validation, for the commands that run one. */
export const foldOptions = {
  folds: { value: 'K', description: 'folds, from 2 to the documents of the rarest class', default: '5' },
  workers: {
    value: 'N',
    description: 'folds trained at once, each on one thread; it does not change the result',
    default: 'one for each processor',
  },
  output: {
    value: 'DIR',
    short: 'o',
    description: 'the folder of the results',
    default: 'runs/NAME-cv-N, the first that is free',
  },
} as const satisfies Options;

/** Number of threads, for the commands that only predict. */
export const threadsOption = {
  value: 'N',
  description: 'number of threads; it does not change the result',
  default: '1',
  formerly: 'workers',
} as const satisfies OptionSpec;

/** The value of `--threads`. @throws ConfigError */
export function readThreads(text: string | undefined): number {
  const threads = Number(text ?? 1);
  if (Number.isInteger(threads) && threads >= 1 && threads <= 64) return threads;
  throw new ConfigError(`[command line] --threads must be a whole number from 1 to 64, but got "${text}".`);
}

/** What DATA may be, for help texts. */
export const dataArgument =
  'DATA is a file (CSV, TSV, JSON lines, fastText __label__ lines), a folder with one sub-folder per class, - for standard input, ' +
  'or the name of a known data set (spam, bbc-news). Files may be compressed with gzip. Format and columns are detected and reported; override with options.';
