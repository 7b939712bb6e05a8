/** Pretrained rows of the embedding: which get a gradient, which move, and that threads change no bit. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRng } from '../src/core/rng.ts';
import { fromFloat16, toFloat16 } from '../src/core/float16.ts';
import { chooseEngine } from '../src/engine/index.ts';
import { parametersOf } from '../src/models/family.ts';
import { recurrentOptions } from '../src/models/options.ts';
import { COMMANDS, createClassifier } from '../src/models/recurrent/classifier.ts';
import { createSession, type Session } from '../src/models/session.ts';
import type { TrainingSpec } from '../src/models/trainable.ts';
import type { PretrainedRows } from '../src/nn/layers/embedding.ts';
import { distance } from './golden/load.ts';
import { capacityOf, centralDifferences, engines, sequencesOf } from './support/network.ts';

const V = 9;
const D = 3;
const LENGTHS = [4, 3, 3, 1];
const SEQUENCES = sequencesOf(LENGTHS); // ids 1 to 7
const LABELS = [0, 2, 1, 2];
const training: TrainingSpec = {
  loss: { type: 'cross_entropy' },
  optimizer: { type: 'adamw', weight_decay: 0.1 },
  clipNorm: 1,
  seed: 3,
};
const shapeOf = (pretrained: PretrainedRows) => ({
  model: recurrentOptions({
    type: 'bilstm',
    embedding_dim: D,
    hidden_size: 2,
    dropout: 0.2,
    embedding_dropout: 0.2,
  }),
  vocabularySize: V,
  classes: 3,
  pretrained,
});

/** Rows from 4 on, half precision. */
const rng = createRng(5);
const VECTORS = fromFloat16(toFloat16(Array.from({ length: (V - 4) * D }, () => rng.normal())));

const frozen = { from: 4, fixed: V - 4 };
const tuned = { from: 4, fixed: 2 };

async function open(pretrained: PretrainedRows, threads = 1): Promise<Session> {
  const session = await createSession({
    shape: shapeOf(pretrained),
    capacity: capacityOf(LENGTHS),
    training,
    threads,
    engine: chooseEngine(() => 0, 'wasm narrow'),
  });
  session.initialise(8, { vectors: VECTORS, spread: 0.25 });
  return session;
}

/** The whole table [V × D]. */
function tableOf(session: Session): number[][] {
  const tensors = session.tensors();
  const values = [...tensors['embedding.weight'].data, ...('embedding.fixed' in tensors ? tensors['embedding.fixed'].data : [])]; // prettier-ignore
  return Array.from({ length: V }, (_, row) => values.slice(row * D, (row + 1) * D));
}

const given = (row: number) => [...VECTORS.slice((row - 4) * D, (row - 3) * D)];

describe('gradients', () => {
  for (const [name, pretrained, rate, rows] of [
    ['fine-tuned: all rows but the fixed ones', tuned, 1, 7],
    ['frozen for now: the rows without a vector', tuned, 0, 4],
    ['frozen: the rows without a vector', frozen, 1, 4],
  ] as const) {
    test(name, () => {
      const classifier = createClassifier({
        shape: shapeOf(pretrained),
        capacity: capacityOf(LENGTHS),
        threads: 1,
        training,
      });
      const engine = engines['reference float64'](classifier.words);
      const { f } = engine;
      classifier.bind(engine);
      classifier.parameters.initialise(f, createRng(60));
      const fixed = classifier.parameters.get('embedding.fixed');
      fixed.write(f, VECTORS.slice(-fixed.size));
      assert.equal(fixed.grad, -1);
      classifier.batch.write(SEQUENCES, LABELS);
      const run = () => {
        classifier.parametersChanged();
        classifier.run([COMMANDS.gradients, 4, 0, rate], 0, () => {});
        return classifier.result.loss;
      };
      run();
      const trained = classifier.parameters.list.filter(({ spec }) => !spec.fixed);
      const gradients = trained.map((p) => p.read(f, p.grad));
      for (const [n, parameter] of trained.entries()) {
        const words = Float64Array.from({ length: parameter.at + parameter.words }, (_, word) => word);
        const numeric = centralDifferences(f, Array.from(parameter.read(words)), run);
        const learned = parameter.name === 'embedding.weight' ? numeric.map((x, i) => (Math.floor(i / D) < rows ? x : 0)) : numeric; // prettier-ignore
        assert.ok(distance(gradients[n], learned) <= 1e-6, parameter.name);
      }
    });
  }
});

describe('training', () => {
  test('rows start as their vectors, the others with the spread of these', async () => {
    const session = await open(tuned);
    const table = tableOf(session);
    for (let row = 4; row < V; row++) assert.deepEqual(table[row], given(row));
    const plain = await createSession({ ...session.plan, shape: { ...shapeOf(tuned), pretrained: { from: V, fixed: 0 } }, engine: chooseEngine(() => 0, 'wasm narrow') }); // prettier-ignore
    plain.initialise(8);
    const drawn = tableOf(plain);
    for (let row = 0; row < 4; row++)
      assert.deepEqual(
        table[row],
        drawn[row].map((x) => Math.fround(x * 0.25)),
      );
    await session.close();
    await plain.close();
  });

  const steps = (session: Session, rate?: number) => {
    for (let step = 0; step < 5; step++)
      session.step(SEQUENCES, LABELS, {
        step,
        lr: 0.05,
        ...(rate !== undefined && { pretrainedRate: rate }),
      });
  };

  test('fixed rows and frozen ones keep every bit, decay included; their optimiser state stays zero', async () => {
    for (const [pretrained, rate, first] of [
      [tuned, 1, 7],
      [tuned, 0, 4],
      [frozen, 1, 4],
    ] as const) {
      const session = await open(pretrained);
      const before = tableOf(session);
      steps(session, rate);
      const after = tableOf(session);
      for (let row = first; row < V; row++) assert.deepEqual(after[row], given(row), `row ${row}`);
      for (let row = 1; row < Math.min(first, 8); row++)
        assert.notDeepEqual(after[row], before[row], `row ${row}`);
      await session.close();
    }
    const { parameters } = await open(frozen);
    const { parameters: all } = await open({ from: V, fixed: 0 });
    assert.equal(all.count - parameters.count, (V - 4) * D);
    assert.ok(parameters.words < all.words, 'no state for what is fixed');
  });

  test('the rate applies to the vectors alone', async () => {
    const moved = async (rate: number) => {
      const session = await open(tuned);
      const before = tableOf(session);
      session.step(SEQUENCES, LABELS, { step: 0, lr: 0.01, pretrainedRate: rate });
      const after = tableOf(session);
      await session.close();
      return after.map((row, r) => row.map((x, d) => x - before[r][d]));
    };
    const [whole, half] = [await moved(1), await moved(0.5)];
    for (const row of [1, 2, 3]) assert.deepEqual(whole[row], half[row]);
    for (const row of [4, 5, 6])
      for (let d = 0; d < D; d++)
        assert.ok(Math.abs(half[row][d] - whole[row][d] / 2) <= 1e-6, `${half[row][d]}, ${whole[row][d]}`);
  });

  test('the same bits with threads, and after saving and loading in between', async () => {
    const one = await open(tuned);
    steps(one, 0.3);
    const three = await open(tuned, 3);
    steps(three, 0.3);
    assert.deepEqual(three.tensors(), one.tensors());
    const again = await open(tuned);
    for (let step = 0; step < 2; step++)
      again.step(SEQUENCES, LABELS, { step, lr: 0.05, pretrainedRate: 0.3 });
    const other = await open(tuned);
    other.initialise(99);
    other.load(again.tensors());
    other.loadOptimizerState(again.optimizerState());
    for (let step = 2; step < 5; step++)
      other.step(SEQUENCES, LABELS, { step, lr: 0.05, pretrainedRate: 0.3 });
    assert.deepEqual(other.tensors(), one.tensors());
    await Promise.all([one, three, again, other].map((session) => session.close()));
  });
});

test('fixed rows are no parameters', () => {
  const model = recurrentOptions({ embedding_dim: D });
  const sizes = { vocabularySize: V, classes: 3 };
  const count = (more: { pretrained?: PretrainedRows }) =>
    parametersOf(model, { ...sizes, ...more }).reduce((sum, fact) => sum + fact.count, 0);
  assert.equal(count({}) - count({ pretrained: frozen }), (V - 4) * D);
});
