/**
 * Which searches are alive that work on a study of this machine. Each holds a lock on a folder of its own beside the
 * database, which the operating system takes back from a process that dies, however it dies.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
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
  const lock = lockFolder(join(folder, worker));
  const remove = (name: string) => {
    rmSync(join(folder, name), { recursive: true, force: true });
  };
  return {
    worker: lock?.held ? worker : undefined,
    gone,
    clear() {
      gone.forEach(remove);
    },
    release() {
      lock?.release();
      remove(worker);
    },
  };
}

function foldersIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(PREFIX)) : [];
}

function isGone(path: string): boolean {
  const lock = lockFolder(path);
  lock?.release();
  return lock?.held ?? false;
}

/** Undefined where another process has it, or the folder cannot be made. */
function lockFolder(path: string): RunLock | undefined {
  try {
    mkdirSync(path, { recursive: true });
    return lockRun(path);
  } catch {
    return undefined;
  }
}
