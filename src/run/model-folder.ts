/** A model folder: the files of `src/classifier/model-files.ts` on a disk. Written atomically. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ModelFileName,
  type ModelFiles,
  readModelFiles,
  writeModelFiles,
} from '../classifier/model-files.ts';
import { CorruptFileError, FileError } from '../core/errors.ts';
import { recoverFolder, writeFolderAtomic } from './atomic.ts';
import { withFileErrors } from './file-errors.ts';

/** Writes a model folder, replacing an existing one. */
export function writeModelFolder(path: string, files: Parameters<typeof writeModelFiles>[0]): void {
  writeFilesAtomic(path, writeModelFiles(files));
}

/** Writes the files of a folder, replacing an existing one. */
export function writeFilesAtomic(path: string, files: ReadonlyMap<string, Uint8Array>): void {
  writeFolderAtomic(path, (write) => {
    for (const [name, content] of files) write(name, content);
  });
}

/**
 * Reads a model folder.
 * @param path The folder, or a run folder that holds it as `model`.
 * @throws FileError where the folder or one of its files is missing or cannot be read.
 * @throws CorruptFileError where a file is damaged; `tokenizer.json` is checked by its own reader.
 */
export function readModelFolder(path: string): ModelFiles {
  const folder = findModelFolder(path);
  const where = (name: ModelFileName) => join(folder, name);
  const doing = (name: ModelFileName) =>
    name === 'model.safetensors' ? 'read the weights' : 'read the model';
  return readModelFiles((name) => readRegularFile(where(name), doing(name)), where);
}

/**
 * The model folder at `path`, or within the run folder at `path`.
 * @throws FileError where there is none.
 */
export function findModelFolder(path: string): string {
  const inner = join(path, 'model');
  recoverFolder(inner);
  recoverFolder(path);
  const folder = [path, inner].find((candidate) => existsSync(join(candidate, 'config.json')));
  if (folder !== undefined) return folder;
  const broken = [path, inner].find((candidate) => existsSync(join(candidate, 'model.safetensors')));
  if (broken !== undefined) {
    throw new CorruptFileError(
      broken,
      `[${broken}] a model must have its config.json, but this one only has its weights. Restore it from a copy, or train again.`,
    );
  }
  throw new FileError(
    path,
    `[${path}] there must be a model or a run with a model, but ${whatIsThere(path, 'holds no config.json, nor does a folder "model" in it')}. Train a model first, or correct the path.`,
  );
}

/** What stands at a path in the place of a folder that is looked for: `this is a file`, or that a folder lacks something. */
export function whatIsThere(path: string, lacks: string): string {
  if (!existsSync(path)) return 'the folder does not exist';
  return statSync(path).isDirectory() ? `the folder ${lacks}` : 'this is a file, not a folder';
}

/**
 * Reads a file as bytes; refuses what is not a regular file, for reading a pipe would wait forever.
 * @throws FileError where it cannot be read.
 */
export function readRegularFile(path: string, doing: string): Uint8Array<ArrayBuffer> {
  return withFileErrors(path, doing, () => {
    const status = statSync(path);
    if (!status.isFile() && !status.isDirectory()) {
      throw new FileError(
        path,
        `[${path}] cannot ${doing}: it must be a regular file. Copy it into one first.`,
      );
    }
    return readFileSync(path);
  });
}
