/** The linear model through the commands: trained, used, measured, reported, refused. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load, train } from '../src/jobs/classify.ts';
import { load as loadAnywhere } from '../src/classifier/index.ts';
import { assertRefused, type HereOptions, unrollHere } from './support/cli.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv } from './support/tiny.ts';

const cwd = temporaryFolder();
const path = writeFiles(cwd, {
  'tiny.csv': tinyCsv(),
  'search.yaml': 'model: { type: linear }\ntrain: { lr: { type: float, low: 0.001, high: 0.1 } }\n',
});
const tickets = fileURLToPath(new URL('../examples/tickets.csv', import.meta.url));
const here = (args: readonly string[], options: HereOptions = {}) => unrollHere(args, { cwd, ...options });
const json = (text: string) => JSON.parse(text) as Record<string, unknown>;
const read = (...parts: string[]) => readFileSync(path(join(...parts)), 'utf8');
const linear = ['train', 'tiny.csv', '--model', 'linear'];
/** Figures are looked at once. */
const plain = [...linear, '--evaluate.figures', 'false'];

before(async () => {
  const { code, stderr } = await here([...linear, '-o', 'runs/a']);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /a linear SVM on TF-IDF of n-grams of 1 to 2 words/);
  assert.match(
    stderr,
    /C = .* features: 100\.0 % accuracy on held-out training documents, as all 8 candidates/,
  );
  assert.doesNotMatch(stderr, /vocabulary|epoch/);
});

test('the best of the candidates is named where they differ', async () => {
  const { stderr } = await here(['train', tickets, ...plain.slice(2), '-o', 'runs/tickets']);
  assert.match(
    stderr,
    /C = .* features: .* % accuracy on held-out training documents, the best of \d+ candidates/,
  );
});

test('its folder holds a model without a tokenizer, and a summary without epochs', () => {
  const files = readdirSync(path('runs/a/model')).sort();
  assert.deepEqual(files, ['README.md', 'config.json', 'features.json', 'model.safetensors']);
  const { summary } = json(read('runs/a/metrics.jsonl')) as { summary: Record<string, unknown> };
  assert.equal(summary['model'], 'linear');
  assert.ok(!('epochs' in summary) && !('seconds_per_step' in summary));
  assert.ok(Number((summary['test'] as Record<string, unknown>)['accuracy']) >= 0.8);
  assert.ok(!existsSync(path('runs/a/checkpoints')));
  assert.match(read('runs/a/model/README.md'), /It knows [\d,]+ features/);
  assert.doesNotMatch(read('runs/a/model/README.md'), /recurrent|epoch/);
});

test('the same command gives the same bits, and predicts them', async () => {
  assert.equal((await here([...plain, '-o', 'runs/b', '--train.threads', '2'])).code, 0);
  for (const name of ['model/model.safetensors', 'model/features.json', 'predictions.csv', 'test.json'])
    assert.equal(read('runs/b', name), read('runs/a', name), name);
  const predicted = await here(['predict', 'runs/a', '--input', 'tiny.csv', '--json', '--scores', 'all']);
  assert.equal(predicted.code, 0, predicted.stderr);
  const again = await here(['predict', 'runs/b/model', '--input', 'tiny.csv', '--json', '--scores', 'all']);
  assert.equal(again.stdout, predicted.stdout);
});

test('evaluate measures what training measured', async () => {
  const before = read('runs/a/test.json');
  assert.equal((await here(['evaluate', 'runs/a'])).code, 0);
  assert.equal(read('runs/a/test.json'), before);
});

test('figures, report and compare leave out what it has not', async () => {
  const figures = json(read('runs/a/figures/figures.json')) as { figures: { type: string }[] };
  const types = figures.figures.map(({ type }) => type);
  assert.ok(
    types.includes('confusion-matrix') &&
      types.includes('strongest-ngrams') &&
      types.includes('training-flowchart'),
  );
  assert.ok(!types.includes('loss-curve') && !types.includes('lr-schedule'));
  assert.equal((await here(['report', 'runs/a', '--format', 'md', '-o', 'report'])).code, 0);
  const report = read('report/report.md');
  assert.match(report, /fitted to all training documents at once/);
  assert.match(report, /The largest weights of the model: “.*” \([\d.]+\) for/);
  assert.doesNotMatch(report, /epoch \d|padding|learning rate|Loss \|/);
  const compared = await here(['compare', 'runs/a', 'runs/b']);
  assert.equal(compared.code, 0, compared.stderr);
});

test('--resume of a finished run says so; one that was stopped before the end is fitted again', async () => {
  const again = await here([...linear, '-o', 'runs/a', '--resume']);
  assert.equal(again.code, 0);
  assert.match(again.stderr, /runs\/a is finished: there is nothing left to train/);
  const file = path('runs/b/description.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"finished"', '"interrupted"'));
  const resumed = await here(['train', '-o', 'runs/b', '--resume']);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.equal(read('runs/b/model/model.safetensors'), read('runs/a/model/model.safetensors'));
});

test('options that cannot be used are refused, and those without effect are named', async () => {
  const refused = async (args: string[], message: RegExp) => {
    assertRefused(await here([...linear, ...args]), 2, message);
  };
  await refused(['--model.hidden_size', '8'], /model\.hidden_size must be left out with model\.type linear/);
  await refused(['--model.word_ngrams', '[2, 1]'], /model\.word_ngrams must name the shorter length first/);
  await refused(['--model.C', '0'], /model\.C/);
  await refused(
    ['--model.word_ngrams', 'null', '--model.char_ngrams', 'null'],
    /model\.word_ngrams must not be null where char_ngrams is null/,
  );
  const unused = await here([...plain, '--train.epochs', '3', '-o', 'runs/unused']);
  assert.equal(unused.code, 0);
  assert.match(unused.stderr, /train\.epochs has no effect with model\.type linear/);
  assertRefused(
    await here(['tune', 'tiny.csv', '-c', 'search.yaml', '-o', 'runs/tuned']),
    2,
    /model\.type must be a model that learns in steps in a search, but got linear/,
  );
  assertRefused(await here(['scratch', 'tiny.csv', '--model.type', 'linear']), 2, /model\.type/);
  assertRefused(
    await here([...linear, '--model.min_documents', '100000']),
    3,
    /n-gram that 100000 of them hold, but have none/,
  );
});

test('a damaged or missing features.json is refused by its name', async () => {
  const { stderr } = await here([...plain, '-o', 'runs/c']);
  assert.match(stderr, /saved in/);
  const file = path('runs/c/model/features.json');
  const whole = readFileSync(file, 'utf8');
  const refused = async (content: string, message: RegExp) => {
    writeFileSync(file, content);
    const { code, stderr: said } = await here(['predict', 'runs/c', 'a text']);
    assert.notEqual(code, 0, content.slice(0, 40));
    assert.match(said, message);
  };
  const changed = whole.replace(/"temperature":[\d.]+/, '"temperature":0.5');
  await refused(
    changed,
    /features\.json\] the features must have the SHA-256 .* remove features_sha256 from .*config\.json/,
  );
  const config = path('runs/c/model/config.json');
  writeFileSync(config, readFileSync(config, 'utf8').replace(/ *"features_sha256": .*\n/, ''));
  assert.equal((await here(['predict', 'runs/c', 'a text'])).code, 0, 'without a checksum it loads');
  for (const [content, message] of [
    ['{', /features\.json\] the file must be JSON/],
    ['{"format":"other"}', /features\.json\] format must be "unroll\.features"/],
    [whole.replace('"version":1', '"version":2'), /version must be 1/],
    [
      whole.replace('"temperature":', '"temperature":-'),
      /features\.json\] .* temperature must be a number above 0/,
    ],
    [whole.replace('"texts":["', '"texts":["added","'), /must be a whole number for each feature/],
  ] as const)
    await refused(content, message);
});

test('train and load in memory: the same classifier from its files', async () => {
  const texts = Array.from({ length: 60 }, (_, n) => (n % 2 ? `shares ${n} fell` : `the match ${n} was won`));
  const heard: string[] = [];
  const classifier = await train(
    { texts, labels: texts.map((_, n) => (n % 2 ? 'market' : 'sport')) },
    { model: { type: 'linear' }, listener: ({ type }) => void heard.push(type) },
  );
  assert.ok(heard.includes('prepared') && heard.includes('fitting') && !heard.includes('epoch'));
  assert.equal(classifier.training, null);
  assert.ok(classifier.evaluation.accuracy > 0.8);
  assert.equal(classifier.predict(['the shares'])[0].label, 'market');
  const files = classifier.files();
  assert.deepEqual([...files.keys()].sort(), [
    'README.md',
    'config.json',
    'features.json',
    'model.safetensors',
  ]);
  const loaded = await loadAnywhere(files);
  assert.deepEqual(loaded.predictProba(texts), classifier.predictProba(texts));
  const saved = join(temporaryFolder(), 'model');
  await classifier.save(saved);
  const fromFolder = await load(saved);
  assert.deepEqual(fromFolder.score(texts), classifier.score(texts));
  const features = new TextDecoder().decode(files.get('features.json'));
  files.set('features.json', new TextEncoder().encode(features.replace('"shares"', '"match!"')));
  await assert.rejects(loadAnywhere(files), /features\.json.* the features must have the SHA-256/);
  files.delete('features.json');
  await assert.rejects(
    loadAnywhere(files),
    /must have the files config\.json, features\.json, model\.safetensors/,
  );
  await Promise.all([classifier.close(), loaded.close(), fromFolder.close()]);
  assert.throws(() => loaded.predict(texts), /it was closed/);
});
