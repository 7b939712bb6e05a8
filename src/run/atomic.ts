/**
 * Writing so that a reader sees the old content or the new one, never a part, whatever happens in between (a full
 * disk, `kill -9`, a power cut): write beside, flush to the disk, rename.
 */
import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileError, withFileErrors } from './file-errors.ts';

/** The calls that writing needs; tests pass one that fails. */
export type WritingFs = Pick<
  typeof fs,
  'openSync' | 'writeSync' | 'fsyncSync' | 'closeSync' | 'renameSync' | 'rmSync' | 'mkdirSync' | 'existsSync'
>;

/** Content of a file: whole, or in pieces that are made as they are written. */
export type Content = string | Uint8Array | Iterable<string | Uint8Array>;

/**
 * Writes a file, whole or not at all. On any failure the old file is kept and no temporary file is left. The folder
 * must exist.
 * @throws FileError with the cause and the fix.
 */
export function writeFileAtomic(
  path: string,
  content: Content,
  { fs: io = fs }: { fs?: WritingFs } = {},
): void {
  const temporary = beside(path, `${process.pid}.tmp`);
  try {
    writeDurably(temporary, content, io);
    io.renameSync(temporary, path);
  } catch (cause) {
    discard(temporary, io);
    throw fileError(cause, path, 'write the file');
  }
  flushFolder(dirname(path), io);
}

/** Writes the files of a folder, within `writeFolderAtomic`. */
export type FolderWriter = (name: string, content: Content) => void;

/**
 * Writes a folder of files, whole or not at all; a folder of this name is replaced. A crash between the two renames
 * leaves the old one beside: `recoverFolder`, which readers call, puts it back.
 * @param write Writes each file through its argument.
 * @throws FileError with the cause and the fix.
 */
export function writeFolderAtomic(
  path: string,
  write: (file: FolderWriter) => void,
  { fs: io = fs }: { fs?: WritingFs } = {},
): void {
  const temporary = beside(path, `${process.pid}.tmp`);
  const previous = beside(path, 'previous');
  recoverFolder(path, { fs: io });
  try {
    discard(temporary, io);
    io.mkdirSync(temporary);
    write((name, content) => writeDurably(join(temporary, name), content, io));
    flushFolder(temporary, io);
    if (io.existsSync(path)) {
      discard(previous, io);
      io.renameSync(path, previous);
    }
    io.renameSync(temporary, path);
  } catch (cause) {
    discard(temporary, io);
    recoverFolder(path, { fs: io });
    throw fileError(cause, path, 'write the folder');
  }
  discard(previous, io);
  flushFolder(dirname(path), io);
}

/** Copies a file, or a folder of files, atomically; if there is none at `from`, removes `to`. */
export function copyAtomic(from: string, to: string): void {
  recoverFolder(from);
  withFileErrors(to, 'copy to it', () => {
    if (!fs.existsSync(from)) fs.rmSync(to, { recursive: true, force: true });
    else if (fs.statSync(from).isDirectory()) {
      writeFolderAtomic(to, (write) => {
        for (const name of fs.readdirSync(from)) write(name, fs.readFileSync(join(from, name)));
      });
    } else writeFileAtomic(to, fs.readFileSync(from));
  });
}

/** Puts back the folder that a crash within `writeFolderAtomic` left beside its place. */
export function recoverFolder(path: string, { fs: io = fs }: { fs?: WritingFs } = {}): void {
  const previous = beside(path, 'previous');
  if (io.existsSync(path) || !io.existsSync(previous)) return;
  withFileErrors(path, 'restore the folder', () => io.renameSync(previous, path));
}

/** Whether a name is one of a file that a killed process left half-written. */
export function isTemporaryName(name: string): boolean {
  return /^\..+\.\d+\.tmp$/.test(name);
}

/** A hidden name in the same folder, so that the rename stays on one disk. */
function beside(path: string, ending: string): string {
  return join(dirname(path), `.${basename(path)}.${ending}`);
}

function writeDurably(path: string, content: Content, io: WritingFs): void {
  const file = io.openSync(path, 'w');
  try {
    const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
    for (const piece of batched(pieces)) writeAll(file, piece, io);
    io.fsyncSync(file);
  } finally {
    io.closeSync(file);
  }
}

/** Joins short strings, so that a million lines are not a million system calls. */
function* batched(pieces: Iterable<string | Uint8Array>): Iterable<Uint8Array> {
  let waiting = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') waiting += piece;
    if (waiting.length > 65_536 || (typeof piece !== 'string' && waiting !== '')) {
      yield Buffer.from(waiting);
      waiting = '';
    }
    if (typeof piece !== 'string') yield piece;
  }
  if (waiting !== '') yield Buffer.from(waiting);
}

function writeAll(file: number, bytes: Uint8Array, io: WritingFs): void {
  // a call may write less than it was given, as a disk that fills up does
  for (let at = 0; at < bytes.length;) at += io.writeSync(file, bytes, at, bytes.length - at);
}

/** Makes a rename durable; where folders cannot be flushed (Windows), the system does so in its own time. */
function flushFolder(path: string, io: WritingFs): void {
  let file: number | undefined;
  try {
    file = io.openSync(path, 'r');
    io.fsyncSync(file);
  } catch {
    return; // the content is in place already: no reason to fail
  } finally {
    if (file !== undefined) io.closeSync(file);
  }
}

/** Removes a file if it exists; ignores errors, since it runs while another error is handled. */
function discard(path: string, io: WritingFs): void {
  try {
    io.rmSync(path, { recursive: true, force: true });
  } catch {
    // a leftover is harmless: it is overwritten the next time
  }
}
