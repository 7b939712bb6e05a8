import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createRng } from '../../core/rng.ts';
import { countPairs, positivePmi, type SparseRows } from './cooccurrence.ts';
import { learnVectors } from './learn.ts';
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

describe('pairs', () => {
  it('as counted one by one; documents are apart', () => {
    const ids = fc.array(fc.integer({ min: -1, max: 5 }), { maxLength: 9 });
    fc.assert(
      fc.property(fc.array(ids, { maxLength: 5 }), fc.integer({ min: 1, max: 4 }), (documents, window) => {
        const expected = new Map<string, number>();
        for (const document of documents) {
          for (const [i, a] of document.entries()) {
            for (const [j, b] of document.entries()) {
              const d = Math.abs(i - j);
              if (i === j || d > window || a < 0 || b < 0) continue;
              expected.set(`${a},${b}`, (expected.get(`${a},${b}`) ?? 0) + (window + 1 - d));
            }
          }
        }
        const counted = entriesOf(
          countPairs(
            documents.map((one) => Int32Array.from(one)),
            6,
            window,
          ),
        );
        assert.deepEqual([...counted.keys()].sort(), [...expected.keys()].sort());
        for (const [pair, count] of counted) assert.equal(count, (expected.get(pair) ?? NaN) / window);
      }),
    );
  });

  it('their information is by its definition', () => {
    const counts = sparse([
      [0, 6, 1],
      [6, 0, 0],
      [1, 0, 2],
    ]);
    const found = entriesOf(positivePmi(counts));
    const sums = [7, 6, 3];
    const context = sums.map((sum) => sum ** 0.75);
    const total = context.reduce((sum, value) => sum + value);
    for (const [pair, count] of entriesOf(counts)) {
      const [w, c] = pair.split(',').map(Number);
      const information = Math.log(count / sums[w] / (context[c] / total));
      if (information <= 0) assert.ok(!found.has(pair));
      else assert.ok(Math.abs((found.get(pair) ?? NaN) - information) < 1e-12, pair);
    }
  });
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

  it('of a matrix of known ones: exact where the rank is small', () => {
    const rng = createRng(9);
    const n = 64;
    // rank 3: σ = 9, 4, 1 with orthogonal vectors made of signs
    const sign = (k: number, i: number) => ((i >> k) & 1 ? 1 : -1) / Math.sqrt(n);
    const orthogonal = Array.from({ length: 64 }, (_, i) => [sign(0, i), sign(1, i), sign(2, i)]);
    const dense = orthogonal.map((u) =>
      orthogonal.map((v) => 9 * u[0] * v[1] + 4 * u[1] * v[2] + 1 * u[2] * v[0]),
    );
    const { values, vectors } = truncatedSvd(sparse(dense), 5, { rng });
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

describe('vectors', () => {
  const documents = topics(200);
  const learned = learnVectors(documents, { dim: 16 });
  const row = (word: string) => {
    const at = learned.words.indexOf(word);
    return learned.data.subarray(at * learned.dim, (at + 1) * learned.dim);
  };
  const cosine = (a: Float32Array, b: Float32Array) => {
    const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, d) => sum + value * y[d], 0);
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  };

  it('the nearest neighbours of a word are those of its topic', () => {
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

  it('the same texts give the same bits, in their spread', () => {
    assert.deepEqual(learnVectors(documents, { dim: 16 }), learned);
    const squares = learned.data.reduce((sum, value) => sum + value * value, 0);
    assert.ok(Math.abs(Math.sqrt(squares / learned.data.length) - 0.4) < 1e-3);
  });

  it('fewer words than numbers, and hardly any', () => {
    const { words, dim, data } = learnVectors([['a', 'b', 'a', 'b', 'c']], { dim: 128 });
    assert.deepEqual([words, dim], [['a', 'b'], 2]);
    assert.ok(data.every(Number.isFinite));
    assert.throws(() => learnVectors([['a', 'a', 'b']], {}), {
      name: 'DataError',
      message: /at least two words/,
    });
  });
});
