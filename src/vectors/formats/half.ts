/**
 * Our own compact file: a line of JSON (words, dimensions, bytes of the words, SHA-256 of the rest), the words with line
 * feeds between, and all numbers as little-endian float16.
 */
import { createHash } from 'node:crypto';
import { CorruptFileError } from '../../core/errors.ts';
import { member } from '../../core/family.ts';
import { float16ToFloat32Bits, toFloat16 } from '../../core/float16.ts';
import { choice, integer, object, text } from '../../core/options.ts';
import { readOption } from '../../core/read-options.ts';
import { parseJson } from '../../core/json.ts';
import type { WordVectors } from '../word-vectors.ts';
import { withCursor } from './byte-cursor.ts';
import type { VectorFile, VectorFormat, VectorSource } from './format.ts';

const FORMAT = 'unroll.vectors';
const NEWLINE = 10;

const headerOption = object({
  format: choice([FORMAT]),
  version: integer({ min: 1, max: 1 }),
  words: integer({ min: 0 }),
  dim: integer({ min: 1 }),
  word_bytes: integer({ min: 0 }),
  sha256: text(),
});

/** Compact vectors. */
export const half = member({
  type: 'half',
  summary: "Unroll's compact file in half precision: what converted packages are kept as",
  options: {},
  create: (): VectorFormat => ({
    recognises: (source) => headLine(source)?.startsWith(`{"format":"${FORMAT}"`) ?? false,
    open,
  }),
});

/** Writes vectors; the same vectors give the same bytes. No word may have a line feed. */
export function writeHalf({ words, dim, data }: WordVectors): Buffer<ArrayBuffer> {
  const names = Buffer.from(words.join('\n'));
  const numbers = toFloat16(data);
  const rest = Buffer.concat([names, new Uint8Array(numbers.buffer)]);
  const sha256 = createHash('sha256').update(rest).digest('hex');
  const header = { format: FORMAT, version: 1, words: words.length, dim, word_bytes: names.length, sha256 };
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), rest]);
}

function headLine({ head, folder }: VectorSource): string | undefined {
  if (folder || head[0] !== 123) return undefined;
  const end = head.indexOf(NEWLINE);
  return end < 0 || end > 1000 ? undefined : Buffer.from(head.subarray(0, end)).toString('utf8');
}

async function open(source: VectorSource): Promise<VectorFile> {
  const { name } = source;
  const damaged = (problem: string) =>
    new CorruptFileError(
      name,
      `[${name}] the vectors must be whole, but ${problem}. Delete the file and make it again.`,
    );
  let line: unknown;
  try {
    line = parseJson(headLine(source) ?? '');
  } catch {
    line = undefined;
  }
  const { value: header, problem } = readOption(headerOption, line);
  if (problem) throw damaged('the first line is damaged');
  const { words, dim, word_bytes, sha256 } = header;
  return {
    dim,
    read: (visit) =>
      withCursor(source.bytes(), async (cursor) => {
        await cursor.upTo(NEWLINE, 1000);
        const size = word_bytes + 2 * words * dim;
        const rest = await cursor.take(size);
        if (!rest || (await cursor.fill(1)))
          throw damaged(`${rest ? 'more' : 'fewer'} than ${size} bytes follow the first line`);
        if (createHash('sha256').update(rest).digest('hex') !== sha256)
          throw damaged('its checksum is another');
        const names = words === 0 ? [] : rest.toString('utf8', 0, word_bytes).split('\n');
        if (names.length !== words) throw damaged(`it has ${names.length} words in the place of ${words}`);
        const vector = new Float32Array(dim);
        const bits = new Int32Array(vector.buffer);
        for (const [row, word] of names.entries()) {
          visit(word, () => {
            const at = word_bytes + 2 * dim * row;
            for (let d = 0; d < dim; d++) bits[d] = float16ToFloat32Bits(rest.readUInt16LE(at + 2 * d));
            return vector;
          });
        }
      }),
  };
}
