/** The bag of words: PyTorch's numbers, no order, the same bits on any number of threads; a run from the command line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseEngine } from '../src/engine/index.ts';
import { type BagModelOptions, bagNetwork } from '../src/models/bag.ts';
import { openModel } from '../src/models/family.ts';
import { completeModelOptions } from '../src/models/options.ts';
import { COMMANDS, createClassifier } from '../src/models/recurrent/classifier.ts';
import { distance, loadTorch, values } from './golden/load.ts';
import { unrollHere } from './support/cli.ts';
import { capacityOf, type EngineName, engines, readMatrix, TOLERANCE } from './support/network.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv } from './support/tiny.ts';

const golden = loadTorch('bag');
const bag = (given: object) => completeModelOptions({ type: 'bag', ...given }) as BagModelOptions;

for (const name of Object.keys(engines) as EngineName[]) {
  test(`outputs, gradients and 10 steps of Adam equal PyTorch: ${name}`, () => {
    const { vocabulary, classes, label_smoothing, embedding: embedding_dim } = golden;
    const pooling = golden.pooling.join('+');
    const classifier = createClassifier({
      shape: {
        model: bagNetwork(bag({ embedding_dim, pooling, dropout: 0 })),
        vocabularySize: vocabulary,
        classes,
      },
      capacity: capacityOf(golden.sequences.map(({ length }) => length)),
      threads: 1,
      training: {
        ...{ loss: { type: 'cross_entropy', label_smoothing }, optimizer: { type: 'adam' }, seed: 0 },
        clipNorm: null,
      },
    });
    const engine = engines[name](classifier.words);
    const { f } = engine;
    classifier.bind(engine);
    for (const [key, stored] of Object.entries(golden.parameters))
      classifier.parameters.get(key).write(f, values(stored));
    classifier.batch.write(golden.sequences.map((ids) => Int32Array.from(ids)), golden.labels); // prettier-ignore
    const near = (got: ArrayLike<number>, want: Float64Array, bound: number) =>
      assert.ok(distance(got, want) <= bound, String(distance(got, want)));
    for (const [step, want] of golden.losses.entries()) {
      classifier.run([COMMANDS.step, step, golden.lr, 1], 0, () => {});
      const { loss } = classifier.result;
      assert.ok(Math.abs(loss / want - 1) < (name === 'reference float64' ? 1e-9 : 1e-5), `${step}: ${loss}`);
      if (step > 0) continue;
      const rows = golden.labels.length;
      const logits = readMatrix(f, { at: classifier.logits.at, rows, groups: 1, size: classes });
      near(logits, values(golden.logits), TOLERANCE[name]);
      for (const [key, stored] of Object.entries(golden.gradients)) {
        const parameter = classifier.parameters.get(key);
        near(parameter.read(f, parameter.grad), values(stored), TOLERANCE[name]);
      }
    }
    for (const [key, stored] of Object.entries(golden.final))
      near(classifier.parameters.get(key).read(f), values(stored), 10 * TOLERANCE[name]);
  });
}

const LENGTHS = [9, 9, 7, 4, 4, 3, 1, 1];
const sequences = LENGTHS.map((n, b) => Int32Array.from({ length: n }, (_, t) => 2 + ((5 * b + 3 * t) % 30)));
const labels = [0, 1, 2, 0, 1, 2, 0, 1];

async function trained(threads: number, given: object = {}) {
  const classifier = await openModel(bag({ embedding_dim: 11, embedding_dropout: 0.2, ...given }), {
    ...{ engine: chooseEngine(() => 0, 'wasm narrow'), threads, capacity: capacityOf(LENGTHS) },
    ...{ vocabularySize: 40, classes: 3 },
    training: {
      ...{ loss: { type: 'cross_entropy' }, optimizer: { type: 'adam' }, clipNorm: 1, seed: 4 },
      ...{ adversarial: 0.1, mixup: 0.5, rDrop: 1 },
    },
  });
  classifier.initialise(3);
  for (let step = 0; step < 3; step++) classifier.step(sequences, labels, { step, lr: 0.01 });
  return classifier;
}

test('the same bits on 1 and 3 threads, with all methods of training', async () => {
  const all = await Promise.all([1, 3].map((threads) => trained(threads, { pooling: 'attention+max' })));
  const [one, three] = all.map((classifier) => classifier.tensors());
  assert.deepEqual(three, one);
  await Promise.all(all.map((classifier) => classifier.close()));
});

test('the order of the tokens does not matter', async () => {
  const classifier = await trained(1, { pooling: 'mean+max+attention' });
  const forwards = classifier.predict(sequences);
  const backwards = classifier.predict(sequences.map((ids) => ids.toReversed()));
  assert.ok(distance(backwards, forwards) < 1e-6);
  await classifier.close();
});

test('last and hierarchical are refused where they are named; last is left out of the default', () => {
  assert.deepEqual(bag({}).pooling, ['mean', 'max']);
  assert.throws(() => bag({ pooling: 'last' }), /pooling.* must leave out last for model.type bag, which ignores word order/); // prettier-ignore
  assert.throws(() => bag({ pooling: 'max+hierarchical' }), /must leave out hierarchical for model.type bag/);
  assert.throws(() => bag({ hidden_size: 3 }), /hidden_size\] must be left out with model.type bag/);
});

test('it is trained, saved and used by the commands', async () => {
  const cwd = temporaryFolder();
  writeFiles(cwd, { 'tiny.csv': tinyCsv() });
  const small = [
    '--model.embedding_dim',
    '8',
    '--train.epochs',
    '8',
    '--train.lr',
    '0.05',
    '--no-baseline',
    '--no-figures',
  ];
  const run = await unrollHere(['train', 'tiny.csv', '--model', 'bag', ...small, '-o', 'runs/bag'], { cwd });
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stderr, /a bag of words with vectors of 8, pooling mean \+ max/);
  const predicted = await unrollHere(['predict', 'runs/bag', 'the goal of the team'], { cwd });
  assert.match(predicted.stdout, /^sport\t/);
});
