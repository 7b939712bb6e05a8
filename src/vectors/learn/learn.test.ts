import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createRng } from '../../core/rng.ts';
import { createSha256 } from '../../core/sha256.ts';
import { blocksOf, pairInformation, type SparseRows } from './cooccurrence.ts';
import { createCorpus } from './corpus.ts';
import { learnVectors } from './learn.ts';
import { createSkipgramProgram, skipgramMemory } from './skipgram-program.ts';
import { learnSkipgram } from './skipgram.ts';
import { symmetricEigen, truncatedSvd } from './truncated-svd.ts';

/** A sparse matrix as a map from "row,column". */
function entriesOf({ starts, columns, values }: SparseRows): Map<string, number> {
  const found = new Map<string, number>();
  for (let row = 0; row < starts.length - 1; row++)
    for (let e = starts[row]; e < starts[row + 1]; e++) found.set(`${row},${columns[e]}`, values[e]);
  return found;
}

function sparse(dense: readonly (readonly number[])[]): SparseRows {
  const starts = [0];
  const columns: number[] = [];
  const values: number[] = [];
  for (const row of dense) {
    for (const [c, value] of row.entries()) {
      if (value === 0) continue;
      columns.push(c);
      values.push(value);
    }
    starts.push(columns.length);
  }
  return {
    starts: Int32Array.from(starts),
    columns: Int32Array.from(columns),
    values: Float64Array.from(values),
  };
}

/** PPMI from counts of pairs, one by one, as it is defined. */
function informationOf(documents: readonly (readonly number[])[], words: number, window: number) {
  const counts = new Map<string, number>();
  const sums = new Array<number>(words).fill(0);
  for (const document of documents) {
    for (const [i, a] of document.entries()) {
      for (const [j, b] of document.entries()) {
        const d = Math.abs(i - j);
        if (i === j || d > window || a < 0 || b < 0) continue;
        const count = (window + 1 - d) / window;
        counts.set(`${a},${b}`, (counts.get(`${a},${b}`) ?? 0) + count);
        sums[a] += count;
      }
    }
  }
  const context = sums.map((sum) => sum ** 0.75);
  const total = context.reduce((sum, value) => sum + value, 0);
  const found = [...counts].map(([pair, count]): [string, number] => {
    const [w, c] = pair.split(',').map(Number);
    return [pair, Math.log(count / sums[w] / (context[c] / total))];
  });
  return new Map(found.filter(([, information]) => information > 1e-12));
}

describe('information of pairs', () => {
  it('is by its definition; documents are apart', async () => {
    const ids = fc.array(fc.integer({ min: -1, max: 5 }), { maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(ids, { maxLength: 5 }),
        fc.integer({ min: 1, max: 4 }),
        async (documents, window) => {
          const expected = informationOf(documents, 6, window);
          const encoded = documents.map((one) => Int32Array.from(one));
          const found = entriesOf(await pairInformation(encoded, 6, { window }));
          for (const pair of new Set([...expected.keys(), ...found.keys()]))
            assert.ok(Math.abs((found.get(pair) ?? 0) - (expected.get(pair) ?? 0)) < 1e-9, pair);
        },
      ),
    );
  });

  it('of too many pairs those are kept that were seen most, and progress is told', async () => {
    const documents = Array.from({ length: 40 }, (_, n) =>
      Int32Array.of(0, 1, n % 2 === 0 ? 2 : 3 + (n % 5), 4, 9),
    );
    const told: number[] = [];
    const progress = (done: number) => void told.push(done);
    const all = entriesOf(await pairInformation(documents, 10, { window: 2 }));
    const some = entriesOf(await pairInformation(documents, 10, { window: 2, pairs: 20, progress }));
    assert.ok(some.size < all.size && some.size > 0, `${some.size} of ${all.size}`);
    for (const [pair, value] of some) assert.equal(all.get(pair), value);
    assert.ok(some.has('0,1') && told[0] === 0);
  });
});

it('blocks of rows hold all rows once, in order, and enough entries', () => {
  const starts = Int32Array.of(0, 0, 3, 4, 9, 9, 10);
  assert.deepEqual([...blocksOf(starts, 4)], [[0, 3], [3, 4], [4, 6]]); // prettier-ignore
  assert.deepEqual([...blocksOf(starts, 100)], [[0, 6]]);
  assert.deepEqual([...blocksOf(Int32Array.of(0), 4)], []);
});

describe('singular values', () => {
  it('of a symmetric matrix: A = V diag(λ) Vᵀ, V orthonormal', () => {
    const rng = createRng(4);
    const n = 12;
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = rng.normal();
    const { values, vectors } = symmetricEigen(a, n);
    for (let i = 0; i < n; i++) {
      if (i > 0) assert.ok(values[i] <= values[i - 1]);
      for (let j = 0; j < n; j++) {
        let product = 0;
        let dot = 0;
        for (let k = 0; k < n; k++) {
          product += vectors[i * n + k] * values[k] * vectors[j * n + k];
          dot += vectors[k * n + i] * vectors[k * n + j];
        }
        assert.ok(Math.abs(product - a[i * n + j]) < 1e-10);
        assert.ok(Math.abs(dot - (i === j ? 1 : 0)) < 1e-10);
      }
    }
  });

  it('of a matrix of known ones: exact where the rank is small', async () => {
    const rng = createRng(9);
    const n = 64;
    // rank 3: σ = 9, 4, 1 with orthogonal vectors made of signs
    const sign = (k: number, i: number) => ((i >> k) & 1 ? 1 : -1) / Math.sqrt(n);
    const orthogonal = Array.from({ length: 64 }, (_, i) => [sign(0, i), sign(1, i), sign(2, i)]);
    const dense = orthogonal.map((u) =>
      orthogonal.map((v) => 9 * u[0] * v[1] + 4 * u[1] * v[2] + 1 * u[2] * v[0]),
    );
    const { values, vectors } = await truncatedSvd(sparse(dense), 5, { rng });
    for (const [k, expected] of [9, 4, 1, 0, 0].entries())
      assert.ok(Math.abs(values[k] - expected) < 1e-6, `${k}: ${values[k]}`);
    for (const [k, component] of [0, 1, 2].entries()) {
      const dot = orthogonal.reduce((sum, u, row) => sum + u[component] * vectors[row * 5 + k], 0);
      assert.ok(Math.abs(Math.abs(dot) - 1) < 1e-9, `vector ${k}: ${dot}`);
    }
  });
});

/** Documents of topics, each with words of its own among common ones. */
function topics(documents: number): string[][] {
  const rng = createRng(3);
  return Array.from({ length: documents }, (_, n) =>
    Array.from({ length: 20 }, () =>
      rng.int(2) === 0 ? `common${rng.int(10)}` : `topic${n % 4}-${rng.int(8)}`,
    ),
  );
}

const corpusOf = (documents: readonly (readonly string[])[], options: object = {}) =>
  createCorpus(
    documents.map((tokens) => tokens.join(' ')),
    (text) => text.split(' '),
    options,
  );

describe('a corpus', () => {
  it('holds the frequent words, the most frequent first; others keep their places', async () => {
    const { words, counts, documents } = await corpusOf([['b', 'a', 'c'], ['a', 'x', 'b', 'a']]); // prettier-ignore
    assert.deepEqual([words, [...counts]], [['a', 'b'], [3, 2]]); // prettier-ignore
    assert.deepEqual(documents.map((ids) => [...ids]), [[1, 0, -1], [0, -1, 1, 0]]); // prettier-ignore
  });

  it('of more tokens than are kept, documents at equal distances', async () => {
    const given = Array.from({ length: 10 }, () => ['a', 'b']);
    const { documents, texts } = await corpusOf(given, { tokens: 8 });
    assert.deepEqual([documents.length, texts], [4, 10]);
  });

  it('refuses texts without two frequent words', async () => {
    await assert.rejects(() => corpusOf([['a', 'a', 'b']]), {
      name: 'DataError',
      message: /at least two words/,
    });
  });
});

const corpus = await corpusOf(topics(200));

describe('vectors', async () => {
  const options = { dim: 20, epochs: 20, buckets: 500 };
  const methods = {
    'co-occurrence': await learnVectors(corpus, { dim: 16 }),
    'skip-gram': await learnSkipgram(corpus, options),
  };
  const cosine = (a: Float32Array, b: Float32Array) => {
    const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, d) => sum + value * y[d], 0);
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  };

  for (const [name, learned] of Object.entries(methods)) {
    const row = (word: string) => {
      const at = learned.words.indexOf(word);
      return learned.data.subarray(at * learned.dim, (at + 1) * learned.dim);
    };
    it(`${name}: the nearest neighbours of a word are those of its topic`, () => {
      for (let t = 0; t < 4; t++) {
        const own = row(`topic${t}-0`);
        const near = learned.words
          .filter((word) => word !== `topic${t}-0`)
          .sort((a, b) => cosine(own, row(b)) - cosine(own, row(a)))
          .slice(0, 7);
        assert.ok(
          near.every((word) => word.startsWith(`topic${t}`)),
          near.join(' '),
        );
      }
    });

    it(`${name}: vectors have the usual spread`, () => {
      const squares = learned.data.reduce((sum, value) => sum + value * value, 0);
      assert.ok(Math.abs(Math.sqrt(squares / learned.data.length) - 0.4) < 1e-3);
    });
  }

  it('the same texts give the same bits, whatever the threads', async () => {
    assert.deepEqual(await learnVectors(corpus, { dim: 16 }), methods['co-occurrence']);
    const few = await corpusOf(topics(30));
    const how = { dim: 40, epochs: 2, buckets: 500 };
    assert.deepEqual(await learnSkipgram(few, { ...how, threads: 3 }), await learnSkipgram(few, how));
  });

  it('the bits do not depend on the progress', async () => {
    const told: number[] = [];
    const progress = async (done: number) => {
      await new Promise((resolve) => setImmediate(resolve));
      told.push(done);
    };
    const again = await learnVectors(await corpusOf(topics(200), { progress }), { dim: 16, progress });
    assert.deepEqual(again, methods['co-occurrence']);
    assert.deepEqual(await learnSkipgram(corpus, { ...options, progress }), methods['skip-gram']);
    assert.ok(told.length > 10 && told.every((done) => done >= 0 && done <= 1), told.join(' '));
    const hashes = Object.values(methods).map(({ data }) => {
      const hash = createSha256();
      hash.update(new Uint8Array(data.buffer));
      return hash.hex();
    });
    assert.deepEqual(hashes, [
      '89624ff641bf1d78b8a9c8a2ff30dd94d195a11b9061b708921f35e764450f0b',
      '66c8de990e2924f88ab278da99fbc1c9ee9cb8f77b35f7e9703520891e564ebb',
    ]);
  });

  it('an error of the progress ends the learning, wherever it is thrown', async () => {
    for (const learn of [learnVectors, learnSkipgram]) {
      for (const at of [0, 0.3, 0.8]) {
        let last = 0;
        const progress = async (done: number) => {
          await Promise.resolve();
          last = done;
          if (done >= at) throw new Error('enough');
        };
        await assert.rejects(learn(corpus, { dim: 16, progress }), /enough/);
        assert.ok(last < 1, `${last}`);
      }
    }
  });

  it('fewer words than numbers, and hardly any', async () => {
    const small = await corpusOf([['a', 'b', 'a', 'b', 'c']]);
    const { words, dim, data } = await learnVectors(small, { dim: 128 });
    assert.deepEqual([words, dim], [['a', 'b'], 2]);
    assert.ok(data.every(Number.isFinite));
    const told: number[] = [];
    const { data: other } = await learnSkipgram(small, { dim: 3, progress: (done) => void told.push(done) });
    assert.ok(other.every(Number.isFinite) && other.length === 6);
    assert.deepEqual([told[0], told.at(-1)], [0, 1]);
  });
});

/** The update of one pair and its drawn words, as the formulas have it, in plain arrays. */
it('skip-gram: one word with one neighbour moves as the formulas say', () => {
  const task = {
    ...{ dim: 3, epochs: 1, buckets: 1, seed: 5 },
    tokens: Int32Array.of(0, 1),
    ends: Int32Array.of(2, 2),
    counts: Int32Array.of(1, 1, 1_000_000), // rare words are never left out
    starts: Int32Array.of(0, 2, 3, 4),
    rows: Int32Array.of(0, 3, 1, 2), // word 0 has an n-gram
  };
  const memory = skipgramMemory(task, false);
  const ld = 16;
  memory.output.set([0.5, -1, 0.25], 0);
  memory.output.set([-0.3, 0.6, 0.9], ld);
  memory.output.set([0.7, 0.1, -0.4], 2 * ld);
  const before = { input: memory.input.slice(), output: memory.output.slice() };
  // learn the first word alone: its only possible neighbour is word 1
  createSkipgramProgram(task, memory)([0, 0, 1], 0, 1, () => {});
  const h = [0, 1, 2].map((d) => (before.input[d] + before.input[3 * ld + d]) / 2);
  const score = (u: number) => h.reduce((sum, x, d) => sum + x * before.output[u * ld + d], 0);
  const sigma = (x: number) => 1 / (1 + Math.exp(-x));
  // every loss is of word 1 as neighbour, once, and of drawn words, five times: their steps can be read off the output
  const moved = [0, 1, 2].map((u) => (memory.output[u * ld] - before.output[u * ld]) / h[0] / 0.05);
  const drawn = [
    -moved[0] / sigma(score(0)),
    (1 - sigma(score(1)) - moved[1]) / sigma(score(1)),
    -moved[2] / sigma(score(2)),
  ];
  assert.ok(Math.abs(drawn.reduce((sum, times) => sum + times) - 5) < 1e-3, drawn.join(' '));
  assert.ok(drawn.every((times) => Math.abs(times - Math.round(times)) < 1e-3), drawn.join(' ')); // prettier-ignore
  // rows of the word and of its n-gram move alike, those of the other word stay
  const changes = (row: number) =>
    [0, 1, 2].map((d) => memory.input[row * ld + d] - before.input[row * ld + d]);
  for (const [d, change] of changes(0).entries()) assert.ok(Math.abs(change - changes(3)[d]) < 1e-6);
  assert.deepEqual(changes(1), [0, 0, 0]);
});
