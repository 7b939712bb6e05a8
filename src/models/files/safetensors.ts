/**
 * The safetensors format, read and written: 8 bytes with the header's length (little-endian), a JSON header
 * `{ name: { dtype, shape, data_offsets } }` with string pairs under `__metadata__`, then the tensors' bytes.
 *
 * The reader trusts nothing: a file is read as a whole or refused with a CorruptFileError that says what is wrong.
 * It allocates in proportion to the bytes it is given, whatever the header claims.
 *
 * Layout as the reference implementation writes it: tensors by dtype, widest first, then by name, without gaps; the
 * header padded with spaces to a multiple of 8. The same tensors give the same bytes as there.
 */
import { CorruptFileError, invariant, UnsupportedError } from '../../core/errors.ts';
import { float16ToFloat32Bits, toFloat16 } from '../../core/float16.ts';
import { parseHeader, quoted } from './safetensors-header.ts';

/** The element types that are written, and read without conversion. */
export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array | Int8Array | Uint8Array;

/** A dense array, row-major. */
export interface Tensor {
  /** Extents; `[]` is a single number. */
  readonly shape: readonly number[];
  /** Elements, as many as the product of the extents. */
  readonly data: TensorData;
  /** Written in half precision, which rounds each element; read, it is of single precision. Default: the type of `data`. */
  readonly dtype?: 'F16';
}

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** What a safetensors file holds. */
export interface SafetensorsFile {
  /** Tensors by name. */
  readonly tensors: Tensors;
  /** Free text by key. Structured values go in as JSON text. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** How each dtype is read, in the order in which tensors are laid out. F16 and BF16 are widened to float32. */
const readers: Record<string, { bytes: number; read: (bytes: Uint8Array) => TensorData }> = {
  I64: { bytes: 8, read: (b) => new BigInt64Array(b.buffer, b.byteOffset, b.length / 8) },
  F64: { bytes: 8, read: (b) => new Float64Array(b.buffer, b.byteOffset, b.length / 8) },
  F32: { bytes: 4, read: (b) => new Float32Array(b.buffer, b.byteOffset, b.length / 4) },
  I32: { bytes: 4, read: (b) => new Int32Array(b.buffer, b.byteOffset, b.length / 4) },
  BF16: { bytes: 2, read: (b) => widen(b, (bits) => bits << 16) },
  F16: { bytes: 2, read: (b) => widen(b, float16ToFloat32Bits) },
  I8: { bytes: 1, read: (b) => new Int8Array(b.buffer, b.byteOffset, b.length) },
  U8: { bytes: 1, read: (b) => b },
};

/**
 * Reads a safetensors file. Errors call it by the name `file`.
 * @param bytes The whole file. The tensors may share its memory: do not change it afterwards.
 * @throws CorruptFileError where the bytes are not a whole, valid file.
 */
export function readSafetensors(
  bytes: Uint8Array<ArrayBuffer>,
  { file = 'model.safetensors' }: { file?: string } = {},
): SafetensorsFile {
  checkByteOrder();
  const { entries, metadata, start } = parseHeader(bytes, file);
  const data = bytes.subarray(start);
  const fail = (name: string, problem: string): never => {
    throw new CorruptFileError(
      file,
      `[${file}] tensor ${quoted(name)} ${problem}. The file is damaged or was not written as safetensors: fetch or write it again.`,
    );
  };
  let end = 0;
  for (const { name, dtype, shape, offsets } of [...entries].sort(byOffset)) {
    if (!Object.hasOwn(readers, dtype)) {
      fail(name, `must have dtype ${Object.keys(readers).join(', ')}, but got ${quoted(dtype)}`);
    }
    const elements = product(shape);
    const size = elements * readers[dtype].bytes;
    if (!Number.isSafeInteger(size)) fail(name, `has a shape too large to address, ${quoted(shape)}`);
    const [from, to] = offsets;
    if (from > to) fail(name, `must end after it begins, but got data_offsets [${from}, ${to}]`);
    if (to > data.length) {
      fail(name, `must lie within the ${data.length} bytes of data, but got data_offsets [${from}, ${to}]`);
    }
    if (from !== end) {
      fail(name, `must begin where the tensor before it ends, at ${end}, but begins at ${from}`);
    }
    if (to - from !== size) {
      fail(
        name,
        `of dtype ${dtype} and shape ${quoted(shape)} must have ${size} bytes, but got ${to - from}`,
      );
    }
    end = to;
  }
  if (end !== data.length) {
    throw new CorruptFileError(
      file,
      `[${file}] the tensors must fill the file, but ${data.length - end} bytes follow the last one. The file is damaged: fetch or write it again.`,
    );
  }
  const tensors = entries.map(({ name, dtype, shape, offsets }): [string, Tensor] => {
    const { bytes: width, read } = readers[dtype];
    const part = data.subarray(offsets[0], offsets[1]);
    // typed arrays need aligned memory, which a valid file need not give; a Buffer's slice would not copy
    return [name, { shape, data: read(part.byteOffset % width === 0 ? part : new Uint8Array(part)) }];
  });
  return { tensors: Object.fromEntries(tensors), metadata };
}

/**
 * Writes a safetensors file; the same content gives the same bytes, in whatever order it is given.
 * @param tensors By name; any name but `__metadata__`.
 * @param metadata Free text by key.
 */
export function writeSafetensors(
  tensors: Tensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  checkByteOrder();
  const rank = new Map(Object.keys(readers).map((dtype, place) => [dtype, place]));
  const place = (name: string) => rank.get(dtypeOf(tensors[name])) as number;
  const names = Object.keys(tensors).sort((a, b) => place(a) - place(b) || codeUnitOrder(a, b));
  const parts: string[] = [];
  const keys = Object.keys(metadata).sort(codeUnitOrder);
  if (keys.length > 0) {
    for (const text of [...keys, ...keys.map((key) => metadata[key])]) checkText(text);
    parts.push(
      `"__metadata__":{${keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`).join(',')}}`,
    );
  }
  let size = 0;
  for (const name of names) {
    const { shape, data } = tensors[name];
    checkText(name);
    invariant(name !== '__metadata__', 'a tensor cannot be called __metadata__');
    invariant(
      product(shape) === data.length,
      `tensor ${name} of shape [${shape.join()}] has ${data.length} elements`,
    );
    const dtype = dtypeOf(tensors[name]);
    const info = { dtype, shape, data_offsets: [size, (size += data.length * readers[dtype].bytes)] };
    parts.push(`${JSON.stringify(name)}:${JSON.stringify(info)}`);
  }
  const header = new TextEncoder().encode(`{${parts.join(',')}}`);
  const padded = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(header, 8);
  bytes.fill(0x20, 8 + header.length, 8 + padded);
  let offset = 8 + padded;
  for (const name of names) {
    const { buffer, byteOffset, byteLength } = written(tensors[name]);
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), offset);
    offset += byteLength;
  }
  return bytes;
}

/** The elements as they stand in the file. */
function written({ data, dtype }: Tensor): TensorData | Uint16Array {
  return dtype === 'F16' ? toFloat16(data as Float32Array | Float64Array) : data;
}

function dtypeOf({ data, dtype }: Tensor): string {
  if (dtype !== undefined) return dtype;
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Float64Array) return 'F64';
  if (data instanceof Int32Array) return 'I32';
  if (data instanceof BigInt64Array) return 'I64';
  if (data instanceof Int8Array) return 'I8';
  return 'U8';
}

/** Number of elements; NaN or above the safe integers if the shape is invalid. */
function product(shape: readonly number[]): number {
  // an extent of 0 makes the tensor empty, whatever the others multiply to
  if (shape.includes(0)) return 0;
  return shape.reduce((elements, extent) => elements * extent, 1);
}

function byOffset(
  a: { offsets: readonly [number, number] },
  b: { offsets: readonly [number, number] },
): number {
  return a.offsets[0] - b.offsets[0] || a.offsets[1] - b.offsets[1];
}

function codeUnitOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Reads 16-bit floats: `toBits` gives the bits of the float32 of equal value. */
function widen(bytes: Uint8Array, toBits: (bits: number) => number): Float32Array {
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  const out = new Float32Array(halves.length);
  const bits = new Int32Array(out.buffer);
  for (let i = 0; i < halves.length; i++) bits[i] = toBits(halves[i]);
  return out;
}

function checkText(text: string): void {
  invariant(text.isWellFormed(), `names and metadata must be valid Unicode, but got ${JSON.stringify(text)}`);
}

function checkByteOrder(): void {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) {
    throw new UnsupportedError('[safetensors] the machine must be little-endian, but this one is not.');
  }
}
