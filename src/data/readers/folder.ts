import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { DataError, invariant } from '../../core/errors.ts';
import { member } from '../../core/family.ts';
import { shellWord } from '../../core/shell-word.ts';
import type { Row } from '../dataset.ts';
import { count, groupDigits, listNames } from '../dataset.ts';
import { shown } from '../read-as.ts';
import { binaryKind } from './bytes/magic.ts';
import type { Reader, ReaderInput } from './reader.ts';

/** A folder with one sub-folder per class, each document a file. */
export const folder = member({
  type: 'folder',
  summary: 'a folder with one sub-folder per class, named after it, and one file per document',
  options: {},
  create: (): Reader => ({ extensions: [], sniff: () => false, read: readFolder }),
});

/** Folders of documents without a label, as in the corpus of film reviews. */
const UNLABELLED = /^(?:unsup|unsupervised|unlabell?ed|no[-_ ]?label)$/i;

async function* readFolder(input: ReaderInput): AsyncGenerator<Row> {
  const { path, name } = input;
  invariant(path !== undefined, 'a folder has a path');
  const survey = await surveyFolder(path);
  refuseOwnFolder(survey.files, name);
  const nested = survey.folders.filter((inner) => inner.classes.length > 0);
  if (survey.folders.length === 0 && !input.labelled) {
    yield* readFlat(input, path, survey.files);
    return;
  }
  if (nested.length > 0 && (nested.length > 1 || survey.folders.every(({ files }) => files.length === 0))) {
    throw splitFolders(name, nested);
  }
  const classes = survey.folders.filter(({ files }) => files.length > 0);
  const left = input.labelled ? classes.filter((inner) => UNLABELLED.test(inner.name)) : [];
  const used = classes.filter((inner) => !left.includes(inner));
  input.found({ format: 'folder' });
  const tally = { foreign: [] as string[], binary: [] as string[] };
  const counts: string[] = [];
  let row = 0;
  for (const { name: label, files } of used) {
    const before = row;
    for (const file of files) {
      const text = await readDocument(join(path, label, file), `${label}/${file}`, tally);
      if (text !== undefined) yield { text, label, row: row++ };
    }
    counts.push(`${shown(label)} (${groupDigits(row - before)})`);
  }
  if (row === 0) throw noDocuments(name, survey);
  input.notice(
    `${count(counts.length, 'class folder')}: ${counts.slice(0, 10).join(', ')}${counts.length > 10 ? ', ...' : ''}`,
  );
  for (const inner of left) {
    input.notice(
      `the folder ${shown(inner.name)} (${count(inner.files.length, 'file')}) is left out, since its name says that it has no labels; rename it to use it as a class`,
    );
  }
  for (const notice of strayNotices(survey, tally)) input.notice(notice);
}

interface Tally {
  readonly foreign: string[];
  readonly binary: string[];
}

/** The text of a document; undefined for a file that is not text. */
async function readDocument(path: string, shownName: string, tally: Tally): Promise<string | undefined> {
  const bytes = await readFile(path);
  if (binaryKind(bytes)) {
    const wide = utf16Text(bytes);
    if (wide !== undefined) return wide;
    // HTML files are documents too
    if (!/^\s*</.test(bytes.subarray(0, 100).toString('latin1'))) {
      tally.binary.push(shownName);
      return undefined;
    }
  }
  const { text, isUtf8 } = decodeText(bytes);
  if (!isUtf8) tally.foreign.push(shownName);
  return text;
}

function utf16Text(bytes: Uint8Array): string | undefined {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return undefined;
}

/** A folder of documents without classes, for prediction. */
async function* readFlat(input: ReaderInput, path: string, files: readonly string[]): AsyncGenerator<Row> {
  input.found({ format: 'folder' });
  const tally: Tally = { foreign: [], binary: [] };
  let row = 0;
  for (const file of files) {
    const text = await readDocument(join(path, file), file, tally);
    if (text !== undefined) yield { text, label: undefined, row: row++ };
  }
  for (const notice of tallyNotices(tally)) input.notice(notice);
}

/** The entries of a folder, without hidden ones and leftovers of programs. */
export interface FolderSurvey {
  readonly files: readonly string[];
  readonly folders: readonly InnerFolder[];
}

/** A sub-folder. */
interface InnerFolder {
  readonly name: string;
  readonly files: readonly string[];
  /** Its own sub-folders that hold files. */
  readonly classes: readonly string[];
  /** Its own sub-folders. */
  readonly folders: number;
}

const LEFTOVERS = /^(?:\.|_|~\$|__MACOSX$|Thumbs\.db$|desktop\.ini$)/i;

/** Looks two levels deep into a folder. */
export async function surveyFolder(path: string): Promise<FolderSurvey> {
  const entries = await listed(path);
  const folders: InnerFolder[] = [];
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    const inner = await listed(join(path, name));
    const classes: string[] = [];
    const below = inner.filter((entry) => entry.isDirectory());
    for (const { name: deep } of below) {
      if ((await listed(join(path, name, deep))).some((entry) => entry.isFile())) classes.push(deep);
    }
    folders.push({ name, files: filesOf(inner), classes, folders: below.length });
  }
  return { files: filesOf(entries), folders };
}

const filesOf = (entries: readonly Dirent[]) =>
  entries.filter((entry) => entry.isFile()).map(({ name }) => name);

const isTraining = (name: string) => /train/i.test(name);

/** Class folders one level deeper, as where the data was split into train/ and test/. */
function splitFolders(name: string, nested: readonly InnerFolder[]): DataError {
  const list = (names: readonly string[]) =>
    `${names
      .slice(0, 5)
      .map((n) => `${n}/`)
      .join(', ')}${names.length > 5 ? ', ...' : ''}`;
  const classes = [...new Set(nested.flatMap((inner) => inner.classes))];
  return new DataError(
    `[${name}] a folder of documents must have one sub-folder per class with the files in it, but it holds ` +
      `${list(nested.map((inner) => inner.name))} with class folders (${list(classes)}) inside. ` +
      nameParts(
        name,
        nested.map((inner) => inner.name),
      ),
  );
}

/** How to name the parts of a split: one as the data, the others by their options. */
function nameParts(folder: string, parts: readonly string[]): string {
  const path = (part: string) => shellWord(join(folder, part));
  const train = parts.find(isTraining) ?? parts[0];
  const others = parts.filter((part) => part !== train);
  const val = others.find((part) => /val|dev/i.test(part));
  const test = others.find((part) => /test/i.test(part) && part !== val);
  const options = [...(val ? [`--val ${path(val)}`] : []), ...(test ? [`--test ${path(test)}`] : [])];
  return `Name one of them; to train: unroll train ${[path(train), ...options].join(' ')}`;
}

function noDocuments(name: string, { files, folders }: FolderSurvey): DataError {
  const what =
    folders.length === 0
      ? 'it has no sub-folder'
      : `none of its ${count(folders.length, 'sub-folder')} holds a text`;
  const seen = folders.length === 0 && files.length > 0 ? ` (it holds ${listNames(files.slice(0, 5))})` : '';
  return new DataError(
    `[${name}] a folder of documents must have one sub-folder per class with a file per document in it, but ${what}${seen}. ` +
      'For a table, name the file.',
  );
}

function strayNotices({ files, folders }: FolderSurvey, tally: Tally): string[] {
  const notices: string[] = [];
  if (files.length > 0) notices.push(`${count(files.length, 'file')} beside the class folders left out`);
  const empty = folders.filter((inner) => inner.files.length === 0).map((inner) => shown(inner.name));
  if (empty.length > 0) {
    notices.push(`${count(empty.length, 'folder')} without a file left out: ${empty.slice(0, 5).join(', ')}`);
  }
  const deep = folders.filter((inner) => inner.files.length > 0 && inner.folders > 0);
  if (deep.length > 0) {
    notices.push(
      `folders inside of class folders left out, in ${deep
        .slice(0, 5)
        .map((inner) => shown(inner.name))
        .join(', ')}`,
    );
  }
  return [...notices, ...tallyNotices(tally)];
}

function tallyNotices({ foreign, binary }: Tally): string[] {
  const some = (names: readonly string[]) => names.slice(0, 3).map(shown).join(', ');
  return [
    ...(binary.length > 0
      ? [
          `${count(binary.length, 'file')} that ${binary.length === 1 ? 'is' : 'are'} not text left out: ${some(binary)}`,
        ]
      : []),
    ...(foreign.length > 0
      ? [`${count(foreign.length, 'file')} not in UTF-8, read as Windows-1252: ${some(foreign)}`]
      : []),
  ];
}

/** What a run and a model have in their folder. */
const OWN_FILES: readonly (readonly [file: string, kind: string])[] = [
  ['description.json', 'a run'],
  ['model.safetensors', 'a model'],
];

/** Refuses the folder of a run or a model, which is easily given by mistake. */
function refuseOwnFolder(entries: readonly string[], name: string): void {
  const own = OWN_FILES.find(([file]) => entries.includes(file));
  if (!own) return;
  throw new DataError(
    `[${name}] a folder of documents must hold texts, but this is the folder of ${own[1]} (it holds ${own[0]}). Name the data instead.`,
  );
}

/** Visible entries in the order of their code units, the same on every machine. */
async function listed(path: string): Promise<Dirent[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries.filter((e) => !LEFTOVERS.test(e.name)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

const TABLE_ENDINGS = ['.csv', '.tsv', '.tab', '.jsonl', '.ndjson', '.ft', '.fasttext'];
const PARTS = /(?:^|[^a-z])(train|test|val|valid|validation|dev)(?:[^a-z]|$)/i;

/**
 * The files of a table that was written in parts, such as part-00000.csv, in order; undefined where the folder holds
 * something else.
 * @throws DataError where the files are of several kinds, or the parts of a split
 */
export async function tableParts(path: string, name: string): Promise<readonly string[] | undefined> {
  const { files, folders } = await surveyFolder(path);
  if (folders.some((inner) => inner.files.length > 0 || inner.classes.length > 0)) return undefined;
  const ending = (file: string) => extname(file.replace(/\.gz$/i, '')).toLowerCase();
  const isPart = (file: string) => TABLE_ENDINGS.includes(ending(file)) || /^part-\d+/.test(file);
  const parts = files.filter((file) => isPart(file) && !/\.crc$/.test(file));
  if (parts.length === 0) return undefined;
  const endings = [...new Set(parts.map(ending))];
  if (endings.length > 1) {
    throw new DataError(
      `[${name}] the files of a folder must have one format to be read together, but it holds ${listNames(parts)}. Name the file to read.`,
    );
  }
  const splitParts = parts.filter((file) => PARTS.test(file));
  if (splitParts.length > 0 && parts.length > 1) {
    throw new DataError(
      `[${name}] the data must be one table, but the folder holds the parts of a split: ${listNames(parts)}. ` +
        nameParts(name, splitParts),
    );
  }
  const byNumber = new Intl.Collator('en', { numeric: true });
  return parts.sort(byNumber.compare).map((file) => join(path, file));
}

/**
 * Text of a single document. Unlike a table, where one wrong byte means that all of it was saved wrongly, a folder has
 * an encoding per file: what is not UTF-8 is read as Windows-1252, which has a character for nearly every byte.
 */
export function decodeText(bytes: Uint8Array): { text: string; isUtf8: boolean } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), isUtf8: true };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), isUtf8: false };
  }
}
