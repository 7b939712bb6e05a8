/** Files that the studio keeps beside data. */
import { lstatSync } from 'node:fs';
import { basename } from 'node:path';
import { DataError } from '../core/errors.ts';

/**
 * Whether there is such a file.
 * @throws DataError where it is a link: it may lead out of the folder
 */
export function isThere(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isSymbolicLink())
    throw new DataError(
      `[${basename(path)}] the file must be in the folder itself, but is a link. Put the file in its place, or remove the link.`,
    );
  return found !== undefined;
}
