/** Exports studies to a journal file, which Optuna and its dashboard open. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ConfigError, FileError } from '../../../core/errors.ts';
import { distributionToJson } from '../../space/distribution-json.ts';
import type { Attribute, FrozenTrial } from '../../trial/frozen-trial.ts';
import type { StudyRecord, StudyStorage } from '../contract.ts';
import { needStudy } from '../find-study.ts';
import { pythonJson } from '../python-json.ts';
import { readJournal } from './import.ts';
import { withJournalLock } from './lock.ts';
import { type Journal, OP, replayJournal, STATE_CODES } from './replay.ts';

/** Options of `exportJournal`. */
export interface ExportOptions {
  /** Names of the studies. Default: all. */
  readonly studies?: readonly string[];
  /**
   * Whether to append to an existing journal, under its lock, so that others may continue writing. Default false: a
   * new file, written atomically.
   */
  readonly append?: boolean;
}

/**
 * Writes studies into a journal file. Returns how many.
 * @throws FileError where it cannot be written, or is there already without `append`
 * @throws ConfigError where there is no such study, or the journal has one of that name
 */
export async function exportJournal(
  storage: StudyStorage,
  path: string,
  { studies: names, append = false }: ExportOptions = {},
): Promise<number> {
  const records = names
    ? await Promise.all(names.map((name) => needStudy(storage, name)))
    : await storage.studies();
  const contents: [StudyRecord, readonly FrozenTrial[]][] = [];
  for (const record of records) contents.push([record, await storage.trials(record.id)]);
  if (append && existsSync(path)) {
    await withJournalLock(path, () => appendTo(path, contents));
    return contents.length;
  }
  if (existsSync(path)) {
    throw new FileError(
      path,
      `[${path}] must be a new file, but got one that is there. Choose another name, or append.`,
    );
  }
  writeNew(path, journalLines(contents, { madeStudies: 0 }));
  return contents.length;
}

function appendTo(path: string, contents: readonly [StudyRecord, readonly FrozenTrial[]][]): void {
  const journal = replayJournal(readJournal(path), path);
  for (const [{ name }] of contents) {
    if (!journal.studies.some((other) => other.name === name)) continue;
    throw new ConfigError(
      `[${path}] must not have a study ${JSON.stringify(name)} yet, but got one of this name. Choose another file.`,
    );
  }
  withFile(path, 'r+', (file) => {
    // nothing after a torn line could be read
    if (journal.torn) ftruncateSync(file, journal.size);
    writeAll(file, journalLines(contents, journal), journal.size);
  });
}

/** Written to a temporary file, flushed, and renamed: a reader sees the whole journal or none. */
function writeNew(path: string, text: string): void {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    withFile(beside, 'w', (file) => writeAll(file, text, 0), path);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

function withFile(path: string, mode: 'w' | 'r+', write: (file: number) => void, name = path): void {
  try {
    const file = openSync(path, mode);
    try {
      write(file);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw new FileError(
      name,
      `[${name}] must be a file that can be written, but got: ${(cause as Error).message}. Check the folder and its disk.`,
      { cause },
    );
  }
}

function writeAll(file: number, text: string, position: number): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    at += writeSync(file, bytes, at, bytes.length - at, position + at);
  }
}

/** The journal lines that create studies and their trials. */
function journalLines(
  contents: readonly [StudyRecord, readonly FrozenTrial[]][],
  { madeStudies }: Pick<Journal, 'madeStudies'>,
): string {
  const worker = `${randomUUID()}-0`;
  const lines: string[] = [];
  const log = (op: number, fields: Record<string, Attribute>) => {
    lines.push(`${pythonJson({ op_code: op, worker_id: worker, ...fields }, { compact: true })}\n`);
  };
  contents.forEach(([study, trials], i) => {
    const study_id = madeStudies + i;
    const directions = study.directions.map((direction) => (direction === 'minimize' ? 1 : 2));
    log(OP.createStudy, { study_name: study.name, directions });
    for (const [key, value] of Object.entries(study.userAttrs)) {
      log(OP.studyUserAttr, { study_id, user_attr: { [key]: value } });
    }
    for (const [key, value] of Object.entries(study.systemAttrs)) {
      log(OP.studySystemAttr, { study_id, system_attr: { [key]: value } });
    }
    for (const trial of trials) log(OP.createTrial, { study_id, ...trialFields(trial) });
  });
  return lines.join('');
}

function trialFields(trial: FrozenTrial): Record<string, Attribute> {
  const { values, datetimeStart, datetimeComplete } = trial;
  const single = values?.length === 1;
  return {
    datetime_start: isoDate(datetimeStart),
    state: STATE_CODES.indexOf(trial.state),
    value: single ? values[0] : null,
    values: single ? null : values,
    // Optuna reads it where it is there
    ...(datetimeComplete && { datetime_complete: isoDate(datetimeComplete) }),
    distributions: Object.fromEntries(
      [...trial.distributions].map(([name, distribution]) => [name, distributionToJson(distribution)]),
    ),
    params: Object.fromEntries(trial.internalParams),
    user_attrs: trial.userAttrs,
    system_attrs: trial.systemAttrs,
    intermediate_values: Object.fromEntries(
      [...trial.intermediateValues].map(([step, value]) => [String(step), value]),
    ),
  };
}

/** As Python writes UTC with microseconds. */
function isoDate(date: Date | null): string | null {
  return date && date.toISOString().replace('Z', '000+00:00');
}
