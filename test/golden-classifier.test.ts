/** Whole classifiers against PyTorch: gradients of every tensor, and the loss of 10 training steps. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClassifier, COMMANDS } from '../src/models/recurrent/classifier.ts';
import { recurrentOptions } from '../src/models/options.ts';
import { type ClassifierFixtures, distance, loadTorch, values } from './golden/load.ts';
import { type EngineName, engines, readMatrix, TOLERANCE } from './support/network.ts';

const golden = loadTorch('classifiers');
const names = Object.keys(engines) as EngineName[];
type Model = ClassifierFixtures['models'][number];

/** A classifier with PyTorch's initial parameters and the batch of the golden values. */
function build(
  name: EngineName,
  model: Model,
  { optimizer, options, max_norm: clipNorm }: Model['trainings'][number],
) {
  const lengths = golden.sequences.map((s) => s.length);
  const classifier = createClassifier({
    shape: {
      model: recurrentOptions({
        type: `bi${model.type}`,
        ...(model.nonlinearity ? { nonlinearity: model.nonlinearity } : {}),
        embedding_dim: golden.embedding,
        hidden_size: golden.hidden,
        num_layers: model.num_layers,
        dropout: 0,
        pooling: golden.pooling,
      }),
      vocabularySize: golden.vocabulary,
      classes: golden.classes,
    },
    capacity: { rows: lengths.length, tokens: lengths.reduce((sum, n) => sum + n, 0), steps: lengths[0] },
    threads: 1,
    training: {
      loss: { type: 'cross_entropy', label_smoothing: golden.label_smoothing },
      optimizer: { type: optimizer, ...options },
      clipNorm,
      seed: 0,
    },
  });
  const engine = engines[name](classifier.words);
  classifier.bind(engine);
  for (const [key, stored] of Object.entries(model.parameters))
    classifier.parameters.get(key).write(engine.f, values(stored));
  classifier.batch.write(golden.sequences.map((s) => Int32Array.from(s)), golden.labels); // prettier-ignore
  return { classifier, engine };
}

for (const model of golden.models) {
  describe(`bidirectional ${model.type}, ${model.num_layers} layers, equals PyTorch`, () => {
    test('parameters have its names, order and shapes', () => {
      const { classifier } = build('wasm narrow', model, model.trainings[0]);
      assert.deepEqual(
        classifier.parameters.list.map((p) => [p.name, p.shape]),
        Object.entries(model.parameters).map(([key, { shape }]) => [key, shape]),
      );
    });

    for (const name of names) {
      test(`outputs, loss and every gradient: ${name}`, () => {
        const { classifier, engine } = build(name, model, model.trainings[0]);
        classifier.run([COMMANDS.gradients, 0, 0, 1], 0, () => {});
        const rows = golden.labels.length;
        const logits = readMatrix(engine.f, {
          at: classifier.logits.at,
          rows,
          groups: 1,
          size: golden.classes,
        });
        assert.ok(distance(logits, values(model.logits)) <= TOLERANCE[name]);
        for (const [key, stored] of Object.entries(model.gradients)) {
          const parameter = classifier.parameters.get(key);
          const d = distance(parameter.read(engine.f, parameter.grad), values(stored));
          assert.ok(d <= TOLERANCE[name], `${key}: ${d}`);
        }
      });

      for (const training of model.trainings) {
        test(`10 steps of ${training.optimizer} ${JSON.stringify(training.options)}: ${name}`, () => {
          const { classifier, engine } = build(name, model, training);
          for (const [step, want] of training.losses.entries()) {
            classifier.run([COMMANDS.step, step, training.lr, 1], 0, () => {});
            const { loss, gradientNorm } = classifier.result;
            assert.ok(
              Math.abs(loss / want - 1) < (name === 'reference float64' ? 1e-9 : 1e-5),
              `step ${step}: ${loss} but ${want}`,
            );
            if (training.max_norm !== null)
              assert.ok(Math.abs(gradientNorm / training.norms[step] - 1) < 1e-5, 'norm');
          }
          for (const [key, stored] of Object.entries(training.final)) {
            const d = distance(classifier.parameters.get(key).read(engine.f), values(stored));
            // Adam divides by √v: where a gradient is close to 0, its rounding error moves the parameter
            assert.ok(d <= 10 * TOLERANCE[name], `${key} after 10 steps: ${d}`);
          }
        });
      }
    }
  });
}
