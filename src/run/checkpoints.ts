/**
 * Checkpoints: each is one safetensors file with the tensors, and the rest of the state as JSON text in its metadata,
 * beside a SHA-256 over both. So a checkpoint is whole or known to be damaged.
 *
 * Of each name the last two are kept, `last.safetensors` and `last.previous.safetensors`: if the newer one is
 * damaged, the older one is loaded, with a notice. Training from it again gives the same bits, only later.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { CorruptFileError, invariant, UnsupportedError } from '../core/errors.ts';
import { readSafetensors, writeSafetensors, type Tensors } from '../models/files/safetensors.ts';
import { writeFileAtomic, type WritingFs } from './atomic.ts';
import { withFileErrors } from './file-errors.ts';
import { makeFolder } from './folders.ts';
import { readRegularFile } from './model-folder.ts';

const FORMAT = 'unroll.checkpoint';
const VERSION = '1';

/** What is saved. */
export interface Checkpoint {
  /** Tensors by name. */
  readonly tensors: Tensors;
  /** Plain JSON; numbers come back exactly, and must be finite. */
  readonly state: unknown;
}

/** What was loaded. */
export interface LoadedCheckpoint extends Checkpoint {
  /** The file it came from. */
  readonly file: string;
  /** Notices, such as that a newer file was damaged. One sentence each. */
  readonly notices: readonly string[];
}

/** The checkpoints of a run. */
export interface CheckpointStore {
  /**
   * Saves under a name (`last`, `best`); when it returns, the checkpoint is on the disk.
   * @throws FileError where it could not be written; what was saved before is kept.
   */
  save(name: string, checkpoint: Checkpoint): void;
  /**
   * Loads the newest valid checkpoint of a name; undefined where none was saved.
   * @throws CorruptFileError where there are files, and all are damaged.
   */
  load(name: string): LoadedCheckpoint | undefined;
}

/** Opens the store in a folder, which is made with the first checkpoint. */
export function createCheckpointStore(
  folder: string,
  { fs: io = fs }: { fs?: WritingFs } = {},
): CheckpointStore {
  const paths = (name: string) => ({
    arriving: join(folder, `${name}.arriving.safetensors`),
    newest: join(folder, `${name}.safetensors`),
    previous: join(folder, `${name}.previous.safetensors`),
  });
  return {
    save(name, checkpoint) {
      const { arriving, newest, previous } = paths(name);
      const bytes = encode(checkpoint);
      makeFolder(folder, 'make the folder for checkpoints', { fs: io });
      // the newer one becomes the previous one when its successor is on the disk, not before
      writeFileAtomic(arriving, bytes, { fs: io });
      withFileErrors(newest, 'save the checkpoint', () => {
        // an unreadable folder there would block the path for ever
        for (const file of [newest, previous])
          if (isFolder(file)) io.rmSync(file, { recursive: true, force: true });
        if (io.existsSync(newest)) io.renameSync(newest, previous);
        io.renameSync(arriving, newest);
      });
    },
    load(name) {
      const { arriving, newest, previous } = paths(name);
      const damaged: CorruptFileError[] = [];
      for (const file of [arriving, newest, previous]) {
        if (!fs.existsSync(file)) continue;
        try {
          const checkpoint = decode(readRegularFile(file, 'read the checkpoint'), file);
          return {
            ...checkpoint,
            file,
            notices: damaged.map((error) => `${error.message} Resuming from ${file}.`),
          };
        } catch (error) {
          if (!(error instanceof CorruptFileError)) throw error;
          damaged.push(error);
        }
      }
      if (damaged.length === 0) return undefined;
      throw new CorruptFileError(
        damaged[0].file,
        `${damaged.map((error) => error.message).join(' ')} No checkpoint is left to resume from: start again without --resume.`,
        { cause: damaged[0] },
      );
    },
  };
}

function isFolder(path: string): boolean {
  return fs.existsSync(path) && fs.statSync(path).isDirectory();
}

/** Removes the checkpoints of a run that is finished; files that cannot be removed are harmless. */
export function removeCheckpoints(folder: string): void {
  try {
    fs.rmSync(folder, { recursive: true, force: true });
  } catch {
    // such as in a folder that was made read-only: the run is finished all the same
  }
}

function encode({ tensors, state }: Checkpoint): Uint8Array {
  const text = JSON.stringify(state, (key, value: unknown) => {
    const plain = typeof value === 'number' ? Number.isFinite(value) : !ArrayBuffer.isView(value);
    invariant(plain, `checkpoint state ${key} is ${String(value)}, which JSON cannot hold`);
    return value;
  });
  return writeSafetensors(tensors, {
    format: FORMAT,
    version: VERSION,
    state: text,
    sha256: checksum(tensors, VERSION, text),
  });
}

function decode(bytes: Uint8Array<ArrayBuffer>, file: string): Checkpoint {
  const { tensors, metadata } = readSafetensors(bytes, { file });
  const { format, version, state, sha256 } = metadata as Partial<Record<string, string>>;
  if (format !== FORMAT || version === undefined || state === undefined) {
    throw new CorruptFileError(
      file,
      `[${file}] the file must be a checkpoint of Unroll, but is another safetensors file.`,
    );
  }
  if (checksum(tensors, version, state) !== sha256) {
    throw new CorruptFileError(
      file,
      `[${file}] the checksum must fit the content, but does not: the file is damaged. Restore it from a copy, or start again without --resume.`,
    );
  }
  if (version !== VERSION) {
    throw new UnsupportedError(
      `[${file}] the checkpoint's version must be ${VERSION}, but got ${version}. Another version of Unroll wrote it: resume with that version.`,
    );
  }
  return { tensors, state: JSON.parse(state) as unknown };
}

/** SHA-256 over version, state, and each tensor's name, type, shape and bytes, in the order of the names. */
function checksum(tensors: Tensors, version: string, state: string): string {
  const hash = createHash('sha256').update(JSON.stringify([version, state]));
  for (const name of Object.keys(tensors).sort()) {
    const { shape, data } = tensors[name];
    hash.update(JSON.stringify([name, data.constructor.name, shape]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
