import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRng } from '../../core/rng.ts';
import { chooseEngine } from '../../engine/index.ts';
import { recurrentOptions } from '../../models/options.ts';
import { trainClassifier, trainOptions } from '../../train/index.ts';
import { packPart, type TrialFold, unpackPart } from './documents.ts';
import { measureTrial } from './measure.ts';
import { openTrialSession, trainTrial, type TrialTask } from './train-trial.ts';

const now = () => performance.now();
const engine = chooseEngine(now, 'wasm narrow');

/** Documents of three classes whose second token tells them apart. */
function documents(count: number, seed: number) {
  const rng = createRng(seed);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  const sequences = Array.from(labels, (label) => Int32Array.of(5 + rng.int(4), 2 + label, 5 + rng.int(4)));
  return { sequences, labels };
}

const folds: TrialFold[] = [1, 2].map((seed) => ({
  train: documents(48, seed),
  val: documents(15, seed + 10),
  vocabularySize: 9,
}));

const task = (more: Partial<TrialTask> = {}): TrialTask => ({
  config: {
    model: recurrentOptions({ type: 'gru', embedding_dim: 6, hidden_size: 6 }),
    train: trainOptions.parse({ epochs: 5, batch_size: 8, lr: 0.03, label_smoothing: 0.1 }),
  },
  folds: [folds[0]],
  classes: 3,
  engine,
  now,
  onEpoch: () => true,
  ...more,
});

test('documents in shared memory are the documents', () => {
  const sequences = fc.array(fc.int32Array({ minLength: 1, maxLength: 6 }), { maxLength: 8 });
  fc.assert(
    fc.property(sequences, (given) => {
      const labels = Int32Array.from(given, (_, i) => i % 2);
      const packed = packPart({ sequences: given, labels });
      assert.ok(packed.ids.buffer instanceof SharedArrayBuffer);
      const back = unpackPart(structuredClone(packed));
      assert.deepEqual(back.sequences.map((ids) => [...ids]), given.map((ids) => [...ids])); // prettier-ignore
      assert.deepEqual([...back.labels], [...labels]);
    }),
    { seed: 1 },
  );
});

test('a trial is a training: same weights kept, judged without smoothing', async () => {
  const heard: number[] = [];
  const outcome = await trainTrial(
    task({
      latency: true,
      onEpoch: (fold, { epoch, val_log_loss }) => {
        assert.equal(fold, 0);
        heard[epoch] = val_log_loss ?? NaN;
        return true;
      },
    }),
  );
  const session = await openTrialSession(task(), folds[0]);
  const { val, bestEpoch } = await trainClassifier({
    session,
    ...folds[0],
    options: task().config.train,
    now,
  });
  const [own] = outcome.folds;
  assert.equal(outcome.ended, 'done');
  assert.deepEqual([own.loss, own.accuracy, own.bestEpoch], [val?.loss, val?.accuracy, bestEpoch]);
  assert.ok(Math.abs(own.log_loss - heard[bestEpoch]) < 1e-12);
  assert.notEqual(own.log_loss, own.loss);
  assert.equal(outcome.params, session.parameters.count);
  assert.ok((outcome.latency ?? 0) > 0);
});

test('folds one after another; a no after an epoch or a fold prunes, a stop interrupts', async () => {
  const both = await trainTrial(task({ folds }));
  assert.deepEqual([both.ended, both.folds.length], ['done', 2]);
  assert.notDeepEqual(both.folds[0], both.folds[1]);
  const asked: number[] = [];
  const afterFold = await trainTrial(
    task({
      folds,
      onFold: (fold, { log_loss }) => {
        asked.push(fold, log_loss);
        return false;
      },
    }),
  );
  assert.deepEqual([afterFold.ended, afterFold.folds.length], ['pruned', 1]);
  assert.deepEqual(asked, [0, both.folds[0].log_loss]);
  const afterEpoch = await trainTrial(task({ folds, onEpoch: (_, { epoch }) => epoch < 2 }));
  assert.deepEqual([afterEpoch.ended, afterEpoch.folds[0].epochs], ['pruned', 2]);
  const stopped = await trainTrial(task({ folds, interrupted: () => true }));
  assert.equal(stopped.ended, 'interrupted');
});

test('an interrupted trial goes on from its checkpoint to the same result', async () => {
  const saved = new Map<string, never>();
  const store = () => ({
    save: (name: string, checkpoint: unknown) => void saved.set(name, structuredClone(checkpoint) as never),
    load: (name: string) => saved.get(name),
  });
  let batches = 0;
  const first = await trainTrial(task({ store, interrupted: () => ++batches === 14 }));
  assert.equal(first.ended, 'interrupted');
  const epochs: number[] = [];
  const again = await trainTrial(
    task({
      store,
      onEpoch(_, { epoch }) {
        epochs.push(epoch);
        return true;
      },
    }),
  );
  assert.deepEqual(epochs, [3, 4, 5]);
  const whole = await trainTrial(task());
  const figures = ({ folds: [{ accuracy, log_loss, bestEpoch }] }: typeof whole) => ({
    accuracy,
    log_loss,
    bestEpoch,
  });
  assert.deepEqual(figures(again), figures(whole));
});

test('the cost of a trial grows with its epochs and folds', async () => {
  const one = await measureTrial(task(), [folds[0]]);
  const two = await measureTrial(task(), folds);
  assert.ok(one.epochSeconds > 0);
  assert.ok(Math.abs(one.seconds / one.epochSeconds - 5) < 1e-9);
  assert.ok(Math.abs(two.seconds / two.epochSeconds - 10) < 1e-9);
});
