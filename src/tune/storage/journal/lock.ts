/**
 * The lock of a journal, as in Optuna: a symbolic link next to the file. Creating it fails if it exists, also on
 * network disks. If the lock and the journal are unchanged for long, the owner was killed, and the lock is removed.
 */
import { randomUUID } from 'node:crypto';
import { renameSync, statSync, symlinkSync, unlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileError } from '../../../core/errors.ts';

/** Seconds after which a lock counts as abandoned. */
const GRACE = 30;

/** Runs `call` while holding the lock of the journal at `path`. */
export async function withJournalLock<T>(
  path: string,
  call: () => T | Promise<T>,
  { graceSeconds = GRACE }: { readonly graceSeconds?: number } = {},
): Promise<T> {
  const lock = `${path}.lock`;
  await acquire(resolve(path), lock, graceSeconds);
  try {
    return await call();
  } finally {
    release(lock);
  }
}

async function acquire(target: string, lock: string, graceSeconds: number): Promise<void> {
  let seen: number | undefined;
  let unchanged = 0;
  for (let delay = 1; ; delay = Math.min(2 * delay, 1000)) {
    try {
      symlinkSync(target, lock);
      return;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new FileError(
          lock,
          `[${lock}] must be a lock that can be made, but got: ${(cause as Error).message}. Check the folder.`,
          { cause },
        );
      }
    }
    const changed = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
    if (changed !== seen) unchanged = 0;
    seen = changed;
    if (unchanged > graceSeconds * 1000) {
      release(lock);
      delay = 1;
      unchanged = 0;
      continue;
    }
    await sleep(delay);
    unchanged += delay;
  }
}

/** Renames first: if two processes remove the same lock, one fails, and the lock of a third is safe. */
function release(lock: string): void {
  const mine = `${lock}${randomUUID()}.rename`;
  try {
    renameSync(lock, mine);
    unlinkSync(mine);
  } catch {
    // another process removed it
  }
}
