/**
 * Tells which searches on this machine work on a study. Each holds a lock on its own folder next to the database; the
 * operating system releases it when the process ends, however it ends.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockRun, type RunLock } from '../../run/index.ts';

/** One of the searches that work on a study. */
export interface Presence {
  /** Its name; undefined where the file system has no locks. */
  readonly worker: string | undefined;
  /** Names of searches that died. */
  readonly gone: ReadonlySet<string>;
  /** Removes the traces of searches that died. */
  clear(): void;
  /** Ends it. */
  release(): void;
}

const PREFIX = 'worker-';

/** @param folder The folder that the searches of one study share. */
export function bePresent(folder: string): Presence {
  const gone = new Set(foldersIn(folder).filter((name) => isGone(join(folder, name))));
  const worker = `${PREFIX}${randomUUID()}`;
  const lock = lockAs(folder, worker);
  return {
    worker: lock && worker,
    gone,
    clear() {
      for (const name of gone) remove(join(folder, name));
    },
    release() {
      remove(join(folder, worker));
      lock?.release();
    },
  };
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.startsWith(PREFIX));
  } catch {
    return [];
  }
}

function isGone(path: string): boolean {
  const lock = tryLock(path);
  lock?.release();
  return lock?.held ?? false;
}

/**
 * Undefined where locking fails. The folder is renamed once it is locked, so a folder with its final name was alive.
 */
function lockAs(folder: string, name: string): RunLock | undefined {
  const path = join(folder, `.${name}`);
  let lock: RunLock | undefined;
  try {
    mkdirSync(path, { recursive: true });
    lock = tryLock(path);
    if (lock?.held) {
      renameSync(path, join(folder, name));
      return lock;
    }
  } catch {
    // the folder cannot be written, or cannot be renamed while in use
  }
  lock?.release();
  remove(path);
  return undefined;
}

/** Undefined where another process has it. */
function tryLock(path: string): RunLock | undefined {
  try {
    return lockRun(path);
  } catch {
    return undefined;
  }
}

/** Failures are ignored: another search may use it at the moment, and the next one removes it. */
function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    return;
  }
}
