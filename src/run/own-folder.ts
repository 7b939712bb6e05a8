/**
 * Folders other than those of single runs, such as of a workshop or a cross-validation: created, or replaced on
 * request.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../core/errors.ts';
import { isTemporaryName } from './atomic.ts';
import { withFileErrors } from './file-errors.ts';
import { makeFolder } from './folders.ts';
import { LOCK_NAME, lockRun, type RunLock } from './run-lock.ts';

/** The kind of folder. */
export interface OwnFolder {
  /** What the folder is of, such as `workshop`. */
  readonly what: string;
  /** What stands in it; `state` is the file by which the folder is known. */
  readonly entries: Readonly<Record<string, string>> & { readonly state: string };
  /** Replace what is there; nothing but the entries is removed. */
  readonly force: boolean;
}

/**
 * Makes the folder, for this process alone until the lock is released; another process's is not touched.
 * @throws ConfigError where it is in use and not to be replaced, or another process has it.
 */
export function makeOwnFolder(folder: string, { what, entries, force }: OwnFolder): RunLock {
  const existing = withFileErrors(folder, `make the folder of the ${what}`, () =>
    existsSync(folder) ? readdirSync(folder).sort() : [],
  );
  const used = existing.filter((entry) => !isTemporaryName(entry) && entry !== LOCK_NAME);
  const replaced = force && used.includes(entries.state);
  if (used.length > 0 && !replaced) {
    const held = `${used.slice(0, 3).join(', ')}${used.length > 3 ? ', …' : ''}`;
    const fix = force
      ? `--force replaces a ${what} alone, and there is no ${entries.state}: give another folder.`
      : `Give another folder, --resume to continue the ${what} in it, or --force to replace it.`;
    throw new ConfigError(
      `[-o] the folder of the ${what} must be new or empty, but ${folder} holds ${held}. ${fix}`,
      { key: 'output' },
    );
  }
  makeFolder(folder, `make the folder of the ${what}`);
  const lock = lockRun(folder);
  try {
    withFileErrors(folder, `empty the folder of the ${what}`, () => {
      // the state file last, which identifies the folder
      for (const entry of [...existing.filter(isTemporaryName), ...Object.values(entries).reverse()])
        rmSync(join(folder, entry), { recursive: true, force: true });
    });
  } catch (error) {
    lock.release();
    throw error;
  }
  return lock;
}
