/**
 * fastText's own model file (`.bin`): the words, then one matrix whose first rows are of the words and whose others are of
 * hashed character n-grams. The vector of a word is the mean of its row and those of its n-grams (Bojanowski et al. 2017).
 * That of a word which the file does not list is the mean of its n-grams alone. The matrix, which may have gigabytes, is read once from its beginning to its end; only the sums of the words that are
 * wanted are kept.
 *
 * All numbers are little-endian: magic and version (int32); dim, ws, epoch, minCount, neg, wordNgrams, loss, model, bucket, minn,
 * maxn, lrUpdateRate (int32), t (float64); entries, words, labels (int32), tokens, pruned (int64); for each entry its UTF-8, a
 * zero, its count (int64) and 0 for a word (int8); whether the matrix is quantised (int8); rows, columns (int64), float32.
 */
import { DataError, UnsupportedError } from '../../core/errors.ts';
import { member } from '../../core/family.ts';
import { groupDigits } from '../../core/words.ts';
import { type ByteCursor, withCursor } from './byte-cursor.ts';
import type { VectorFormat, VectorSource } from './format.ts';

/** The first four bytes: 793712314. */
const MAGIC = [0xba, 0x16, 0x4f, 0x2f];
/** The version of files since 2017. */
const VERSION = 12;
const HEADER = 8 + 12 * 4 + 8 + 3 * 4 + 2 * 8;
const LONGEST_WORD = 1 << 16;
const PIECE = 1 << 20;
/** The end of a line, a word without n-grams. */
const END_OF_LINE = '</s>';

/** fastText's model file. */
export const fasttextBin = member({
  type: 'fasttext-bin',
  summary:
    "fastText's own model file (`.bin`), not quantised; a word that it does not list gets the vector of its n-grams",
  options: {},
  create: (): VectorFormat => ({
    recognises: ({ head }) => MAGIC.every((byte, at) => head[at] === byte),
    async open(source) {
      const { dim } = await withCursor(source.bytes(), (cursor) => readHeader(cursor, source.name));
      return {
        dim,
        read: async (visit, wants = () => true, unlisted = () => []) => {
          const { words, means } = await withCursor(source.bytes(), (cursor) =>
            readMeans(cursor, source, { wants, unlisted }),
          );
          for (const [w, word] of words.entries()) visit(word, () => means.get(w));
        },
      };
    },
  }),
});

interface Header {
  readonly dim: number;
  readonly bucket: number;
  /** Shortest and longest n-gram in characters; 0: none. */
  readonly minn: number;
  readonly maxn: number;
  readonly entries: number;
  readonly words: number;
}

async function readHeader(cursor: ByteCursor, name: string): Promise<Header> {
  const bytes = await cursor.take(HEADER);
  if (bytes === undefined) throw cutOff(name, 'its head');
  const number = (n: number) => bytes.readInt32LE(8 + 4 * n);
  const [dim, bucket, minn, maxn] = [number(0), number(8), number(9), number(10)];
  const [entries, words] = [bytes.readInt32LE(64), bytes.readInt32LE(68)];
  const version = bytes.readInt32LE(4);
  if (version !== VERSION)
    throw new UnsupportedError(
      `[${name}] a model file of fastText must have version ${VERSION}, but this one has ${version}. Take the .vec file that fastText writes beside it.`,
    );
  if (dim < 1 || bucket < 0 || words < 0 || entries < words)
    throw new DataError(
      `[${name}] a model file of fastText must name the size of its vectors and its words, but says ${dim} and ${words} of ${entries}. Fetch the file again.`,
    );
  return { dim, bucket, minn, maxn, entries, words };
}

/** The words of the file in their order and then those put together, and the vectors of those that are wanted. */
interface WordMeans {
  readonly words: readonly string[];
  /** [dim] by the number of the word. */
  readonly means: ReadonlyMap<number, Float64Array>;
}

async function readMeans(
  cursor: ByteCursor,
  { name }: VectorSource,
  { wants, unlisted }: { wants(word: string): boolean; unlisted(): readonly string[] },
): Promise<WordMeans> {
  const header = await readHeader(cursor, name);
  const listed = await readWords(cursor, header, name);
  const rows = new Map<number, readonly number[]>();
  for (const [w, word] of listed.entries()) if (wants(word)) rows.set(w, [w, ...rowsOfParts(word, header)]);
  const known = new Set(listed);
  const composed = unlisted().filter((word) => !known.has(word) && rowsOfParts(word, header).length > 0);
  for (const [j, word] of composed.entries()) rows.set(listed.length + j, rowsOfParts(word, header));
  const means = new Map(Array.from(rows.keys(), (w) => [w, new Float64Array(header.dim)]));
  const readers = readersOf(rows);
  await eachRow(cursor, header, name, (row, values) => {
    for (const w of readers.get(row) ?? []) {
      const mean = means.get(w) as Float64Array;
      for (let d = 0; d < mean.length; d++) mean[d] += values.readFloatLE(4 * d);
    }
  });
  for (const [w, { length }] of rows)
    (means.get(w) as Float64Array).forEach((sum, d, mean) => (mean[d] = sum / length));
  // the second matrix is not needed, but belongs to the checksum
  while (await cursor.fill(1)) await cursor.take(Math.min(PIECE, cursor.available));
  return { words: [...listed, ...composed], means };
}

async function readWords(
  cursor: ByteCursor,
  { entries, words }: Header,
  name: string,
): Promise<readonly string[]> {
  const read: string[] = [];
  for (let entry = 0; entry < entries; entry++) {
    const word = (await cursor.upTo(0, LONGEST_WORD))?.toString('utf8');
    const rest = await cursor.take(9);
    if (word === undefined || rest === undefined)
      throw cutOff(name, `word ${groupDigits(entry + 1)} of ${groupDigits(entries)}`);
    if (rest[8] === 0) read.push(word);
  }
  if (read.length === words) return read;
  throw new DataError(
    `[${name}] there must be ${groupDigits(words)} words, as the head of the file says, but there are ${groupDigits(read.length)}. Fetch the file again.`,
  );
}

/** The numbers of the words that read a row of the matrix, by the number of the row. */
function readersOf(rows: ReadonlyMap<number, readonly number[]>): ReadonlyMap<number, readonly number[]> {
  const readers = new Map<number, number[]>();
  for (const [w, own] of rows)
    for (const row of own) {
      const others = readers.get(row);
      if (others) others.push(w);
      else readers.set(row, [w]);
    }
  return readers;
}

/** The rows of the n-grams of a word's characters between < and >. */
function rowsOfParts(word: string, { words, bucket, minn, maxn }: Header): readonly number[] {
  if (word === END_OF_LINE || bucket === 0) return [];
  const rows: number[] = [];
  const characters = Array.from(`<${word}>`, (character) => Buffer.from(character));
  for (let from = 0; from < characters.length; from++) {
    let hash = 0x811c9dc5; // FNV-1a, with the sign of each byte, as fastText has it
    for (let n = 1; n <= maxn && from + n <= characters.length; n++) {
      for (const byte of characters[from + n - 1]) hash = Math.imul(hash ^ ((byte << 24) >> 24), 0x01000193);
      const mark = n === 1 && (from === 0 || from + n === characters.length);
      if (n >= minn && !mark) rows.push(words + ((hash >>> 0) % bucket));
    }
  }
  return rows;
}

async function eachRow(
  cursor: ByteCursor,
  { dim, words, bucket }: Header,
  name: string,
  visit: (row: number, values: Buffer) => void,
): Promise<void> {
  const head = await cursor.take(1 + 2 * 8);
  if (head === undefined) throw cutOff(name, 'its matrix');
  if (head[0] !== 0)
    throw new UnsupportedError(
      `[${name}] a model file of fastText must hold its numbers in full, but this one is quantised. Take the .bin file that it was made from, or its .vec file.`,
    );
  const [rows, columns] = [Number(head.readBigInt64LE(1)), Number(head.readBigInt64LE(9))];
  if (columns !== dim || rows !== words + bucket)
    throw new DataError(
      `[${name}] there must be a row of ${dim} numbers for each of ${groupDigits(words)} words and ${groupDigits(bucket)} n-grams, but the matrix has ${groupDigits(rows)} rows of ${columns}. Fetch the file again.`,
    );
  for (let row = 0; row < rows; row++) {
    const values = await cursor.take(4 * dim);
    if (values === undefined) throw cutOff(name, `row ${groupDigits(row + 1)} of ${groupDigits(rows)}`);
    visit(row, values);
  }
}

const cutOff = (name: string, where: string) =>
  new DataError(
    `[${name}] a model file of fastText must be complete, but this one ends within ${where}. Fetch the file again.`,
  );
