/** Phases: what they are made of, what they refuse, and that what is frozen keeps every bit. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRng } from '../core/rng.ts';
import { chooseEngine } from '../engine/index.ts';
import { recurrentOptions } from '../models/options.ts';
import { createSession, type Session } from '../models/session.ts';
import { truncateIds } from '../text/encode.ts';
import { idsWithNgrams, ngramsBehind, pickIds } from '../text/ngrams.ts';
import type { TrainingCheckpoint, TrainingCheckpointStore } from './checkpoint.ts';
import type { EpochEvent, TrainEvent } from './events.ts';
import { trainClassifier } from './loop.ts';
import type { TrainingRun } from './training-run.ts';
import { trainOptions } from './options.ts';
import { planPhases } from './phases.ts';
import { trainingSpec } from './spec.ts';

const groups = ['embedding', 'layer_1', 'layer_2', 'head'];
const options = (given: object) => trainOptions.parse({ epochs: 6, schedule: 'constant', ...given });
const plan = (given: object, context: object = {}) => planPhases(options(given), { groups, ...context });

describe('the plan', () => {
  test('one phase, without a name, where nothing changes', () => {
    const { settled, at } = plan({});
    assert.equal(settled, 0);
    assert.deepEqual([at(0), at(5)].map(({ phase, name, rates }) => ({ phase, name, rates })), [
      { phase: 1, name: '', rates: undefined },
      { phase: 1, name: '', rates: undefined },
    ]); // prettier-ignore
  });

  test('phases say what differs between them, and the last one takes the epochs that are left', () => {
    const { at, settled } = plan(
      {
        loss: 'cross_entropy',
        monitor: 'val_accuracy',
        phases: [
          { epochs: 2, loss: 'mse', max_length: 50, freeze: ['vectors'] },
          { epochs: 1, max_length: 50 },
          { lr_factor: 0.5 },
        ],
      },
      { maxLength: 400, pretrained: { rate: 0.1, frozenEpochs: 0 } },
    );
    assert.deepEqual(
      [0, 1, 2, 3, 5].map((epoch) => [at(epoch).phase, at(epoch).name]),
      [
        [1, 'mean squared error, 50 tokens, rate × 1, vectors frozen'],
        [1, 'mean squared error, 50 tokens, rate × 1, vectors frozen'],
        [2, 'cross-entropy, 50 tokens, rate × 1, all parameters learn'],
        [3, 'cross-entropy, 400 tokens, rate × 0.5, all parameters learn'],
        [3, 'cross-entropy, 400 tokens, rate × 0.5, all parameters learn'],
      ],
    );
    assert.deepEqual([at(0).vectors, at(2).vectors], [0, 0.1]);
    assert.equal(settled, 3);
  });

  test('gradual unfreezing from the top, lower rates below', () => {
    const { at, epochsLearned } = plan({ gradual_unfreezing: 1, layer_lr_decay: 0.5 });
    assert.deepEqual(
      [0, 1, 2, 3, 5].map((epoch) => at(epoch).rates),
      [
        [0, 0, 0, 1],
        [0, 0, 0.5, 1],
        [0, 0.25, 0.5, 1],
        [0.125, 0.25, 0.5, 1],
        [0.125, 0.25, 0.5, 1],
      ],
    );
    assert.equal(at(1).name, 'embedding + layer 1 frozen');
    assert.deepEqual([0, 3].map((g) => epochsLearned(g, 5)), [2, 5]); // prettier-ignore
  });

  test('epochs of frozen vectors are a phase too', () => {
    const { at, changes } = plan({}, { pretrained: { rate: 1, frozenEpochs: 2 } });
    assert.deepEqual([at(1).name, at(2).name], ['vectors frozen', 'all parameters learn']);
    assert.deepEqual([0, 1, 2, 3].map(changes), [false, false, true, false]);
  });

  for (const [given, message] of [
    [
      { phases: [{ epochs: 4 }, { epochs: 4 }] },
      /6 epochs in all, as train\.epochs has, but need 8\. Change train\.epochs/,
    ],
    [{ phases: [{ epochs: 6 }, {}] }, /need at least 7/],
    [{ phases: [{ epochs: 2 }, { epochs: 2 }] }, /but have 4/],
    [{ phases: [{}, { epochs: 2 }] }, /phase 1 must have its number of epochs, but has none/],
    [
      { phases: [{ freeze: ['layer_3'] }] },
      /there are \(embedding, layer_1, layer_2, head\), but freezes layer_3/,
    ],
    [{ phases: [{ freeze: ['vectors'] }] }, /without model\.vectors/],
    [{ phases: [{ freeze: ['embedding', 'layers', 'head'] }] }, /must leave something that learns/],
    [{ phases: [{ max_length: 500 }] }, /at most text\.max_length = 400 tokens, but has max_length 500/],
    [
      { phases: [{ epochs: 1, loss: 'mse' }, {}] },
      /train\.monitor\] must not be val_loss where phases change the loss/,
    ],
    [
      {
        phases: [{ epochs: 1, loss: 'mse' }, {}],
        monitor: 'val_accuracy',
        schedule: { type: 'plateau', monitor: 'val_loss' },
      },
      /plateau must not watch val_loss/,
    ],
    [
      { gradual_unfreezing: 2 },
      /must leave an epoch in which all learns, but 4 parts of the network \(head, layer_2, layer_1, embedding\) need 7 epochs/,
    ],
  ] as const)
    // prettier-ignore
    test(`refuses ${JSON.stringify(given)}`, () => {
      assert.throws(() => plan(given, { maxLength: 400 }), message);
    });

  test('refuses models without groups of parameters', () => {
    for (const given of [{ phases: [{}] }, { layer_lr_decay: 0.5 }, { gradual_unfreezing: 1 }])
      assert.throws(() => plan(given, { groups: undefined }), /must be left out for a model/);
  });
});

test('token ids keep their n-grams where a phase reads a part of a text', () => {
  const ids = idsWithNgrams(Int32Array.of(4, 5, 6, 7), [[1], [2, 3], [], [9]]);
  const picked = pickIds(ids, truncateIds([0, 1, 2, 3], 3, 'head+tail'));
  assert.deepEqual([...picked], [4, 5, 7]);
  assert.deepEqual([0, 1, 2].map((t) => [...(ngramsBehind(picked)?.(t) ?? [])]), [[1], [2, 3], [9]]); // prettier-ignore
});

const rng = createRng(4);
const labels = Int32Array.from({ length: 24 }, (_, n) => n % 3);
const sequences = Array.from(labels, (label) => {
  const ids = Int32Array.from({ length: 3 + rng.int(7) }, () => 5 + rng.int(15));
  ids[rng.int(2)] = 2 + label;
  return ids;
});
const part = { sequences, labels };

async function train(
  given: object,
  { threads = 1, ...more }: Partial<TrainingRun> & { readonly threads?: number } = {},
  look: (session: Session, epoch: number) => void = () => undefined,
): Promise<{ session: Session; events: TrainEvent[] }> {
  const train = trainOptions.parse({
    ...{
      epochs: 4,
      batch_size: 8,
      lr: 0.02,
      seed: 5,
      clip_norm: 1,
      schedule: 'constant',
      optimizer: 'adamw',
    },
    ...{ keep: 'last', patience: null, ...given },
  });
  const session = await createSession({
    shape: {
      model: recurrentOptions({
        type: 'bigru',
        embedding_dim: 8,
        hidden_size: 8,
        num_layers: 2,
        dropout: 0.2,
      }),
      ...{ vocabularySize: 20, classes: 3 },
    },
    capacity: { rows: 24, tokens: 240, steps: 10 },
    training: trainingSpec(train, labels, 3),
    engine: chooseEngine(() => 0, 'wasm narrow'),
    threads,
  });
  const events: TrainEvent[] = [];
  let clock = 0;
  try {
    await trainClassifier({
      ...{ session, train: part, val: part, options: train, now: () => (clock += 1) },
      listener(event) {
        events.push(event);
        if (event.type === 'epoch') look(session, event.epoch);
      },
      ...more,
    });
    return { session, events };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Bits of the tensors and of the optimiser's state, by group. */
function bitsBy(session: Session): { readonly tensors: Record<string, string>; readonly all: string } {
  const hex = (data: Float32Array | Float64Array) => Buffer.from(data.slice().buffer).toString('hex');
  const tensors: Record<string, string> = {};
  for (const [name, { data }] of Object.entries(session.tensors())) tensors[name] = hex(data);
  return { tensors, all: JSON.stringify([tensors, Object.values(session.optimizerState()).map(hex)]) };
}

describe('training', () => {
  test('what is frozen keeps every bit, its optimiser state stays zero, and what is not frozen moves', async () => {
    const seen: Record<string, string>[] = [];
    const { session } = await train(
      { phases: [{ epochs: 2, freeze: ['embedding', 'layer_1'] }, { freeze: ['head'] }] },
      {},
      (open, epoch) => {
        seen.push(bitsBy(open).tensors);
        if (epoch > 2) return;
        const { at, words, slots } = open.parameters;
        const frozen = open.parameters.list.filter(({ name }) => /embedding|_l0/.test(name));
        for (const { at: from, words: n } of frozen)
          for (const slot of slots)
            assert.ok(open.engine.f.slice(slot + from - at, slot + from - at + n).every((x) => x === 0));
        assert.ok(frozen.reduce((sum, one) => sum + one.words, 0) < words);
      },
    );
    await session.close();
    const same = (a: number, b: number) => Object.keys(seen[0]).filter((name) => seen[a][name] === seen[b][name]); // prettier-ignore
    const names = Object.keys(seen[0]);
    assert.deepEqual(same(0, 1), names.filter((name) => /^embedding|_l0/.test(name))); // prettier-ignore
    assert.deepEqual(same(2, 3), names.filter((name) => name.startsWith('classifier'))); // prettier-ignore
  });

  test('a part that learns later has the first step of a fresh optimiser', async () => {
    // Adam moves every weight by about the learning rate in its first step, whatever the gradient
    const seen: Float64Array[] = [];
    const look = (open: Session) => seen.push(Float64Array.from(open.tensors()['rnn.weight_hh_l1'].data));
    const given = { epochs: 3, batch_size: 24, optimizer: 'adam', clip_norm: null, phases: [{ epochs: 2, freeze: ['layers'] }, {}] }; // prettier-ignore
    const { session } = await train(given, {}, look);
    await session.close();
    const moved = seen[2].map((x, i) => Math.abs(x - seen[1][i]));
    assert.ok(
      moved.every((x) => x < 0.0201),
      String(Math.max(...moved)),
    );
    assert.ok(moved.filter((x) => x > 0.019).length > moved.length / 2);
  });

  const phases = [
    { epochs: 1, loss: 'mse', max_length: 3, freeze: ['layer_1'] },
    { epochs: 1, loss: 'mse' },
    { lr_factor: 0.3 },
  ];
  const given = { phases, layer_lr_decay: 0.7, average: 'ema', label_smoothing: 0.1 };

  test('epochs tell their phase; earlier phases have their own loss', async () => {
    const { session, events } = await train(given);
    await session.close();
    const epochs = events.filter((event): event is EpochEvent => event.type === 'epoch');
    assert.deepEqual(epochs.map(({ phase }) => phase), [1, 2, 3, 3]); // prettier-ignore
    assert.deepEqual(
      events.flatMap((event) => (event.type === 'phase' ? [[event.phase, event.epoch]] : [])),
      [[1, 1], [2, 2], [3, 3]], // prettier-ignore
    );
    // of three classes, the squared error of outputs near 0 is about 1/3, the cross-entropy about ln 3
    assert.ok(epochs[1].val_loss < 0.4 && epochs[3].val_loss > 0.6, JSON.stringify(epochs));
    assert.equal(epochs[3].lr, 0.02 * 0.3);
  });

  test('the same bits with threads, and resumed within and between phases', async () => {
    const whole = await train(given);
    const expected = bitsBy(whole.session).all;
    await whole.session.close();
    const threads = await train(given, { threads: 2 });
    assert.equal(bitsBy(threads.session).all, expected);
    await threads.session.close();
    for (const steps of [2, 3, 7]) {
      const store = memoryStore();
      let done = 0;
      const first = await train(given, { store, interrupted: () => ++done === steps });
      await first.session.close();
      const second = await train(given, { store, resume: true });
      assert.equal(bitsBy(second.session).all, expected, `after ${steps} steps`);
      await second.session.close();
    }
  });

  test('early stopping waits for the last phase', async () => {
    const frozen = { epochs: 3, freeze: ['embedding', 'layers'] };
    const { session, events } = await train({
      epochs: 8,
      ...{ lr: 1e-9, keep: 'best', patience: 1, min_delta: 1 },
      phases: [frozen, {}],
    });
    await session.close();
    assert.equal(events.filter(({ type }) => type === 'epoch').length, 4);
  });
});

function memoryStore(): TrainingCheckpointStore {
  const saved = new Map<string, TrainingCheckpoint>();
  return {
    save: (name, checkpoint) => void saved.set(name, structuredClone(checkpoint)),
    load: (name) => saved.get(name),
  };
}
