/** Soft labels from the data to the model: training, cross-validation, evaluation and prediction read new files alike. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRng } from '../src/core/rng.ts';
import { assertRefused, unrollHere } from './support/cli.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv, tinyModel, tinyRows } from './support/tiny.ts';

const cwd = temporaryFolder();
const labels = ['sport', 'money', 'music'];
const rng = createRng(4);
/** As a larger model would give them: most of it on the class, the rest on the others. */
const soft = (label: string, sure: number) => labels.map((name) => (name === label ? sure : (1 - sure) / 2));
const softCsv = (sureOf: () => number) =>
  [
    `text,${labels.map((name) => `prob_${name}`).join(',')}`,
    ...tinyRows().map(({ text, label }) => `"${text}",${soft(label, sureOf()).join(',')}`),
  ].join('\n');
const path = writeFiles(cwd, {
  'hard.csv': tinyCsv(),
  'certain.csv': softCsv(() => 1),
  'soft.csv': softCsv(() => rng.uniform(0.5, 0.8)),
  'few.csv': softCsv(() => 0.7).split('\n').slice(0, 13).join('\n'), // prettier-ignore
  'broken.csv': `${softCsv(() => 0.7)}\n"one more text",0.2,0.2,0.2`,
});
const here = (...args: string[]) => unrollHere(args, { cwd });
const softly = ['--label-col', 'prob_*'];
const quick = ['--train.auto', 'false', '--no-baseline', '--force'];
const weights = (run: string) =>
  readFileSync(path(join(run, 'model', 'model.safetensors'))).toString('base64');
const proba = (run: string) => {
  const [head, ...lines] = readFileSync(path(join(run, 'predictions.csv')), 'utf8').trim().split('\r\n').map((line) => line.split(',')); // prettier-ignore
  const at = head.indexOf('score');
  return lines.map((cells) => Number(cells[at]));
};
const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;

test('probabilities of 0 and 1 are classes, to the bit; others make the network as sure as they are', async () => {
  const train = (file: string, run: string, ...more: string[]) =>
    here('train', file, ...tinyModel, ...quick, '--train.calibrate', 'false', '-o', run, ...more);
  // classes are in another order where they come from the names of columns: both are sorted
  for (const [file, run, more] of [
    ['hard.csv', 'hard', []],
    ['certain.csv', 'certain', softly],
    ['soft.csv', 'soft', softly],
  ] as const) {
    const { code, stderr } = await train(file, run, ...more, '--train.epochs', '12');
    assert.equal(code, 0, stderr);
    if (more.length > 0) assert.match(stderr, /soft labels: the probabilities of 3 classes/);
  }
  assert.equal(weights('certain'), weights('hard'));
  assert.notEqual(weights('soft'), weights('hard'));
  assert.ok(mean(proba('hard')) > 0.85, `${mean(proba('hard'))}`);
  assert.ok(mean(proba('soft')) < 0.75 && mean(proba('soft')) > 0.5, `${mean(proba('soft'))}`);

  // a new file of the same kind, and one with classes: both are read without being told how
  for (const file of ['few.csv', 'hard.csv']) {
    const { code, stdout, stderr } = await here('evaluate', 'soft', file, '--json');
    assert.equal(code, 0, stderr);
    assert.ok((JSON.parse(stdout) as { accuracy: number }).accuracy > 0.8, stdout.slice(0, 300));
  }
  const predicted = await here('predict', 'soft', '--input', 'few.csv');
  assert.equal(predicted.code, 0, predicted.stderr);
  assert.equal(predicted.stdout.trim().split('\n').length, 12);
});

test('the linear model learns probabilities too, and so do the folds of a cross-validation', async () => {
  for (const [file, run, more] of [
    ['hard.csv', 'linear-hard', []],
    ['soft.csv', 'linear-soft', softly],
  ] as const) {
    const { code, stderr } = await here(
      'train',
      file,
      '--model',
      'linear',
      '--force',
      '--evaluate.figures',
      'false',
      '-o',
      run,
      ...more,
    );
    assert.equal(code, 0, stderr);
  }
  assert.ok(
    mean(proba('linear-soft')) < mean(proba('linear-hard')) - 0.1,
    `${mean(proba('linear-soft'))} ${mean(proba('linear-hard'))}`,
  );
  assert.ok(Math.abs(mean(proba('linear-soft')) - 0.65) < 0.06, `${mean(proba('linear-soft'))}`);
  const scores = async (file: string, model: string, ...more: string[]) => {
    const { code, stderr } = await here(
      'cv',
      file,
      '--model',
      model,
      '--folds',
      '3',
      '--workers',
      '1',
      '--force',
      '-o',
      'folds',
      ...more,
    );
    assert.equal(code, 0, stderr);
    const [head, ...lines] = readFileSync(path('folds/oof.csv'), 'utf8').trim().split('\r\n').map((line) => line.split(',')); // prettier-ignore
    return mean(lines.map((cells) => Number(cells[head.indexOf('score')])));
  };
  for (const model of ['bilstm', 'linear']) {
    const epochs = [
      ...tinyModel,
      '--train.auto',
      'false',
      '--train.epochs',
      '12',
      '--train.calibrate',
      'false',
    ];
    const given = model === 'linear' ? ['--model.C', '1', '--evaluate.figures', 'false'] : epochs;
    const [hard, own] = [
      await scores('hard.csv', model, ...given),
      await scores('soft.csv', model, ...given, ...softly),
    ];
    assert.ok(own < hard - 0.1, `${model}: ${own} ${hard}`);
  }
});

test('what cannot learn from them is refused', async () => {
  const refused = async (message: RegExp, ...args: string[]) =>
    assertRefused(await here('train', 'soft.csv', ...softly, ...tinyModel, ...quick, ...args), 2, message);
  await refused(
    /\[train\.loss\] must be cross_entropy for soft labels.* but is focal/,
    '--train.loss',
    'focal',
  );
  await refused(/\[train\.mixup\] must be 0 for soft labels.* but is 0\.2/, '--train.mixup', '0.2');
  assertRefused(
    await here('train', 'broken.csv', ...softly),
    3,
    /line 92: the probabilities of prob_\* must sum to 1 .* sum to 0\.6/,
  );
});
