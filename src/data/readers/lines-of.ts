/** A line of a text, without its end. */
export interface Line {
  readonly text: string;
  /** 1-based. */
  readonly number: number;
}

/** The lines of UTF-8 bytes; \n and \r\n end a line. Linear in the length of a line, however it is cut into pieces. */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let parts: string[] = [];
  let number = 1;
  const take = (end: string): Line => {
    const text = parts.length === 0 ? end : parts.join('') + end;
    parts = [];
    return { text: text.endsWith('\r') ? text.slice(0, -1) : text, number: number++ };
  };
  for await (const piece of pieces) {
    const lines = decoder.decode(piece, { stream: true }).split('\n');
    for (const line of lines.slice(0, -1)) yield take(line);
    parts.push(lines[lines.length - 1]);
  }
  const rest = take(decoder.decode());
  if (rest.text !== '') yield rest;
}
