/**
 * The wire format of Protocol Buffers, as far as an ONNX file needs it: variable-length integers and fields that begin
 * with their length. Written here because three kinds of fields are 100 lines, while a library and its ONNX types would be
 * two more packages in every install and 40 kB more in a page that exports. Source: protobuf.dev/programming-guides/encoding.
 */
import { CorruptFileError } from '../../core/errors.ts';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

const utf8 = new TextEncoder();

/** Writes one message, field by field. */
export class MessageWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** An integer; negative ones take ten bytes. */
  int(field: number, value: number): this {
    return this.#push(varint(field * 8 + VARINT)).#push(varint(value));
  }

  /** Text. */
  string(field: number, value: string): this {
    return this.bytes(field, utf8.encode(value));
  }

  /** Bytes, which are not copied until the end. */
  bytes(field: number, value: Uint8Array): this {
    return this.#push(varint(field * 8 + BYTES))
      .#push(varint(value.length))
      .#push(value);
  }

  /** A message within this one. */
  message(field: number, value: MessageWriter): this {
    return this.bytes(field, value.finish());
  }

  /** The bytes of the message. */
  finish(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  #push(part: Uint8Array): this {
    this.#parts.push(part);
    this.#length += part.length;
    return this;
  }
}

/** A safe integer in groups of 7 bits, the lowest first; negative ones as 64-bit two's complement. */
function varint(value: number): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

/** A field that was read: a number for integers, bytes for all that begins with its length. */
export interface Field {
  /** Its number in the schema. */
  readonly field: number;
  /** Its value; integers beyond 2⁵³ lose their last bits. */
  readonly value: number | Uint8Array<ArrayBuffer>;
}

/**
 * Reads the fields of a message.
 * @throws CorruptFileError where the bytes end too early or hold a kind of field that ONNX does not use
 */
export function* readFields(bytes: Uint8Array<ArrayBuffer>, file: string): Generator<Field> {
  let at = 0;
  const integer = (): number => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (at >= bytes.length) throw damaged(file, 'an integer is cut off');
      const byte = bytes[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(BigInt.asIntN(64, value));
    }
    throw damaged(file, 'an integer has more than ten bytes');
  };
  const take = (length: number) => {
    if (length < 0 || at + length > bytes.length) throw damaged(file, 'a field is cut off');
    return bytes.subarray(at, (at += length));
  };
  while (at < bytes.length) {
    const key = integer();
    const field = Math.floor(key / 8);
    const kind = key % 8;
    if (kind === VARINT) yield { field, value: integer() };
    else if (kind === BYTES) yield { field, value: take(integer()) };
    else if (kind === FIXED32) yield { field, value: take(4) };
    else if (kind === FIXED64) yield { field, value: take(8) };
    else throw damaged(file, `a field is of the unknown kind ${kind}`);
  }
}

function damaged(file: string, problem: string): CorruptFileError {
  return new CorruptFileError(file, `[${file}] the file must be Protocol Buffers, but ${problem}. Export the model again.`); // prettier-ignore
}
