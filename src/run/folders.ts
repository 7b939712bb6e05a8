/** Making folders. */
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { withFileErrors } from './file-errors.ts';

/**
 * Makes a folder and those above it; one that exists is fine.
 * NOTE: Node's recursive `mkdir` reports a read-only disk as ENOENT, so this one goes step by step.
 * @throws FileError where it cannot be made.
 */
export function makeFolder(
  path: string,
  doing: string,
  { fs: io = fs }: { fs?: Pick<typeof fs, 'mkdirSync'> } = {},
): void {
  withFileErrors(path, doing, () => make(path, io));
}

function make(path: string, io: Pick<typeof fs, 'mkdirSync'>): void {
  try {
    io.mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && dirname(path) !== path) {
      make(dirname(path), io);
      io.mkdirSync(path);
      return;
    }
    // EROFS, EACCES and EPERM may come before the system looks whether the folder is there
    if (!fs.existsSync(path) || !fs.statSync(path).isDirectory()) throw error;
  }
}
