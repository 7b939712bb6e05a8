/** What a cross-validation says and refuses; the numbers are tested through the command line. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder, writeFiles } from '../../../test/support/temporary.ts';
import { tinyCsv } from '../../../test/support/tiny.ts';
import { InterruptedError } from '../../core/errors.ts';
import { readModelFolder } from '../../run/index.ts';
import { crossValidate, type JobEvent, train, trainSeeds } from '../index.ts';
import { continueWith, resolveConfigurations } from './configurations.ts';

const folder = temporaryFolder();
const path = writeFiles(folder, {
  'tiny.csv': tinyCsv(60),
  'own.vec': '2 3\ngoal 1 0 0\nsong 0 1 0\n',
  'copies.csv': `${tinyCsv(30)}${'"rain rain rain",weather\n'.repeat(4)}`,
  // a test document without a known word
  'train.csv': tinyCsv(60),
  'test.csv': 'text,label\nxyzzy quux,money\nthe goal,sport\n',
});
const small = {
  model: { type: 'rnn', embedding_dim: 3, hidden_size: 4 },
  train: { epochs: 1, lr: 0.05, threads: 1, baseline: false },
  evaluate: { bootstrap_samples: 10, figures: false },
} as const;

test('resumed with other word vectors, it is refused', async () => {
  const configs = [{ ...small, model: { ...small.model, vectors: path('own.vec') } }];
  const request = { source: path('tiny.csv'), configs, folds: 2, workers: 1, output: join(folder, 'vec') };
  const stop = new AbortController();
  const listener = ({ type }: JobEvent) => {
    if (type === 'cv-training-ended') stop.abort();
  };
  await assert.rejects(crossValidate(request, { listener, stop: stop.signal }), InterruptedError);
  writeFileSync(path('own.vec'), '2 3\ngoal 1 0 1\nsong 0 1 0\n');
  await assert.rejects(
    crossValidate({ ...request, resume: true }),
    /\[--resume\] the word vectors of configuration 1 must be those of .*vec, but their file has changed/,
  );
});

test('resumed by a version whose settings follow otherwise from the data, it goes on with those it began with', async () => {
  const output = join(folder, 'older');
  const request = { source: path('tiny.csv'), configs: [small], folds: 2, workers: 1, output };
  const stop = new AbortController();
  const listener = ({ type }: JobEvent) => {
    if (type === 'cv-training-ended') stop.abort();
  };
  await assert.rejects(crossValidate(request, { listener, stop: stop.signal }), InterruptedError);
  const file = join(output, 'cv.json');
  const state = JSON.parse(readFileSync(file, 'utf8')) as {
    configurations: { config: { model: { word_dropout: number } } }[];
  };
  assert.notEqual(state.configurations[0].config.model.word_dropout, 0.125);
  state.configurations[0].config.model.word_dropout = 0.125;
  writeFileSync(file, JSON.stringify(state));
  // as if none of it had been trained with the other setting
  rmSync(join(output, 'folds'), { recursive: true });
  mkdirSync(join(output, 'folds'));
  await crossValidate({ ...request, resume: true });
  const configs = [{ ...small, model: { ...small.model, word_dropout: 0.125 } }];
  const whole = join(folder, 'whole');
  await crossValidate({ ...request, configs, output: whole });
  const [resumed, once] = [output, whole].map((path) => readFileSync(join(path, 'oof.csv'), 'utf8'));
  assert.equal(resumed, once);
});

test('a network of one direction is another one than that of two', async () => {
  const of = (type: 'rnn' | 'birnn') =>
    resolveConfigurations([{ ...small, model: { ...small.model, type } }], []);
  const [one, two] = [await of('rnn'), await of('birnn')];
  for (const [before, after] of [
    [one, two],
    [two, one],
  ])
    // prettier-ignore
    assert.throws(
      () => continueWith(before, after, 'the folder'),
      /\[--resume\] .*model\.type of configuration 1 is different/,
    );
});

test('train.gpu_weights, which has no effect on the CPU, makes no other configuration', async () => {
  const inHalf = { ...small, train: { ...small.train, gpu_weights: 'f16' } } as const;
  await assert.rejects(resolveConfigurations([small, inHalf], []), /must differ.*come to the same/);
  const [before, after] = [
    await resolveConfigurations([small], []),
    await resolveConfigurations([inHalf], []),
  ];
  continueWith(before, after, 'the folder');
  const slower = await resolveConfigurations([{ ...inHalf, train: { ...inHalf.train, lr: 0.01 } }], []);
  assert.throws(() => continueWith(before, slower, 'the folder'), /train\.lr of .* is different/);
});

test('a class that a fold cannot learn, as all its documents are copies, is named', async () => {
  const notices: string[] = [];
  const listener = (event: JobEvent) => {
    if (event.type === 'notice') notices.push(event.text);
  };
  const request = { source: path('copies.csv'), configs: [{ ...small, model: { type: 'majority' } }] };
  await crossValidate({ ...request, folds: 2, workers: 1, output: join(folder, 'copies') }, { listener });
  assert.match(notices.join('\n'), /no training document of "weather" \(1 fold\): these classes/);
});

test('stopped while a seed trains, the command for all seeds is named', async () => {
  const stop = new AbortController();
  const listener = (event: JobEvent) => {
    if (event.type === 'step' && stop.signal.aborted === false && seed === 2) stop.abort();
    if (event.type === 'seed-begins') seed = event.number;
  };
  let seed = 0;
  const output = join(folder, 'seeds');
  const request = { source: path('tiny.csv'), config: small, seeds: 3, output };
  await assert.rejects(trainSeeds(request, { listener, stop: stop.signal }), (error) => {
    assert.ok(error instanceof InterruptedError);
    assert.match(
      error.message,
      /1 of 3 seeds is done.*Resume with: the same settings, and -o .*seeds --resume$/,
    );
    return true;
  });
});

test('Ctrl-C is heard between two seeds, and until the last is done', async () => {
  const stop = new AbortController();
  const states: string[] = [];
  let heard = false;
  const listener = (event: JobEvent) => {
    if (event.type === 'stoppable') states.push(String((heard = event.what !== null)));
    if (event.type !== 'figures' && event.type !== 'seed-begins') return;
    assert.ok(heard, event.type);
    if (event.type === 'figures') stop.abort();
  };
  const output = join(folder, 'between');
  const config = { ...small, evaluate: { ...small.evaluate, figures: true } };
  const request = { source: path('tiny.csv'), config, seeds: 2, output };
  await assert.rejects(trainSeeds(request, { listener, stop: stop.signal }), /1 of 2 seeds is done.*Resume/);
  assert.deepEqual(states, ['true', 'false']);
});

test('a test document without a known token is measured by the class frequencies, as it is predicted', async () => {
  const config = { ...small, data: { test: path('test.csv') } };
  const output = join(folder, 'unknown');
  const { run } = await train({ source: path('train.csv'), config, output });
  const [, unknown, known] = readFileSync(run.paths.predictions, 'utf8').split('\r\n');
  const { classCounts = [] } = readModelFolder(run.paths.model).config;
  const all = classCounts.reduce((sum, n) => sum + n, 0);
  const scores = (line: string) => line.split(',').slice(-3).map(Number);
  const frequencies = classCounts.map((n) => Number((n / all).toPrecision(6)));
  assert.deepEqual(scores(unknown), frequencies);
  assert.notDeepEqual(scores(known), frequencies);
});

test('Ctrl-C is heard from before there is something to resume, and then no worker starts', async () => {
  const [order, stop] = [[] as string[], new AbortController()];
  const output = join(folder, 'early');
  const listener = ({ type }: JobEvent) => {
    if (type === 'stoppable')
      order.push(`stoppable, ${existsSync(join(output, 'cv.json')) ? 'begun' : 'nothing begun'}`);
    if (type === 'cv-begins') stop.abort();
  };
  const note = () => order.push('worker');
  const request = { source: path('tiny.csv'), configs: [small], folds: 2, workers: 1, output };
  process.on('worker', note);
  try {
    await assert.rejects(
      crossValidate(request, { listener, stop: stop.signal }),
      /0 of 2 trainings are done/,
    );
  } finally {
    process.off('worker', note);
  }
  assert.deepEqual(order, ['stoppable, nothing begun', 'stoppable, begun']);
  await crossValidate({ ...request, resume: true });
});
