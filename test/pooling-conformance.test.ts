/** What every pooling of the family must keep, with its default options; a new member is tested unasked. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TypeAndOptions } from '../src/core/family.ts';
import { createRng } from '../src/core/rng.ts';
import { chooseEngine } from '../src/engine/index.ts';
import { recurrentOptions } from '../src/models/options.ts';
import { createSession, type Tensor } from '../src/models/session.ts';
import { poolings } from '../src/nn/pooling/index.ts';
import { distance } from './golden/load.ts';
import {
  capacityOf,
  createPooling,
  type EngineName,
  normals,
  pick,
  rowsOf,
  sequencesOf,
} from './support/network.ts';

const LENGTHS = [9, 9, 7, 4, 4, 3, 1, 1];
const TOKENS = LENGTHS.reduce((sum, n) => sum + n, 0);
const FAST: readonly EngineName[] = ['wasm wide', 'wasm narrow'];
const H = 19;

/** Every pooling with its default options, and other kinds of some. */
const kinds: readonly TypeAndOptions[] = [
  ...poolings.names.map((type) => ({ type })),
  { type: 'attention', size: 20, heads: 3 },
  { type: 'windows', size: 3 },
  { type: 'hierarchical', size: 2, attention_size: 20 },
];

for (const kind of kinds) {
  describe(`every pooling: ${Object.values(kind).join(' ')}`, () => {
    for (const directions of [1, 2]) {
      const n = directions * H;
      const h = normals(createRng(80), TOKENS * n);
      const vectors = poolings.create(kind).vectors ?? 1;
      const dy = normals(createRng(81), LENGTHS.length * vectors * n);

      /** Vectors, gradient of the states and gradients of the parameters. */
      const pass = (name: EngineName, lengths = LENGTHS, states = h, gradient = dy) => {
        const pooling = createPooling(name, kind, lengths, directions, H);
        const [y, dh] = [pooling.forward(states), pooling.backward(gradient)];
        const { f } = pooling.engine;
        return { y, dh, gradients: pooling.parameters.list.map((p) => Float64Array.from(p.read(f, p.grad))) };
      };

      test(`${directions} directions: wide and narrow give the same bits, and those of the reference within 1e-5`, () => {
        const [wide, narrow] = FAST.map((name) => pass(name));
        assert.deepEqual(wide, narrow);
        const want = pass('reference float32');
        assert.ok(distance(wide.y, want.y) < 1e-5);
        assert.ok(distance(wide.dh, want.dh) < 1e-5);
        for (const [p, gradient] of wide.gradients.entries())
          assert.ok(distance(gradient, want.gradients[p]) < 1e-5);
      });

      test(`${directions} directions: a document gives the same bits alone as in a batch`, () => {
        for (const name of FAST) {
          const whole = pass(name);
          for (const b of LENGTHS.keys()) {
            const rows = rowsOf(b, LENGTHS);
            const [from, to] = [b * vectors * n, (b + 1) * vectors * n];
            const alone = pass(name, [LENGTHS[b]], pick(h, rows, n), dy.subarray(from, to));
            assert.deepEqual(alone.y, whole.y.slice(from, to), `document ${b}`);
            assert.deepEqual(alone.dh, pick(whole.dh, rows, n), `document ${b}`);
          }
        }
      });

      test(`${directions} directions: gradients are added`, () => {
        const pooling = createPooling('wasm narrow', kind, LENGTHS, directions, H);
        pooling.forward(h);
        const once = pooling.backward(dy);
        const { f } = pooling.engine;
        const before = pooling.parameters.list.map((p) => Float64Array.from(p.read(f, p.grad), (g) => 2 * g));
        pooling.forward(h); // a backward pass may overwrite what it reads
        const twice = pooling.backward(dy, { clear: false });
        assert.ok(distance(twice, once.map((g) => 2 * g)) < 1e-6); // prettier-ignore
        for (const [p, parameter] of pooling.parameters.list.entries())
          assert.ok(distance(parameter.read(f, parameter.grad), before[p]) < 1e-5, parameter.name);
      });

      test(`${directions} directions: a NaN is not hidden`, () => {
        const pooling = createPooling('wasm narrow', kind, [5], directions, H);
        assert.ok(pooling.forward(new Float64Array(5 * n).fill(NaN)).every(Number.isNaN));
      });
    }

    test('training on 1, 2 and 3 threads gives the same bits, with dropout', async () => {
      const [one, ...others] = await Promise.all([1, 2, 3].map((threads) => trained(kind, threads)));
      for (const other of others) assert.deepEqual(other, one);
    });
  });
}

/** Probabilities before and after three updates, and the parameters then. */
async function trained(
  kind: TypeAndOptions,
  threads: number,
): Promise<{ before: Float64Array; after: Float64Array; tensors: Record<string, Tensor> }> {
  const session = await createSession({
    engine: chooseEngine(() => performance.now(), 'wasm narrow'),
    threads,
    capacity: capacityOf(LENGTHS),
    shape: {
      // beside another pooling, since both add to the same gradient
      model: recurrentOptions({
        type: 'bigru',
        embedding_dim: 5,
        hidden_size: H,
        pooling: kind.type === 'mean' ? ['mean', 'max'] : [kind, 'mean'],
      }),
      vocabularySize: 40,
      classes: 3,
    },
    training: {
      loss: { type: 'cross_entropy' },
      optimizer: { type: 'adam' },
      clipNorm: 1,
      seed: 4,
    },
  });
  try {
    session.initialise(3);
    const sequences = sequencesOf(LENGTHS);
    const before = session.predict(sequences);
    for (let step = 0; step < 3; step++)
      session.step(sequences, [0, 1, 2, 0, 1, 2, 0, 1], { step, lr: 0.01 });
    return { before, after: session.predict(sequences), tensors: session.tensors() };
  } finally {
    await session.close();
  }
}

for (const type of ['last', 'mean', 'max']) {
  test(`${type}: a document of one token is that token; its gradient goes there whole`, () => {
    for (const directions of [1, 2]) {
      const pooling = createPooling('wasm narrow', { type }, [1, 1], directions, H);
      const two = Float64Array.from(normals(createRng(82), 2 * directions * H), Math.fround);
      assert.deepEqual(pooling.forward(two), two);
      assert.deepEqual(pooling.backward(two), two);
    }
  });
}

test('max gives the gradient of a tie to the first token', () => {
  const pooling = createPooling('wasm narrow', { type: 'max' }, [3], 1, 2);
  assert.deepEqual([...pooling.forward([1, 5, 4, 5, 4, 2])], [4, 5]);
  assert.deepEqual([...pooling.backward([7, 9])], [0, 9, 7, 0, 0, 0]);
});
