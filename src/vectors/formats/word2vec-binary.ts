/**
 * word2vec's binary file: a line with the number of words and of dimensions, then for each word its UTF-8, a space, and
 * its numbers as little-endian float32; the original program ends each with a line feed, gensim does not.
 */
import { DataError } from '../../core/errors.ts';
import { member } from '../../core/family.ts';
import { groupDigits } from '../../core/words.ts';
import { type ByteCursor, withCursor } from './byte-cursor.ts';
import type { VectorFormat, VectorSource, VisitRow } from './format.ts';

const NEWLINE = 10;
const SPACE = 32;
const LONGEST_WORD = 1 << 16;

/** word2vec's binary vectors. */
export const word2vecBinary = member({
  type: 'word2vec-binary',
  summary: "word2vec's binary file (`.bin`)",
  options: {},
  create: (): VectorFormat => ({
    recognises: (source) => headerOf(source) !== undefined,
    async open(source) {
      const header = headerOf(source) ?? { rows: 0, dim: 0 };
      const { dim } = header;
      if (dim < 1)
        throw new DataError(
          `[${source.name}] vectors must have at least one number, but its first line says ${dim}. Fetch the file again.`,
        );
      return {
        dim,
        read: (visit) =>
          withCursor(source.bytes(), (cursor) => readRows(cursor, { ...header, name: source.name }, visit)),
      };
    },
  }),
});

/** What the first line says. */
function headerOf({
  head,
  folder,
}: VectorSource): { readonly rows: number; readonly dim: number } | undefined {
  if (folder) return undefined;
  const end = head.indexOf(NEWLINE);
  const line = Buffer.from(head.subarray(0, Math.max(0, Math.min(end, 24)))).toString('latin1');
  const match = /^(\d{1,12}) (\d{1,6})$/.exec(line);
  return match ? { rows: Number(match[1]), dim: Number(match[2]) } : undefined;
}

async function readRows(
  cursor: ByteCursor,
  { rows, dim, name }: { readonly rows: number; readonly dim: number; readonly name: string },
  visit: VisitRow,
): Promise<void> {
  await cursor.upTo(NEWLINE, LONGEST_WORD);
  for (let row = 0; row < rows; row++) {
    await cursor.skip(NEWLINE);
    const word = (await cursor.upTo(SPACE, LONGEST_WORD))?.toString('utf8');
    const bytes = word === undefined ? undefined : await cursor.take(4 * dim);
    if (word === undefined || bytes === undefined) {
      throw new DataError(
        `[${name}] there must be ${groupDigits(rows)} words of ${dim} numbers, as the first line says, but the file ends within word ${groupDigits(row + 1)}. Fetch the file again.`,
      );
    }
    visit(word, () => Float32Array.from({ length: dim }, (_, d) => bytes.readFloatLE(4 * d)));
  }
  await cursor.skip(NEWLINE);
  if (await cursor.fill(1)) {
    throw new DataError(
      `[${name}] there must be ${groupDigits(rows)} words of ${dim} numbers, as the first line says, but more follows. Fetch the file again.`,
    );
  }
}
