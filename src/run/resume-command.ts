/** How an interrupted run is resumed, for messages. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { shellWord } from '../core/shell-word.ts';
import type { RunDescription } from './description.ts';
import type { RunFolder } from './run-folder.ts';

/** What stands for standard input. */
export const STDIN = '-';

/** The command that resumes what is in a folder, whichever command began it: a search and the workshop train too. */
export function trainingCommand({ paths }: Pick<RunFolder, 'paths'>): 'train' | 'scratch' {
  return existsSync(paths.scratch) ? 'scratch' : 'train';
}

/** How the user calls the program: through npm in a clone, through npx, or by its name. */
export function programName(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const { npm_lifecycle_event: script } = env;
  if (script === 'unroll' || script === 'quickstart') return 'npm run -s unroll --';
  return script === 'npx' ? 'npx unrolled' : 'unroll';
}

/**
 * The command that resumes a search, to paste into a shell in this folder: what was typed, with the study by its name.
 * @param argv The command line, without the program and without passwords.
 */
export function resumeSearchCommand(argv: readonly string[], study: string): string {
  return resumedLine(argv, has(argv, '--study') ? [] : ['--study', study]);
}

/**
 * The command that resumes what was trained several times, such as a cross-validation: what was typed, with the folder.
 * @param argv The command line, without the program; empty where another program called the job.
 */
export function resumeTypedCommand(argv: readonly string[], folder: string): string {
  const named = has(argv, '--output') || argv.some((word) => /^-o/.test(word));
  if (argv.length === 0) return `the same settings, and -o ${shellWord(folder)} --resume`;
  return resumedLine(
    argv.filter((word) => word !== '--force'),
    named ? [] : ['-o', folder],
  );
}

/** Whether an option was typed. */
const has = (argv: readonly string[], option: string) =>
  argv.some((word) => word === option || word.startsWith(`${option}=`));

function resumedLine(argv: readonly string[], more: readonly string[]): string {
  const added = [...more, ...(argv.includes('--resume') ? [] : ['--resume'])];
  const end = argv.indexOf('--');
  const words = end < 0 ? [...argv, ...added] : [...argv.slice(0, end), ...added, ...argv.slice(end)];
  const line = `${programName()} ${words.map(shellWord).join(' ')}`;
  return [
    line,
    ...(argv.includes(STDIN) ? ['< FILE, where FILE holds the same data'] : []),
    ...(argv.some((word) => word.includes('***')) ? ['(with the password instead of ***)'] : []),
  ].join(' ');
}

/** The command that resumes a run, to paste into a shell in this folder. */
export function resumeCommand(
  command: string,
  { source, given }: Pick<RunDescription['data'], 'source' | 'given'>,
  run: string,
): string {
  const typed = given !== undefined && resolve(given) === source ? given : source;
  const line = `${programName()} ${shellWord(command)} ${shellWord(typed)} -o ${shellWord(run)} --resume`;
  return source === STDIN ? `${line} < FILE, where FILE holds the same data` : line;
}
