/**
 * Which searches on this machine are working on a study. Each holds a lock on a folder of its own next to the database; the
 * operating system releases it when the process ends, however it ends.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockRun, type RunLock } from '../../run/index.ts';

/** A search among those that work on one study. */
export interface Presence {
  /** Its name; undefined where the disk has no locks, and nobody could tell. */
  readonly worker: string | undefined;
  /** Names of those that died. */
  readonly gone: ReadonlySet<string>;
  /** Forgets those that died. */
  clear(): void;
  /** Ends it. */
  release(): void;
}

const PREFIX = 'worker-';

/** @param folder What the searches of one study share. */
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

/** Undefined where no lock can be had. The folder gets its name once it is locked: what has the name is alive. */
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
    // a folder that cannot be written, or not renamed while it is in use
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

/** What others look at in the same moment, or own, may stay: whoever comes next removes it. */
function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    return;
  }
}
