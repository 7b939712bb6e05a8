/** The linear baseline of a network's run: fitted after it, told, reported, left out, and without a say in the network. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { readBaseline } from '../src/run/index.ts';
import { mcnemar } from '../src/evaluate/paired.ts';
import { type HereOptions, unrollHere } from './support/cli.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv, tinyModel } from './support/tiny.ts';

const cwd = temporaryFolder();
const path = writeFiles(cwd, { 'tiny.csv': tinyCsv() });
const here = (args: readonly string[], options: HereOptions = {}) => unrollHere(args, { cwd, ...options });
const read = (...parts: string[]) => readFileSync(path(join(...parts)), 'utf8');
let said = '';

before(async () => {
  const { code, stderr } = await here(['train', 'tiny.csv', ...tinyModel, '-o', 'runs/with']);
  assert.equal(code, 0, stderr);
  said = stderr;
});

test('a run ends with one sentence: which is better, by how much, whether by chance, at what cost', () => {
  assert.match(
    said,
    /the network (is better than|is worse than|and) the linear baseline.*: accuracy [\d.]+ % against [\d.]+ % on 9 test documents, a difference of [\d.]+ points that (may be chance|is more than chance) \(exact McNemar test, p .*\); the network took .* parameters, the baseline .* parameters/,
  );
});

test('where the network reads less of the documents, the sentence and the file say so', async () => {
  assert.doesNotMatch(said, /the network reads at most/);
  const args = [
    'train',
    'tiny.csv',
    ...tinyModel,
    '--text.max_length',
    '4',
    '--no-figures',
    '-o',
    'runs/cut',
  ];
  const { stderr } = await here(args);
  assert.match(
    stderr,
    /the network reads at most 4 tokens of a document \(\d\d\.\d % of all\), the baseline all/,
  );
  const { network_reads: reads } = readBaseline(path('runs/cut/baseline.json'));
  assert.equal(reads?.max_length, 4);
  assert.ok(reads.share > 0.2 && reads.share < 0.6, String(reads.share));
});

test('the file tells what the predictions and the linear model by itself tell', async () => {
  const results = readBaseline(path('runs/with/baseline.json'));
  const rows = read('runs/with/predictions.csv').trim().split(/\r?\n/).slice(1);
  const right = rows.map((row) => row.split(',')).map(([, label, predicted]) => label === predicted);
  assert.equal(results.documents, rows.length);
  assert.equal(results.network.accuracy, right.filter(Boolean).length / rows.length);
  assert.equal(
    (
      await here([
        'train',
        'tiny.csv',
        '--model',
        'linear',
        '--evaluate.figures',
        'false',
        '-o',
        'runs/linear',
      ])
    ).code,
    0,
  );
  const linear = read('runs/linear/predictions.csv').trim().split(/\r?\n/).slice(1);
  const linearRight = linear.map((row) => row.split(',')).map(([, label, predicted]) => label === predicted);
  assert.equal(results.baseline.accuracy, linearRight.filter(Boolean).length / linear.length);
  const onlyA = right.filter((is, n) => is && !linearRight[n]).length;
  const onlyB = right.filter((is, n) => !is && linearRight[n]).length;
  assert.deepEqual(results.mcnemar, mcnemar(onlyA, onlyB));
  assert.equal(results.strongest.length, 3);
});

test('it does not change the network by a bit, and --no-baseline leaves it out', async () => {
  const { code, stderr } = await here([
    'train',
    'tiny.csv',
    ...tinyModel,
    '--no-baseline',
    '-o',
    'runs/without',
  ]);
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /baseline/);
  assert.ok(!existsSync(path('runs/without/baseline.json')));
  for (const name of ['model/model.safetensors', 'test.json', 'predictions.csv'])
    assert.equal(read('runs/without', name), read('runs/with', name), name);
  assert.match(read('runs/without/config.resolved.yaml'), /baseline: false/);
});

test('a run that was stopped before its baseline gets it when it is resumed', async () => {
  const file = path('runs/without/description.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"finished"', '"interrupted"'));
  const weights = read('runs/without/model/model.safetensors');
  rmSync(path('runs/without/model'), { recursive: true });
  const resumed = await here(['train', '-o', 'runs/without', '--resume', '--train.baseline', 'true']);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.ok(existsSync(path('runs/without/baseline.json')));
  assert.equal(read('runs/without/model/model.safetensors'), weights);
});

test('reports have it in the table at a glance, in the chart and in a sentence; compare tells it', async () => {
  assert.equal((await here(['report', 'runs/with', '--format', 'md', '-o', 'report'])).code, 0);
  const report = read('report/report.md');
  assert.match(report, /\| linear baseline \| [\d.]+ % \(/);
  assert.match(report, /The network (is|and) .*the linear baseline/);
  assert.match(report, /The largest weights of the linear baseline: “/);
  const compared = await here(['compare', 'runs/with', 'runs/without', '--json']);
  assert.equal(compared.code, 0, compared.stderr);
  const { verdict } = JSON.parse(compared.stdout) as { verdict: string[] };
  assert.match(verdict.join(' '), /beside its linear baseline: the network/);
  const shown = await here(['compare', 'runs/with', 'runs/without']);
  assert.match(shown.stdout, /^Linear baseline +accuracy [\d.]+ %/m);
});

test('without a test part both are measured on the validation part', async () => {
  const fractions = ['--data.fractions', '[0.8, 0.2, 0]'];
  const { code, stderr } = await here(['train', 'tiny.csv', ...tinyModel, ...fractions, '-o', 'runs/val']);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /on 18 validation documents/);
  assert.equal(readBaseline(path('runs/val/baseline.json')).part, 'val');
});
