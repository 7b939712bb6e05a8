/**
 * A model folder in Hugging Face's layout: `model.safetensors` (PyTorch's tensor names), `config.json`,
 * `tokenizer.json` and the model card `README.md`. Written whole or not at all.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CorruptFileError, FileError } from '../core/errors.ts';
import {
  readModelConfig,
  readSafetensors,
  writeModelConfig,
  writeSafetensors,
  type ModelConfig,
  type Tensors,
} from '../models/files/index.ts';
import { recoverFolder, writeFolderAtomic } from './atomic.ts';
import { withFileErrors } from './file-errors.ts';

/** What a model folder holds. */
export interface ModelFiles {
  /** Parameters by PyTorch's names. */
  readonly tensors: Tensors;
  /** Options, sizes and class names. */
  readonly config: ModelConfig;
  /** Text of `tokenizer.json`. */
  readonly tokenizerJson: string;
}

/** Writes a model folder, in the place of one that stands there. */
export function writeModelFolder(
  path: string,
  {
    tensors,
    config,
    tokenizerJson,
    card,
  }: ModelFiles & { /** Text of `README.md`. */ readonly card: string },
): void {
  writeFolderAtomic(path, (file) => {
    // the format says whose tensor names and layout these are; Python's transformers insists on it
    file('model.safetensors', writeSafetensors(tensors, { format: 'pt' }));
    file('config.json', writeModelConfig(config));
    file('tokenizer.json', tokenizerJson);
    file('README.md', card);
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
  const config = join(folder, 'config.json');
  const weights = join(folder, 'model.safetensors');
  return {
    config: readModelConfig(readText(config), { file: config }),
    tokenizerJson: readText(join(folder, 'tokenizer.json')),
    tensors: readSafetensors(readRegularFile(weights, 'read the weights'), { file: weights }).tensors,
  };
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
      `[${broken}] a model must have its config.json, but this one has its weights alone. Restore it from a copy, or train again.`,
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

function readText(path: string): string {
  const bytes = readRegularFile(path, 'read the model');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CorruptFileError(
      path,
      `[${path}] the file must be UTF-8, but is not. Fetch or write the model again.`,
      { cause },
    );
  }
}
