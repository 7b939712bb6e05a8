/** From the files of a model, wherever they are, to a classifier that predicts. */
import { ConfigError, FileError } from '../core/errors.ts';
import { told } from '../models/arguments.ts';
import { type ModelConfig, readModelConfig } from '../models/files/index.ts';
import {
  FITTED_FILES,
  memberFile,
  MODEL_FILES,
  type ModelFileName,
  modelFileNames,
  readModelFiles,
} from './model-files.ts';
import { type ClassifierOptions, createTextClassifier, type TextClassifier } from './text-classifier.ts';

/** A file that a user picked: a `File`. */
export interface PickedFile {
  /** Name of the file. */
  readonly name: string;
  /** The path below the folder that was picked; empty where files were. */
  readonly webkitRelativePath?: string;
  /** Its bytes. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * Where a model is: the address of its folder (a URL may be relative to the page), the files of an
 * `<input type="file" multiple>` or `<input type="file" webkitdirectory>`, or the files by name.
 */
export type ModelSource =
  string | { readonly href: string } | Iterable<PickedFile> | ReadonlyMap<string, Uint8Array>;

/** How a model is loaded. */
export interface LoadOptions extends ClassifierOptions {
  /** For addresses. Default the platform's. */
  readonly fetch?: typeof globalThis.fetch;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** How to read a file, and its name in messages. */
interface Found {
  get(name: ModelFileName): Promise<Bytes>;
  where(name: ModelFileName): string;
}

/**
 * Loads a saved classifier. Close it when it is no longer needed.
 * @throws ConfigError for arguments that cannot be used
 * @throws FileError where a file is missing or cannot be fetched
 * @throws CorruptFileError where a file is damaged, or the files do not fit together
 */
export async function load(source: ModelSource, options: LoadOptions = {}): Promise<TextClassifier> {
  const { fetch = globalThis.fetch.bind(globalThis), ...rest } = options;
  const found = find(source, fetch);
  const { where } = found;
  const bytes = await readAll(found);
  // `readAll` has every file that the config asks for
  return createTextClassifier(
    readModelFiles((name) => bytes.get(name) as Bytes, where),
    where,
    rest,
  );
}

/** The config first: it tells which other files there must be. */
async function readAll({ get, where }: Found): Promise<Map<ModelFileName, Bytes>> {
  const file = where('config.json');
  const config = await get('config.json');
  const parsed = readModelConfig(new TextDecoder().decode(config), { file });
  if (parsed.ensemble)
    return new Map([['config.json', config], ...(await readMembers(parsed.ensemble, { get, where }))]);
  const names = modelFileNames(parsed);
  const others = names.filter((name) => name !== 'config.json');
  const settled = await Promise.allSettled(others.map((name) => get(name)));
  const contents = settled.map((one, n): [ModelFileName, Bytes] => {
    if (one.status === 'rejected') throw one.reason;
    return [others[n], one.value];
  });
  return new Map([['config.json', config], ...contents]);
}

/** The files of an ensemble's members, under the names that they have there. */
async function readMembers(
  { weights }: NonNullable<ModelConfig['ensemble']>,
  { get, where }: Found,
): Promise<[ModelFileName, Bytes][]> {
  const members = await Promise.all(
    weights.map((_, m) =>
      readAll({ get: (name) => get(memberFile(m, name)), where: (name) => where(memberFile(m, name)) }),
    ),
  );
  return members.flatMap((files, m) =>
    [...files].map(([name, bytes]): [ModelFileName, Bytes] => [memberFile(m, name), bytes]),
  );
}

function find(source: ModelSource, fetch: typeof globalThis.fetch): Found {
  if (typeof source === 'string') return fetchFolder(source, fetch);
  if (typeof source === 'object' && source !== null) {
    if (source instanceof Map) return fromMap(source as ReadonlyMap<string, Uint8Array>);
    if ('href' in source && typeof source.href === 'string') return fetchFolder(source.href, fetch);
    if (Symbol.iterator in source) return fromPicked([...(source as Iterable<PickedFile>)]);
  }
  throw new ConfigError(
    `[load] the model must be an address, picked files or a map of files, but got ${told(source)}.`,
  );
}

function fetchFolder(address: string, fetch: typeof globalThis.fetch): Found {
  const base = address.replace(/\/+$/, '');
  const where = (name: ModelFileName) => `${base}/${name}`;
  return { get: (name) => fetchFile(where(name), name, fetch), where };
}

async function fetchFile(
  url: string,
  name: ModelFileName,
  fetch: typeof globalThis.fetch,
): Promise<Uint8Array<ArrayBuffer>> {
  let answer: string;
  try {
    const response = await fetch(url);
    const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false;
    if (response.ok && !isPage) return new Uint8Array(await response.arrayBuffer());
    // some servers answer any request with their start page
    answer = response.ok
      ? 'the server answered with a web page'
      : `the server answered ${response.status} ${response.statusText}`.trimEnd();
  } catch (cause) {
    throw new FileError(
      url,
      `[${url}] the model must have the file ${name}, but it could not be fetched (${(cause as Error).message}). ` +
        'Check the address, the connection, and whether the server lets other sites read it (CORS).',
      { cause },
    );
  }
  throw new FileError(
    url,
    `[${url}] the model must have the file ${name}, but ${answer}. Give the address of a model folder: RUN/model of a run.`,
  );
}

function fromMap(files: ReadonlyMap<string, Uint8Array>): Found {
  return {
    async get(name) {
      const content = files.get(name);
      if (content === undefined) throw missing(name, [...files.keys()]);
      if (content instanceof Uint8Array) return content.slice();
      throw new ConfigError(`[load] ${name} must be a Uint8Array, but got ${told(content)}.`);
    },
    where: (name) => name,
  };
}

/** Selects the files of one folder: the topmost one with a model. */
function fromPicked(files: readonly PickedFile[]): Found {
  for (const [n, file] of files.entries()) {
    if (typeof (file as Partial<PickedFile> | null)?.arrayBuffer === 'function') continue;
    throw new ConfigError(`[load] files[${n}] must be a File, but got ${told(file)}.`);
  }
  const pathOf = ({ name, webkitRelativePath: path = '' }: PickedFile) => path || name;
  const byPath = new Map(files.map((file) => [pathOf(file), file]));
  const folder = [...byPath.keys()]
    .filter((path) => path === 'config.json' || path.endsWith('/config.json'))
    .map((path) => path.slice(0, -'config.json'.length))
    .sort((a, b) => a.split('/').length - b.split('/').length)
    .at(0);
  const where = (name: ModelFileName) => `${folder ?? ''}${name}`;
  return {
    async get(name) {
      const file = byPath.get(where(name));
      if (!file) throw missing(where(name), [...byPath.keys()]);
      return new Uint8Array(await file.arrayBuffer());
    },
    where,
  };
}

function missing(name: string, names: readonly string[]): FileError {
  const among = names.slice(0, 5).join(', ') + (names.length > 5 ? ', …' : '');
  const needed = name.endsWith('features.json') ? FITTED_FILES : MODEL_FILES;
  return new FileError(
    name,
    `[load] the model must have the files ${needed.join(', ')}, but there is no ${name} among ${among || 'no files'}. ` +
      'Give all files of its folder.',
  );
}
