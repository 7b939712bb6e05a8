/** Sources of text: a file, a stream, or several files, decompressed and converted to UTF-8. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DataError, FileError } from '../../../core/errors.ts';
import { asUtf8, detectEncoding } from './encoding.ts';
import { LARGEST_STREAM } from './limits.ts';
import { refuseBinary } from './magic.ts';

/** Text that can be read. */
export interface TextSource {
  /** For messages. */
  readonly name: string;
  /** Ending of the file's name in lower case, without `.gz`; empty where there is none. */
  readonly ending: string;
  /** Name of the encoding, such as `utf-8`. */
  readonly encoding: string;
  /** The first 64 KiB, decoded. */
  readonly head: string;
  /** Whether `bytes` may be called again. */
  readonly again: boolean;
  /** The content as UTF-8 without byte order mark. */
  bytes(): AsyncIterable<Uint8Array>;
}

/** Options for opening text. */
export interface SourceOptions {
  /** Name of the encoding; undefined where it is to be detected. */
  readonly encoding: string | undefined;
  /** The encoding of the training data, where this is to be read in the same way. */
  readonly like: string | undefined;
}

const HEAD = 65536; // bytes that decide on the format

type Bytes = AsyncGenerator<Uint8Array>;

/** Opens a file; one that is compressed with gzip is unpacked. */
export async function openFile(path: string, options: SourceOptions): Promise<TextSource> {
  // a pipe, as of <(command), can be read once
  if (!(await stat(path)).isFile()) return openStream(fileBytes(path), path, { ...options, keep: false });
  return openAgain(() => fileBytes(path), path, options);
}

/** The bytes of a file; one that is compressed with gzip is unpacked. @throws FileError, DataError as they are read */
export function bytesOf(path: string): AsyncGenerator<Uint8Array> {
  return unpacked(fileBytes(path), path);
}

async function openAgain(open: () => Bytes, name: string, options: SourceOptions): Promise<TextSource> {
  const unpack = () => unpacked(open(), name);
  const pieces = unpack();
  const { start } = await withStart(pieces, HEAD);
  await pieces.return(undefined);
  const encoding = chooseEncoding(start, name, options);
  return {
    ...describe(start, name, encoding),
    again: true,
    bytes: () => asUtf8(unpack(), encoding, name),
  };
}

/**
 * Opens a stream. With `keep`, all of it is held in memory, so that it can be read again.
 * @throws DataError where it is kept and larger than 2 GiB
 */
export async function openStream(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  { keep, ...options }: SourceOptions & { readonly keep: boolean },
): Promise<TextSource> {
  if (keep) {
    const pieces = await kept(stream, name);
    return openAgain(
      async function* () {
        yield* pieces;
      },
      name,
      options,
    );
  }
  const { start, bytes } = await withStart(unpacked(stream, name), HEAD);
  const encoding = chooseEncoding(start, name, options);
  return { ...describe(start, name, encoding), again: false, bytes: () => asUtf8(bytes, encoding, name) };
}

/** Several sources of one format, concatenated. */
export function joinSources(name: string, sources: readonly TextSource[]): TextSource {
  const [{ ending, encoding, head }] = sources;
  return {
    name,
    ending,
    encoding,
    head,
    again: true,
    async *bytes() {
      for (const source of sources) {
        let last = 10;
        for await (const piece of source.bytes()) {
          yield piece;
          last = piece[piece.length - 1];
        }
        if (last !== 10) yield Uint8Array.of(10);
      }
    },
  };
}

function chooseEncoding(start: Uint8Array, name: string, { encoding, like }: SourceOptions): string {
  const found = encoding ?? detectEncoding(start, like);
  if (!found.startsWith('utf-16')) refuseBinary(start, name);
  return found;
}

function describe(start: Uint8Array, name: string, encoding: string) {
  const bytes = start.subarray(0, HEAD);
  const head =
    encoding === 'latin1'
      ? Buffer.from(bytes).toString('latin1')
      : new TextDecoder(encoding).decode(bytes, { stream: true });
  return { name, encoding, head, ending: extname(name.replace(/\.gz$/i, '')).toLowerCase() };
}

async function kept(stream: AsyncIterable<Uint8Array>, name: string): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of stream) {
    // what a stream of text gives may be text
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
    pieces.push(bytes);
    size += bytes.length;
    if (size === bytes.length) refuseBinary(bytes, name);
    if (size > LARGEST_STREAM) {
      throw new DataError(
        `[${name}] at most 2 GiB can be read from a stream, but this one is longer. Write the data to a file, or take a part of it.`,
      );
    }
  }
  return pieces;
}

/** The error for a file that cannot be read. */
export function unreadable(source: string, cause: unknown): FileError {
  return new FileError(
    source,
    `[${source}] the data must be readable, but is not: ${(cause as Error).message}.`,
    { cause },
  );
}

async function* fileBytes(path: string): Bytes {
  const stream = createReadStream(path, { highWaterMark: 1 << 20 });
  try {
    for await (const piece of stream) yield piece as Uint8Array;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Decompresses gzip data, and passes on other data. */
async function* unpacked(pieces: AsyncIterable<Uint8Array>, name: string): Bytes {
  const { start, bytes } = await withStart(pieces, 2);
  if (start[0] !== 0x1f || start[1] !== 0x8b) {
    yield* bytes;
    return;
  }
  const input = Readable.from(bytes);
  const unzip = createGunzip({ chunkSize: 1 << 20 });
  pipeline(input, unzip, () => undefined); // the loop below meets the error
  try {
    for await (const piece of unzip) yield piece as Uint8Array;
  } catch (cause) {
    if (cause instanceof DataError || cause instanceof FileError) throw cause;
    throw new DataError(
      `[${name}] the data must be whole, but unpacking it with gzip fails: ${(cause as Error).message}. Fetch the file again.`,
      { cause },
    );
  } finally {
    unzip.destroy();
    input.destroy();
  }
}

/** Reads the start of a sequence, and gives the whole sequence back. */
async function withStart(
  pieces: AsyncIterable<Uint8Array>,
  size: number,
): Promise<{ start: Uint8Array; bytes: Bytes }> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  for (let length = 0; length < size;) {
    const next = await iterator.next();
    if (next.done) break;
    first.push(next.value);
    length += next.value.length;
  }
  const bytes = (async function* () {
    try {
      yield* first;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.(); // also where reading stops within the first piece
    }
  })();
  return { start: Buffer.concat(first), bytes };
}
