import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { scaleProbabilities, temperatureOf } from '../src/evaluate/index.ts';
import { readModelFolder, readValidation } from '../src/run/index.ts';
import { load } from '../src/classifier/load.ts';
import { loadClassifier } from '../src/run/text-classifier.ts';
import { readdirSync } from 'node:fs';
import { assertRefused, unrollHere } from './support/cli.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv, tinyModel } from './support/tiny.ts';

interface Summary {
  readonly run: string;
  readonly model: string;
  readonly test: { readonly accuracy: number };
  readonly seeds: {
    readonly runs: readonly { readonly seed: number; readonly test: { readonly accuracy: number } }[];
    readonly test: Readonly<Record<string, { readonly mean: number; readonly sd: number }>>;
    readonly median: number | null;
  };
}

const folder = temporaryFolder();
const path = writeFiles(folder, { 'tiny.csv': tinyCsv(150) });
const train = (...args: string[]) =>
  unrollHere(['train', 'tiny.csv', ...tinyModel, '--train.epochs', '2', ...args], { cwd: folder });
const texts = [
  'the goal of the team, said the coach',
  'a song with guitar and drum',
  'the price of the stock',
];

test('three seeds: mean ± sd, and an ensemble that is evaluated, used and loaded like any other model', async () => {
  const ended = await train('--seeds', '3', '--seed', '5', '--json');
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stderr, /seed 6, 2 of 3/);
  const { run, model, seeds, test: measured } = JSON.parse(ended.stdout) as Summary;
  assert.match(model, /^ensemble of 3 /);
  assert.deepEqual(
    seeds.runs.map(({ seed }) => seed),
    [5, 6, 7],
  );
  const accuracies = seeds.runs.map((one) => one.test.accuracy);
  const mean = accuracies.reduce((sum, value) => sum + value, 0) / 3;
  const sd = Math.sqrt(accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2);
  assert.ok(Math.abs(seeds.test.accuracy.mean - mean) < 1e-12);
  assert.ok(Math.abs(seeds.test.accuracy.sd - sd) < 1e-12);
  // the split is the same for all
  const splits = (seed: number) => readFileSync(path(`${run}/seed-${seed}/splits.json`), 'utf8');
  assert.equal(splits(5), splits(6));

  const ensemble = await loadClassifier(path(run));
  const members = await Promise.all([5, 6, 7].map((seed) => loadClassifier(path(`${run}/seed-${seed}`))));
  try {
    const found = ensemble.predictProba(texts);
    const alone = members.map((member) => member.predictProba(texts));
    assert.notDeepEqual(alone[0], alone[1]);
    // the mean is underconfident: it has a temperature of its own
    assert.notEqual(ensemble.temperature, 1);
    const average = found.map((_, i) => alone.reduce((sum, one) => sum + one[i] / 3, 0));
    const expected = scaleProbabilities(average, ensemble.labelNames.length, ensemble.temperature);
    for (const [i, p] of found.entries()) assert.ok(Math.abs(p - expected[i]) < 1e-9);
    const files = new Map(
      readdirSync(path(`${run}/model`)).map((name) => [name, readFileSync(path(`${run}/model/${name}`))]),
    );
    const loaded = await load(files);
    assert.deepEqual(loaded.predictProba(texts), found);
    await loaded.close();
  } finally {
    await Promise.all([ensemble, ...members].map((classifier) => classifier.close()));
  }
  // thresholds and prediction sets are learned from what the members say of their validation documents
  const validation = readValidation(path(`${run}/validation.json`));
  const ofFirst = readValidation(path(`${run}/seed-5/validation.json`));
  assert.deepEqual(validation.rowIds, ofFirst.rowIds);
  const { labels, probabilities } = validation;
  const classes = validation.labelNames.length;
  const best = temperatureOf({ probabilities, labels, classes });
  assert.ok(Math.abs(ensemble.temperature / best - 1) < 1e-4);
  assert.notDeepEqual(validation.probabilities, ofFirst.probabilities);
  const { typical } = readModelFolder(path(run)).config;
  assert.equal(typical?.documents, validation.rowIds.length);
  assert.ok(typical.confidence.every((p, k) => k === 0 || p >= typical.confidence[k - 1]));
  const evaluated = await unrollHere(['evaluate', run, '--json'], { cwd: folder });
  assert.equal((JSON.parse(evaluated.stdout) as { accuracy: number }).accuracy, measured.accuracy);
  const predicted = await unrollHere(['predict', run, texts[1]], { cwd: folder });
  assert.match(predicted.stdout, /^music\t/);

  // resumed, it is only read; a damaged member is named
  const again = await train('--seeds', '3', '--seed', '5', '--json', '--resume');
  assert.equal(again.code, 0, again.stderr);
  assert.equal((JSON.parse(again.stdout) as Summary).test.accuracy, measured.accuracy);
  assertRefused(
    await train('--seeds', '4', '--seed', '5', '--resume'),
    2,
    /the seeds must be those of .*5, 6, 7/,
  );
  cpSync(path(`${run}/model`), path('damaged'), { recursive: true });
  const config = path('damaged/member-2.config.json');
  writeFileSync(config, readFileSync(config, 'utf8').replaceAll('music', 'noise'));
  assert.throws(
    () => readModelFolder(path('damaged')),
    /member 2 of an ensemble must have the classes of the ensemble/,
  );
});

test('the median model is one of the seeds', async () => {
  const ended = await train('--seeds', '2', '--combine', 'median', '-o', 'middle', '--json');
  assert.equal(ended.code, 0, ended.stderr);
  const { seeds } = JSON.parse(ended.stdout) as Summary;
  assert.ok(seeds.median !== null);
  const files = [
    'model/model.safetensors',
    'predictions.csv',
    'test.json',
    'validation.json',
    'baseline.json',
  ];
  for (const file of files)
    assert.deepEqual(
      readFileSync(path(`middle/${file}`)),
      readFileSync(path(`middle/seed-${seeds.median}/${file}`)),
    );
  assert.equal(existsSync(path('middle/checkpoints')), false);
  assertRefused(await train('--seeds', '2', '-o', 'middle'), 2, /must be new or empty, but middle holds/);
  // as if it had been stopped: one run cannot go on in its place
  const state = path('middle/seeds.json');
  writeFileSync(state, readFileSync(state, 'utf8').replace('"finished"', '"unfinished"'));
  assertRefused(
    await train('-o', 'middle', '--resume'),
    2,
    /middle is a training of 2 seeds that is not finished.* and --seeds 2/,
  );
});

test('what is refused before the first seed begins leaves nothing behind: the same command can begin', async () => {
  writeFiles(folder, { 'wrong.csv': 'row,old,new\n99999,sport,music\n', 'right.csv': 'row,old,new\n' });
  const corrected = (name: string) => train('--seeds', '2', '-o', 'again', '--corrections', name);
  assertRefused(await corrected('wrong.csv'), 3, /row 99999 must be of a document/);
  assert.deepEqual(readdirSync(path('again')), []);
  const ended = await corrected('right.csv');
  assert.equal(ended.code, 0, ended.stderr);
});

test('seeds that make no sense are refused', async () => {
  assertRefused(await train('--seeds', '0'), 2, /--seeds must be a whole number from 1, but got "0"/);
  assertRefused(
    await train('--seeds', '3', '--combine', 'best'),
    2,
    /\[--combine\] must be one of ensemble, median/,
  );
  assertRefused(await train('--combine', 'median'), 2, /--combine is for several seeds, but there is one/);
  assertRefused(
    await train('--seeds', '2', '--keep', 'median'),
    2,
    /unroll train takes --combine \(.*--keep is its former name/,
  );
  const stdin = await unrollHere(['train', '-', '--seeds', '2'], { cwd: folder, input: 'text,label\n' });
  assertRefused(stdin, 2, /the data is read once for each seed/);
});
