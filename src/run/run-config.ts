/** The configuration of a run, as the run itself wrote it. */
import { readFileSync } from 'node:fs';
import { type ConfigLayer, parseConfig, resolveConfig } from '../config/index.ts';
import { ConfigError, CorruptFileError } from '../core/errors.ts';
import { withFileErrors } from './file-errors.ts';

/** The sections that every run has written. */
const SECTIONS = ['data', 'text', 'model', 'train', 'evaluate'];

/**
 * Reads `config.resolved.yaml`.
 * @throws CorruptFileError where it is missing, or not as a run wrote it: the user never edits it
 * @throws FileError where it cannot be read
 */
export function readRunConfig(path: string): ConfigLayer {
  try {
    const layer = parseConfig(
      withFileErrors(path, 'read the configuration', () => readFileSync(path, 'utf8')),
      path,
    );
    resolveConfig(layer);
    const missing = SECTIONS.find((section) => !Object.hasOwn(layer.values as object, section));
    if (missing === undefined) return layer;
    throw damaged(path, `has no section ${missing}`);
  } catch (error) {
    if (error instanceof ConfigError) throw damaged(path, `is not: ${error.message}`, error);
    throw error;
  }
}

function damaged(path: string, but: string, cause?: unknown): CorruptFileError {
  return new CorruptFileError(
    path,
    `[${path}] the file must be the configuration that the run wrote, but ${but}. Restore it from a copy.`,
    { cause },
  );
}
