/** One process at a time in a run's folder: two would write into each other's checkpoints and metrics. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { ConfigError } from '../core/errors.ts';

/** The file that is locked; it is empty, and gone when the lock is given back. */
export const LOCK_NAME = '.lock';

/** Result code of SQLite for a file that another connection has locked (sqlite.org/rescode.html). */
const BUSY = 5;

/** A folder that is this process's alone. */
export interface RunLock {
  /** Whether others are kept out: not where the disk has no locks. */
  readonly held: boolean;
  /** Gives it back; again is nothing. */
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
    // not imported: a Node without it could then not say that it is too old
    database = new (process.getBuiltinModule('node:sqlite').DatabaseSync)(path, { timeout: 0 });
    // with the journal in memory there is one file
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    database?.close();
    // a disk that is full or read-only is told by what is written next
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
