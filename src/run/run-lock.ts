/** One process at a time in a run's folder: two would write into each other's checkpoints and metrics. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { ConfigError } from '../core/errors.ts';

/** The file that is locked; it is empty, and gone when the lock is given back. */
export const LOCK_NAME = '.lock';

/** Result code of SQLite for a file that another connection has locked (sqlite.org/rescode.html). */
const BUSY = 5;

/** A folder locked by this process. */
export interface RunLock {
  /** Whether it is locked: not if the file system has no locks. */
  readonly held: boolean;
  /** Releases the lock; repeated calls do nothing. */
  release(): void;
}

/**
 * Takes a folder. The lock is one of the operating system, through SQLite, so that it ends with its process, however
 * that ends. Where a disk has no locks, there is none.
 * @throws ConfigError where another process has it
 */
export function lockRun(folder: string): RunLock {
  const path = join(folder, LOCK_NAME);
  let database: DatabaseSync | undefined;
  try {
    // loaded here: with a static import, an old Node could not report that it is too old
    database = new (process.getBuiltinModule('node:sqlite').DatabaseSync)(path, { timeout: 0 });
    // with the journal in memory there is one file
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    database?.close();
    // a full or read-only disk is reported by the next write
    if ((cause as { readonly errcode?: number }).errcode !== BUSY) {
      return { held: false, release: () => undefined };
    }
    throw new ConfigError(
      `[-o] one process at a time may train in a run folder, but another one is training in ${folder}. ` +
        'Wait until it has ended, stop it, or give another folder.',
      { key: 'output', cause },
    );
  }
  return {
    held: true,
    release() {
      if (!database.isOpen) return;
      try {
        // before it is unlocked: the next one makes its own
        rmSync(path, { force: true });
      } catch {
        // Windows keeps a file that is open; an empty file is harmless
      }
      database.close();
    },
  };
}
