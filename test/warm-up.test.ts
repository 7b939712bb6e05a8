/** A warm-up within whole trainings: what it changes, that it goes on where it was interrupted, and what is refused. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { train as trainInMemory } from '../src/classifier/train.ts';
import { InterruptedError } from '../src/core/errors.ts';
import { crossValidate, type JobEvent, train } from '../src/jobs/index.ts';
import { openRunFolder } from '../src/run/index.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv, tinyRows } from './support/tiny.ts';

const folder = temporaryFolder();
const path = writeFiles(folder, {
  'tiny.csv': tinyCsv(90),
  'more.txt': tinyRows(200)
    .map(({ text }) => text)
    .join('\n'),
});
const config = (own: Readonly<Record<string, unknown>>) => ({
  model: { type: 'bilstm', embedding_dim: 6, hidden_size: 6, word_dropout: 0.1, pooling: 'attention+max' },
  train: {
    epochs: 2,
    batch_size: 16,
    lr: 0.01,
    threads: 1,
    baseline: false,
    refit: false,
    checkpoint_seconds: 0,
    ...own,
  },
  evaluate: { bootstrap_samples: 0, figures: false },
});
const weights = (run: string) => readFileSync(join(openRunFolder(run).paths.model, 'model.safetensors'));
let runs = 0;

async function trained(
  own: Readonly<Record<string, unknown>>,
  listener: (event: JobEvent) => void = () => undefined,
) {
  const output = join(folder, `run-${++runs}`);
  await train({ source: path('tiny.csv'), config: config(own), output }, { listener });
  return weights(output);
}

test('the network begins where its warm-up ended; the loss of the words falls', async () => {
  const notices: string[] = [];
  const plain = await trained({});
  for (const warm_up of ['next_words', 'autoencoder'])
    assert.notDeepEqual(
      await trained({ warm_up, warm_up_epochs: 4 }, (event) => {
        if (event.type === 'notice' && event.text.includes('warm-up')) notices.push(event.text);
      }),
      plain,
    );
  assert.equal(notices.length, 2);
  for (const notice of notices) {
    const [, before, after] = /^warm-up on \d+ texts: .* from ([\d.]+) to ([\d.]+) in 4 epochs$/.exec(
      notice,
    )!;
    assert.ok(Number(after) < Number(before), notice);
  }
});

test('the same bits on two threads, and when it is stopped in the warm-up and in the training behind it', async () => {
  const own = { warm_up: 'next_words', warm_up_epochs: 3, warm_up_texts: path('more.txt') };
  const whole = await trained(own);
  assert.deepEqual(await trained({ ...own, threads: 2 }), whole);
  assert.notDeepEqual(await trained({ ...own, warm_up_texts: null }), whole);
  const output = join(folder, 'stopped');
  const request = { source: path('tiny.csv'), config: config(own), output };
  for (const when of [
    ({ type, ...event }: JobEvent) => type === 'fitting' && 'done' in event && event.done > 0.4,
    (event: JobEvent) => event.type === 'epoch' && event.epoch === 1,
  ]) {
    const stop = new AbortController();
    const listener = (event: JobEvent) => {
      if (when(event)) stop.abort();
    };
    await assert.rejects(
      train({ ...request, resume: true }, { listener, stop: stop.signal }),
      InterruptedError,
    );
  }
  const begun: number[] = [];
  await train(
    { ...request, resume: true },
    { listener: (event) => event.type === 'fitting' && begun.push(event.done) },
  );
  assert.deepEqual(begun, [], 'the warm-up is done');
  assert.deepEqual(weights(output), whole);
});

test('a second training on the validation documents too warms up anew', async () => {
  const [warm, plain] = [
    await trained({ refit: true, warm_up: 'next_words' }),
    await trained({ refit: true }),
  ];
  assert.notDeepEqual(warm, plain);
  assert.notDeepEqual(warm, await trained({ warm_up: 'next_words' }));
});

test('a training in memory warms up as well, and reads no file for it', async () => {
  const documents = {
    texts: tinyRows(40).map(({ text }) => text),
    labels: tinyRows(40).map(({ label }) => label),
  };
  const { data: _, ...settings } = { data: null, ...config({ warm_up: 'autoencoder', warm_up_epochs: 1 }) };
  const told: string[] = [];
  const scores: Float64Array[] = [];
  for (const warm_up of ['autoencoder', 'none'] as const) {
    const classifier = await trainInMemory(documents, {
      ...settings,
      train: { ...settings.train, warm_up },
      listener(event) {
        if (event.type === 'fitting') told.push(String(event.what));
      },
    });
    scores.push(classifier.predictProba(documents.texts));
    await classifier.close();
  }
  assert.deepEqual(new Set(told), new Set(['warm-up']));
  assert.notDeepEqual(scores[0], scores[1]);
  await assert.rejects(
    trainInMemory(documents, { train: { warm_up: 'autoencoder', warm_up_texts: 'x.txt' } }),
    /warm_up_texts\] must be null in a training in memory/,
  );
});

test('each fold of a cross-validation warms up on its own training texts; a network without layers and a file that is missing are refused', async () => {
  const { results } = await crossValidate({
    source: path('tiny.csv'),
    configs: [config({ warm_up: 'next_words' }), config({})],
    folds: 2,
    workers: 1,
    output: join(folder, 'cv'),
  });
  const [warm, plain] = results.configurations.map((one) => one.results?.out_of_fold.log_loss);
  assert.notEqual(warm, plain);
  await assert.rejects(
    train({
      source: path('tiny.csv'),
      config: {
        ...config({ warm_up: 'next_words', optimizer: 'sgd', label_smoothing: 0, clip_norm: null }),
        model: { type: 'scratch', hidden_size: 4 },
      },
      output: join(folder, 'scratch'),
    }),
    /train\.warm_up\] must be none for a model of type scratch/,
  );
  const lost = { warm_up: 'autoencoder', warm_up_texts: path('absent.txt') };
  await assert.rejects(
    train({ source: path('tiny.csv'), config: config(lost), output: join(folder, 'lost') }),
    /\[train\.warm_up_texts\] the file must exist, but there is no ".*absent\.txt"\. Check the path\./,
  );
});

test('texts to warm up on of which none can be used are refused before a run begins, by training and cross-validation; some are reported', async () => {
  const more = writeFiles(folder, {
    'empty.txt': '',
    'marks.txt': '!!! ...\n???\n',
    'header.csv': 'text,label\n',
    'some.txt': 'goal match\n\nteam\n\ngoal team\n',
  });
  const output = join(folder, 'unusable');
  for (const [name, problem] of [
    ['empty.txt', 'the data must hold texts, but it is empty'],
    ['marks.txt', 'must hold a text of two tokens or more, .* but has none among its 2 texts'],
    ['header.csv', '.*must .*, but'],
  ]) {
    const settings = config({ warm_up: 'autoencoder', warm_up_texts: more(name) });
    const expected = new RegExp(`^\\[train\\.warm_up_texts\\] \\S*${name}:? ${problem}`);
    const refused = { name: 'DataError', message: expected };
    await assert.rejects(train({ source: path('tiny.csv'), config: settings, output }), refused);
    assert.equal(existsSync(output), false);
    const folds = { source: path('tiny.csv'), configs: [settings], folds: 2, workers: 1 };
    await assert.rejects(crossValidate({ ...folds, output: join(folder, `cv-${name}`) }), refused);
  }
  const notices: string[] = [];
  const some = { warm_up: 'autoencoder', warm_up_epochs: 1, warm_up_texts: more('some.txt') };
  await trained({ ...some, refit: true }, (event) => {
    if (event.type === 'notice' && event.text.includes('not used')) notices.push(event.text);
  });
  assert.match(notices[0], /^3 of 5 texts in \S*some\.txt not used: a warm-up needs two tokens or more/);
  assert.deepEqual(new Set(notices).size, 1, 'the second training repeats the sentence, which is shown once');
});
