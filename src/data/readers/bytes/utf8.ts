import { isAscii, isUtf8 } from 'node:buffer';
import { DataError } from '../../../core/errors.ts';
import { count, groupDigits } from '../../dataset.ts';

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
  const other = { right: 0, broken: 0 }; // lines that are not ASCII
  const source = pieces[Symbol.asyncIterator]();
  try {
    for (let next = await source.next(); !next.done; next = await source.next()) {
      let bytes = carry.length === 0 ? next.value : Buffer.concat([carry, next.value]);
      if (first && bytes.length < 4) {
        carry = bytes;
        continue;
      }
      if (first) {
        const all = bytes.length;
        bytes = withoutMark(bytes);
        offset = all - bytes.length;
        first = false;
      }
      const end = bytes.length - unfinished(bytes);
      const whole = bytes.subarray(0, end);
      if (!isUtf8(whole))
        throw invalid({ bytes, offset, line, name, ...(await countLines(bytes, source, other)) });
      if (end > 0) yield whole;
      if (other.right < ENOUGH && !isAscii(whole)) countOther(whole, other);
      line += newlines(whole);
      offset += end;
      carry = bytes.slice(end);
    }
    if (first) carry = withoutMark(carry);
    if (!isUtf8(carry))
      throw invalid({ bytes: carry, offset, line, name, ...(await countLines(carry, source, other)) });
    if (carry.length > 0) yield carry;
  } finally {
    await source.return?.();
  }
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return hasMark ? bytes.subarray(3) : bytes;
}

/** How many bytes at the end begin a character that is not finished: 0 to 3. */
export function unfinished(bytes: Uint8Array): number {
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
  let found = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) found++;
  return found;
}

const ENOUGH = 1000; // lines that prove the encoding
const LOOKED_AT = 64 * 1024 * 1024; // bytes behind the first wrong one

interface OtherLines {
  /** Lines that hold valid characters beyond ASCII. */
  right: number;
  /** Lines that are not UTF-8. */
  broken: number;
}

/** Counts the lines that are not ASCII; valid ones up to {@link ENOUGH}. */
function countOther(bytes: Uint8Array, lines: OtherLines): void {
  for (let start = 0; start < bytes.length;) {
    let end = bytes.indexOf(10, start);
    if (end === -1) end = bytes.length;
    const line = bytes.subarray(start, end);
    if (!isAscii(line)) lines[isUtf8(line) ? 'right' : 'broken']++;
    start = end + 1;
  }
}

/** Continues after the first invalid byte, to distinguish a broken line from a file in another encoding. */
async function countLines(
  bytes: Uint8Array,
  source: AsyncIterator<Uint8Array>,
  lines: OtherLines,
): Promise<OtherLines> {
  let carry = bytes;
  for (let size = 0; size < LOOKED_AT;) {
    const end = carry.lastIndexOf(10) + 1;
    countOther(carry.subarray(0, end), lines);
    const next = await source.next();
    if (next.done) {
      countOther(carry.subarray(end), lines);
      return lines;
    }
    size += next.value.length;
    carry = Buffer.concat([carry.subarray(end), next.value]);
  }
  return lines;
}

function invalid({
  bytes,
  offset,
  line,
  name,
  right,
  broken,
}: OtherLines & { bytes: Uint8Array; offset: number; line: number; name: string }): DataError {
  const at = validLength(bytes);
  const where = line + newlines(bytes.subarray(0, at));
  const byte = `0x${bytes[at].toString(16).toUpperCase().padStart(2, '0')}`;
  const found =
    `[${name}] the text must be UTF-8, but line ${groupDigits(where)} has the byte ${byte} at offset ` +
    `${groupDigits(offset + at)}, which is not.`;
  return new DataError(`${found} ${encodingAdvice(right, broken)}`, { line: where });
}

/** One broken line does not make a file Latin-1: converting it would corrupt all other lines. */
function encodingAdvice(right: number, broken: number): string {
  if (right === 0) {
    return (
      'If the file is in Windows-1252 or Latin-1, as older programs on Windows write it, read it with ' +
      '--encoding windows-1252.'
    );
  }
  const valid = `${right >= ENOUGH ? 'at least ' : ''}${count(right, 'line')} with other characters ${right === 1 ? 'is' : 'are'} valid UTF-8`;
  if (broken <= Math.max(1, right / 4)) {
    return (
      `${valid}, so that the file is UTF-8 with ${count(broken, 'broken line')}: correct ${broken === 1 ? 'it' : 'them'}, or drop the ` +
      'wrong bytes: iconv -c -f UTF-8 -t UTF-8 IN > OUT. Converting the file from Latin-1 would spoil the valid lines.'
    );
  }
  return (
    `${valid} and ${count(broken, 'line')} not: the file mixes encodings, as if joined from several. Convert its parts before joining them, ` +
    'or correct the lines.'
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
