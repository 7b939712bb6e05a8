/** Layers and poolings against PyTorch: outputs and every gradient, on every engine. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Arena, padded } from '../src/core/arena.ts';
import { Batch } from '../src/nn/batch.ts';
import { createEmbedding, embeddingParameters } from '../src/nn/layers/embedding.ts';
import { layers } from '../src/nn/layers/index.ts';
import { Parameters } from '../src/nn/parameters.ts';
import { distance, loadTorch, values } from './golden/load.ts';
import {
  capacityOf,
  contextOf,
  createPooling,
  createStack,
  type EngineName,
  engines,
  paddingIsZero,
  readMatrix,
  TOLERANCE,
  writeMatrix,
} from './support/network.ts';
import type { Engine } from '../src/engine/index.ts';

const names = Object.keys(engines) as EngineName[];

/** Asserts a tensor to be within the engine's tolerance of PyTorch's. */
function near(engine: EngineName, what: string, got: ArrayLike<number>, want: ArrayLike<number>): void {
  const d = distance(got, want);
  assert.ok(d <= TOLERANCE[engine], `${engine}, ${what}: ${d} of the largest value`);
}

describe('recurrent layers equal PyTorch', () => {
  for (const c of loadTorch('layers').cases) {
    const cell = layers.create({ type: c.type, ...(c.nonlinearity ? { nonlinearity: c.nonlinearity } : {}) });
    const options = {
      cell,
      name: 'rnn',
      inputSize: c.input,
      hiddenSize: c.hidden,
      numLayers: c.num_layers,
      bidirectional: c.bidirectional,
      dropout: 0,
      variational: false,
    };
    for (const run of c.runs) {
      const kind = `${c.type}${c.nonlinearity ? ` ${c.nonlinearity}` : ''}`;
      test(`${kind} ${c.input}→${c.hidden}, ${c.num_layers} layers, ${c.bidirectional ? 'bidirectional, ' : ''}lengths ${run.lengths.join(' ')}`, () => {
        for (const name of names) {
          const stack = createStack(name, options, run.lengths);
          const { f } = stack.engine;
          assert.deepEqual(stack.parameters.list.map((p) => p.name), Object.keys(c.parameters).map((key) => `rnn.${key}`)); // prettier-ignore
          for (const [key, stored] of Object.entries(c.parameters)) {
            const parameter = stack.parameters.get(`rnn.${key}`);
            assert.deepEqual(parameter.shape, stored.shape);
            parameter.write(f, values(stored));
          }
          writeMatrix(f, stack.x, values(run.x));
          // garbage where gradients are written: activation gradients must not add to what was there
          f.fill(NaN, stack.dx.at, stack.dx.at + stack.dx.rows * padded(c.input));
          near(name, 'out', stack.forward(), values(run.out));
          stack.backward(values(run.dout));
          near(name, 'dx', readMatrix(f, stack.dx), values(run.dx));
          for (const [key, stored] of Object.entries(run.gradients)) {
            const parameter = stack.parameters.get(`rnn.${key}`);
            near(name, `d${key}`, parameter.read(f, parameter.grad), values(stored));
          }
          assert.ok(paddingIsZero(f, stack.out), `${name}: padding of the output`);
          assert.ok(paddingIsZero(f, stack.dx), `${name}: padding of dx`);
        }
      });
    }
  }
});

test('the embedding equals PyTorch: the padding row is zero and gets no gradient', () => {
  const c = loadTorch('layers').embedding;
  const [V, D] = c.table.shape;
  for (const name of names) {
    const arena = new Arena();
    const capacity = capacityOf(c.lengths);
    const batch = new Batch(arena, capacity, () => engine.i);
    const options = { name: 'embedding', numEmbeddings: V, embeddingDim: D, dropout: 0, variational: false };
    const parameters = new Parameters(arena, embeddingParameters(options), []);
    const embedding = createEmbedding(options, { arena, parameters, capacity, training: true });
    const engine: Engine = engines[name](arena.words);
    const ids = values(c.ids);
    // from packed order to sequences
    const sequences = c.lengths.map((n) => new Int32Array(n));
    for (let t = 0, k = 0; t < capacity.steps; t++)
      for (const s of sequences) if (t < s.length) s[t] = ids[k++];
    batch.write(sequences);
    const weight = parameters.get('embedding.weight');
    weight.write(engine.f, values(c.table));
    const ctx = contextOf(engine, batch);
    embedding.forward(ctx);
    const matrix = (at: number) => ({ at, rows: capacity.tokens, groups: 1, size: D });
    near(name, 'out', readMatrix(engine.f, matrix(embedding.x)), values(c.out));
    writeMatrix(engine.f, matrix(embedding.dx), values(c.dout));
    embedding.backward(ctx);
    const gradient = weight.read(engine.f, weight.grad);
    near(name, 'gradient', gradient, values(c.gradient));
    assert.ok(
      gradient.subarray(0, D).every((x) => x === 0),
      'gradient of the padding row',
    );
  }
});

describe('poolings equal PyTorch', () => {
  for (const c of loadTorch('poolings').cases) {
    const kind = [c.pooling, ...Object.entries(c.options ?? {}).flat()].join(' ');
    test(`${kind}, ${c.directions} directions of ${c.hidden}, lengths ${c.lengths.join(' ')}`, () => {
      for (const name of names) {
        const options = { type: c.pooling, ...c.options };
        const pooling = createPooling(name, options, c.lengths, c.directions, c.hidden);
        const { f } = pooling.engine;
        const own = (key: string) => pooling.parameters.get(`pooling.${key}`);
        assert.equal(pooling.parameters.list.length, Object.keys(c.parameters ?? {}).length);
        for (const [key, stored] of Object.entries(c.parameters ?? {})) {
          assert.deepEqual(own(key).shape, stored.shape);
          own(key).write(f, values(stored));
        }
        near(name, 'y', pooling.forward(values(c.x)), values(c.y));
        near(name, 'dh', pooling.backward(values(c.dy)), values(c.dx));
        for (const [key, stored] of Object.entries(c.gradients ?? {})) {
          // the weights of a document of one token are 1 whatever the parameters
          if (c.lengths.every((n) => n === 1))
            assert.ok(
              own(key)
                .read(f, own(key).grad)
                .every((x) => x === 0),
            );
          else near(name, `d${key}`, own(key).read(f, own(key).grad), values(stored));
        }
        assert.ok(paddingIsZero(f, pooling.y) && paddingIsZero(f, pooling.dh));
      }
    });
  }
});
