import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { resolveConfig } from '../../config/index.ts';
import { NonFiniteError, UnrollError } from '../../core/errors.ts';
import { chooseEngine } from '../../engine/index.ts';
import { packPart } from '../../tune/training/documents.ts';
import { startTrialPool, type TrialPool, type WorkerTrial } from './pool.ts';

const labels = Int32Array.from({ length: 40 }, (_, i) => i % 3);
const part = packPart({ sequences: Array.from(labels, (label) => Int32Array.of(2, 3 + label)), labels });

const trial = (train: object = {}): WorkerTrial => ({
  config: resolveConfig({
    values: {
      model: { type: 'rnn', embedding_dim: 4, hidden_size: 4 },
      train: { epochs: 4, batch_size: 8, ...train },
    },
    where: () => 'the test',
  }),
  metric: 'mcc',
  latency: false,
  checkpoints: null,
});

const goOn = { onEpoch: async () => true, onFold: async () => true };

describe('workers', () => {
  let pool: TrialPool;
  before(async () => {
    pool = await startTrialPool(2, {
      documents: { kind: 'encoded', folds: [{ train: part, val: part, vocabularySize: 8 }] },
      classes: 3,
      engine: chooseEngine(() => performance.now(), 'wasm narrow'),
    });
  });
  after(() => pool.close());

  test('more trials than workers: all are trained, with the same result on either', async () => {
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => pool.train(trial(), goOn)));
    for (const { ended, folds } of outcomes) {
      assert.equal(ended, 'done');
      assert.deepEqual(folds, outcomes[0].folds);
    }
  });

  test('a worker waits for the answer to each epoch', async () => {
    const epochs: number[] = [];
    const { ended, folds } = await pool.train(trial(), {
      ...goOn,
      async onEpoch(_, { epoch }) {
        epochs.push(epoch);
        await new Promise((resolve) => setTimeout(resolve, 20));
        assert.equal(epochs.at(-1), epoch); // no other came meanwhile
        return epoch < 3;
      },
    });
    assert.deepEqual([ended, folds[0].epochs, epochs], ['pruned', 3, [1, 2, 3]]);
  });

  test('errors: of the listener as they are, of the training with their kind; the worker goes on', async () => {
    const lost = new UnrollError('io', 'the database is gone');
    await assert.rejects(
      pool.train(trial(), { ...goOn, onEpoch: () => Promise.reject(lost) }),
      (error) => error === lost,
    );
    await assert.rejects(
      pool.train(trial({ lr: 1e38 }), goOn),
      (error) =>
        error instanceof UnrollError && error.kind === 'non-finite' && !(error instanceof NonFiniteError),
    );
    const outcomes = await Promise.all([1, 2].map(() => pool.train(trial(), goOn)));
    assert.deepEqual(outcomes.map(({ ended }) => ended), ['done', 'done']); // prettier-ignore
  });

  test('a stop ends trials as interrupted', async () => {
    const { ended } = await pool.train(trial({ epochs: 1000, patience: null }), {
      ...goOn,
      async onEpoch() {
        pool.stop();
        return true;
      },
    });
    assert.equal(ended, 'interrupted');
  });
});
