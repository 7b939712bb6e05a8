/** What every format of word vectors must do; a new member is tested unasked. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UnrollError } from '../../core/errors.ts';
import { writeSafetensors } from '../../models/files/safetensors.ts';
import { writeVec } from '../read.ts';
import type { WordVectors } from '../word-vectors.ts';
import type { VectorFormat, VectorSource } from './format.ts';
import { writeHalf } from './half.ts';
import { vectorFormats } from './index.ts';

/** A file, or the files of a folder by name. */
type Content = string | Uint8Array | Readonly<Record<string, string | Uint8Array>>;

/** Writes vectors in each format. */
const samples: Readonly<Record<string, (given: WordVectors) => Content>> = {
  // without n-grams, each vector is a row of the matrix
  'fasttext-bin': ({ words, dim, data }) => {
    const head = Buffer.alloc(92);
    for (const [n, value] of [793712314, 12, dim, 5, 5, 1, 5, 1, 2, 2, 0, 3, 6].entries())
      head.writeInt32LE(value, 4 * n);
    for (const [n, value] of [words.length, words.length, 0].entries()) head.writeInt32LE(value, 64 + 4 * n);
    head.writeBigInt64LE(-1n, 84);
    const matrix = Buffer.alloc(17);
    matrix.writeBigInt64LE(BigInt(words.length), 1);
    matrix.writeBigInt64LE(BigInt(dim), 9);
    const entries = words.flatMap((word) => [Buffer.from(`${word}\0`), Buffer.alloc(9)]);
    return Buffer.concat([head, ...entries, matrix, new Uint8Array(data.slice().buffer)]);
  },
  half: writeHalf,
  text: (given) => [...writeVec(given)].join(''),
  'word2vec-binary': ({ words, dim, data }) =>
    Buffer.concat([
      Buffer.from(`${words.length} ${dim}\n`),
      ...words.flatMap((word, n) => [
        Buffer.from(`${word} `),
        new Uint8Array(data.slice(n * dim, (n + 1) * dim).buffer),
      ]),
    ]),
  model2vec: ({ words, dim, data }) => ({
    'model.safetensors': writeSafetensors({ embeddings: { shape: [words.length, dim], data } }),
    'tokenizer.json': JSON.stringify({ model: { vocab: Object.fromEntries(words.map((word, n) => [word, n])) } }), // prettier-ignore
  }),
};

/** Vectors of `rows` words, with numbers that half precision holds. */
function vectorsOf(rows: number, dim: number): WordVectors {
  const some = ['tree', 'Ärger', "don't", '日本', 'zebra'];
  const words = Array.from({ length: rows }, (_, n) => some[n] ?? `word${n}`);
  return { words, dim, data: Float32Array.from({ length: rows * dim }, (_, i) => ((i * 37) % 101) / 8 - 6) };
}
const given = vectorsOf(5, 3);

const bytesOf = (content: string | Uint8Array) =>
  typeof content === 'string' ? Buffer.from(content) : content;

/** A source in memory that gives pieces of `size` bytes, and counts those who read it and those who have ended. */
function sourceOf(content: Content, size = 1 << 16) {
  const isFile = typeof content === 'string' || content instanceof Uint8Array;
  const reads = { begun: 0, ended: 0 };
  const source: VectorSource = {
    name: 'some/vectors',
    head: isFile ? bytesOf(content).subarray(0, 1 << 16) : new Uint8Array(),
    ...(!isFile && { folder: Object.keys(content).sort() }),
    async *bytes(file = '') {
      const bytes = bytesOf(isFile ? content : content[file]);
      reads.begun++;
      try {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      } finally {
        reads.ended++;
      }
    },
  };
  return { source, reads };
}

/** All rows. */
async function read(format: VectorFormat, source: VectorSource): Promise<WordVectors> {
  const file = await format.open(source);
  const words: string[] = [];
  const data: number[] = [];
  await file.read((word, values) => {
    words.push(word);
    data.push(...Array.from(values() ?? assert.fail('a single word has its vector')));
  });
  return { words, dim: file.dim, data: Float32Array.from(data) };
}

/** Which format would read it. */
const chosen = (source: VectorSource) =>
  vectorFormats.members.find((member) => member.create({}).recognises(source))?.type;

for (const member of vectorFormats.members) {
  const { type } = member;
  describe(type, () => {
    const format = member.create({});
    const write = samples[type] as (typeof samples)[string] | undefined;

    test('has a name, a summary, and a sample in this file', () => {
      assert.match(type, /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
      assert.match(member.summary, /^\S.*[^.\s]$/);
      assert.ok(write, 'add to `samples` what writes vectors in this format');
    });

    test('is no format of nothing, of other files or of other folders', () => {
      const others = [
        '',
        '\n',
        'Dear diary,\ntoday',
        'text,label\na,b\n',
        '<!doctype html>',
        '[1, 2]',
        '{"a":1}',
      ];
      for (const other of [...others, Uint8Array.of(0, 255, 0, 255), {}, { 'a.txt': 'a 1 2' }])
        assert.equal(format.recognises(sourceOf(other).source), false, JSON.stringify(other));
    });

    test('recognises its own files by their beginning, and no format before it does', () => {
      for (const vectors of [given, vectorsOf(1, 2), vectorsOf(9000, 4)]) {
        const { source, reads } = sourceOf(write!(vectors));
        assert.equal(chosen(source), type);
        assert.equal(reads.begun, 0, 'the beginning is at hand');
      }
    });

    test('reads back what was written, in pieces of any size, as often as asked', async () => {
      for (const vectors of [given, vectorsOf(1, 2), vectorsOf(9000, 4)]) {
        for (const size of vectors === given ? [1, 7, 1 << 16] : [1 << 16]) {
          const { source, reads } = sourceOf(write!(vectors), size);
          assert.deepEqual(await read(format, source), vectors);
          if (vectors === given) assert.deepEqual(await read(format, source), vectors);
          assert.equal(reads.ended, reads.begun, 'files are closed');
        }
      }
    });

    test('numbers that nobody asks for are passed over', async () => {
      const words: string[] = [];
      let numbers: ArrayLike<number> | undefined;
      const file = await format.open(sourceOf(write!(given)).source);
      await file.read((word, values) => {
        words.push(word);
        if (word === '日本') numbers = Array.from(values() ?? []);
      });
      assert.deepEqual(words, given.words);
      assert.deepEqual(numbers, [...given.data.slice(9, 12)]);
    });

    test('an error of the reader passes through, and files are closed', async () => {
      const { source, reads } = sourceOf(write!(given), 7);
      const file = await format.open(source);
      const stop = new Error('stop');
      await assert.rejects(
        file.read(() => assert.fail(stop)),
        (error) => error === stop,
      );
      assert.equal(reads.ended, reads.begun);
    });

    test('a file that was cut off is refused by its name, or the rows that are left are right', async () => {
      const content = write!(given);
      const cut = typeof content === 'string' || content instanceof Uint8Array ? content : undefined;
      const files = cut === undefined ? Object.entries(content) : [['', cut] as const];
      let refused = 0;
      for (const [file, whole] of files as [string, string | Uint8Array][]) {
        const bytes = bytesOf(whole);
        for (let length = 0; length < bytes.length; length++) {
          const part = bytes.subarray(0, length);
          const { source, reads } = sourceOf(
            cut === undefined ? { ...(content as object), [file]: part } : part,
          );
          if (!format.recognises(source)) continue;
          try {
            const { words, data } = await read(format, source);
            assert.deepEqual(words, given.words.slice(0, words.length));
            // the last number may have lost digits
            const sure = data.slice(0, -1);
            assert.deepEqual(sure, given.data.slice(0, sure.length));
          } catch (error) {
            assert.ok(error instanceof UnrollError, String((error as Error).stack));
            assert.ok(error.message.startsWith('[some/vectors'), error.message);
            refused++;
          }
          assert.equal(reads.ended, reads.begun);
        }
      }
      assert.ok(refused > 0, 'some cut is noticed');
    });
  });
}
