/** Jobs as a library user calls them: a request, events, results as data, files; nothing on standard output or error. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, mock, test } from 'node:test';
import { temporaryFolder, writeFiles } from '../../test/support/temporary.ts';
import { tinyCsv } from '../../test/support/tiny.ts';
import { ConfigError, DataError, InterruptedError } from '../core/errors.ts';
import {
  audit,
  crossValidate,
  evaluate,
  type JobContext,
  type JobEvent,
  predict,
  search,
  train,
} from './index.ts';

const folder = temporaryFolder();
const data = writeFiles(folder, { 'tiny.csv': tinyCsv() })('tiny.csv');
const config = {
  model: { type: 'rnn', embedding_dim: 4, hidden_size: 4 },
  train: { epochs: 2, lr: 0.05, threads: 1 },
  evaluate: { bootstrap_samples: 20, figures: false },
} as const;

/** Collects events, and stops the job at the first of a type. */
function listen(stopAt?: (event: JobEvent) => boolean) {
  const events: JobEvent[] = [];
  const stop = new AbortController();
  const listener = (event: JobEvent) => {
    events.push(event);
    if (stopAt?.(event)) stop.abort();
  };
  const types = () => [...new Set(events.map(({ type }) => type))];
  return { events, types, context: { listener, stop: stop.signal, command: ['train', 'tiny.csv'] } };
}

describe('jobs', () => {
  test('a run is trained, evaluated and used; its events carry data, and nothing is printed', async () => {
    const written = [process.stdout, process.stderr].map((stream) => mock.method(stream, 'write'));
    const output = join(folder, 'run');
    const heard = listen();
    const drawn = { ...config, evaluate: { ...config.evaluate, figures: true } };
    const request = { source: data, config: drawn, output };
    const { summary, test: measured, run } = await train(request, heard.context);
    const order = ['prepared', 'run-begins', 'stoppable', 'step', 'epoch', 'stop', 'trained', 'figures'];
    assert.deepEqual(
      heard.types().filter((type) => order.includes(type)),
      order,
    );
    const prepared = heard.events.find((event) => event.type === 'prepared');
    assert.deepEqual([prepared?.documents, prepared?.classes], [90, 3]);
    assert.equal(summary.epochs, 2);
    assert.equal(run.path, output);
    assert.ok(existsSync(join(output, 'model/model.safetensors')));
    const { command } = JSON.parse(readFileSync(run.paths.description, 'utf8'));
    assert.deepEqual(command, ['train', 'tiny.csv']);

    const again = listen();
    const { evaluation, own, output: file } = await evaluate({ model: output }, again.context);
    assert.ok(own);
    assert.equal(evaluation.accuracy, measured?.accuracy);
    assert.equal(file, run.paths.test);
    assert.deepEqual(again.types().at(-1), 'written');

    const predictions = await predict({ model: output, input: ['goal team', 'rain'] });
    const rows = [];
    for await (const batch of predictions) rows.push(...batch);
    await predictions.close();
    assert.deepEqual(rows.map(({ row, text }) => [row, text]), [[0, 'goal team'], [1, 'rain']]); // prettier-ignore
    assert.equal(rows[0].scores.length, predictions.labelNames.length);
    for (const method of written) {
      // the test runner itself reports in bytes
      assert.deepEqual(method.mock.calls.filter((call) => typeof call.arguments[0] === 'string'), []); // prettier-ignore
      method.mock.restore();
    }
  });

  test('stop saves and ends with an InterruptedError; a resumed run ends with the same weights', async () => {
    const weights = (path: string) => readFileSync(join(path, 'model/model.safetensors'), 'hex');
    const whole = join(folder, 'whole');
    await train({ source: data, config, output: whole });
    const output = join(folder, 'stopped');
    const { context } = listen((event) => event.type === 'step' && event.epoch === 2);
    await assert.rejects(train({ source: data, config, output }, context), InterruptedError);
    assert.ok(!existsSync(join(output, 'model')));
    const resumed = listen();
    await train({ output, resume: true }, resumed.context);
    const event = resumed.events.find(({ type }) => type === 'resumed');
    assert.deepEqual(event, { type: 'resumed', epoch: 2 });
    assert.equal(weights(output), weights(whole));
    const finished = listen();
    await train({ output, resume: true }, finished.context);
    assert.deepEqual(finished.types(), ['finished-before']);
  });

  test('what a listener throws ends the job; requests that contradict themselves are refused', async () => {
    const listener = () => {
      throw new Error('from the listener');
    };
    await assert.rejects(train({ source: data, config }, { listener }), /from the listener/);
    await assert.rejects(train({ source: data, resume: true, force: true }), ConfigError);
    await assert.rejects(train({ config }), ConfigError);
    await assert.rejects(audit({ source: join(folder, 'none.csv') }), (error) => error instanceof Error);
    const empty = writeFiles(folder, { 'empty.csv': '' })('empty.csv');
    await assert.rejects(audit({ source: empty }), DataError);
  });

  test('a search tells its trials and its best; its config may be an object with ranges', async () => {
    const heard = listen();
    const ranges = {
      ...config,
      train: { ...config.train, lr: { type: 'float', low: 0.01, high: 0.1, log: true } },
      tune: { trials: 2, workers: 1, sampler: 'random' },
    };
    const output = join(folder, 'best');
    const found = await search({ source: data, config: ranges, storage: 'memory:', output }, heard.context);
    const count = (type: JobEvent['type']) => heard.events.filter((event) => event.type === type).length;
    assert.deepEqual([count('trial-began'), count('trial-finished'), count('best-trial')], [2, 2, 1]);
    assert.equal(found.outcome.run.path, output);
    assert.equal(found.view.trials.length, 2);
  });
});

test('texts for a warm-up are refused without one', async () => {
  const texts = { ...config, train: { ...config.train, warm_up_texts: data } };
  await assert.rejects(
    train({ source: data, config: texts, output: join(folder, 'texts') }),
    /\[train\.warm_up_texts\] must be left out unless the network is warmed up, but train\.warm_up is none/,
  );
});

test('files of vectors and texts that are not there are refused before the data are read', async () => {
  const missing = join(folder, 'none');
  for (const vectors of [{ vectors: missing }, { vectors: 'learn', vectors_texts: missing }]) {
    const settings = { ...config, model: { ...config.model, ...vectors } };
    for (const run of [
      (context: JobContext) => train({ source: data, config: settings }, context),
      (context: JobContext) => crossValidate({ source: data, configs: [settings] }, context),
    ]) {
      const heard = listen();
      await assert.rejects(run(heard.context), /there is no/);
      assert.deepEqual(heard.types(), []);
    }
  }
});

test('a size that is set with the vectors, or over them, must be theirs; one below gives way', async () => {
  const own = join(folder, 'own.vec');
  writeFileSync(own, '2 3\ngoal 1 0 0\nsong 0 1 0\n');
  const { embedding_dim: _, ...model } = config.model;
  const settings = (more: object) => ({ ...config, model: { ...model, ...more } });
  const refused =
    /\[model\.embedding_dim\] the embedding must have the size of the vectors, 3 \(.*own\.vec\), but got 4 \(.*\)\. Leave it out/;
  const vectors = { vectors: own };
  const size = [{ key: 'model.embedding_dim', text: '4' }];
  const both = settings({ ...vectors, embedding_dim: 4 });
  for (const run of [
    (context: JobContext) => train({ source: data, config: both }, context),
    (context: JobContext) => train({ source: data, config: settings(vectors), overrides: size }, context),
    (context: JobContext) => crossValidate({ source: data, configs: [both] }, context),
  ]) {
    const heard = listen();
    await assert.rejects(run(heard.context), refused);
    assert.deepEqual(heard.types(), []);
  }
  for (const [name, request] of [
    ['same', { config: settings({ ...vectors, embedding_dim: 3 }) }],
    ['below', { config, overrides: [{ key: 'model.vectors', text: own }] }],
  ] as const)
    await train({ source: data, ...request, output: join(folder, `size-${name}`) }, listen().context);
});

describe('word vectors that are learned', () => {
  const learns = { ...config, model: { ...config.model, vectors: 'learn' } } as const;
  const learning = ({ type }: JobEvent) => type === 'fitting';

  test('settings that do not go together are refused before, not after', async () => {
    const heard = listen();
    const model = { ...learns.model, ngram_buckets: 100 };
    const both = { ...learns, model, train: { ...config.train, augmentation: ['swap'] } };
    await assert.rejects(
      train({ source: data, config: both, output: join(folder, 'both') }, heard.context),
      /\[train\.augmentation\] must be left out with model\.ngram_buckets/,
    );
    assert.ok(!heard.events.some(learning));
  });

  test('they decide the size of the embedding, which is said where another is set', async () => {
    const heard = listen();
    await train({ source: data, config: learns, output: join(folder, 'size') }, heard.context);
    const said = heard.events.flatMap((event) => (event.type === 'notice' ? [event.text] : []));
    assert.ok(
      said.some((text) => /^model\.embedding_dim is \d+, the size of the vectors, not 4$/.test(text)),
    );
    const plain = listen();
    await train({ source: data, config, output: join(folder, 'own-size') }, plain.context);
    assert.ok(!plain.events.some((event) => event.type === 'notice' && event.text.includes('embedding_dim')));
  });

  test('stopped while they are learned again, a run that had begun says how to resume it', async () => {
    const request = { source: data, config: learns, output: join(folder, 'again') };
    const heard = listen(({ type }) => type === 'step');
    await assert.rejects(train(request, heard.context), InterruptedError);
    await assert.rejects(
      train({ ...request, resume: true }, listen(learning).context),
      /the run is kept as it was\. Resume it with: unroll train .*again --resume/,
    );
    await assert.rejects(
      train({ ...request, output: join(folder, 'new') }, listen(learning).context),
      /no training had begun/,
    );
  });
});
