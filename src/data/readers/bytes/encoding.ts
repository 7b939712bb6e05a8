/** Encodings of text: which one a file has, and its bytes as UTF-8. */
import { isUtf8 } from 'node:buffer';
import { ConfigError } from '../../../core/errors.ts';
import { nearest } from '../../../core/nearest.ts';
import { checkedUtf8, unfinished } from './utf8.ts';

/** Names that are suggested; every other name of the WHATWG Encoding Standard works as well. */
export const usualEncodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'latin1'] as const;

const OTHER_NAMES: Readonly<Record<string, string>> = {
  utf8: 'utf-8',
  'utf8-sig': 'utf-8',
  'utf-8-sig': 'utf-8',
  utf16: 'utf-16le',
  'utf-16': 'utf-16le',
  cp1252: 'windows-1252',
  'latin-1': 'latin1',
  'iso-8859-1': 'latin1',
  'iso8859-1': 'latin1',
};

/** The name of an encoding as it is kept. @throws ConfigError for one that is not known */
export function encodingName(given: string): string {
  const lower = given.trim().toLowerCase();
  const name = OTHER_NAMES[lower] ?? lower;
  // for TextDecoder, latin1 is another name of windows-1252
  if (name === 'latin1') return name;
  try {
    return new TextDecoder(name).encoding;
  } catch {
    const guess = nearest(name, usualEncodings);
    throw new ConfigError(
      `[data.encoding] must be auto or the name of an encoding such as ${usualEncodings.join(', ')}, but got ${JSON.stringify(given)}.` +
        (guess ? ` Did you mean ${guess}?` : ''),
      { key: 'data.encoding' },
    );
  }
}

/** The encoding of a file by its first bytes; `like` is that of the training data. */
export function detectEncoding(start: Uint8Array, like = 'utf-8'): string {
  const [a, b, c] = start;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  const bare = bareUtf16(start);
  if (bare) return bare;
  if (like === 'utf-8' || like.startsWith('utf-16')) return 'utf-8';
  // bytes that are not ASCII and happen to be UTF-8 are UTF-8
  const whole = start.subarray(0, start.length - unfinished(start));
  return isUtf8(whole) && whole.some((byte) => byte >= 0x80) ? 'utf-8' : like;
}

/** UTF-16 without a mark: among the first characters, most have a byte of value 0, always on the same side. */
function bareUtf16(start: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const length = Math.min(start.length, 512) & ~1;
  if (length < 4) return undefined;
  const zeros = [0, 0];
  for (let i = 0; i < length; i++) if (start[i] === 0) zeros[i & 1]++;
  const [even, odd] = zeros.map((count) => count / (length / 2));
  if (odd > 0.6 && even < 0.1) return 'utf-16le';
  if (even > 0.6 && odd < 0.1) return 'utf-16be';
  return undefined;
}

/** The bytes as UTF-8 without a byte order mark. @throws DataError where they should be UTF-8 and are not */
export function asUtf8(
  pieces: AsyncIterable<Uint8Array>,
  encoding: string,
  name: string,
): AsyncGenerator<Uint8Array> {
  return encoding === 'utf-8' ? checkedUtf8(pieces, name) : transcoded(pieces, encoding);
}

async function* transcoded(pieces: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<Uint8Array> {
  if (encoding === 'latin1') {
    for await (const piece of pieces) yield Buffer.from(Buffer.from(piece).toString('latin1'));
    return;
  }
  const decoder = new TextDecoder(encoding);
  for await (const piece of pieces) yield Buffer.from(decoder.decode(piece, { stream: true }));
  const rest = decoder.decode();
  if (rest !== '') yield Buffer.from(rest);
}
