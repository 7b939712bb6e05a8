/** Errors of the operating system as ones that say what to do. */
import { CorruptFileError, FileError, UnrollError } from '../core/errors.ts';

const causes: Record<string, string> = {
  ENOSPC: 'the disk is full. Free some space, or give a folder on another disk with -o',
  EDQUOT: 'your disk quota is used up. Free some space, or give a folder on another disk with -o',
  EFBIG:
    'the file would be larger than this disk or your limits allow. Give a folder on another disk with -o',
  EACCES: 'you may not do that there. Change the permissions, or give another folder with -o',
  EPERM:
    'the system does not permit it. Change the permissions or attributes, or give another folder with -o',
  EROFS: 'the disk is read-only. Give a folder on another disk with -o',
  EISDIR: 'a folder has this name. Remove it, or give another name',
  ENOTDIR: 'a part of the path is a file, not a folder. Correct the path',
  ENOENT: 'there is no such file or folder. Check the path',
  EEXIST: 'something with this name exists. Remove it, or give another name',
  ENOTEMPTY: 'the folder is not empty. Empty it, or give another name',
  ENAMETOOLONG: 'the name is too long. Give a shorter one',
  ELOOP: 'its symbolic links form a loop. Correct the path',
  EBUSY: 'another program uses it. Close that program and try again',
  EMFILE: 'too many files are open. Close other programs, or raise the limit (ulimit -n)',
  EIO: 'the disk failed. Check the disk and its cable, then restore from a copy',
  ERR_FS_FILE_TOO_LARGE: 'the file is larger than can be read at once. Check that it is the right one',
};

/**
 * Makes a FileError of what a file system call threw; any other error passes unchanged.
 * @param doing What was tried, as `write the checkpoint`.
 */
export function fileError(cause: unknown, path: string, doing: string): unknown {
  const { code, message } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  if (cause instanceof UnrollError || code === undefined) return cause;
  if (code === 'EISDIR' && doing.startsWith('read ')) {
    return new CorruptFileError(
      path,
      `[${path}] there must be a file to ${doing}, but this is a folder. Restore the file from a copy, or correct the path.`,
      { cause },
    );
  }
  const known = Object.hasOwn(causes, code) ? `${causes[code]} (${code})` : message;
  return new FileError(path, `[${path}] cannot ${doing}: ${known}.`, { cause });
}

/** Runs `action`; what the file system throws becomes a FileError. */
export function withFileErrors<T>(path: string, doing: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw fileError(cause, path, doing);
  }
}
