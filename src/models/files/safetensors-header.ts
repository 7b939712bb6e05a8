/** The header of a safetensors file, parsed without trust: see `safetensors.ts` for the format. */
import { CorruptFileError } from '../../core/errors.ts';

/** The reference implementation's limit on the header, in bytes. */
const MAX_HEADER = 100_000_000;

/** One tensor as the header describes it; dtype, size and place are not checked against each other yet. */
export interface HeaderEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** First byte and the byte after the last, counted from the end of the header. */
  readonly offsets: readonly [number, number];
}

/** A header whose form is right. */
export interface Header {
  readonly entries: readonly HeaderEntry[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the tensors' bytes begin. */
  readonly start: number;
}

/**
 * Parses the header.
 * @throws CorruptFileError with what is wrong and where.
 */
export function parseHeader(bytes: Uint8Array<ArrayBuffer>, file: string): Header {
  const fail = (problem: string, cause?: unknown): never => {
    throw new CorruptFileError(
      file,
      `[${file}] ${problem}. The file is damaged, incomplete or was not written as safetensors: fetch or write it again.`,
      { cause },
    );
  };
  if (bytes.length < 8)
    fail(`the file must begin with 8 bytes of header length, but has ${bytes.length} bytes`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER)) {
    fail(`the header must have at most ${MAX_HEADER} bytes, but claims ${length}`);
  }
  const start = 8 + Number(length);
  if (start > bytes.length) {
    fail(`the header claims ${length} bytes, but only ${bytes.length - 8} follow`);
  }
  let text = '';
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, start));
  } catch (cause) {
    fail('the header must be UTF-8, but is not', cause);
  }
  if (!text.startsWith('{'))
    fail(`the header must begin with "{", but begins with ${quoted(text.slice(0, 1))}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    fail('the header must be JSON, but is not', cause);
  }
  const problem = findJsonProblem(text);
  if (problem) fail(problem);

  const { __metadata__: metadata = {}, ...tensors } = json as Record<string, unknown>;
  if (!isObject(metadata)) fail(`__metadata__ must be an object of strings, but got ${quoted(metadata)}`);
  for (const [key, value] of Object.entries(metadata as object)) {
    if (typeof value !== 'string')
      fail(`__metadata__ ${quoted(key)} must be a string, but got ${quoted(value)}`);
  }
  const entries = Object.entries(tensors).map(([name, info]) => parseEntry(name, info, fail));
  return { entries, metadata: metadata as Record<string, string>, start };
}

function parseEntry(name: string, info: unknown, fail: (problem: string) => never): HeaderEntry {
  if (!isObject(info)) fail(`tensor ${quoted(name)} must be an object, but got ${quoted(info)}`);
  const { dtype, shape, data_offsets: offsets, ...rest } = info;
  const where = `tensor ${quoted(name)}`;
  if (typeof dtype !== 'string') fail(`${where} must have a dtype, but got ${quoted(dtype)}`);
  if (!isSizes(shape)) fail(`${where} must have a shape of non-negative integers, but got ${quoted(shape)}`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    fail(`${where} must have data_offsets [begin, end], but got ${quoted(offsets)}`);
  }
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    fail(`${where} must have only the fields dtype, shape and data_offsets, but has ${quoted(unknown)}`);
  }
  return { name, dtype, shape, offsets: offsets as [number, number] };
}

/** Extents and offsets: integers that a double holds exactly. */
function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Scans valid JSON for what `JSON.parse` accepts: a repeated key in one object (the last would win, and two readers
 * could see two different files), and numbers that are not plain digits.
 */
function findJsonProblem(text: string): string | undefined {
  /** Keys seen in each open object; undefined for an open array. */
  const open: (Set<string> | undefined)[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '{') open.push(new Set());
    else if (char === '[') open.push(undefined);
    else if (char === '}' || char === ']') open.pop();
    else if (char === '"') {
      const from = i;
      for (i++; text[i] !== '"'; i++) if (text[i] === '\\') i++;
      let next = i + 1;
      while (/\s/.test(text[next] ?? '')) next++;
      if (text[next] !== ':') continue; // a value
      const key = JSON.parse(text.slice(from, i + 1)) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return `the header must have each key once, but has ${quoted(key)} twice`;
      keys?.add(key);
    } else if (/[-+.0-9]/.test(char)) {
      const from = i;
      while (/[-+.0-9eE]/.test(text[i + 1] ?? '')) i++;
      const number = text.slice(from, i + 1);
      if (!/^\d+$/.test(number))
        return `numbers in the header must be plain integers, but got ${quoted(number)}`;
    }
  }
  return undefined;
}

/** A value of unknown size, depth and content as short, printable text for an error message. */
export function quoted(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) {
    const shown = value.slice(0, 8).map((item) => (Array.isArray(item) ? '[…]' : quoted(item)));
    return `[${shown.join(', ')}${value.length > 8 ? ', …' : ''}]`;
  }
  if (typeof value === 'object' && value !== null) return '{…}';
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'undefined';
  const text = JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  // a hostile name must not drive the terminal it is printed on
  return text.replace(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, '\ufffd');
}
