/** The program: finds the command, runs it, and turns whatever is thrown into one paragraph and an exit code. */
import { UnrollError } from '../core/errors.ts';
import { didYouMean, nearest } from '../core/nearest.ts';
import { printableLines } from '../core/printable.ts';
import { VERSION } from '../core/version.ts';
import { hidePassword } from '../tune/storage/sql/url.ts';
import type { ConfigKey } from '../config/keys.ts';
import { UsageError, parseCommandLine } from './args.ts';
import type { Command } from './command.ts';
import { commandNames, loadCommand, loadCommands } from './commands/index.ts';
import { FAILED, OK, exitCodes } from './exit-codes.ts';
import type { Io, Output } from './io.ts';

/** Runs `unroll` with the arguments after its name; resolves to the exit code and never rejects. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  let command: Command | undefined;
  try {
    const code = await runCommand(argv, io, (found) => {
      command = found;
    });
    await io.out.drained();
    return code;
  } catch (error) {
    return reportError(error, command, io);
  }
}

/** Runs what the arguments ask for; tells the command as soon as it is known. */
async function runCommand(
  argv: readonly string[],
  io: Io,
  onCommand: (command: Command) => void,
): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined) {
    io.err.write(await helpOfAll(io.err));
    return exitCodes.config;
  }
  if (name === '--version' || name === '-V' || name === 'version') {
    io.out.write(`${VERSION}\n`);
    return OK;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    io.out.write(
      args.length > 0
        ? await helpOf(await findCommand(args[0]), io.out, args[1] === 'all')
        : await helpOfAll(io.out),
    );
    return OK;
  }
  const command = await findCommand(name);
  onCommand(command);
  const help = helpAsked(args);
  if (help !== undefined) {
    io.out.write(await helpOf(command, io.out, help === 'all'));
    return OK;
  }
  const parsed = parseCommandLine(command, args, await keysOf(command));
  // the recorded command goes into runs and model cards, which others read
  return command.run({ ...parsed, argv: argv.map(hidePassword), io });
}

/** The config keys that a command takes; their descriptions are loaded only if it takes some. */
async function keysOf({ sections }: Command): Promise<readonly ConfigKey[]> {
  if (sections.length === 0) return [];
  const { configKeys } = await import('../config/keys.ts');
  return configKeys.filter(({ path }) => sections.includes(path.split('.')[0]));
}

async function helpOf(command: Command, output: Output, full: boolean): Promise<string> {
  const { commandHelp } = await import('./help.ts');
  return commandHelp(command, await keysOf(command), output, full);
}

async function helpOfAll(output: Output): Promise<string> {
  const { programHelp } = await import('./help.ts');
  return programHelp(await loadCommands(), VERSION, output);
}

/** Which help is requested, even if other arguments are wrong; words after `--` are texts. */
function helpAsked(args: readonly string[]): 'short' | 'all' | undefined {
  const end = args.indexOf('--');
  const options = end < 0 ? args : args.slice(0, end);
  const at = options.findIndex((arg) => arg === '--help' || arg === '-h' || arg === '--help=all');
  if (at < 0) return undefined;
  return options[at] === '--help=all' || options[at + 1] === 'all' ? 'all' : 'short';
}

async function findCommand(name: string): Promise<Command> {
  if (commandNames.includes(name)) return loadCommand(name);
  const names = commandNames.join(', ');
  if (name.startsWith('-')) {
    throw new UsageError(`[command line] a command (${names}) must come first, but got ${name}.`);
  }
  const guess = nearest(name, commandNames);
  throw new UsageError(
    `[command line] the command must be one of ${names}, but got "${name}".${didYouMean(guess)}`,
  );
}

/** Writes one paragraph about an error; a stack trace is for our own bugs and for `DEBUG`. */
function reportError(error: unknown, command: Command | undefined, io: Io): number {
  const { err, env } = io;
  const label = err.colors.red('error:');
  if (error instanceof UnrollError) {
    err.write(`${label} ${printableLines(error.message)}\n`);
    if (error instanceof UsageError) {
      err.write(`See unroll ${command ? `${command.name} ` : ''}--help.\n`);
    }
    if (env.DEBUG && error.kind !== 'interrupted') err.write(`${stackOf(error)}\n`);
    return exitCodes[error.kind];
  }
  if (isSystemError(error)) {
    err.write(`${label} ${printableLines(systemMessage(error))}\n`);
    if (env.DEBUG) err.write(`${stackOf(error)}\n`);
    return FAILED;
  }
  err.write(`${label} this is a bug in Unroll. Please report it with these lines.\n${stackOf(error)}\n`);
  return FAILED;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return printableLines(String(error));
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return printableLines(`${error.stack ?? error.message}${cause}`);
}

interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: string;
}

function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full. Free some space, or choose another folder with --output',
  EACCES: 'there is no permission. Choose another folder with --output, or change the permissions',
  EPERM: 'the operation is not permitted. Choose another folder with --output',
  EROFS: 'the file system is read-only. Choose another folder with --output',
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EMFILE: 'too many files are open',
};

function systemMessage(error: SystemError): string {
  const reason = reasons[error.code] ?? error.message;
  return `[file] ${error.path ?? 'a file'} must be usable, but ${reason} (${error.code} from ${error.syscall}).`;
}
