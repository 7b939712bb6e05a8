import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import { ConfigError, DataError, FileError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import type { Dataset, Row } from './dataset.ts';
import { createDataset } from './dataset.ts';
import { userCacheDir } from './known/cache.ts';
import { knownDatasets } from './known/index.ts';
import type { DataOptions } from './options.ts';
import { readers } from './readers/index.ts';
import type { ReaderInput } from './readers/reader.ts';
import { checkedUtf8 } from './readers/utf8.ts';
import type { SplitIds } from './splits.ts';

/** Options of {@link readDataset}: those of the `data` section that concern reading, and the world around. */
export type ReadOptions = Partial<Pick<DataOptions, 'text_col' | 'label_col' | 'format' | 'label_map'>> & {
  /** What `-` reads. Default `process.stdin`. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Folder for downloads. Default {@link userCacheDir}. */
  readonly cacheDir?: string;
  /** For downloads. Default the platform's. */
  readonly fetch?: typeof globalThis.fetch;
  /** Called with what should be said aloud while reading, before the data set is there. */
  readonly onNotice?: (sentence: string) => void;
};

const STDIN = '-';
const HEAD = 65536; // bytes that decide on the format

/**
 * Reads labelled texts from a file, a folder with one sub-folder per class, standard input (`-`) or a data set known
 * by name (`spam`, `bbc-news`). What is not told is guessed, and the guesses stand in `notices`.
 * @throws DataError for data that cannot be used, naming the line where there is one
 */
export async function readDataset(source: string, options: ReadOptions = {}): Promise<Dataset> {
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
  for await (const row of streamRows(source, { ...options, labelled: true, onNotice: notice }))
    rows.push(row);
  const name = source === STDIN ? 'stdin' : basename(source, extname(source)) || source;
  return createDataset(rows, {
    name,
    source: source === STDIN ? 'standard input' : source,
    labelMap,
    notices,
  });
}

/** Options of {@link streamRows}. */
export type StreamOptions = Omit<ReadOptions, 'label_map' | 'cacheDir' | 'fetch'> & {
  /** Whether the data must have labels. Default false: for prediction; text of no known format is then one text a line. */
  readonly labelled?: boolean;
};

/** Reads records one after the other, in bounded memory, from a file, a folder or standard input. */
export async function* streamRows(source: string, options: StreamOptions = {}): AsyncGenerator<Row> {
  const { labelled = false, onNotice = () => undefined, stdin = process.stdin } = options;
  const name = source === STDIN ? 'standard input' : source;
  const isFolder = source !== STDIN && (await kindOf(source)) === 'folder';
  const raw = isFolder ? noBytes() : checkedUtf8(source === STDIN ? stdin : fileBytes(source), name);
  const { head, bytes } = await withHead(raw);
  const input: ReaderInput = {
    name,
    path: source === STDIN ? undefined : source,
    head,
    bytes: () => bytes,
    textColumn: options.text_col ?? undefined,
    labelColumn: options.label_col ?? undefined,
    labelled,
    notice: onNotice,
  };
  if (!isFolder && head.trim() === '' && labelled) {
    throw new DataError(
      `[${name}] the data must hold labelled texts, but it is empty. Check that this is the file you mean.`,
    );
  }
  const format = options.format ?? (isFolder ? 'folder' : guessFormat(input, onNotice));
  if ((format === 'folder') !== isFolder) {
    throw new DataError(
      `[${name}] data.format must fit the source, but it is "${format}" and the source is a ${isFolder ? 'folder' : 'file'}.`,
    );
  }
  yield* readers.create({ type: format }).read(input);
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
      `[${key}] the file must be readable, but got ${JSON.stringify(file)}: ${(cause as Error).message}.`,
      { key, cause },
    );
  }
  try {
    return parseYaml(text);
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

function unreadable(source: string, cause: unknown): FileError {
  return new FileError(
    source,
    `[${source}] the data must be readable, but is not: ${(cause as Error).message}.`,
    { cause },
  );
}

async function* fileBytes(path: string): AsyncGenerator<Uint8Array> {
  const stream = createReadStream(path, { highWaterMark: 1 << 20 });
  try {
    for await (const piece of stream) yield piece as Uint8Array;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function* noBytes(): AsyncGenerator<Uint8Array> {
  yield* [];
}

/** Reads the start of a sequence, and gives the whole sequence back. */
async function withHead(
  pieces: AsyncGenerator<Uint8Array>,
): Promise<{ head: string; bytes: AsyncIterable<Uint8Array> }> {
  const first: Uint8Array[] = [];
  for (let size = 0; size < HEAD;) {
    const next = await pieces.next();
    if (next.done) break;
    first.push(next.value);
    size += next.value.length;
  }
  const head = new TextDecoder().decode(Buffer.concat(first).subarray(0, HEAD), { stream: true });
  const bytes = (async function* () {
    try {
      yield* first;
      yield* pieces;
    } finally {
      await pieces.return(undefined); // also where reading stops within the first piece
    }
  })();
  return { head, bytes };
}

/** The format by the file's ending, else by the content. */
function guessFormat(input: ReaderInput, notice: (sentence: string) => void): string {
  const ending = input.path === undefined ? '' : extname(input.path).toLowerCase();
  const candidates = readers.names.map((name) => ({ name, reader: readers.create({ type: name }) }));
  const byEnding = candidates.find(({ reader }) => reader.extensions.includes(ending));
  if (byEnding) return byEnding.name;
  // text to be classified may hold commas and tabs, so that a table is assumed only where a label tells
  const strict = candidates.filter(({ name }) => input.labelled || name === 'jsonl' || name === 'fasttext');
  const byContent = strict.find(({ reader }) => reader.sniff(input.head));
  const format = byContent?.name ?? (input.labelled ? 'csv' : 'lines');
  if (input.labelled) notice(`format ${format} (guessed)`);
  return format;
}
