/** The training loop on a small task: learning, resuming to the bit, threads, stopping. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NonFiniteError } from '../core/errors.ts';
import { createRng } from '../core/rng.ts';
import { chooseEngine, type EngineChoice, testEngines } from '../engine/index.ts';
import { recurrentOptions } from '../models/options.ts';
import { capacityFor, scoreAll } from '../models/predict.ts';
import { averages } from '../nn/averages/index.ts';
import { monitorMode, MONITORS, schedules } from '../nn/schedules/index.ts';
import { createSession, type Session } from '../models/session.ts';
import { createAveraging } from './averaging.ts';
import type { TrainingCheckpoint, TrainingCheckpointStore } from './checkpoint.ts';
import type { EpochEvent, TrainEvent } from './events.ts';
import type { TrainingPart } from './epoch-documents.ts';
import { trainClassifier } from './loop.ts';
import type { TrainingRun } from './training-run.ts';
import { createMargins } from './margins.ts';
import { trainOptions } from './options.ts';
import { epochDocuments, epochLengths } from './sampling.ts';
import { effectiveWeights, trainingSpec } from './spec.ts';

const CLASSES = 3;
const VOCABULARY = 30;

/** Sequences whose class shows in the tokens 2 to 4; the others are noise. */
function task(name: string, count: number): TrainingPart {
  const rng = createRng(1).fork(name);
  const labels = Int32Array.from({ length: count }, () => rng.int(CLASSES));
  const sequences = Array.from(labels, (label) => {
    const ids = Int32Array.from({ length: 2 + rng.int(9) }, () => 5 + rng.int(VOCABULARY - 5));
    ids[rng.int(ids.length)] = 2 + label;
    return ids;
  });
  return { sequences, labels };
}

const train = task('train', 60);
const val = task('val', 25);
const clock = () => performance.now();
/** The native engine in each build that runs here. */
const natives = testEngines(clock, { only: 'native' }).tests;
const nativeChoices = natives.flatMap(({ available, name }) =>
  available ? [chooseEngine(clock, name)] : [],
);
const kernels = { wide: chooseEngine(clock, 'wasm wide'), narrow: chooseEngine(clock, 'wasm narrow') };
const defaults = { epochs: 4, batch_size: 8, lr: 0.02, label_smoothing: 0.05, seed: 3, clip_norm: 1 };

async function sessionFor(
  given: object,
  {
    width = kernels.narrow,
    threads = 1,
    layer = 'bilstm',
  }: { width?: EngineChoice; threads?: number; layer?: string } = {},
): Promise<Session> {
  const options = trainOptions.parse({ ...defaults, ...given });
  const model = recurrentOptions({
    type: layer,
    embedding_dim: 8,
    hidden_size: 10,
    num_layers: 2,
    dropout: 0.2,
    embedding_dropout: 0.1,
    word_dropout: 0.05,
  });
  return createSession({
    shape: { model, vocabularySize: VOCABULARY, classes: CLASSES },
    capacity: capacityFor(
      [epochLengths(train, options.sampling), val.sequences.map((s) => s.length)].map((lengths) => ({
        lengths,
        batchSize: 8,
      })),
    ),
    training: trainingSpec(options, train.labels, CLASSES),
    engine: width,
    threads,
  });
}

async function run(
  given: object = {},
  more: Partial<TrainingRun> = {},
  where: Parameters<typeof sessionFor>[1] = {},
) {
  const session = await sessionFor(given, where);
  const events: TrainEvent[] = [];
  let clock = 0;
  const options = trainOptions.parse({ ...defaults, ...given });
  try {
    const result = await trainClassifier({
      session,
      train,
      val,
      options,
      listener: (event) => void events.push(event),
      now: () => (clock += 1),
      ...more,
    });
    return {
      result,
      events,
      bits: bitsOf(session),
      epochs: events.filter((e): e is EpochEvent => e.type === 'epoch'),
    };
  } finally {
    await session.close();
  }
}

function bitsOf(session: Session): string {
  return Object.values(session.tensors())
    .map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'))
    .join('|');
}

/** Keeps the last checkpoint in memory, through JSON as a file would. */
function memoryStore(): TrainingCheckpointStore & { saves: number } {
  const saved = new Map<string, string>();
  const bytes = (data: Float32Array | Float64Array) =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
  return {
    saves: 0,
    save(name, { tensors, state }: TrainingCheckpoint) {
      this.saves++;
      const plain = Object.entries(tensors).map(([key, { shape, data }]) => [key, shape, bytes(data)]);
      saved.set(name, JSON.stringify({ plain, state }));
    },
    load(name) {
      const text = saved.get(name);
      if (text === undefined) return undefined;
      const { plain, state } = JSON.parse(text) as { plain: [string, number[], string][]; state: unknown };
      const tensors = Object.fromEntries(
        plain.map(([key, shape, data]) => [
          key,
          { shape, data: new Float32Array(new Uint8Array(Buffer.from(data, 'base64')).buffer) },
        ]),
      );
      return { tensors, state };
    },
  };
}

describe('training', () => {
  test('learns the task', async () => {
    const { result, epochs } = await run({ epochs: 12 });
    assert.ok(epochs[0].train_loss > 0.9, 'starts near chance');
    assert.ok(result.val && result.val.accuracy >= 0.9, `validation accuracy ${result.val?.accuracy}`);
    assert.equal(result.steps, result.epochs * 8);
  });

  test('keep: last keeps the weights of the last epoch and runs them all, whatever the patience', async () => {
    const given = { epochs: 7, lr: 0.2, patience: 1 };
    const { result: best } = await run(given);
    assert.ok(best.epochs < 7, 'the case is one in which training would stop early');
    const { result, bits, epochs } = await run({ ...given, keep: 'last' });
    assert.deepEqual([result.reason, result.epochs, result.bestEpoch], ['epochs', 7, 7]);
    assert.equal(result.val?.loss, epochs[6].val_loss);
    assert.deepEqual(
      epochs.flatMap((e) => (e.best ? e.epoch : [])),
      [7],
    );
    // without a validation part there is nothing to choose by
    assert.equal((await run(given, { val: { sequences: [], labels: new Int32Array() } })).bits, bits);
  });

  test('same seed, same bits, whatever the threads and the kernels; another seed, other bits', async () => {
    const { bits, epochs } = await run();
    for (const where of [{ width: kernels.wide }, { threads: 2 }, { width: kernels.wide, threads: 3 }]) {
      const other = await run({}, {}, where);
      assert.equal(other.bits, bits);
      assert.deepEqual(
        other.epochs.map((e) => e.val_loss),
        epochs.map((e) => e.val_loss),
      );
    }
    assert.notEqual((await run({ seed: 4 })).bits, bits);
  });

  test('imbalance: same bits whatever the threads, and after an interruption; epochs have the documents of the sampling', async () => {
    for (const given of [
      { loss: 'focal', label_smoothing: 0, class_weights: 'effective', sampling: 'undersample' },
      { logit_adjustment: 1, class_weights: 'balanced', sampling: 'oversample' },
    ] as const) {
      const { bits, result } = await run(given);
      assert.equal(result.steps, result.epochs * Math.ceil(epochDocuments(train.labels, given.sampling) / 8));
      assert.equal((await run(given, {}, { width: kernels.wide, threads: 3 })).bits, bits);
      const store = memoryStore();
      let steps = 0;
      await run(given, { store, interrupted: () => ++steps === 13 });
      assert.equal((await run(given, { store, resume: true })).bits, bits);
    }
  });

  test('margins are of the documents that are learned, the same after an interruption, and change no bit', async () => {
    const margins = createMargins(train.labels.length);
    const given = { epochs: 8, patience: null };
    // the last document has a wrong label
    const labels = train.labels.map((label, n) => (n === 59 ? (label + 1) % CLASSES : label));
    const flipped = { train: { ...train, labels } };
    const { bits } = await run(given, { ...flipped, margins });
    assert.equal((await run(given, flipped)).bits, bits);
    const area = margins.area();
    assert.ok(area.every(Number.isFinite));
    const worst = [...area.keys()].sort((a, b) => area[a] - area[b]).slice(0, 6);
    assert.ok(worst.includes(59), `the wrong label is among the worst, ${worst.join(', ')}`);
    const store = memoryStore();
    let steps = 0;
    const before = createMargins(labels.length);
    await run(given, { ...flipped, store, margins: before, interrupted: () => ++steps === 13 });
    const after = createMargins(labels.length);
    await run(given, { ...flipped, store, margins: after, resume: true });
    assert.deepEqual(after.area(), area);
  });

  test(
    'the native engine gives the same bits, for every layer and any number of threads',
    { skip: nativeChoices.length === 0 && `native: ${natives[0].reason}` },
    async () => {
      for (const layer of ['bilstm', 'gru', 'rnn']) {
        const { bits } = await run({}, {}, { layer });
        for (const width of nativeChoices)
          for (const threads of [1, 2])
            assert.equal(
              (await run({}, {}, { layer, width, threads })).bits,
              bits,
              `${width.name}, ${layer}`,
            );
      }
    },
  );

  test(
    'a run can begin on the native engine and end on WebAssembly, or the other way round',
    { skip: nativeChoices.length === 0 && `native: ${natives[0].reason}` },
    async () => {
      const whole = await run();
      for (const pair of [
        [nativeChoices[0], kernels.wide],
        [kernels.wide, nativeChoices[0]],
      ]) {
        const store = memoryStore();
        let steps = 0;
        await run({}, { store, interrupted: () => ++steps === 13 }, { width: pair[0] });
        const { bits } = await run({}, { store, resume: true }, { width: pair[1] });
        assert.equal(bits, whole.bits, `${pair[0].name}, then ${pair[1].name}`);
      }
    },
  );

  test('an interruption at any batch, resumed, gives the bits of an uninterrupted run', async () => {
    const whole = await run();
    for (const stopAt of [1, 7, 8, 9, 20, 31]) {
      const store = memoryStore();
      let steps = 0;
      const first = await run({}, { store, interrupted: () => ++steps === stopAt });
      assert.equal(first.result.reason, 'interrupted');
      assert.equal(first.result.steps, stopAt);
      const second = await run({}, { store, resume: true });
      assert.equal(second.bits, whole.bits, `stopped after step ${stopAt}`);
      const lines = [...first.epochs, ...second.epochs].map(({ seconds: _, ...line }) => line);
      assert.deepEqual(lines, whole.epochs.map(({ seconds: _, ...line }) => line)); // prettier-ignore
      assert.deepEqual(second.result.val, whole.result.val);
    }
  });

  for (const average of ['ema', { type: 'ema', decay: 0.8, start: 0.4 }, 'swa'] as const) {
    const name = JSON.stringify(average);

    test(`average ${name}: it is measured and kept, and the training goes on from the weights`, async () => {
      const given = { average, keep: 'last', patience: null };
      const session = await sessionFor(given);
      const options = trainOptions.parse({ ...defaults, ...given });
      const { rate } = averages.create(options.average, { totalSteps: 4 * 8 });
      let mean: Float64Array | undefined;
      const flat = () => Float64Array.from(Object.values(session.tensors()).flatMap(({ data }) => [...data]));
      const weights: string[] = [];
      const epochs: EpochEvent[] = [];
      const listener = (event: TrainEvent) => {
        if (event.type === 'epoch') epochs.push(event);
        if (event.type !== 'step') return;
        weights.push(bitsOf(session));
        const r = rate(event.step - 1);
        if (r > 0) mean = flat().map((w, i) => (r === 1 ? w : (mean?.[i] ?? NaN) * (1 - r) + w * r));
      };
      await trainClassifier({ session, train, val, options, listener, now: () => 0 });
      const [got, want] = [flat(), mean ?? []];
      assert.ok(got.every((w, i) => Math.abs(w - want[i]) < 1e-5), 'the average is left in the session'); // prettier-ignore
      const { loss } = await scoreAll(session, val.sequences, { labels: val.labels });
      assert.equal(epochs.at(-1)?.val_loss, loss);
      await session.close();
      // without the average, every step has the same weights
      const plain = await sessionFor({ ...given, average: 'none' });
      let same = 0;
      await trainClassifier({
        ...{ session: plain, train, val, options: { ...options, average: { type: 'none' } }, now: () => 0 },
        listener: (event) => void (event.type === 'step' && same++ < 32 && assert.equal(bitsOf(plain), weights[same - 1])), // prettier-ignore
      });
      await plain.close();
    });

    test(`average ${name}: same bits on any number of threads, and after an interruption`, async () => {
      for (const keep of ['best', 'last']) {
        const whole = await run({ average, keep });
        assert.equal(
          (await run({ average, keep }, {}, { threads: 3, width: kernels.wide })).bits,
          whole.bits,
        );
        for (const stopAt of [7, 8, 29]) {
          const store = memoryStore();
          let steps = 0;
          await run({ average, keep }, { store, interrupted: () => ++steps === stopAt });
          assert.ok((await run({ average, keep }, { store, resume: true })).bits === whole.bits);
        }
        // the best epoch may be one before the average begins
        if (keep === 'last') assert.ok((await run({ keep })).bits !== whole.bits);
      }
    });
  }

  test('a classifier that keeps no average is refused by the name of the setting', () => {
    const { average } = trainOptions.parse({ average: 'swa' });
    assert.throws(
      () => createAveraging({} as Session, { average }, 10),
      /\[train\.average\] must be none .* but got swa/,
    );
  });

  test('drops of the learning rate before an interruption are counted', async () => {
    const given = { epochs: 12, lr: 0.05, patience: null, schedule: { type: 'plateau', patience: 0 } };
    const whole = await run(given);
    const drops = whole.epochs.filter((epoch) => epoch.lr_reduced).length;
    assert.ok(drops >= 2);
    const store = memoryStore();
    let steps = 0;
    await run(given, { store, interrupted: () => ++steps === 80 });
    const { result, epochs } = await run(given, { store, resume: true });
    assert.ok(epochs.filter((epoch) => epoch.lr_reduced).length < drops, 'some came before');
    assert.deepEqual([whole.result.lrReductions, result.lrReductions], [drops, drops]);
  });

  test('an epoch that a listener ended is asked about again by who goes on', async () => {
    const asked: number[] = [];
    const listener = (event: TrainEvent) => {
      if (event.type === 'epoch') asked.push(event.epoch);
      return event.type !== 'epoch' || event.epoch < 2;
    };
    const store = memoryStore();
    // a checkpoint after each step, as often as the clock allows
    await run({ checkpoint_seconds: 0 }, { store, listener });
    const { result } = await run({ checkpoint_seconds: 0 }, { store, resume: true, listener });
    assert.deepEqual(asked, [1, 2, 2]);
    assert.deepEqual([result.reason, result.epochs], ['stopped', 2]);
  });

  test('a kill between two checkpoints goes back to the older one and gives the same bits', async () => {
    const whole = await run();
    const store = memoryStore();
    // the clock ticks a millisecond per look, a checkpoint is due every 20; the kill comes as an exception from a listener
    const killed = run(
      { checkpoint_seconds: 0.02 },
      {
        store,
        listener: (event) => {
          if (event.type === 'step' && event.step === 21) throw new Error('killed');
        },
      },
    );
    await assert.rejects(killed, /killed/);
    assert.ok(store.saves > 1);
    const second = await run({}, { store, resume: true });
    assert.equal(second.bits, whole.bits);
  });

  test('the best parameters are restored after early stopping', async () => {
    const { result, epochs } = await run({ epochs: 60, lr: 0.05, patience: 3 });
    assert.equal(result.reason, 'early-stopping');
    const best = epochs.reduce((a, b) => (b.val_loss < a.val_loss ? b : a));
    assert.equal(result.bestEpoch, best.epoch);
    assert.equal(result.epochs, best.epoch + 3);
    assert.equal(result.val?.loss, best.val_loss);
    const upToBest = await run({ epochs: best.epoch, lr: 0.05, patience: 3 });
    const stopped = await run({ epochs: 60, lr: 0.05, patience: 3 });
    assert.equal(stopped.bits, upToBest.bits, 'parameters of the best epoch');
  });

  test('the schedule lowers the learning rate and says so', async () => {
    const { epochs } = await run({
      epochs: 20,
      lr: 0.05,
      patience: null,
      schedule: { type: 'plateau', patience: 1, factor: 0.1 },
    });
    const drop = epochs.findIndex((e) => e.lr_reduced);
    assert.ok(drop >= 0 && drop + 1 < epochs.length);
    assert.ok(Math.abs(epochs[drop + 1].lr / epochs[drop].lr - 0.1) < 1e-12);
  });

  test('a loss that is not finite stops with the step and what to do', async () => {
    const session = await sessionFor({ lr: 1e38, clip_norm: null });
    const options = trainOptions.parse({ ...defaults, lr: 1e38, clip_norm: null });
    let clock = 0;
    await assert.rejects(
      trainClassifier({ session, train, val, options, now: () => clock++ }),
      (error: unknown) => {
        assert.ok(error instanceof NonFiniteError);
        assert.ok(
          error.step >= 1 &&
            error.message.includes(`step ${error.step}`) &&
            error.message.includes('train.lr'),
        );
        return true;
      },
    );
  });

  test('a divergence keeps the last checkpoint with finite weights, and the best epoch', async () => {
    for (const checkpoint_seconds of [0, 1e9]) {
      const store = memoryStore();
      const session = await sessionFor({ clip_norm: null });
      // a step in the third epoch breaks the weights
      const broken = new Proxy(session, {
        get(target, key) {
          const value: unknown = Reflect.get(target, key);
          if (key !== 'step') return typeof value === 'function' ? (value.bind(target) as unknown) : value;
          return (...[sequences, labels, at]: Parameters<Session['step']>) =>
            target.step(sequences, labels, at.step === 20 ? { ...at, lr: 1e38 } : at);
        },
      });
      const options = trainOptions.parse({ ...defaults, clip_norm: null, checkpoint_seconds });
      const training = trainClassifier({ session: broken, train, val, options, store, now: () => 0 });
      await assert.rejects(training, (error: unknown) => {
        assert.ok(error instanceof NonFiniteError, String(error));
        assert.equal(error.message.includes('last good checkpoint is of step'), checkpoint_seconds === 0);
        assert.match(error.message, /weights of epoch \d+, the best one, are in the checkpoint "best"/);
        return true;
      });
      const kept = [store.load('best'), ...(checkpoint_seconds === 0 ? [store.load('last')] : [])];
      for (const checkpoint of kept) {
        assert.ok(checkpoint);
        for (const [name, { data }] of Object.entries(checkpoint.tensors))
          assert.ok(data.every(Number.isFinite), name);
      }
    }
  });

  test('the schedule may watch another figure than early stopping', async () => {
    const schedule = { type: 'plateau', patience: 0, factor: 0.5 };
    const given = { epochs: 15, lr: 0.05, patience: null, monitor: 'val_accuracy' };
    const { epochs, result } = await run({ ...given, schedule: { ...schedule, monitor: 'val_loss' } });
    const drops = (mode: 'min' | 'max', figure: 'val_loss' | 'val_accuracy') => {
      const watch = schedules.create(schedule, { lr: 0.05, totalSteps: 1, stepsPerEpoch: 1, mode });
      return epochs.map((epoch) => watch.afterEpoch(epoch[figure]));
    };
    assert.deepEqual(
      epochs.map((epoch) => epoch.lr_reduced),
      drops('min', 'val_loss'),
    );
    assert.notDeepEqual(drops('min', 'val_loss'), drops('max', 'val_accuracy'), 'the two differ here');
    const best = Math.max(...epochs.map((epoch) => epoch.val_accuracy));
    assert.equal(result.bestEpoch, 1 + epochs.findIndex((epoch) => epoch.val_accuracy === best));
  });

  test('whatever is monitored is told, and its best epoch is kept', async () => {
    for (const monitor of MONITORS) {
      const { epochs, result } = await run({ epochs: 6, lr: 0.05, patience: null, monitor });
      const values = epochs.map((epoch) => epoch[monitor] ?? NaN);
      const best = monitorMode(monitor) === 'max' ? Math.max(...values) : Math.min(...values);
      assert.equal(result.bestEpoch, 1 + values.indexOf(best), monitor);
    }
    assert.equal(monitorMode('val_mcc'), 'max');
    assert.equal(monitorMode('val_log_loss'), 'min');
  });

  test('plateau watches the training loss where there is no validation part', async () => {
    const none = { sequences: [], labels: new Int32Array(0) };
    const { epochs } = await run(
      { monitor: 'val_accuracy', schedule: { type: 'plateau', patience: 0 } },
      { val: none },
    );
    assert.ok(epochs[1].train_loss < epochs[0].train_loss && epochs[2].train_loss < epochs[1].train_loss);
    assert.ok(!epochs[1].lr_reduced && !epochs[2].lr_reduced, 'a falling loss is an improvement');
  });

  test('without a validation part it trains all epochs and keeps the last parameters', async () => {
    const none = { sequences: [], labels: new Int32Array(0) };
    const { result, epochs } = await run({ patience: 1 }, { val: none });
    assert.equal(result.epochs, 4);
    assert.equal(result.val, null);
    assert.equal(result.bestEpoch, 4);
    assert.ok(Number.isNaN(epochs[0].val_loss));
  });

  test('until ends it before its last epoch, at the rates of the whole training', async () => {
    const schedule = { type: 'cosine', warmup_fraction: 0.1 };
    const ratesOf = (events: readonly TrainEvent[]) =>
      events.flatMap((event) => (event.type === 'step' ? [event.lr] : []));
    const [whole, part] = [await run({ schedule }), await run({ schedule }, { until: 2 })];
    const [all, first] = [ratesOf(whole.events), ratesOf(part.events)];
    assert.equal(part.result.epochs, 2);
    assert.deepEqual(first, all.slice(0, first.length));
    assert.equal(2 * first.length, all.length);
  });

  test('a listener that says false ends training after the epoch', async () => {
    const { result } = await run(
      {},
      { listener: (event) => (event.type === 'epoch' ? event.epoch < 2 : true) },
    );
    assert.deepEqual([result.reason, result.epochs], ['stopped', 2]);
  });

  test('and so does one that promises false, which is waited for', async () => {
    let waiting = false;
    const { result } = await run(
      {},
      {
        listener: async (event) => {
          assert.equal(waiting, false, `${event.type} must wait`);
          if (event.type !== 'epoch') return true;
          waiting = true;
          await new Promise((resolve) => setImmediate(resolve));
          waiting = false;
          return event.epoch < 2;
        },
      },
    );
    assert.deepEqual([result.reason, result.epochs], ['stopped', 2]);
  });

  test('a checkpoint of other data is refused', async () => {
    const store = memoryStore();
    await run({}, { store, interrupted: () => true });
    const fewer = { sequences: train.sequences.slice(0, 40), labels: train.labels.slice(0, 40) };
    await assert.rejects(run({}, { store, resume: true, train: fewer }), /40 documents/);
  });
});

describe('class weights and dropout of the training options', () => {
  test('balanced weights are those of scikit-learn', () => {
    const spec = trainingSpec(
      trainOptions.parse({ class_weights: 'balanced' }),
      Int32Array.from([0, 0, 0, 1]),
      2,
    );
    assert.deepEqual(spec.classWeights, [4 / 6, 4 / 2]);
  });
  test('effective weights are those of Cui et al.: by (1 - β) / (1 - β^n), with the sum C', () => {
    const labels = Int32Array.from({ length: 110 }, (_, i) => (i < 100 ? 0 : 1));
    const raw = [100, 10].map((n) => (1 - 0.9) / (1 - 0.9 ** n));
    const scale = 2 / (raw[0] + raw[1]);
    for (const [c, weight] of effectiveWeights(labels, 2, 0.9).entries())
      assert.ok(Math.abs(weight - raw[c] * scale) < 1e-12);
    assert.deepEqual(effectiveWeights(labels, 2, 0), [1, 1]);
    const { classWeights } = trainingSpec(trainOptions.parse({ class_weights: 'effective' }), labels, 2);
    assert.deepEqual(classWeights, effectiveWeights(labels, 2, 0.999));
  });
  test('weights and frequencies follow from the documents of an epoch', () => {
    const spec = (sampling: string) =>
      trainingSpec(
        trainOptions.parse({ sampling, class_weights: 'balanced', logit_adjustment: 1 }),
        Int32Array.from([0, 0, 0, 1]),
        2,
      );
    assert.deepEqual(spec('none').classPriors, [0.75, 0.25]);
    assert.deepEqual(spec('oversample').classPriors, [0.5, 0.5]);
    assert.deepEqual(spec('undersample').classWeights, [1, 1]);
  });
  test('an option that would have no effect is refused', () => {
    const spec = (given: object) => () => trainingSpec(trainOptions.parse(given), Int32Array.from([0, 1]), 2);
    assert.throws(spec({ class_weights: 'balanced', class_weights_beta: 0.9 }), /class_weights_beta.*effective/s); // prettier-ignore
    assert.throws(spec({ loss: 'mse', focal_gamma: 1 }), /train\.focal_gamma.*mse.*focal/s);
    assert.throws(spec({ loss: 'mse', logit_adjustment: 1 }), /train\.logit_adjustment.*mse/s);
    assert.throws(spec({ loss: 'focal', label_smoothing: 0.1 }), /train\.label_smoothing.*focal/s);
  });
  test('an option of another optimiser is refused, since it would have no effect', () => {
    const spec = (given: object) => trainingSpec(trainOptions.parse(given), Int32Array.from([0, 1]), 2);
    assert.throws(() => spec({ optimizer: 'adam', momentum: 0.9 }), /train\.momentum.*adam.*0\.9.*sgd/s);
    assert.throws(() => spec({ loss: 'mse', label_smoothing: 0.1 }), /train\.label_smoothing.*mse/s);
    assert.equal(spec({ optimizer: 'sgd', momentum: 0.9 }).optimizer.momentum, 0.9);
    assert.equal(
      spec({ optimizer: 'adamw' }).optimizer.weight_decay,
      undefined,
      "null takes the optimiser's default",
    );
  });
  test('a wrong number of weights is refused with the number of classes', () => {
    assert.throws(
      () => trainingSpec(trainOptions.parse({ class_weights: [1, 2] }), Int32Array.from([0, 1, 2]), 3),
      /3 classes/,
    );
  });
});
