/** The contents of the folder of the studio: runs, studies and files of documents. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { UnrollError } from '../core/errors.ts';
import { openFile } from '../data/readers/bytes/source.ts';
import { readers } from '../data/readers/index.ts';
import { openRunFolder, readDescription, readTestResults, runEntries } from '../run/index.ts';
import { isTemporaryName } from '../run/atomic.ts';
import { openStorage } from '../tune/storage/open.ts';
import { findBestTrial } from '../tune/study/best.ts';
import { isFinished, lastAttempts } from '../tune/index.ts';
import type { Workspace } from './workspace.ts';

/** A run in the list. */
export interface ListedRun {
  /** Its folder, as the pages see it. */
  readonly path: string;
  /** Its status; `damaged` if its files cannot be read. */
  readonly status: 'running' | 'finished' | 'interrupted' | 'failed' | 'damaged';
  /** UTC, ISO 8601; null if unknown. */
  readonly started: string | null;
  /** Name of its data. */
  readonly data: string | null;
  readonly documents: number | null;
  /** On the test documents, in [0, 1]; null before it was tested. */
  readonly accuracy: number | null;
  readonly macro_f1: number | null;
  /** Its classes; null before it was tested. */
  readonly classes: readonly string[] | null;
  /** Whether it has a model to try and export. */
  readonly model: boolean;
}

/** A study in the list. */
export interface ListedStudy {
  /** The file of its storage, as the pages see it. */
  readonly path: string;
  readonly name: string;
  readonly trials: number;
  readonly finished: number;
  /** Value of the best trial; null where none is complete, or the study has several objectives. */
  readonly best: number | null;
  readonly direction: 'minimize' | 'maximize' | null;
}

/** A file of documents in the list, or a folder with one sub-folder per class. */
export interface ListedData {
  /** The file or folder, as the pages see it. */
  readonly path: string;
  /** Null for a folder. */
  readonly bytes: number | null;
  /** UTC, ISO 8601. */
  readonly changed: string;
}

/** Everything in the folder. */
export interface Listing {
  readonly folder: string;
  readonly runs: readonly ListedRun[];
  readonly studies: readonly ListedStudy[];
  readonly data: readonly ListedData[];
  /** Whether there is more than is listed. */
  readonly more: boolean;
  /** Endings of files of documents, in lower case: those that can be added. */
  readonly endings: readonly string[];
}

/** Folders are searched this deep. */
const DEPTH = 4;
/** Most folders that are searched. */
const MOST_FOLDERS = 2000;
/** Most entries of each list. */
const MOST_LISTED = 500;
const NOT_SEARCHED = new Set(['node_modules', 'dist', 'build']);
const allReaders = readers.names.map((name) => readers.create({ type: name }));
/** Other programs have files of these names too: their content decides. */
const BY_CONTENT: Readonly<Record<string, (head: string) => boolean>> = {
  '.txt': (head) => allReaders.some((reader) => reader.sniff(head)),
  '.json': (head) => /^\s*\[\s*\{/.test(head),
};
/** Endings of files of documents. */
export const ENDINGS: readonly string[] = [
  ...allReaders.flatMap(({ extensions }) => extensions),
  '.txt',
  '.gz',
];
/** Whether the ending of a name says that it may be a file of documents. */
export function isDataName(name: string): boolean {
  return ENDINGS.includes(extname(name).toLowerCase());
}
/** Files that tell the folders of a cross-validation, an export, a workshop and of figures. */
const OWN_FILES = ['cv.json', 'manifest.json', 'workshop.json', 'figures.json'];
/** Tables that we write ourselves, next to data. */
export const OWN_TABLE = /\.(corrections|new-labels)\.csv$/;

interface Found {
  readonly runs: string[];
  readonly studies: string[];
  readonly data: string[];
  /** Files whose content decides whether they are data. */
  readonly perhaps: string[];
  folders: number;
}

/** Lists the folder: the newest runs first. */
export async function listWorkspace(workspace: Workspace): Promise<Listing> {
  const found: Found = { runs: [], studies: [], data: [], perhaps: [], folders: 0 };
  search(workspace.root, 0, found);
  const runs = found.runs.map((path) => listRun(path, workspace));
  runs.sort((a, b) => (a.started === b.started ? 0 : (a.started ?? '') < (b.started ?? '') ? 1 : -1));
  const perFile: (readonly ListedStudy[])[] = [];
  for (const path of found.studies) perFile.push(await listStudies(path, workspace));
  const studies = perFile.flat();
  for (const path of found.perhaps.slice(0, MOST_LISTED)) if (await holdsLabels(path)) found.data.push(path);
  const data = found.data.sort().map((path) => listData(path, workspace));
  const cut = <T>(list: readonly T[]) => list.slice(0, MOST_LISTED);
  return {
    folder: workspace.name,
    runs: cut(runs),
    studies: cut(studies),
    data: cut(data),
    endings: ENDINGS,
    more: found.folders >= MOST_FOLDERS || [runs, studies, data].some(({ length }) => length > MOST_LISTED),
  };
}

/**
 * Links are not followed: they may lead outside, or form cycles.
 * @param own Whether the folder lies in one that we wrote, whose tables are no documents.
 */
function search(folder: string, depth: number, found: Found, own = false): void {
  if (found.folders >= MOST_FOLDERS) return;
  found.folders++;
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = new Set(entries.map(({ name }) => name));
  if (depth > 0 && names.has(runEntries.description)) {
    found.runs.push(folder);
    return;
  }
  const ownFolder = own || OWN_FILES.some((name) => names.has(name));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.') || isTemporaryName(entry.name)) continue;
    if (entry.isDirectory() && depth < DEPTH && !NOT_SEARCHED.has(entry.name)) {
      if (!ownFolder && hasClassFolders(path)) found.data.push(path);
      else search(path, depth + 1, found, ownFolder);
    }
    if (!entry.isFile()) continue;
    if (/\.(db|sqlite3?)$/.test(entry.name)) found.studies.push(path);
    const ending = extname(entry.name).toLowerCase();
    if (!ownFolder && isDataName(entry.name) && !OWN_TABLE.test(entry.name))
      (ending in BY_CONTENT ? found.perhaps : found.data).push(path);
  }
}

/** Whether a folder holds sub-folders, two at least, with texts and nothing else in them. */
function hasClassFolders(folder: string): boolean {
  const visible = (path: string) => readdirSync(path, { withFileTypes: true }).filter(({ name }) => !/^[._]/.test(name)); // prettier-ignore
  const inner = visible(folder).filter((entry) => entry.isDirectory());
  return (
    inner.length >= 2 &&
    inner.every(({ name }) => {
      const entries = visible(join(folder, name));
      return entries.length > 0 && entries.every((entry) => entry.isFile() && entry.name.endsWith('.txt'));
    })
  );
}

/** Whether the beginning of a file is that of documents with labels. */
async function holdsLabels(path: string): Promise<boolean> {
  try {
    const { head, ending } = await openFile(path, { encoding: undefined, like: undefined });
    return BY_CONTENT[ending](head);
  } catch (error) {
    // no text
    if (error instanceof UnrollError) return false;
    throw error;
  }
}

function listRun(path: string, workspace: Workspace): ListedRun {
  const { paths } = openRunFolder(path);
  const none = {
    started: null,
    data: null,
    documents: null,
    accuracy: null,
    macro_f1: null,
    classes: null,
    model: false,
  };
  try {
    workspace.folder(workspace.shown(path));
    const { status, started, data } = readDescription(paths.description);
    const test = existsSync(paths.test) ? readTestResults(paths.test) : null;
    return {
      path: workspace.shown(path),
      status,
      started,
      data: data.name,
      documents: data.documents,
      accuracy: test?.accuracy ?? null,
      macro_f1: test?.macro_f1 ?? null,
      classes: test?.labels ?? null,
      model: existsSync(paths.model),
    };
  } catch {
    return { path: workspace.shown(path), status: 'damaged', ...none };
  }
}

async function listStudies(path: string, workspace: Workspace): Promise<readonly ListedStudy[]> {
  try {
    const storage = await openStorage(path, { create: false, onWait: () => undefined });
    try {
      const listed: ListedStudy[] = [];
      for (const { id, name, directions } of await storage.studies()) {
        const trials = lastAttempts(await storage.trials(id));
        const alone = directions.length === 1;
        listed.push({
          path: workspace.shown(path),
          name,
          trials: trials.length,
          finished: trials.filter(({ state }) => isFinished(state)).length,
          best: alone ? (findBestTrial({ name, trials, directions })?.values?.[0] ?? null) : null,
          direction: alone ? directions[0] : null,
        });
      }
      return listed;
    } finally {
      await storage.close();
    }
  } catch (error) {
    // a database of another program
    if (error instanceof UnrollError) return [];
    throw error;
  }
}

function listData(path: string, workspace: Workspace): ListedData {
  const stats = statSync(path);
  const bytes = stats.isFile() ? stats.size : null;
  return { path: workspace.shown(path), bytes, changed: stats.mtime.toISOString() };
}
