/** Imports studies from a journal file. */
import { readFileSync } from 'node:fs';
import { ConfigError, FileError } from '../../../core/errors.ts';
import type { StudyRecord, StudyStorage } from '../contract.ts';
import { replayJournal } from './replay.ts';

/** Options of `importJournal`. */
export interface ImportOptions {
  /** Names of the studies. Default: all. */
  readonly studies?: readonly string[];
}

/** What was imported. */
export interface ImportedJournal {
  /** The studies as they are in the storage now. */
  readonly studies: readonly StudyRecord[];
  /** Whether the last line was incomplete and left out: its writer was killed. */
  readonly torn: boolean;
}

/**
 * Imports studies of a journal file, each atomically.
 * @throws FileError where it cannot be read
 * @throws CorruptFileError where it is no journal
 * @throws ConfigError where it has no such study, or the storage has one of that name
 */
export async function importJournal(
  path: string,
  storage: StudyStorage,
  { studies: names }: ImportOptions = {},
): Promise<ImportedJournal> {
  const journal = replayJournal(readJournal(path), path);
  const has = journal.studies.map(({ name }) => name);
  for (const name of names ?? []) {
    if (has.includes(name)) continue;
    throw new ConfigError(
      `[${path}] must have a study ${JSON.stringify(name)}, but got ${has.join(', ') || 'none'}. Choose one of these.`,
    );
  }
  const studies: StudyRecord[] = [];
  for (const { id: _, trials, ...study } of journal.studies) {
    if (names && !names.includes(study.name)) continue;
    studies.push(await storage.importStudy(study, trials));
  }
  return { studies, torn: journal.torn };
}

/** The bytes of a journal. @throws FileError where it cannot be read */
export function readJournal(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new FileError(
      path,
      `[${path}] must be a journal that can be read, but got: ${(cause as Error).message}. Check the path.`,
      { cause },
    );
  }
}
