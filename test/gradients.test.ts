/**
 * Every layer, pooling and whole classifiers against central differences, in float64 on the reference engine: relative
 * difference at most 1e-6 of each tensor's largest gradient. Losses have theirs beside them.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TypeAndOptions } from '../src/core/family.ts';
import { createRng } from '../src/core/rng.ts';
import { COMMANDS, createClassifier } from '../src/models/recurrent/classifier.ts';
import type { TrainingSpec } from '../src/models/trainable.ts';
import { type BagModelOptions, bagNetwork } from '../src/models/bag.ts';
import { completeModelOptions, recurrentOptions, type RecurrentModelOptions } from '../src/models/options.ts';
import { layers } from '../src/nn/layers/index.ts';
import type { Parameter } from '../src/nn/parameters.ts';
import { poolings } from '../src/nn/pooling/index.ts';
import { idsWithNgrams } from '../src/text/ngrams.ts';
import { distance } from './golden/load.ts';
import {
  capacityOf,
  centralDifferences,
  createPooling,
  createStack,
  dot,
  engines,
  normals,
  placesOf,
  readMatrix,
  sequencesOf,
  writeMatrix,
} from './support/network.ts';

const ENGINE = 'reference float64';
const BOUND = 1e-6;
const LENGTHS = [4, 3, 3, 1];

/** Words of a parameter's elements in PyTorch's order. */
function places(parameter: Parameter): number[] {
  const words = Float64Array.from({ length: parameter.at + parameter.words }, (_, word) => word);
  return Array.from(parameter.read(words));
}

/** Asserts gradients to be near, and not to be zeros throughout. */
function near(what: string, analytic: ArrayLike<number>, numeric: ArrayLike<number>): void {
  const d = distance(analytic, numeric);
  assert.ok(d <= BOUND, `${what}: ${d} of the largest gradient`);
  assert.ok(Array.from(analytic).some((x) => x !== 0), `${what}: all zero`); // prettier-ignore
}

/** Every layer of the family with its default options, and other kinds of some. */
const cells: readonly TypeAndOptions[] = [
  ...layers.names.map((type) => ({ type })),
  { type: 'rnn', nonlinearity: 'relu' },
];

describe('recurrent stacks', () => {
  for (const cell of cells) {
    for (const [numLayers, bidirectional, dropout, variational, weightDrop = 0] of [
      [1, false, 0, false],
      [1, true, 0, false],
      [2, true, 0, false],
      [3, false, 0.4, false],
      [2, true, 0.4, true],
      [2, true, 0, false, 0.4],
    ] as const) {
      const drops =
        weightDrop > 0 ? ', weight drop' : dropout > 0 ? `, ${variational ? 'variational ' : ''}dropout` : '';
      test(`${Object.values(cell).join(' ')}, ${numLayers} layers${bidirectional ? ', bidirectional' : ''}${drops}`, () => {
        const hiddenSize = cell['nonlinearity'] === 'relu' ? 6 : 2; // enough that not all are 0
        const options = {
          cell: layers.create(cell),
          name: 'rnn',
          inputSize: 3,
          hiddenSize,
          numLayers,
          bidirectional,
          dropout,
          variational,
          weightDrop,
        };
        const stack = createStack(ENGINE, options, LENGTHS);
        const { f } = stack.engine;
        const rng = createRng(40 + numLayers);
        const [x, dOut] = [
          normals(rng, stack.x.rows * 3),
          normals(rng, stack.x.rows * hiddenSize * (bidirectional ? 2 : 1)),
        ];
        writeMatrix(f, stack.x, x);
        stack.forward();
        stack.backward(dOut);
        const dx = readMatrix(f, stack.dx);
        const gradients = stack.parameters.list.map((p) => p.read(f, p.grad));
        const value = () => dot(stack.forward(), dOut);
        near('dx', dx, centralDifferences(f, placesOf(stack.x), value));
        for (const [n, parameter] of stack.parameters.list.entries()) {
          near(parameter.name, gradients[n], centralDifferences(f, places(parameter), value));
        }
      });
    }
  }
});

/** Every pooling of the family with its default options, and other kinds of some; several segments of so short documents. */
const pools: readonly TypeAndOptions[] = [
  ...poolings.names.map((type) => (type === 'hierarchical' ? { type, size: 2 } : { type })),
  { type: 'attention', size: 5, heads: 3 },
];

describe('poolings', () => {
  for (const options of pools) {
    for (const directions of [1, 2]) {
      test(`${Object.values(options).join(' ')}, ${directions} directions`, () => {
        const [H, rng] = [3, createRng(50)];
        const pooling = createPooling(ENGINE, options, LENGTHS, directions, H);
        const { f } = pooling.engine;
        const h = normals(rng, pooling.h.rows * directions * H);
        const dy = normals(rng, pooling.forward(h).length);
        const analytic = pooling.backward(dy);
        const gradients = pooling.parameters.list.map((p) => p.read(f, p.grad));
        const value = () => dot(pooling.forward(readMatrix(f, pooling.h)), dy);
        near('dh', analytic, centralDifferences(f, placesOf(pooling.h), value));
        for (const [p, parameter] of pooling.parameters.list.entries()) {
          near(parameter.name, gradients[p], centralDifferences(f, places(parameter), value));
        }
      });
    }
  }
});

/** None, one, or several, one of them twice. */
function ngramsOfToken(id: number, b: number, t: number, buckets: number): number[] {
  return Array.from({ length: (b + t) % 4 }, (_, n) => (id + (n % 2)) % buckets);
}

function networkOf(model: object): RecurrentModelOptions {
  if (!('type' in model) || model.type !== 'bag')
    return recurrentOptions({ embedding_dim: 3, hidden_size: 2, ...model });
  return bagNetwork(completeModelOptions({ embedding_dim: 3, ...model }) as BagModelOptions);
}

describe('whole classifiers', () => {
  const bag = { type: 'bag', dropout: 0.3, embedding_dropout: 0.2, word_type_dropout: 0.2 };
  const training = (loss: TrainingSpec['loss'], classWeights?: readonly number[]): TrainingSpec => ({
    loss,
    ...(classWeights ? { classWeights } : {}),
    optimizer: { type: 'sgd' },
    clipNorm: null,
    seed: 9,
  });
  const crossEntropy = training({ type: 'cross_entropy', label_smoothing: 0.1 }, [1, 0.5, 2]);
  for (const [name, model, spec] of [
    [
      'bilstm, all poolings, weighted cross-entropy',
      { type: 'bilstm', pooling: 'last+mean+max', dropout: 0 },
      crossEntropy,
    ],
    ['gru, last, mse', { type: 'gru', pooling: 'last', dropout: 0 }, training({ type: 'mse' })],
    [
      'bilstm, attention of two heads beside the mean',
      {
        type: 'bilstm',
        embedding_dim: 4,
        hidden_size: 3,
        pooling: [{ type: 'attention', size: 3, heads: 2 }, 'mean'],
        dropout: 0.3,
      },
      crossEntropy,
    ],
    [
      'bigru, vectors of n-grams, with dropout of vectors and of word types',
      {
        type: 'bigru',
        pooling: 'mean',
        embedding_dropout: 0.2,
        word_type_dropout: 0.2,
        dropout: 0,
        ngram_buckets: 5,
      },
      crossEntropy,
    ],
    [
      'bilstm, hierarchical beside the maximum, mixtures of documents',
      {
        type: 'bilstm',
        pooling: [{ type: 'hierarchical', size: 2, attention_size: 3 }, 'max'],
        dropout: 0.3,
      },
      { ...crossEntropy, mixup: 0.7 },
    ],
    [
      'gru, mixtures of documents',
      { type: 'gru', pooling: 'last+mean', dropout: 0.3 },
      { ...crossEntropy, mixup: 0.7 },
    ],
    [
      'bigru, two passes with other dropout masks, mixtures of documents',
      { type: 'bigru', pooling: 'mean', dropout: 0.3, embedding_dropout: 0.2, weight_drop: 0.3 },
      { ...crossEntropy, mixup: 0.7, rDrop: 2 },
    ],
    [
      'bag, all dropouts, attention',
      { ...bag, pooling: ['mean', { type: 'attention', size: 3 }] },
      crossEntropy,
    ],
    [
      'bag, vectors of n-grams, two passes with other dropout masks',
      { ...bag, pooling: 'mean+max', ngram_buckets: 5 },
      { ...crossEntropy, rDrop: 1 },
    ],
    [
      'birnn with all dropouts',
      {
        type: 'birnn',
        num_layers: 2,
        pooling: 'max+mean',
        dropout: 0.3,
        embedding_dropout: 0.2,
        word_type_dropout: 0.2,
        weight_drop: 0.3,
      },
      crossEntropy,
    ],
    [
      'bigru with all dropouts, variational',
      {
        type: 'bigru',
        num_layers: 2,
        pooling: 'mean',
        dropout: 0.3,
        embedding_dropout: 0.2,
        variational_dropout: true,
      },
      crossEntropy,
    ],
  ] as const) {
    test(name, () => {
      const buckets = 'ngram_buckets' in model ? model.ngram_buckets : 0;
      const classifier = createClassifier({
        shape: {
          model: networkOf(model),
          vocabularySize: 8,
          classes: 3,
        },
        capacity: capacityOf(LENGTHS),
        threads: 1,
        training: spec,
      });
      const engine = engines[ENGINE](classifier.words);
      const { f } = engine;
      classifier.bind(engine);
      classifier.parameters.initialise(f, createRng(60));
      const sequences = sequencesOf(LENGTHS).map((ids, b) =>
        buckets === 0
          ? ids
          : idsWithNgrams(
              ids,
              Array.from(ids, (id, t) => ngramsOfToken(id, b, t, buckets)),
            ),
      );
      classifier.batch.write(sequences, [0, 2, 1, 2]);
      const run = () => {
        classifier.parametersChanged();
        classifier.run([COMMANDS.gradients, 4, 0, 1], 0, () => {}); // the same step draws the same dropout
        return classifier.result.loss;
      };
      run();
      const gradients = classifier.parameters.list.map((p) => p.read(f, p.grad));
      for (const [n, parameter] of classifier.parameters.list.entries()) {
        near(parameter.name, gradients[n], centralDifferences(f, places(parameter), run));
      }
    });
  }
});
