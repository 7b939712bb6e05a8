import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import * as z from 'zod';
import { ConfigError, DataError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import type { Dataset, Row } from './dataset.ts';
import { count, createDataset, listNames } from './dataset.ts';
import { userCacheDir } from './known/cache.ts';
import { knownDatasets } from './known/index.ts';
import { joinParts } from './join-parts.ts';
import type { DataOptions } from './options.ts';
import { describeReadAs, type ReadAs } from './read-as.ts';
import { leaveOutRareClasses, withoutClasses } from './rare-classes.ts';
import { parseReadAs } from './read-as-option.ts';
import { encodingName } from './readers/bytes/encoding.ts';
import { joinSources, openFile, openStream, type TextSource, unreadable } from './readers/bytes/source.ts';
import { tableParts } from './readers/folder.ts';
import { readers } from './readers/index.ts';
import { detectDelimiter, firstRecords } from './readers/table/delimiter.ts';
import type { ReaderInput } from './readers/reader.ts';
import { isPattern } from './soft-labels.ts';
import type { SplitIds } from './splits.ts';

/** Options of {@link readDataset}: those of the `data` section that concern reading, and the environment. */
export type ReadOptions = Partial<
  Pick<
    DataOptions,
    | 'text_col'
    | 'label_col'
    | 'format'
    | 'encoding'
    | 'header'
    | 'label_map'
    | 'min_class_size'
    | 'val'
    | 'test'
    | 'skip_unseen'
  >
> & {
  /**
   * How the training data was read (`Dataset.readAs` of then). Defaults for what the other options leave out, if the
   * file allows it: format, encoding, delimiter, header, columns. Differences are reported.
   */
  readonly like?: ReadAs | null;
  /** What `-` reads. Default `process.stdin`. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Folder for downloads. Default {@link userCacheDir}. */
  readonly cacheDir?: string;
  /** For downloads. Default the platform's. */
  readonly fetch?: typeof globalThis.fetch;
  /** Called with notices, such as what was detected and left out. */
  readonly onNotice?: (sentence: string) => void;
};

const STDIN = '-';
/** Formats whose records have named columns. */
const KEEPING: readonly string[] = ['csv', 'tsv', 'jsonl'];

/**
 * Reads labelled texts from a file, a folder with one sub-folder per class or with the parts of a table, standard input
 * (`-`) or a data set known by name (`spam`, `bbc-news`). What the options do not say is detected; `notices` report it,
 * and `readAs` keeps it. Files of validation and test documents (`val`, `test`) are read as the source is.
 * @throws DataError for data that cannot be used, naming the line where there is one
 */
export async function readDataset(source: string, options: ReadOptions = {}): Promise<Dataset> {
  const { val, test, skip_unseen, min_class_size: fewest = 1, ...rest } = options;
  const all = await readOne(source, rest);
  const data = leaveOutRareClasses(all, fewest);
  const rare = all.labelNames.filter((name) => !data.labelNames.includes(name));
  if (val == null && test == null) return data;
  const read = async (file: string | null | undefined) => {
    if (file == null) return undefined;
    const part = await readOne(file, { ...rest, like: data.readAs ?? rest.like ?? null });
    return withoutClasses(part, rare, `left out of ${basename(file)} too`);
  };
  return joinParts(
    data,
    { val: await read(val), test: await read(test) },
    { unseen: skip_unseen ? 'leave-out' : 'refuse' },
  );
}

async function readOne(source: string, options: ReadOptions): Promise<Dataset> {
  const notices: string[] = [];
  const notice = (sentence: string) => {
    notices.push(sentence);
    options.onNotice?.(sentence);
  };
  const labelMap =
    typeof options.label_map === 'string'
      ? await readLabelMap(options.label_map)
      : (options.label_map ?? null);
  if (knownDatasets.names.includes(source)) {
    if (await exists(source))
      notice(`"${source}" is the known data set; write ./${source} for the file of that name`);
    const context = {
      cacheDir: options.cacheDir ?? userCacheDir(),
      fetch: options.fetch ?? fetch,
      notice: options.onNotice ?? (() => undefined),
    };
    const known = await knownDatasets.create({ type: source }, context);
    return createDataset(known.rows, { name: source, source: known.source, labelMap, notices });
  }
  const rows: Row[] = [];
  let softClasses: readonly string[] | undefined;
  const onSoft = (classes: readonly string[]) => {
    softClasses = classes;
    notice(
      `soft labels: the probabilities of ${count(classes.length, 'class')} (${listNames(classes)}); where a document has one label, it is the most probable class`,
    );
  };
  let readAs: ReadAs | undefined;
  const onReadAs = (how: ReadAs) => {
    readAs = how;
  };
  for await (const row of streamRows(source, {
    ...options,
    labelled: true,
    onNotice: notice,
    onReadAs,
    onSoft,
  }))
    rows.push(row);
  const file = source.replace(/\.gz$/i, '');
  const name = source === STDIN ? 'stdin' : basename(file, extname(file)) || source;
  return createDataset(rows, {
    name,
    source: source === STDIN ? 'standard input' : source,
    labelMap,
    notices,
    readAs,
    softClasses,
  });
}

/** Options of {@link streamRows}. */
export type StreamOptions = Omit<
  ReadOptions,
  'label_map' | 'min_class_size' | 'cacheDir' | 'fetch' | 'val' | 'test' | 'skip_unseen'
> & {
  /** Whether the data must have labels. Default false: for prediction; text of no known format is then one text per line. */
  readonly labelled?: boolean;
  /**
   * Columns or keys whose values come with each row (`Row.kept`): names, or lists of names such as `id,"a,b"`.
   * @throws DataError where there is no such column
   */
  readonly keep?: readonly string[];
  /** Called with the names of these columns, before the first row. */
  readonly onKept?: (names: readonly string[]) => void;
  /** Called with the classes of soft labels, before the first row that has one. */
  readonly onSoft?: (classes: readonly string[]) => void;
  /** Called with how the data is read, before the first row. */
  readonly onReadAs?: (readAs: ReadAs) => void;
};

/** Streams records in bounded memory from a file, a folder or standard input. */
export async function* streamRows(source: string, options: StreamOptions = {}): AsyncGenerator<Row> {
  const { labelled = false, onNotice = () => undefined, stdin = process.stdin } = options;
  const name = source === STDIN ? 'standard input' : source;
  const like = options.like ?? undefined;
  const given = options.encoding ?? 'auto';
  const open = {
    encoding: given === 'auto' ? undefined : encodingName(given),
    like: like?.encoding,
  };
  const isFolder = source !== STDIN && (await kindOf(source)) === 'folder';
  let text: TextSource | undefined;
  if (source === STDIN) text = await openStream(stdin, name, { ...open, keep: labelled });
  else if (!isFolder) text = await openFile(source, open);
  else if (options.format == null || options.format !== 'folder')
    text = await openParts(source, open, onNotice);

  const head = text?.head ?? '';
  if (text && head.trim() === '') {
    throw new DataError(
      `[${name}] the data must hold ${labelled ? 'labelled texts' : 'texts'}, but it is empty. Check that this is the file you mean.`,
    );
  }
  const format = options.format ?? (text ? detectFormat(text, labelled, like) : 'folder');
  if ((format === 'folder') !== (text === undefined)) {
    throw new DataError(
      `[${name}] data.format must fit the source, but it is "${format}" and the source is a ${isFolder ? 'folder' : 'file'}. Leave --format out to have it detected.`,
    );
  }
  if ((options.keep?.length ?? 0) > 0 && !KEEPING.includes(format)) {
    throw new DataError(
      `[${name}] --keep must name columns of a table or keys of JSON, but the data is of the format ${format}, which has none. Leave --keep out.`,
    );
  }
  const soft = options.label_col != null && isPattern(options.label_col);
  if (soft && like === undefined && !KEEPING.includes(format)) {
    throw new DataError(
      `[${name}] data.label_col must name columns of a table or keys of JSON where it is a pattern such as ${options.label_col}, but the data is of the format ${format}, which has none. Leave --label-col out.`,
    );
  }
  const report = createReport(format, text, options, onNotice);
  const input: ReaderInput = {
    name,
    path: source === STDIN ? undefined : source,
    head,
    bytes: () => text?.bytes() ?? noBytes(),
    again: text?.again ?? false,
    textColumns: typeof options.text_col === 'string' ? [options.text_col] : (options.text_col ?? undefined),
    // soft labels of the training data: a file may have classes instead
    labelColumn:
      soft && like?.label?.name === options.label_col ? undefined : (options.label_col ?? undefined),
    keep: options.keep ?? [],
    kept: options.onKept ?? (() => undefined),
    soft: options.onSoft ?? (() => undefined),
    header: options.header ?? 'auto',
    labelled,
    like,
    notice: onNotice,
    found: report,
  };
  for await (const row of readers.create({ type: format }).read(input)) {
    report({});
    yield row;
  }
  report({});
}

/** Reports how the data is read, once: as soon as the reader has found out, at the latest with its first record. */
function createReport(
  format: string,
  text: TextSource | undefined,
  { text_col, label_col, header, labelled, like, onReadAs }: StreamOptions,
  notice: (sentence: string) => void,
) {
  let done = false;
  return (details: Partial<ReadAs>) => {
    if (done) return;
    done = true;
    const readAs = parseReadAs({ format, encoding: text?.encoding ?? 'utf-8', ...details });
    onReadAs?.(readAs);
    const told = {
      ...(text_col == null ? {} : { text: [] }),
      ...(label_col == null ? {} : { label: null }),
    };
    const isTable = readAs.delimiter !== null;
    const columns = readAs.text.length > 0;
    const flags = [
      labelled ? '--data.format' : '--input-format',
      ...(isTable && (header ?? 'auto') === 'auto' ? ['--header'] : []),
      ...(columns && text_col == null ? ['--text-col'] : []),
      ...(columns && labelled && label_col == null ? ['--label-col'] : []),
    ];
    const shown = describeReadAs({ ...readAs, ...told, ...(labelled ? {} : { label: null }) });
    const asTrained =
      like && describeReadAs(readAs) === describeReadAs({ ...like, label: readAs.label && like.label });
    notice(
      asTrained
        ? `read as the training data was: ${shown}`
        : `detected: ${shown}; override with ${flags.join(', ')}`,
    );
  };
}

/** Opens the parts of a table in a folder as one; undefined for another folder. */
async function openParts(
  path: string,
  open: Parameters<typeof openFile>[1],
  notice: (sentence: string) => void,
): Promise<TextSource | undefined> {
  const files = await tableParts(path, path);
  if (files === undefined) return undefined;
  const parts: TextSource[] = [];
  for (const file of files) {
    const part = await openFile(file, open);
    if (part.head.trim() !== '') parts.push(part);
  }
  if (parts.length === 0) return undefined;
  requireSameStart(path, parts);
  const names = parts.map((part) => basename(part.name));
  notice(`${count(parts.length, 'file')} of the folder read as one: ${listNames(names)}`);
  return joinSources(path, parts);
}

/** @throws DataError where some parts begin with the line of the first one, and others do not */
function requireSameStart(path: string, parts: readonly TextSource[]): void {
  const lines = parts.map(({ head }) => head.trimStart().split(/\r?\n/, 1)[0]);
  const same = lines.filter((line) => line === lines[0]).length;
  const other = lines.findIndex((line) => line !== lines[0]);
  if (other === -1 || same === 1) return;
  throw new DataError(
    `[${path}] the files of a folder must have the same columns to be read together, but ${basename(parts[other].name)} begins with ` +
      `${JSON.stringify(lines[other].slice(0, 60))} and ${basename(parts[0].name)} with ${JSON.stringify(lines[0].slice(0, 60))}. Name the file to read.`,
  );
}

/** Reads the row numbers of `data.split_ids`, such as the `splits.json` of a run. @throws DataError */
export async function readSplitIds(file: string): Promise<SplitIds> {
  const rows = z.array(z.int().min(0));
  const parsed = z
    .object({ train: rows, val: rows, test: rows })
    .safeParse(await readConfigLike(file, 'data.split_ids'));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DataError(
    `[data.split_ids] ${file} must hold {"train": [...], "val": [...], "test": [...]} with row numbers, but ` +
      `${issue.path.join('.') || 'it'}: ${issue.message}.`,
  );
}

/** Reads a label map: YAML or JSON, such as `0: Politics`. */
async function readLabelMap(file: string): Promise<Record<string, string>> {
  const schema = z.record(z.string(), z.union([z.string().min(1), z.number().transform(String)]));
  const parsed = schema.safeParse(await readConfigLike(file, 'data.label_map'));
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    `[data.label_map] ${file} must map labels to class names, such as "0: Politics" on a line, but ${parsed.error.issues[0].message}.`,
    { key: 'data.label_map' },
  );
}

async function readConfigLike(file: string, key: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(
      `[${key}] the file must be readable, but got ${JSON.stringify(file)}: ${(cause as Error).message}. Correct the path.`,
      { key, cause },
    );
  }
  // loaded on demand: it takes a while
  const { parse } = await import('yaml');
  try {
    return parse(text);
  } catch (cause) {
    const [firstLine] = (cause as Error).message.split('\n');
    throw new ConfigError(`[${key}] ${file} must be YAML or JSON, but cannot be parsed: ${firstLine}`, {
      key,
      cause,
    });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function kindOf(source: string): Promise<'file' | 'folder'> {
  try {
    return (await stat(source)).isDirectory() ? 'folder' : 'file';
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(source, cause);
    const guess = nearest(source, knownDatasets.names);
    throw new DataError(
      `[data] the source must be a file, a folder, - for standard input, or a known data set (${knownDatasets.names.join(', ')}), ` +
        `but there is no ${JSON.stringify(source)}.${guess ? ` Did you mean "${guess}"?` : ' Check the path.'}`,
      { cause },
    );
  }
}

async function* noBytes(): AsyncGenerator<Uint8Array> {
  yield* [];
}

/** The format of the training data where the content fits; else by the file's ending, else by the content. */
function detectFormat(text: TextSource, labelled: boolean, like: ReadAs | undefined): string {
  const { ending, head } = text;
  const candidates = readers.names.map((name) => ({ name, reader: readers.create({ type: name }) }));
  const byEnding = candidates.find(({ reader }) => reader.extensions.includes(ending));
  if (byEnding) return byEnding.name;
  const trained = like && formatOfTraining(head, labelled, like);
  if (trained !== undefined) return trained;
  // text to be classified may hold commas and tabs, so that a table is assumed only where a label tells
  const strict = candidates.filter(({ name }) => labelled || name === 'jsonl' || name === 'fasttext');
  const byContent = strict.find(({ reader }) => reader.sniff(head));
  if (byContent || !labelled) return byContent?.name ?? 'lines';
  return like?.format === 'label-first' ? like.format : 'csv';
}

/** The format of text of no telling name, where it is that of the training data. */
function formatOfTraining(head: string, labelled: boolean, like: ReadAs): string | undefined {
  const { format, delimiter, quoting, header, columns, text } = like;
  const known = readers.names.includes(format) ? readers.create({ type: format }) : undefined;
  if (delimiter === null) return known?.sniff(head) ? format : undefined;
  const cells = (records: ReturnType<typeof firstRecords>) =>
    records.at(0)?.cells.map((cell) => cell.trim()) ?? [];
  const hasNames = (found: readonly string[]) =>
    text.length > 0 && text.every(({ name }) => found.includes(name));
  const records = firstRecords(head, delimiter, quoting !== 'none');
  if (header === true && hasNames(cells(records))) return format;
  const other = detectDelimiter(head);
  if (header === true && other !== undefined && hasNames(cells(firstRecords(head, other)))) {
    return other === '\t' ? 'tsv' : 'csv';
  }
  // lines of text without the names of the columns: their commas are most likely those of sentences
  if (header === true && !labelled) return undefined;
  // a text may hold delimiters by chance, so that every line must have the columns of training
  const widths = [columns.length, ...(labelled ? [] : [columns.length - 1])].filter((width) => width > 1);
  const fits = widths.some((width) => records.every((record) => record.cells.length === width));
  return fits ? format : undefined;
}
