/**
 * Several files as one compressed text, to stand inside a page: a JSON header with their names and sizes, then their bytes,
 * deflated, in base64. Browsers (since 2023) and Node have what packs and unpacks it.
 */
import { CorruptFileError } from '../core/errors.ts';

type Files = ReadonlyMap<string, Uint8Array>;

/** Packs files. */
export async function packFiles(files: Files): Promise<string> {
  const sizes = JSON.stringify([...files].map(([name, content]) => [name, content.length]));
  const header = new TextEncoder().encode(sizes);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, header.length, true);
  const parts = [length, header, ...files.values()] as Uint8Array<ArrayBuffer>[];
  const packed = await transformed(new Blob(parts), new CompressionStream('deflate-raw'));
  return toBase64(packed);
}

/** Unpacks what {@link packFiles} packed. @throws CorruptFileError where the text is damaged */
export async function unpackFiles(text: string): Promise<Map<string, Uint8Array>> {
  try {
    const bytes = await transformed(new Blob([fromBase64(text)]), new DecompressionStream('deflate-raw'));
    const size = new DataView(bytes.buffer).getUint32(0, true);
    const sizes = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size))) as [string, number][];
    let at = 4 + size;
    return new Map(sizes.map(([name, length]) => [name, bytes.slice(at, (at += length))]));
  } catch (cause) {
    throw new CorruptFileError(
      'page',
      '[page] the model inside the page must be as it was written, but is damaged. Copy the page again, or export it again.',
      { cause },
    );
  }
}

async function transformed(
  content: Blob,
  through: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(content.stream().pipeThrough(through)).arrayBuffer());
}

/** Bytes that are put into text at once, in groups of three. */
const PIECE = 3 * 8192;

function toBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE)
    pieces.push(
      btoa(Array.from(bytes.subarray(at, at + PIECE), (byte) => String.fromCharCode(byte)).join('')),
    );
  return pieces.join('');
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.trim());
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}
