/** Weight drop and dropout of word types: which masks, for how long, and the same bits on any number of threads. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chooseEngine } from '../src/engine/index.ts';
import { recurrentOptions } from '../src/models/options.ts';
import { createSession, type Session } from '../src/models/session.ts';
import { capacityOf, createStack, normals, sequencesOf, writeMatrix } from './support/network.ts';
import { createRng } from '../src/core/rng.ts';
import { layers } from '../src/nn/layers/index.ts';

const LENGTHS = [9, 9, 7, 4, 4, 3, 1, 1];
const LABELS = [0, 1, 2, 0, 1, 2, 0, 1];
const sequences = sequencesOf(LENGTHS);

function open(model: Record<string, unknown>, threads = 1): Promise<Session> {
  return createSession({
    engine: chooseEngine(() => performance.now(), 'wasm narrow'),
    threads,
    capacity: capacityOf(LENGTHS),
    shape: {
      model: recurrentOptions({
        type: 'bigru',
        embedding_dim: 5,
        hidden_size: 19,
        num_layers: 2,
        dropout: 0.2,
        ...model,
      }),
      vocabularySize: 40,
      classes: 3,
    },
    training: { loss: { type: 'cross_entropy' }, optimizer: { type: 'adam' }, clipNorm: 1, seed: 4 },
  });
}

/** Three updates; then what it predicts, and its parameters. */
async function trained(model: Record<string, unknown>, threads = 1) {
  const session = await open(model, threads);
  session.initialise(3);
  for (let step = 0; step < 3; step++) session.step(sequences, LABELS, { step, lr: 0.01 });
  const result = { probabilities: session.predict(sequences), tensors: session.tensors() };
  await session.close();
  return result;
}

for (const model of [{ weight_drop: 0.4 }, { word_type_dropout: 0.3 }]) {
  describe(JSON.stringify(model), () => {
    test('training on 1, 2 and 3 threads gives the same bits', async () => {
      const [one, ...others] = await Promise.all([1, 2, 3].map((threads) => trained(model, threads)));
      for (const other of others) assert.deepEqual(other, one);
      assert.notDeepEqual((await trained({})).tensors, one.tensors, 'it changes the training');
    });

    test('predictions and evaluations use all weights and words, also right after a training step', async () => {
      const { probabilities, tensors } = await trained(model);
      const plain = await open({});
      plain.load(tensors);
      assert.deepEqual(plain.predict(sequences), probabilities);
      const session = await open(model);
      session.load(tensors);
      session.gradients(sequences, LABELS, 7);
      assert.deepEqual(session.predict(sequences), probabilities);
      assert.deepEqual(session.evaluate(sequences, LABELS), plain.evaluate(sequences, LABELS));
      await Promise.all([plain.close(), session.close()]);
    });

    test('each step draws another mask, and the same step the same', async () => {
      const session = await open({ dropout: 0, ...model });
      session.initialise(3);
      const losses = [0, 1, 0].map((step) => session.gradients(sequences, LABELS, step).loss);
      assert.equal(losses[0], losses[2]);
      assert.notEqual(losses[0], losses[1]);
      await session.close();
    });
  });
}

test('a hidden word gets no gradient, and every other one does', async () => {
  const session = await open({ dropout: 0, word_type_dropout: 0.5 });
  session.initialise(3);
  session.gradients(sequences, LABELS, 2);
  const weight = session.parameters.get('embedding.weight');
  const gradient = weight.read(session.engine.f, weight.grad);
  const used = [...new Set(sequences.flatMap((ids) => [...ids]))];
  const hidden = used.filter((id) => gradient.subarray(5 * id, 5 * id + 5).every((g) => g === 0));
  assert.ok(
    hidden.length > used.length / 5 && hidden.length < used.length * 0.8,
    `${hidden.length} of ${used.length}`,
  );
  await session.close();
});

test('a share p of the hidden weights is dropped and gets no gradient, in both directions, others are scaled', () => {
  const options = {
    cell: layers.create({ type: 'lstm' }),
    name: 'rnn',
    inputSize: 3,
    hiddenSize: 16,
    numLayers: 1,
    bidirectional: true,
    dropout: 0,
    variational: false,
  };
  const [p, x] = [0.3, normals(createRng(1), 24 * 3)];
  const dOut = normals(createRng(2), 24 * 32);
  const lengths = [9, 8, 7];
  const drops = createStack('reference float64', { ...options, weightDrop: p }, lengths);
  writeMatrix(drops.engine.f, drops.x, x);
  const out = drops.forward();
  drops.backward(dOut);
  const masks = ['rnn.weight_hh_l0', 'rnn.weight_hh_l0_reverse'].map((name) => {
    const { f } = drops.engine;
    const parameter = drops.parameters.get(name);
    return parameter.read(f, parameter.grad).map((g) => Number(g !== 0));
  });
  for (const mask of masks) {
    const share = mask.filter((kept) => kept === 0).length / mask.length;
    assert.ok(Math.abs(share - p) < 4 * Math.sqrt((p * (1 - p)) / mask.length), String(share));
  }
  assert.notDeepEqual(masks[0], masks[1]);
  // a plain stack with the masked and scaled weights gives the same
  const plain = createStack('reference float64', options, lengths);
  const { f } = plain.engine;
  for (const parameter of plain.parameters.list) {
    const source = drops.parameters.get(parameter.name);
    const values = source.read(drops.engine.f);
    const mask = { 'rnn.weight_hh_l0': masks[0], 'rnn.weight_hh_l0_reverse': masks[1] }[parameter.name];
    parameter.write(f, mask ? values.map((w, i) => (w * mask[i]) / (1 - p)) : values);
  }
  writeMatrix(f, plain.x, x);
  const want = plain.forward();
  assert.ok(out.every((y, i) => Math.abs(y - want[i]) < 1e-12));
});
