/** `train.auto`: what is chosen, by which documents, and what is saved. Whole runs of small networks. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { temporaryFolder, writeFiles } from '../../../test/support/temporary.ts';
import { readModelFiles } from '../../classifier/model-files.ts';
import { createTextClassifier } from '../../classifier/text-classifier.ts';
import { CorruptFileError, FileError, InterruptedError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import { scaleProbabilities } from '../../evaluate/index.ts';
import {
  loadClassifier,
  openRunFolder,
  readBaseline,
  readChoice,
  readModelFolder,
  readTestResults,
  readValidation,
} from '../../run/index.ts';
import { crossValidate, evaluate, type JobEvent, train } from '../index.ts';
import { averageValidation } from './ensemble.ts';

const folder = temporaryFolder();
const fill = ['so', 'it', 'was', 'and', 'then', 'just', 'now', 'here'];

/** Half of the documents tell their class by a word at their end, half by which of two words comes first. */
function rows(count: number, seed: number, mark: string): [string, string][] {
  const rng = createRng(seed);
  return Array.from({ length: count }, (_, n) => {
    const label = n % 2 === 0 ? 'up' : 'down';
    const filler = () => fill[rng.int(fill.length)];
    const order = label === 'up' ? ['aa', 'bb'] : ['bb', 'aa'];
    const words =
      n % 4 < 2
        ? [filler(), filler(), filler(), filler(), label === 'up' ? 'rise' : 'fall']
        : [filler(), order[0], filler(), order[1], filler()];
    return [[...words, `${mark}${n % 7}`].join(' '), label];
  });
}
const csv = (all: readonly (readonly [string, string])[]) =>
  `text,label\n${all.map(([text, label]) => `${text},${label}\n`).join('')}`;
const swapped = rows(40, 3, 'testword').map(
  ([text, label]) => [text, label === 'up' ? 'down' : 'up'] as const,
);
const path = writeFiles(folder, {
  'train.csv': csv(rows(240, 1, 'trainword')),
  'val.csv': csv(rows(60, 2, 'valword')),
  'test.csv': csv(rows(40, 3, 'testword')),
  'other-test.csv': csv(swapped),
  'plain.csv': csv(rows(240, 5, 'word').filter((_, n) => n % 4 < 2)),
  'order.csv': csv(rows(480, 6, 'word').filter((_, n) => n % 4 >= 2)),
  // of fewer documents an average always keeps some of the linear model
  'order-val.csv': csv(rows(9600, 7, 'word').filter((_, n) => n % 4 >= 2)),
});
const config = (testFile = 'test.csv') =>
  ({
    data: { val: path('val.csv'), test: path(testFile), allow_leakage: true },
    // the network reads the beginning alone, the linear model knows no order
    text: { max_length: 4 },
    model: { type: 'lstm', embedding_dim: 8, hidden_size: 8 },
    train: { epochs: 15, lr: 0.03, batch_size: 16, threads: 1, auto: true },
    evaluate: { bootstrap_samples: 20, figures: false },
  }) as const;
const run = openRunFolder(join(folder, 'run'));
const read = (file: string) => readFileSync(file, 'utf8');
const texts = ['it aa so bb it', 'so bb so aa', 'so it was just rise', 'fall now'];

describe('an average is chosen', () => {
  before(() => train({ source: path('train.csv'), config: config(), output: run.path }));

  test('the weight of the choice is that of the saved model, whose members are both models', () => {
    const { chosen, weight } = readChoice(run.paths.choice);
    assert.equal(chosen, 'average', read(run.paths.choice));
    const { config, members } = readModelFolder(run.path);
    assert.deepEqual(config.ensemble?.weights, [weight, 1 - weight]);
    assert.deepEqual(
      members?.map((member) => member.config.model['type']),
      ['lstm', 'linear'],
    );
  });

  test('it predicts the weighted mean of its members at its temperature, and measures as it did in the training', async () => {
    const { weight } = readChoice(run.paths.choice);
    const whole = await loadClassifier(run.path);
    const own = await Promise.all(
      [1, 2].map((m) => {
        const where = (name: string) => join(run.paths.model, `member-${m}.${name}`);
        const files = readModelFiles((name) => Uint8Array.from(readFileSync(where(name))), where);
        return createTextClassifier(files, where);
      }),
    );
    const [network, linear] = own.map((one) => one.predictProba(texts));
    const mean = network.map((p, i) => weight * p + (1 - weight) * linear[i]);
    const expected = scaleProbabilities(mean, 2, whole.temperature);
    whole.predictProba(texts).forEach((p, i) => assert.ok(Math.abs(p - expected[i]) < 1e-12));
    await Promise.all([whole, ...own].map((one) => one.close()));

    const before = readTestResults(run.paths.test);
    const { evaluation } = await evaluate({ model: run.path });
    assert.equal(evaluation.accuracy, before.accuracy);
    assert.ok(Math.abs(evaluation.log_loss - before.log_loss) < 1e-9);
    assert.ok(evaluation.accuracy > 0.8);
  });

  test('an ensemble of averages knows its validation documents: what it gives for them, without a temperature', () => {
    const own = readValidation(run.paths.validation);
    const both = averageValidation([run, run]);
    assert.deepEqual(both?.predictions.rowIds, own.rowIds);
    both.predictions.probabilities.forEach((p, i) => assert.ok(Math.abs(p - own.probabilities[i]) < 1e-12));
  });

  test('a model that has lost a member is refused', () => {
    const file = join(run.paths.model, 'member-2.features.json');
    const content = readFileSync(file);
    rmSync(file);
    assert.throws(
      () => readModelFolder(run.path),
      (error) => error instanceof FileError || error instanceof CorruptFileError,
    );
    writeFiles(run.paths.model, { 'member-2.features.json': content.toString() });
  });

  test('the linear member has learned from training and validation documents, and from no others', () => {
    const features = read(join(run.paths.model, 'member-2.features.json'));
    for (const word of ['trainword3', 'valword3']) assert.ok(features.includes(word), word);
    assert.ok(!features.includes('testword3'));
  });

  test('other test documents change neither the choice nor the model; a resumed run has the same bits', async () => {
    const output = join(folder, 'other');
    const stop = new AbortController();
    const listener = (event: JobEvent) => {
      if (event.type === 'epoch' && event.epoch === 3) stop.abort();
    };
    const request = { source: path('train.csv'), config: config('other-test.csv'), output };
    await assert.rejects(train(request, { listener, stop: stop.signal }), InterruptedError);
    const { test: measured } = await train({ ...request, resume: true });
    assert.ok(measured && measured.accuracy < 0.2);
    const other = openRunFolder(output);
    assert.equal(read(other.paths.choice), read(run.paths.choice));
    const files = [
      'member-1.model.safetensors',
      'member-2.model.safetensors',
      'member-2.features.json',
      'config.json',
    ];
    for (const file of files)
      assert.equal(read(join(other.paths.model, file)), read(join(run.paths.model, file)), file);
  });
});

test('where words alone tell the class, a bare training keeps the linear model and says why', async () => {
  const events: JobEvent[] = [];
  const output = join(folder, 'plain');
  const request = { source: path('plain.csv'), output, config: { evaluate: config().evaluate } };
  const { summary } = await train(request, { listener: (event) => events.push(event) });
  const choice = events.find((event) => event.type === 'choice')?.choice;
  assert.equal(choice?.chosen, 'linear');
  assert.deepEqual(choice, readChoice(join(output, 'choice.json')));
  assert.equal(summary.model, 'linear');
  assert.equal(readModelFolder(output).config.model['type'], 'linear');
  assert.ok(existsSync(join(output, 'strongest.json')));
});

test('where their order alone tells the class, the network is kept, with the linear model as its baseline', async () => {
  const { run: kept, summary } = await train({
    source: path('order.csv'),
    config: {
      data: { val: path('order-val.csv'), allow_leakage: true },
      model: { type: 'lstm', embedding_dim: 8, hidden_size: 8 },
      train: { epochs: 12, lr: 0.03, batch_size: 16, threads: 1, auto: true },
      evaluate: { bootstrap_samples: 20, figures: false },
    },
    output: join(folder, 'order'),
  });
  const choice = readChoice(kept.paths.choice);
  assert.equal(choice.chosen, 'network', read(kept.paths.choice));
  assert.equal(summary.model, 'lstm');
  const { config: saved } = readModelFolder(kept.path);
  assert.deepEqual([saved.model['type'], saved.ensemble], ['lstm', undefined]);
  const { test: measured } = summary;
  assert.ok(Number(measured?.['accuracy']) > 0.9);
  assert.ok(readBaseline(kept.paths.baseline).baseline.accuracy < 0.8);
});

test('a cross-validation chooses in each fold, and is better than a network that reads too little', async () => {
  const { data: _, ...settings } = config();
  const alone = { ...settings, train: { ...settings.train, auto: false } };
  const { results } = await crossValidate({
    source: path('plain.csv'),
    configs: [settings, alone],
    output: join(folder, 'cv'),
    folds: 2,
    workers: 1,
  });
  const [auto, network] = results.configurations.map((one) => one.results?.metrics.accuracy.mean ?? NaN);
  assert.ok(auto > network, `${auto} ${network}`);
  const [chosen, plain] = results.configurations.map((one) => one.results?.chosen);
  assert.equal(plain, undefined);
  assert.equal(chosen && chosen.linear + chosen.average + chosen.network, 2);
  assert.ok(chosen && chosen.linear + chosen.average > 0);
  const summary = readFileSync(join(folder, 'cv', 'summary.md'), 'utf8');
  assert.match(summary, /\| configuration 1 or linear \| configuration 2 \|/);
  assert.match(summary, /The validation documents of each training chose its model: .*linear/);
  const [head, first, , last] = readFileSync(join(folder, 'cv', 'trainings.csv'), 'utf8').split('\r\n');
  assert.match(head, /,chosen$/);
  assert.match(first, /,(linear|average)$/);
  assert.match(last, /,$/);
});
