/** Adversarial training: its gradient is that of the batch plus that of the batch with moved vectors. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRng } from '../src/core/rng.ts';
import { chooseEngine } from '../src/engine/index.ts';
import { recurrentOptions } from '../src/models/options.ts';
import { COMMANDS, createClassifier } from '../src/models/recurrent/classifier.ts';
import { createSession } from '../src/models/session.ts';
import { trainOptions } from '../src/train/options.ts';
import { trainingSpec } from '../src/train/spec.ts';
import { distance } from './golden/load.ts';
import { capacityOf, engines, sequencesOf } from './support/network.ts';

const LENGTHS = [4, 3, 3, 1];
const LABELS = [0, 2, 1, 2];
const D = 3;
const EPSILON = 0.2;
/** Each token of the batch has a word of its own, so that moving words moves the vectors of tokens. */
const UNIQUE = LENGTHS.map((n, b) => {
  const before = LENGTHS.slice(0, b).reduce((sum, length) => sum + length, 2);
  return Int32Array.from({ length: n }, (_, t) => before + t);
});

/** Gradients and loss of the batch in float64; `words` changes the embedding first. */
function gradients(given: object, adversarial: number, words?: (table: Float64Array) => void) {
  const classifier = createClassifier({
    shape: {
      model: recurrentOptions({ embedding_dim: D, hidden_size: 4, ...given }),
      vocabularySize: 2 + 11,
      classes: 3,
    },
    capacity: capacityOf(LENGTHS),
    threads: 1,
    training: {
      ...{ loss: { type: 'cross_entropy' }, optimizer: { type: 'sgd' }, clipNorm: null, seed: 9 },
      ...(adversarial > 0 && { adversarial }),
    },
  });
  const engine = engines['reference float64'](classifier.words);
  const { f } = engine;
  classifier.bind(engine);
  const { parameters } = classifier;
  parameters.initialise(f, createRng(60));
  const embedding = parameters.get('embedding.weight');
  const table = Float64Array.from(embedding.read(f));
  words?.(table);
  embedding.write(f, table);
  classifier.parametersChanged();
  classifier.batch.write(UNIQUE, LABELS);
  classifier.run([COMMANDS.gradients, 4, 0, 1], 0, () => {});
  return {
    table,
    loss: classifier.result.loss,
    logits: [...f.subarray(classifier.logits.at, classifier.logits.at + 4 * classifier.logits.ld)],
    of: Object.fromEntries(parameters.list.map((p) => [p.name, Float64Array.from(p.read(f, p.grad))])),
  };
}

for (const model of [
  { type: 'bilstm', dropout: 0 },
  { type: 'bigru', num_layers: 2, dropout: 0.3, weight_drop: 0.3 },
  { type: 'rnn', pooling: ['attention', 'max'], dropout: 0.3 },
]) {
  test(`${JSON.stringify(model)}: the gradients of both passes are added`, () => {
    const plain = gradients(model, 0);
    const moved = gradients(model, 0, (table) => {
      const dx = plain.of['embedding.weight'];
      for (const ids of UNIQUE) {
        const places = [...ids].flatMap((id) => Array.from({ length: D }, (_, j) => D * id + j));
        const norm = (of: Float64Array) => Math.hypot(...places.map((i) => of[i]));
        const factor = (EPSILON * norm(table)) / norm(dx);
        for (const i of places) table[i] += factor * dx[i];
      }
    });
    assert.ok(moved.loss > plain.loss, 'the loss rises in that direction');
    const both = gradients(model, EPSILON);
    for (const [name, gradient] of Object.entries(both.of)) {
      const want = plain.of[name].map((g, i) => g + moved.of[name][i]);
      assert.ok(distance(gradient, want) < 1e-9, `${name}: ${distance(gradient, want)}`);
    }
    assert.equal(both.loss, plain.loss, 'the loss that is told is that of the batch as it is');
    assert.deepEqual(both.logits, plain.logits);
  });
}

test('the same bits on 1, 2 and 3 threads, with all dropouts, mixtures and two passes', async () => {
  const lengths = [9, 9, 7, 4, 4, 3, 1, 1];
  const sequences = sequencesOf(lengths);
  const trained = async (threads: number, adversarial: number) => {
    const session = await createSession({
      engine: chooseEngine(() => performance.now(), 'wasm narrow'),
      threads,
      capacity: capacityOf(lengths),
      shape: {
        model: recurrentOptions({
          ...{ type: 'bigru', embedding_dim: 5, hidden_size: 19, num_layers: 2, pooling: 'attention+max' },
          ...{ embedding_dropout: 0.2, variational_dropout: true, weight_drop: 0.2, word_type_dropout: 0.1 },
        }),
        vocabularySize: 40,
        classes: 3,
      },
      training: trainingSpec(
        trainOptions.parse({ adversarial, mixup: 0.5, r_drop: 1, clip_norm: 1 }),
        Int32Array.of(0, 1, 2),
        3,
      ),
    });
    session.initialise(3);
    for (let step = 0; step < 3; step++)
      session.step(sequences, [0, 1, 2, 0, 1, 2, 0, 1], { step, lr: 0.01 });
    const result = session.tensors();
    await session.close();
    return result;
  };
  const [one, ...others] = await Promise.all([1, 2, 3].map((threads) => trained(threads, 0.1)));
  for (const other of others) assert.deepEqual(other, one);
  assert.notDeepEqual(await trained(1, 0), one);
});
