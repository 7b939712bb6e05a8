/** The run that a model came from. */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { openRunFolder, type RunFolder } from '../run/run-folder.ts';

/** The run of a model: the folder itself, or its parent if that is a run and this its `model` folder. */
export function runOf(path: string): RunFolder {
  const around = openRunFolder(join(path, '..'));
  const isModel = basename(resolve(path)) === basename(around.paths.model);
  return isModel && isKnown(around) ? around : openRunFolder(path);
}

/** Whether a folder is a run with its split, not just a model. */
export function isKnown({ paths }: RunFolder): boolean {
  return existsSync(paths.description) && existsSync(paths.splits);
}
