/** Where an export is written: to a new path, or over an earlier export. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import { makeFolder, withFileErrors, writeFileAtomic, writeFilesAtomic } from '../../run/index.ts';
import type { Exported, ExportTarget } from '../../export/target.ts';

/** How a path is checked. */
export interface PlaceOptions {
  /** Default name of the file or folder, such as `spam-1.html`. */
  readonly usual: string;
  /** Replace what is there. */
  readonly force: boolean;
}

/**
 * Refuses a path that is in use, and one that names a folder where a file is written.
 * @throws ConfigError
 */
export function requireFree(
  path: string,
  { type, output }: ExportTarget,
  { usual, force }: PlaceOptions,
): void {
  withFileErrors(path, 'look at the place of the export', () => {
    if (!existsSync(path)) {
      if (output.kind === 'file' && (path.endsWith('/') || path.endsWith(sep))) throw refusal(path, `be a file for --to ${type}, but ends in "${path.at(-1)}" as a folder does`, `Add the name of the file, such as ${join(path, usual)}.`); // prettier-ignore
      return;
    }
    const isFolder = statSync(path).isDirectory();
    if (isFolder !== (output.kind === 'folder')) {
      throw refusal(
        path,
        `be a ${output.kind}, but is a ${isFolder ? 'folder' : 'file'}`,
        'Give another path.',
      );
    }
    const entries = isFolder ? readdirSync(path) : ['it'];
    if (entries.length > 0 && !force) throw refusal(path, 'be new, but exists', 'Give another path, or --force to replace it.'); // prettier-ignore
  });
}

/**
 * Writes the files, whole or not at all.
 * @throws ConfigError where the folder holds files that are no part of an export: they would be lost
 */
export function writeExport(path: string, { output }: ExportTarget, { files }: Exported): void {
  makeFolder(dirname(path), 'make the folder of the export');
  if (output.kind === 'file') {
    for (const content of files.values()) writeFileAtomic(path, content);
    return;
  }
  const others = existsSync(path) ? readdirSync(path).filter((name) => !files.has(name)) : [];
  const foreign = others.filter((name) => !isOfMember(name));
  if (foreign.length > 0) {
    throw refusal(path, `hold nothing but an earlier export, but holds ${foreign.slice(0, 3).join(', ')}${foreign.length > 3 ? ', …' : ''}`, 'Give another path.'); // prettier-ignore
  }
  writeFilesAtomic(path, files);
}

/** Names of files that an export of another model may have left. */
function isOfMember(name: string): boolean {
  return /^(?:member-\d+\.)?(?:config|tokenizer|features)\.json$|^(?:member-\d+\.)?model\.safetensors$/.test(
    name,
  );
}

/** Total size of the files, in bytes. */
export function sizeOfExport({ files }: Exported): number {
  return [...files.values()].reduce((sum, content) => sum + content.length, 0);
}

/** Paths of the files that were written. */
export function pathsOfExport(path: string, { output }: ExportTarget, { files }: Exported): string[] {
  return output.kind === 'file' ? [path] : [...files.keys()].map((name) => join(path, name));
}

function refusal(path: string, must: string, fix: string): ConfigError {
  return new ConfigError(`[--output] ${path} must ${must}. ${fix}`, { key: 'output' });
}
