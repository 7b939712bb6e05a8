/** Reads word vectors: from a file, a folder, or by name. */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DataError, FileError } from '../core/errors.ts';
import { count } from '../core/words.ts';
import { userCacheDir } from '../data/known/cache.ts';
import { bytesOf } from '../data/readers/bytes/source.ts';
import { binaryKind } from '../data/readers/bytes/magic.ts';
import { withCursor } from './formats/byte-cursor.ts';
import type { VectorSource, VisitRow } from './formats/format.ts';
import { vectorFormats } from './formats/index.ts';
import { namedVectors } from './named/index.ts';
import type { NamedContext } from './named/named.ts';
import type { SourcedVectors } from './place.ts';
import { VectorCollector, type VectorRequest, type WordVectors } from './word-vectors.ts';

/** The environment for reading vectors. */
export type VectorContext = Partial<NamedContext>;

const HEAD = 65536;

/**
 * Reads the wanted vectors. `source` is a name such as `glove-100d`, a file (`.vec`, `.txt`, `.bin`, packed with gzip
 * or not), or a folder of model2vec.
 * @throws FileError where there is no such file
 * @throws DataError where the file is damaged or of no known format, or the package is not installed
 */
export async function readVectors(
  source: string,
  request: VectorRequest,
  context: VectorContext = {},
): Promise<SourcedVectors> {
  const { notice = () => undefined } = context;
  const hash = createHash('sha256');
  // the head is read without hashing; from here on the whole content is hashed
  const { named, path, file } = await openVectors(source, context, (opened) => hashed(opened, hash));
  const collector = new VectorCollector(request, file.dim, path);
  let total = 0;
  let composed = new Set<string>();
  const visit: VisitRow = (word, values) => {
    if (!composed.has(word)) total++;
    collector.take(word, values);
  };
  await file.read(visit, collector.wants, () => [...(composed = collector.unlisted())]);
  const { vectors, repeated } = collector.result();
  if (repeated > 0)
    notice(
      `${count(repeated, 'word')} of ${basename(path)} stand there more than once: the first vector counts`,
    );
  return {
    ...vectors,
    name: named ? source : basename(path),
    source: named?.source ?? source,
    sha256: hash.digest('hex'),
    total,
  };
}

/**
 * Opens vectors, whose size is then known, without reading them.
 * @param through What the content passes on its way. Errors as {@link readVectors}.
 */
export async function openVectors(
  source: string,
  { cacheDir = userCacheDir(), notice = () => undefined, places }: VectorContext = {},
  through = (opened: VectorSource) => opened,
) {
  const named = namedVectors.names.includes(source)
    ? await namedVectors.create({ type: source }, { cacheDir, notice, ...(places && { places }) })
    : undefined;
  const path = named?.file ?? source;
  const { opened, format } = await recogniseVectors(path);
  return { named, path, file: await format.create({}).open(through(opened)) };
}

/** Opens a file or folder of vectors, without reading more than its head. Errors as {@link readVectors}. */
export async function recogniseVectors(path: string) {
  const opened = await openSource(path);
  const format = vectorFormats.members.find((member) => member.create({}).recognises(opened));
  if (!format) throw unknownFormat(opened);
  return { opened, format };
}

async function openSource(path: string): Promise<VectorSource> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(path)).isDirectory();
  } catch (cause) {
    throw new FileError(
      path,
      `[${path}] word vectors must be a file, a folder of model2vec or a name such as ${namedVectors.names[0]}, but there is no such file. Check the path.`,
      { cause },
    );
  }
  if (isFolder) {
    const folder = (await readdir(path)).sort();
    return { name: path, head: new Uint8Array(), folder, bytes: (file = '') => bytesOf(join(path, file)) };
  }
  const head = await withCursor(bytesOf(path), async (cursor) => {
    await cursor.fill(HEAD);
    return new Uint8Array((await cursor.take(Math.min(HEAD, cursor.available))) ?? []);
  });
  return { name: path, head, bytes: () => bytesOf(path) };
}

function hashed(source: VectorSource, hash: { update(bytes: Uint8Array): unknown }): VectorSource {
  return {
    ...source,
    async *bytes(file) {
      for await (const piece of source.bytes(file)) {
        hash.update(piece);
        yield piece;
      }
    },
  };
}

function unknownFormat({ name, head, folder }: VectorSource): DataError {
  const kind = binaryKind(head);
  const came = kind
    ? `the file is ${kind.what}`
    : folder
      ? `the folder holds ${folder.length === 0 ? 'nothing' : folder.slice(0, 4).join(', ')}`
      : head.length === 0
        ? 'the file is empty'
        : `the file begins with ${JSON.stringify(new TextDecoder().decode(head.subarray(0, 40)))}`;
  return new DataError(
    `[${name}] word vectors must be a file of fastText, word2vec or GloVe (.vec, .txt, .bin) or a folder of model2vec, but ${came}. Check that this is the file you mean.`,
  );
}

/** Text of a word2vec file (`.vec`), line by line: numbers with the 9 digits that tell a float32. */
export function* writeVec({ words, dim, data }: WordVectors): Generator<string> {
  yield `${words.length} ${dim}\n`;
  for (const [row, word] of words.entries()) {
    let line = word;
    for (let d = 0; d < dim; d++) line += ` ${Number(data[row * dim + d].toPrecision(9))}`;
    yield `${line}\n`;
  }
}
