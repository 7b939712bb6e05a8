/** The classifier of a run folder or a model folder. */
import { existsSync } from 'node:fs';
import {
  type ClassifierOptions,
  createTextClassifier,
  type TextClassifier,
} from '../classifier/text-classifier.ts';
import { FileError } from '../core/errors.ts';
import { readDescription } from './description.ts';
import { findModelFolder, readModelFolder } from './model-folder.ts';
import { resumeCommand, trainingCommand } from './resume-command.ts';
import { openRunFolder } from './run-folder.ts';

export type { ClassScore, TextClassifier } from '../classifier/text-classifier.ts';

/** How a classifier is loaded. */
export type LoadClassifierOptions = ClassifierOptions;

/**
 * Loads the classifier of a run folder or a model folder. Close it when it is no longer needed.
 * @throws FileError where there is none
 * @throws CorruptFileError where a file of it is damaged, or its files do not fit together
 * @throws ConfigError for options out of range
 */
export async function loadClassifier(
  path: string,
  options: LoadClassifierOptions = {},
): Promise<TextClassifier> {
  const folder = modelFolderOf(path);
  return createTextClassifier(readModelFolder(folder), (name) => `${folder}/${name}`, options);
}

/**
 * The model folder at `path`.
 * @throws FileError where there is none; where a run has none yet, it says how to get it
 */
export function modelFolderOf(path: string): string {
  try {
    return findModelFolder(path);
  } catch (cause) {
    const run = openRunFolder(path);
    const { description } = run.paths;
    if (!(cause instanceof FileError) || !existsSync(description)) throw cause;
    const { status, data } = readDescription(description);
    if (status === 'finished') throw cause;
    throw new FileError(
      path,
      `[${path}] the run must have its model, but it is not finished (${status}). Finish it with: ${resumeCommand(trainingCommand(run), data, path)}`,
      { cause },
    );
  }
}
