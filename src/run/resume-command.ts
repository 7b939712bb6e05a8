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
  const named = argv.some((word) => word === '--study' || word.startsWith('--study='));
  const added = [...(named ? [] : ['--study', study]), ...(argv.includes('--resume') ? [] : ['--resume'])];
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
