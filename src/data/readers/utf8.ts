import { isUtf8 } from 'node:buffer';
import { DataError } from '../../core/errors.ts';
import { groupDigits } from '../dataset.ts';

/** First bytes of files that people take for text, and what to do with them. */
const STRANGERS: readonly (readonly [magic: readonly number[], advice: string])[] = [
  [[0xff, 0xfe], 'is UTF-16 text. Save it as UTF-8'],
  [[0xfe, 0xff], 'is UTF-16 text. Save it as UTF-8'],
  [[0x50, 0x4b, 0x03, 0x04], 'is a zip archive or a spreadsheet. Unpack it, or export the sheet as CSV'],
  [[0x1f, 0x8b], 'is compressed with gzip. Unpack it with gunzip'],
  [[0x50, 0x41, 0x52, 0x31], 'is a Parquet file. Export it as CSV or JSON lines'],
];

/**
 * Passes bytes on, without a byte order mark, after checking that they are UTF-8. A character may be cut by the end of
 * a piece.
 * @throws DataError with the offset and line of the first byte that is not UTF-8
 */
export async function* checkedUtf8(
  pieces: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  let carry: Uint8Array = new Uint8Array();
  let offset = 0; // of the first byte of carry
  let line = 1;
  let first = true;
  for await (const piece of pieces) {
    let bytes = carry.length === 0 ? piece : Buffer.concat([carry, piece]);
    if (first && bytes.length < 4) {
      carry = bytes;
      continue;
    }
    if (first) {
      const all = bytes.length;
      bytes = checkStart(bytes, name);
      offset = all - bytes.length;
      first = false;
    }
    const end = bytes.length - unfinished(bytes);
    const whole = bytes.subarray(0, end);
    if (!isUtf8(whole)) throw invalid(whole, offset, line, name);
    if (end > 0) yield whole;
    line += newlines(whole);
    offset += end;
    carry = bytes.slice(end);
  }
  if (first) carry = checkStart(carry, name);
  if (!isUtf8(carry)) throw invalid(carry, offset, line, name);
  if (carry.length > 0) yield carry;
}

/** Whether text begins as UTF-16 without a mark does: two letters, each with a zero beside it. */
function isBareUtf16([a, b, c, d]: Uint8Array): boolean {
  return (a !== 0 && b === 0 && c !== 0 && d === 0) || (a === 0 && b !== 0 && c === 0 && d !== 0);
}

function checkStart(bytes: Uint8Array, name: string): Uint8Array {
  if (isBareUtf16(bytes)) {
    throw new DataError(`[${name}] the data must be UTF-8 text, but this is UTF-16 text. Save it as UTF-8.`);
  }
  for (const [magic, advice] of STRANGERS) {
    if (magic.every((byte, i) => bytes[i] === byte)) {
      throw new DataError(`[${name}] the data must be UTF-8 text, but this ${advice}.`);
    }
  }
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return hasMark ? bytes.subarray(3) : bytes;
}

/** How many bytes at the end begin a character that is not finished: 0 to 3. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? back : 0;
    }
  }
  return 0;
}

function newlines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

function invalid(bytes: Uint8Array, offset: number, line: number, name: string): DataError {
  const at = validLength(bytes);
  const where = line + newlines(bytes.subarray(0, at));
  const byte = `0x${bytes[at].toString(16).toUpperCase().padStart(2, '0')}`;
  return new DataError(
    `[${name}] the text must be UTF-8, but line ${groupDigits(where)} has the byte ${byte} at offset ` +
      `${groupDigits(offset + at)}, which is not. If the file is in Windows-1252 or Latin-1, convert it: ` +
      'iconv -f WINDOWS-1252 -t UTF-8 IN > OUT.',
    { line: where },
  );
}

/** Length of the longest start that is UTF-8. */
function validLength(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  // whether a start that ends between characters is valid is monotonic in its length
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    const start = bytes.subarray(0, middle);
    if (isUtf8(start.subarray(0, middle - unfinished(start)))) low = middle;
    else high = middle;
  }
  const start = bytes.subarray(0, low);
  return low - unfinished(start);
}
