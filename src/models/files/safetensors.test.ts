import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anyString } from '../../../test/support/strings.ts';
import { CorruptFileError } from '../../core/errors.ts';
import {
  readSafetensors,
  writeSafetensors,
  type Tensor,
  type TensorData,
  type Tensors,
} from './safetensors.ts';

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../../test/golden/safetensors/${name}`, import.meta.url)));

/** A file with this header text and so many bytes of data. */
function file(header: string | Uint8Array, dataBytes = 0, claimed?: bigint): Uint8Array<ArrayBuffer> {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const ramp = (length: number) => Array.from({ length }, (_, i) => (i - 3) / 2);

/** The tensors of `mixed.safetensors`, as its script makes them. */
const mixed: Tensors = {
  'rnn.weight_ih_l0': { shape: [4, 3], data: Float32Array.from(ramp(12)) },
  'rnn.bias_ih_l0': { shape: [4], data: Float32Array.from(ramp(4)) },
  double: { shape: [2, 2], data: Float64Array.from(ramp(4)) },
  count: { shape: [], data: BigInt64Array.of(-1n) },
  ids: { shape: [5], data: Int32Array.from(ramp(5)) },
  bytes: { shape: [3], data: Uint8Array.of(0, 1, 2) },
  nothing: { shape: [0, 7], data: new Float32Array(0) },
  'größe "x"\n': { shape: [1], data: Float32Array.of(-1.5) },
};

describe('against the reference implementation', () => {
  it('reads what it wrote', () => {
    const { tensors, metadata } = readSafetensors(fixture('mixed.safetensors'));
    assert.deepEqual(metadata, { format: 'pt' });
    assert.deepEqual(Object.keys(tensors).sort(), Object.keys(mixed).sort());
    for (const [name, { shape, data }] of Object.entries(mixed)) {
      assert.deepEqual(tensors[name].shape, shape, name);
      assert.deepEqual(tensors[name].data, data, name);
    }
  });

  it('writes the same bytes', () => {
    const reversed = Object.fromEntries(Object.entries(mixed).reverse());
    for (const tensors of [mixed, reversed]) {
      assert.deepEqual(writeSafetensors(tensors, { format: 'pt' }), fixture('mixed.safetensors'));
    }
  });

  it('widens float16: zeros, normal, subnormal, largest, infinite, NaN', () => {
    const { half } = readSafetensors(fixture('half.safetensors')).tensors;
    assert.ok(half.data instanceof Float32Array);
    const expected = [0, -0, 1, -2.5, 65504, 2 ** -14, 2 ** -24, 1023 * 2 ** -24, Infinity, -Infinity, NaN];
    assert.deepEqual([...half.data].slice(0, 11), expected);
    assert.equal(half.data[11], 0.333251953125);
  });

  it('widens bfloat16', () => {
    const bytes = file('{"b":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}', 4);
    bytes.set([0x80, 0x3f, 0x20, 0xc0], bytes.length - 4);
    assert.deepEqual(readSafetensors(bytes).tensors.b.data, Float32Array.of(1, -2.5));
  });
});

const shapes = fc.array(fc.nat(4), { maxLength: 3 });
const anyTensor: fc.Arbitrary<Tensor> = fc.tuple(shapes, fc.nat(4), fc.nat()).map(([shape, kind, seed]) => {
  const length = shape.reduce((a, b) => a * b, 1);
  const values = Array.from({ length }, (_, i) => ((seed + i * 7919) % 251) - 100);
  const data: TensorData =
    kind === 4
      ? BigInt64Array.from(values, BigInt)
      : [Float32Array, Float64Array, Int32Array, Uint8Array][kind].from(values.map(Math.abs));
  return { shape, data };
});
const names = fc.oneof(
  anyString(),
  fc.constantFrom('__proto__', 'constructor', 'toString', '', '0', '{"a":', 'a\\', 'embedding.weight'),
);
const anyTensors = fc
  .array(
    fc.tuple(
      names.filter((name) => name !== '__metadata__'),
      anyTensor,
    ),
    { maxLength: 6 },
  )
  .map((entries): Tensors => Object.fromEntries(entries));
const anyMetadata = fc
  .array(fc.tuple(names, anyString()), { maxLength: 4 })
  .map((entries): Record<string, string> => Object.fromEntries(entries));

describe('a round trip', () => {
  it('gives back any tensors and metadata', () => {
    fc.assert(
      fc.property(anyTensors, anyMetadata, (tensors, metadata) => {
        const bytes = writeSafetensors(tensors, metadata);
        const read = readSafetensors(bytes);
        assert.deepEqual(read.tensors, tensors);
        assert.deepEqual(read.metadata, metadata);
        assert.deepEqual(writeSafetensors(read.tensors, read.metadata), bytes);
        assert.equal(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8, 0);
      }),
    );
  });

  it('reads from the middle of a buffer, aligned or not', () => {
    const written = writeSafetensors(mixed);
    for (let shift = 0; shift < 9; shift++) {
      const memory = new Uint8Array(written.length + 9);
      memory.set(written, shift);
      assert.deepEqual(readSafetensors(memory.subarray(shift, shift + written.length)).tensors, mixed);
    }
  });

  it('keeps NaN payloads, infinities and minus zero', () => {
    const data = new Float32Array(Int32Array.of(0x7fc01234, 0x7f800000, -0x80000000).buffer);
    const back = readSafetensors(writeSafetensors({ x: { shape: [3], data } })).tensors.x.data;
    assert.deepEqual(new Uint8Array(back.buffer, back.byteOffset, 12), new Uint8Array(data.buffer));
  });

  it('refuses to write what could not be read: wrong shape, broken Unicode, a reserved name', () => {
    assert.throws(
      () => writeSafetensors({ x: { shape: [2], data: new Float32Array(3) } }),
      /shape \[2\] has 3/,
    );
    assert.throws(() => writeSafetensors({ '\ud800': { shape: [0], data: new Float32Array(0) } }), /Unicode/);
    assert.throws(
      () => writeSafetensors({ __metadata__: { shape: [0], data: new Float32Array(0) } }),
      /__metadata__/,
    );
  });
});

describe('a file that must be refused', () => {
  const f32 = (shape: string, offsets: string) =>
    `{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}`;
  const cases: [name: string, bytes: Uint8Array<ArrayBuffer>, message: RegExp][] = [
    ['empty', new Uint8Array(0), /begin with 8 bytes of header length, but has 0/],
    ['shorter than the length field', new Uint8Array(7), /but has 7 bytes/],
    ['header length beyond the file', file('{}', 0, 3n), /claims 3 bytes, but only 2 follow/],
    [
      'header length beyond any limit',
      file('{}', 0, 2n ** 64n - 1n),
      /at most 100000000 bytes, but claims 18446744073709551615/,
    ],
    ['empty header', file(''), /must begin with "{"/],
    ['not JSON', file('{"a":'), /must be JSON/],
    ['JSON, no object', file('[]'), /must begin with "{"/],
    ['byte order mark', file('\ufeff{}'), /must begin with "{"/],
    [
      'invalid UTF-8',
      file(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)),
      /must be UTF-8, but is not\./,
    ],
    ['tensor twice', file(`{"a":${f32('[0]', '[0,0]')},"\\u0061":${f32('[0]', '[0,0]')}}`), /has "a" twice/],
    [
      'field twice',
      file('{"a":{"dtype":"F32","dtype":"F64","shape":[0],"data_offsets":[0,0]}}'),
      /has "dtype" twice/,
    ],
    ['metadata of numbers', file('{"__metadata__":{"epoch":3}}'), /"epoch" must be a string, but got 3/],
    ['metadata no object', file('{"__metadata__":null}'), /must be an object of strings/],
    ['tensor no object', file('{"a":[1]}'), /"a" must be an object/],
    ['no dtype', file('{"a":{"shape":[0],"data_offsets":[0,0]}}'), /must have a dtype/],
    [
      'unknown dtype',
      file('{"a":{"dtype":"F8_E5M2","shape":[0],"data_offsets":[0,0]}}'),
      /dtype I64, F64.*got "F8_E5M2"/,
    ],
    [
      'dtype of a prototype',
      file('{"a":{"dtype":"constructor","shape":[0],"data_offsets":[0,0]}}'),
      /got "constructor"/,
    ],
    ['negative extent', file(`{"a":${f32('[-1]', '[0,0]')}}`), /plain integers, but got "-1"/],
    ['fractional extent', file(`{"a":${f32('[1.5]', '[0,4]')}}`, 4), /plain integers, but got "1.5"/],
    ['extent in exponent form', file(`{"a":${f32('[1e0]', '[0,4]')}}`, 4), /plain integers, but got "1e0"/],
    ['shape of strings', file(`{"a":${f32('["1"]', '[0,4]')}}`, 4), /shape of non-negative integers/],
    ['overflowing extents', file(`{"a":${f32('[4294967296,4294967296]', '[0,0]')}}`), /too large to address/],
    ['extent beyond a double', file(`{"a":${f32('[9007199254740993]', '[0,0]')}}`), /non-negative integers/],
    ['three offsets', file(`{"a":${f32('[1]', '[0,4,8]')}}`, 4), /data_offsets \[begin, end\]/],
    ['offsets reversed', file(`{"a":${f32('[1]', '[4,0]')}}`, 4), /end after it begins/],
    ['offset beyond the data', file(`{"a":${f32('[2]', '[0,8]')}}`, 4), /within the 4 bytes of data/],
    [
      'size that does not fit the shape',
      file(`{"a":${f32('[2]', '[0,4]')}}`, 4),
      /must have 8 bytes, but got 4/,
    ],
    ['gap', file(`{"a":${f32('[1]', '[0,4]')},"b":${f32('[1]', '[8,12]')}}`, 12), /at 4, but begins at 8/],
    ['gap at the beginning', file(`{"a":${f32('[1]', '[4,8]')}}`, 8), /at 0, but begins at 4/],
    [
      'overlap',
      file(`{"a":${f32('[2]', '[0,8]')},"b":${f32('[2]', '[4,12]')}}`, 12),
      /at 8, but begins at 4/,
    ],
    ['same bytes twice', file(`{"a":${f32('[1]', '[0,4]')},"b":${f32('[1]', '[0,4]')}}`, 4), /begins at 0/],
    ['trailing bytes', file(`{"a":${f32('[1]', '[0,4]')}}`, 5), /1 bytes follow the last one/],
    ['data without a tensor', file('{}', 5), /5 bytes follow/],
    [
      'unknown field',
      file('{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"x":1}}'),
      /only the fields .*, but has "x"/,
    ],
    [
      'deep nesting',
      file(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
      /must be an object, but got \[\[…\]\]/,
    ],
    ['a page, not a model', file('<!DOCTYPE html><title>404</title>', 0, 0x4f44213cn), /at most|claims/],
  ];
  for (const [name, bytes, message] of cases) {
    it(name, () => {
      assert.throws(
        () => readSafetensors(bytes, { file: 'x.safetensors' }),
        (error) => {
          assert.ok(error instanceof CorruptFileError, String(error));
          assert.equal(error.file, 'x.safetensors');
          assert.match(error.message, message);
          assert.match(error.message, /^\[x\.safetensors\] .*(fetch|write) it again\.$/s);
          return true;
        },
      );
    });
  }

  it('names control characters harmlessly and cuts long names', () => {
    const name = `\u001b[2J\u009b${'x'.repeat(10_000)}`;
    assert.throws(
      () => readSafetensors(file(JSON.stringify({ [name]: 1 }))),
      (error) =>
        error instanceof CorruptFileError &&
        error.message.length < 400 &&
        !error.message.includes('\u001b') &&
        !error.message.includes('\u009b'),
    );
  });

  it('truncated anywhere', () => {
    const bytes = writeSafetensors(mixed, { format: 'pt' });
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(() => readSafetensors(bytes.slice(0, length)), CorruptFileError, `${length} bytes`);
    }
  });
});

describe('hostile bytes', () => {
  /** Reads; anything but success or a CorruptFileError fails the test. */
  const survive = (bytes: Uint8Array<ArrayBuffer>) => {
    try {
      const { tensors } = readSafetensors(bytes);
      let size = 0;
      for (const { data } of Object.values(tensors)) size += data.byteLength;
      assert.ok(size <= 2 * bytes.length, 'no more memory than twice the file (16-bit floats are widened)');
    } catch (error) {
      if (!(error instanceof CorruptFileError)) throw error;
    }
  };

  it('mutated files are read or refused, never worse', () => {
    const valid = [
      fixture('mixed.safetensors'),
      fixture('half.safetensors'),
      writeSafetensors(mixed, { a: '{"b":1}' }),
    ];
    const edit = fc.record({ at: fc.nat(), remove: fc.nat(6), insert: fc.uint8Array({ maxLength: 6 }) });
    fc.assert(
      fc.property(
        fc.constantFrom(...valid),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        (bytes, edits) => {
          let mutated = bytes;
          for (const { at, remove, insert } of edits) {
            const start = at % (mutated.length + 1);
            mutated = Uint8Array.from([
              ...mutated.subarray(0, start),
              ...insert,
              ...mutated.subarray(start + remove),
            ]);
          }
          survive(mutated);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('headers of right length and wrong content are read or refused, never worse', () => {
    const number = fc.oneof(fc.nat(40), fc.constantFrom(2 ** 31, 2 ** 53, 1e300, -1, 0.5));
    const field = fc.oneof(fc.array(number, { maxLength: 4 }), fc.jsonValue(), fc.constant([0, 8]));
    const entry = fc.oneof(
      fc.record(
        {
          dtype: fc.oneof(
            fc.constantFrom('F32', 'F64', 'F16', 'BF16', 'U8', 'I64', 'toString'),
            fc.jsonValue(),
          ),
          shape: field,
          data_offsets: field,
        },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    );
    const header = fc.dictionary(fc.oneof(names, fc.constant('__metadata__')), entry, { maxKeys: 4 });
    fc.assert(
      fc.property(header, fc.nat(40), (value, dataBytes) => survive(file(JSON.stringify(value), dataBytes))),
      { numRuns: 3000 },
    );
  });

  it('a tiny file that claims gigabytes costs nothing', () => {
    const before = process.memoryUsage().arrayBuffers;
    const claim = '{"a":{"dtype":"F32","shape":[1000000000,8],"data_offsets":[0,32000000000]}}';
    for (const bytes of [file(claim), file('{', 0, 99_999_999n)]) {
      assert.throws(() => readSafetensors(bytes), CorruptFileError);
    }
    assert.ok(process.memoryUsage().arrayBuffers - before < 1e6);
  });
});
