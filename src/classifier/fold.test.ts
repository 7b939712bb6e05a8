/** A fold learns nothing from its test part, and calibrates as a training does. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chooseEngine } from '../engine/index.ts';
import { argmaxRows } from '../evaluate/index.ts';
import { scaleProbabilities, temperatureOf } from '../evaluate/temperature.ts';
import { plainLayer } from '../settings/layer.ts';
import { resolveSettings } from '../settings/resolve.ts';
import type { SettingsInput } from '../settings/sections.ts';
import type { TrainingCheckpoint, TrainingCheckpointStore } from '../train/checkpoint.ts';
import { type FoldContext, type FoldDocuments, type FoldRows, scoreFold } from './fold.ts';

const engine = chooseEngine(() => performance.now());
const SUBJECTS = ['ball goal team', 'bank loan money', 'film song actor'];
const CLASSES = SUBJECTS.length;
const N = 45;

const documents: FoldDocuments = {
  texts: Array.from({ length: N }, (_, n) => `${SUBJECTS[n % CLASSES]} word${n} thing${n % 7}`),
  labels: Int32Array.from({ length: N }, (_, n) => n % CLASSES),
  classes: CLASSES,
};
const rowsWhere = (fits: (n: number) => boolean) =>
  Int32Array.from({ length: N }, (_, n) => n).filter((n) => fits(n));
const rows: FoldRows = {
  train: rowsWhere((n) => n < 27),
  val: rowsWhere((n) => n >= 27 && n < 36),
  test: rowsWhere((n) => n >= 36),
};

const network: SettingsInput = {
  model: { type: 'gru', embedding_dim: 6, hidden_size: 6 },
  train: { epochs: 4, batch_size: 6, lr: 0.02 },
};
const models: [string, SettingsInput][] = [
  ['a network', network],
  ['the linear model', { model: { type: 'linear' } }],
];

async function scoresOf(
  settings: SettingsInput,
  changed: Partial<FoldDocuments> = {},
  more: Partial<FoldContext> = {},
  parts: FoldRows = rows,
) {
  const scores = await scoreFold(
    { ...documents, ...changed },
    parts,
    resolveSettings(plainLayer(settings, 'the test')),
    { engine, now: () => performance.now(), ...more },
  );
  assert.ok(scores);
  return scores;
}

const score = async (...given: Parameters<typeof scoresOf>) => (await scoresOf(...given)).probabilities;

for (const [name, settings] of models) {
  describe(`${name} learns nothing from the test part of its fold`, () => {
    test('not from its labels', async () => {
      const labels = documents.labels.map((label, n) => (n >= 36 ? (label + 1) % CLASSES : label));
      assert.deepEqual(await score(settings, { labels }), await score(settings));
    });

    test('not from its texts: the scores of a document do not depend on the others', async () => {
      const last = N - 1;
      // new words, and some that would change document frequencies and the vocabulary
      const texts = documents.texts.map((text, n) =>
        n >= 36 && n < last ? 'bank word1 strange new words' : text,
      );
      const [whole, changed] = [await score(settings), await score(settings, { texts })];
      assert.deepEqual(changed.slice(-CLASSES), whole.slice(-CLASSES));
      assert.notDeepEqual(changed.slice(0, CLASSES), whole.slice(0, CLASSES));
    });
  });
}

describe('train.refit', () => {
  const refit = { ...network, train: { ...network.train, refit: true } };

  test('the network is the one of training and validation documents, as confident as the first one is on validation documents', async () => {
    const joined = { train: rowsWhere((n) => n < 36), val: new Int32Array(), test: rows.test };
    const uncalibrated = (given: SettingsInput) => ({
      ...given,
      train: { ...given.train, calibrate: false },
    });
    const [whole, again] = [uncalibrated(network), uncalibrated(refit)];
    const expected = await score(whole, {}, {}, joined);
    assert.deepEqual(await score(again), expected);
    assert.notDeepEqual(await score(whole), expected);

    // the temperature of the first: the one that its scores of the validation part have
    const validation = await score(whole, {}, {}, { ...rows, test: rows.val });
    const labels = rows.val.map((n) => documents.labels[n]);
    const temperature = temperatureOf({ probabilities: validation, labels, classes: CLASSES });
    assert.notEqual(temperature, 1);
    assert.deepEqual(await score(refit), scaleProbabilities(expected, CLASSES, temperature));
  });

  test('it goes on to the epoch that early stopping kept', async () => {
    const epochs: number[] = [];
    // after the first epoch none is so much better
    const settings = { ...refit, train: { ...refit.train, epochs: 8, patience: 2, min_delta: 10 } };
    await score(settings, {}, { onEpoch: ({ epoch }) => epochs.push(epoch) });
    assert.deepEqual(epochs, [1, 2, 3, 8 + 1]);
  });

  test('with no validation documents there is nothing to learn again from', async () => {
    const none = { ...rows, val: new Int32Array() };
    assert.deepEqual(await score(refit, {}, {}, none), await score(network, {}, {}, none));
  });

  test('a second training that is interrupted goes on to the same bits, beside the checkpoints of the first', async () => {
    const kept = new Map<string, TrainingCheckpoint>();
    const store: TrainingCheckpointStore = {
      save: (name, checkpoint) => void kept.set(name, structuredClone(checkpoint)),
      load: (name) => kept.get(name),
    };
    const settings = resolveSettings(plainLayer(refit, 'the test'));
    let batches = 0;
    // the first training has 4 epochs of 5 batches
    const context = { engine, now: () => performance.now(), store };
    const stopped = await scoreFold(documents, rows, settings, {
      ...context,
      interrupted: () => ++batches === 27,
    });
    assert.equal(stopped, null);
    assert.deepEqual([...kept.keys()], ['refit-last']);
    assert.equal(kept.get('refit-last')?.state.step, 7);
    const resumed = await scoreFold(documents, rows, settings, context);
    assert.deepEqual(resumed?.probabilities, await score(refit));
  });

  test('where the linear model is chosen the network does not learn again', async () => {
    const epochs: number[] = [];
    const weak = { ...refit, train: { ...refit.train, epochs: 2, lr: 1e-6, auto: true } };
    const probabilities = await score(weak, {}, { onEpoch: ({ epoch }) => epochs.push(epoch) });
    assert.deepEqual(probabilities, await score({ model: { type: 'linear' } }));
    assert.deepEqual(epochs, [1, 2]);
  });
});

for (const [name, settings] of models) {
  test(`${name}: a document of which nothing is known has the class frequencies, and is named`, async () => {
    const labels = Int32Array.from({ length: N }, (_, n) => (n % 5 < 3 ? 0 : (n % 2) + 1));
    const texts = Array.from(labels, (c, n) => (n === N - 1 ? 'zzz' : SUBJECTS[c]));
    const { probabilities, unknown } = await scoresOf(settings, { labels, texts });
    const learned = Array.from(labels.subarray(0, settings.model?.type === 'linear' ? 36 : 27));
    assert.deepEqual(unknown, [rows.test.length - 1]);
    for (let c = 0; c < CLASSES; c++) {
      const frequency = learned.filter((label) => label === c).length / learned.length;
      assert.ok(
        Math.abs(probabilities[probabilities.length - CLASSES + c] - frequency) < 1e-12,
        `class ${c}`,
      );
    }
  });
}

test('vectors are learned from the texts of the training part only', async () => {
  const given: (readonly string[])[] = [];
  await score(network, {}, { vectors: (texts) => (given.push(texts), Promise.resolve(undefined)) });
  assert.deepEqual(given, [Array.from(rows.train, (n) => documents.texts[n])]);
});

test('a network is calibrated on the validation part, unless train.calibrate is off', async () => {
  const off: SettingsInput = { ...network, train: { ...network.train, calibrate: false } };
  const [scaled, plain] = [await score(network), await score(off)];
  assert.notDeepEqual(scaled, plain);
  assert.deepEqual(argmaxRows(scaled, CLASSES), argmaxRows(plain, CLASSES));
  // one temperature explains all of them: log odds shrink by one factor
  const odds = (p: Float64Array, n: number) => Math.log(p[n * CLASSES] / p[n * CLASSES + 1]);
  const temperature = odds(plain, 0) / odds(scaled, 0);
  const again = scaleProbabilities(plain, CLASSES, temperature);
  for (const [i, p] of again.entries()) assert.ok(Math.abs(p - scaled[i]) < 1e-9, `${p} ${scaled[i]}`);
  // the validation labels decide it
  const labels = documents.labels.map((label, n) => (n >= 27 && n < 36 ? (label + 1) % CLASSES : label));
  assert.notDeepEqual(
    await score({ ...network, train: { ...network.train, keep: 'last' } }, { labels }),
    scaled,
  );
});
