import { DataError } from '../../../core/errors.ts';
import { count, groupDigits } from '../../../core/words.ts';
import { tooLong } from './limits.ts';
import { textOf } from './text-of.ts';

/** A line of a text, without its end. */
export interface Line {
  readonly text: string;
  /** 1-based. */
  readonly number: number;
}

/**
 * The lines of UTF-8 bytes; \n and \r\n end a line, and a byte order mark at the start of a line, as joined files have
 * them, is dropped. Linear in the length of a line, however it is cut into pieces.
 * @param notice Takes a sentence on such marks, after the last line.
 * @throws DataError for a line of more than 64 MiB
 */
export async function* linesOf(
  pieces: AsyncIterable<Uint8Array>,
  name = 'data',
  notice: (sentence: string) => void = () => undefined,
): AsyncGenerator<Line> {
  let parts: string[] = [];
  let size = 0;
  let number = 1;
  let marks = 0;
  const take = (end: string): Line => {
    const text = parts.length === 0 ? end : parts.join('') + end;
    parts = [];
    size = 0;
    const from = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    marks += from;
    return { text: text.slice(from, text.endsWith('\r') ? -1 : undefined), number: number++ };
  };
  for await (const piece of textOf(pieces)) {
    const lines = piece.split('\n');
    for (const line of lines.slice(0, -1)) yield take(line);
    const rest = lines[lines.length - 1];
    parts.push(rest);
    size += rest.length;
    if (tooLong(size)) {
      throw new DataError(
        `[${name}] a line can have at most 64 MiB, but line ${groupDigits(number)} is longer. Is this a text file?`,
        { line: number },
      );
    }
  }
  const rest = take('');
  if (rest.text !== '') yield rest;
  if (marks > 0) notice(marksNotice(marks));
}

/** What is said of byte order marks inside a file. */
export const marksNotice = (marks: number) =>
  `${count(marks, 'byte order mark')} between lines left out: the file was joined from several`;
