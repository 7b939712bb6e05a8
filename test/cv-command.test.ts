import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { createRng } from '../src/core/rng.ts';
import type { CvState } from '../src/jobs/index.ts';
import { assertRefused, type HereOptions, unroll, unrollHere } from './support/cli.ts';
import type { ProgramOptions } from './support/process.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv } from './support/tiny.ts';

const tickets = fileURLToPath(new URL('../examples/tickets.csv', import.meta.url));

const gru = `
model: { type: gru, embedding_dim: 8, hidden_size: 8 }
train: { batch_size: 8, epochs: 4, lr: 0.02, threads: 1, refit: false }
evaluate: { bootstrap_samples: 50, figures: false }
`;
const rnn = gru.replace('gru', 'rnn').replace('epochs: 4', 'epochs: 2');

/** A folder with data and two configurations, in which `cv` and `here` run in this process and `start` in one of its own. */
function prepare(files: Readonly<Record<string, string>> = {}) {
  const folder = temporaryFolder();
  const path = writeFiles(folder, { 'tiny.csv': tinyCsv(90), 'gru.yaml': gru, 'rnn.yaml': rnn, ...files });
  const here = (args: readonly string[], options: HereOptions = {}) =>
    unrollHere(['cv', 'tiny.csv', ...args], { cwd: folder, ...options });
  const cv = (...args: string[]) => here(args);
  const start = (args: readonly string[], options: ProgramOptions = {}) =>
    unroll(['cv', 'tiny.csv', ...args], { cwd: folder, ...options });
  return { folder, path, cv, here, start };
}

type Row = Readonly<Record<string, string>>;
const rowsOf = (file: string) => parse<Row>(readFileSync(file), { columns: true });

test('five folds of the tickets: every document is predicted once, and the numbers are those of the predictions', async () => {
  const { path, folder } = prepare();
  const ended = await unrollHere(['cv', tickets, '-c', 'gru.yaml', '--evaluate.figures', 'true', '--json'], {
    cwd: folder,
  });
  assert.equal(ended.code, 0, ended.stderr);
  const { folder: where, ...results } = JSON.parse(ended.stdout) as CvState & { folder: string };
  assert.equal(where, join('runs', 'tickets-cv-1'));
  assert.deepEqual(readdirSync(path(where)).sort(), [
    'cv.json',
    'figures',
    'oof.csv',
    'summary.md',
    'trainings.csv',
  ]);
  const saved = JSON.parse(readFileSync(path(join(where, 'cv.json')), 'utf8'));
  assert.deepEqual([saved.format, saved.version, saved.status], ['unroll.cv', 1, 'finished']);
  const oof = rowsOf(path(join(where, 'oof.csv')));
  assert.deepEqual(
    oof.map((row) => Number(row.row_id)).sort((a, b) => a - b),
    Array.from({ length: 240 }, (_, i) => i),
  );
  const [{ results: own }] = results.configurations;
  assert.ok(own);
  const right = (rows: readonly Row[]) =>
    rows.filter(({ label, predicted }) => label === predicted).length / rows.length;
  assert.ok(Math.abs(own.out_of_fold.accuracy - right(oof)) < 1e-12);
  assert.equal(own.metrics.accuracy.folds.length, 5);
  for (const [i, accuracy] of own.metrics.accuracy.folds.entries())
    assert.ok(Math.abs(accuracy - right(oof.filter(({ fold }) => fold === String(i + 1)))) < 1e-12);
  const [low, high] = own.metrics.accuracy.interval;
  assert.ok(low <= own.metrics.accuracy.mean && own.metrics.accuracy.mean <= high);
  const counted = own.out_of_fold.confusion_matrix.flat().reduce((sum, n) => sum + n, 0);
  assert.equal(counted, 240);
  for (const file of ['fold-scores.png', 'gru/confusion-matrix.svg'])
    assert.ok(existsSync(path(join(where, 'figures', file))), file);
  assert.match(ended.stderr, /^5\/5 {2}fold \d {2}accuracy 0\.\d{3} {2}macro F1/m);
});

test('two configurations on the same folds, with repetitions and seeds: compared in a plain sentence', async () => {
  const { cv, path } = prepare();
  const args = ['-c', 'gru.yaml', '-c', 'rnn.yaml', '--folds', '2', '--repeats', '2', '--seeds', '2'];
  const ended = await cv(...args, '-o', 'two', '--workers', '1');
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stdout, /mean ± sd \(95 % interval\) +gru +rnn/);
  const said = ended.stdout.replaceAll(/\s+/g, ' ');
  assert.match(
    said,
    /In accuracy, (gru is better than rnn|(gru|rnn) and (gru|rnn) are not distinguishable) \([+−0].* points, 95 % interval/,
  );
  assert.equal(existsSync(path('two/figures')), false, 'evaluate.figures is false');
  const oof = rowsOf(path('two/oof.csv'));
  assert.equal(oof.length, 90 * 2 * 2 * 2);
  const foldsOf = (configuration: string, repeat: string) =>
    oof
      .filter((row) => row.configuration === configuration && row.repeat === repeat && row.seed === '0')
      .map((row) => `${row.row_id} ${row.fold}`)
      .sort();
  assert.deepEqual(foldsOf('gru', '1'), foldsOf('rnn', '1'));
  assert.notDeepEqual(foldsOf('gru', '1'), foldsOf('gru', '2'));
  const { comparisons } = JSON.parse(readFileSync(path('two/cv.json'), 'utf8')) as CvState;
  assert.deepEqual(
    comparisons.map(({ metric, a, b, df }) => [metric, a, b, df]),
    [
      ['accuracy', 'gru', 'rnn', 3],
      ['macro_f1', 'gru', 'rnn', 3],
    ],
  );
  // the same bits with more workers, but for times
  const more = await cv(...args, '-o', 'more', '--workers', '2');
  assert.equal(more.code, 0, more.stderr);
  assert.equal(readFileSync(path('more/oof.csv'), 'utf8'), readFileSync(path('two/oof.csv'), 'utf8'));
  const state = (folder: string) => ({
    ...(JSON.parse(readFileSync(path(`${folder}/cv.json`), 'utf8')) as CvState),
    command: [],
  });
  assert.deepEqual(state('more'), state('two'));
});

test('killed, stopped and resumed: finished folds are not trained again, and the files have the same bytes', async () => {
  const long = gru.replace('epochs: 4', 'epochs: 12').replace('refit: false', 'refit: true');
  const { path, cv, here, start } = prepare({ 'gru.yaml': long });
  const on = (workers: string) => ['-c', 'gru.yaml', '--folds', '6', '--workers', workers];
  const args = on('2');
  const whole = await cv(...on('1'), '-o', 'whole');
  assert.equal(whole.code, 0, whole.stderr);
  const killed = await start([...args, '-o', 'part'], {
    onStderr(child, text) {
      if (/^1\/6/m.test(text)) child.kill('SIGKILL');
    },
  });
  assert.equal(killed.signal, 'SIGKILL');
  const stopped = await here([...args, '-o', 'part', '--resume'], {
    onStderr: (interrupt, text) => /^[34]\/6/m.test(text) && interrupt(),
  });
  assert.equal(stopped.code, 130, stopped.stderr);
  assert.match(stopped.stderr, /6 trainings, [1-3] of them done before/);
  assert.match(
    stopped.stderr,
    /[3-5] of 6 trainings are done and kept in part\. Resume it with: unroll cv .*-o part --resume/,
  );
  const resumed = await cv(...on('1'), '-o', 'part', '--resume');
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.doesNotMatch(resumed.stderr, /^[1-3]\/6/m);
  assert.equal(readFileSync(path('part/oof.csv'), 'utf8'), readFileSync(path('whole/oof.csv'), 'utf8'));
  const bytes = (folder: string) =>
    readFileSync(path(`${folder}/cv.json`), 'utf8').replaceAll(/"(?:-o|--workers)",\s+"\w+"/g, '');
  assert.equal(bytes('part'), bytes('whole'));
  assert.equal(existsSync(path('part/folds')), false);
  const again = await cv(...args, '-o', 'part', '--resume');
  assert.equal(again.stdout, resumed.stdout);
  assert.match(again.stderr, /is finished/);
});

test('a configuration that is no better than the majority class is warned of, in the summary too', async () => {
  // labels that have nothing to do with the texts
  const rng = createRng(1);
  const word = () => Array.from({ length: 5 }, () => 'aeioubcdfglmnprst'[rng.int(17)]).join('');
  const rows = Array.from({ length: 80 }, (_, n) => `${word()} ${word()},${n % 4 === 0 ? 'rare' : 'often'}`);
  const linear = 'model: { type: linear }\nevaluate: { bootstrap_samples: 0, figures: false }\n';
  const { path, cv } = prepare({
    'noise.csv': `text,label\n${rows.join('\n')}\n`,
    'linear.yaml': linear,
    'majority.yaml': linear.replace('linear', 'majority'),
    'other.yaml': `${linear}text: { lowercase: false }\n`,
  });
  const args = ['--folds', '2', '--repeats', '2', '--workers', '1', '--data.near_duplicates', '1'];
  const noise = (...more: string[]) => unrollHere(['cv', 'noise.csv', ...args, ...more], { cwd: path('.') });
  const one = await noise('-c', 'linear.yaml', '-o', 'one');
  assert.equal(one.code, 0, one.stderr);
  const found =
    /always predicting "often" is correct for 75\.0 % of the 80 documents, the model for \d\d\.\d %: it is no better/;
  assert.match(one.stderr, found);
  const summary = readFileSync(path('one/summary.md'), 'utf8');
  assert.match(summary.replaceAll('\\', ''), /^- Warning: always predicting "often" is correct for 75\.0 %/m);
  assert.match((await noise('-c', 'linear.yaml', '-o', 'one', '--resume')).stderr, found);
  const several = ['-c', 'linear.yaml', '-c', 'majority.yaml', '-c', 'other.yaml', '-o', 'three'];
  const { stderr } = await noise(...several);
  assert.deepEqual(
    [...stderr.matchAll(/documents, (.+) for \d/g)].map(([, name]) => name),
    ['linear', 'other'],
  );
  // one that has learned something is not
  const useful = await cv('-c', 'linear.yaml', '--folds', '2', '--workers', '1', '-o', 'useful');
  assert.equal(useful.code, 0, useful.stderr);
  assert.doesNotMatch(useful.stderr + readFileSync(path('useful/summary.md'), 'utf8'), /warning/i);
});

test('what cannot be cross-validated is refused by name', async () => {
  const { cv } = prepare({
    'rare.csv': `${tinyCsv(30)}one more,rare\ntwo more,rare\nthree more,rare\n`,
    'other.yaml': `${gru}data: { label_col: text }\n`,
    'parts.yaml': `${gru}data: { test: tiny.csv }\n`,
  });
  assertRefused(await cv('--folds', '1'), 2, /\[--folds\] must be a whole number from 2 to 10000, but got 1/);
  assertRefused(await cv('--repeats', '0'), 2, /\[--repeats\] must be a whole number from 1/);
  assertRefused(await cv('--seeds', '-2'), 2, /\[--seeds\] must be a whole number from 1/);
  assertRefused(await cv('--seeds', 'two'), 2, /--seeds must be a whole number, but got "two"/);
  assertRefused(
    await cv('--workers', '0'),
    2,
    /\[--workers\] must be a whole number from 1 to 256, but got 0/,
  );
  assertRefused(
    await cv('--folds', '40'),
    2,
    /each of the 40 folds, but .*\(30\).* have fewer\. Use --folds 30 or fewer/,
  );
  assertRefused(
    await cv('-c', 'gru.yaml', '-c', 'gru.yaml'),
    2,
    /configurations must differ, but gru and gru 2/,
  );
  assertRefused(
    await cv('-c', 'gru.yaml', '-c', 'other.yaml'),
    2,
    /\[data\.label_col\] must be the same in all/,
  );
  assertRefused(await cv('-c', 'parts.yaml'), 2, /\[data\.test\] must be null for a cross-validation/);
  // no suggestion of a key that is refused too
  for (const option of ['--corrections', '--data.corrections'])
    assertRefused(
      await cv(option, 'corrections.csv'),
      2,
      /judges every document .*never change a label that is judged\. Use unroll train DATA --corrections FILE.*data itself\./,
    );
  const parts = await cv('--split-ids', 'splits.json');
  assertRefused(parts, 2, /no option --split-ids\. A cross-validation .* use unroll train\./);
  assertRefused(
    await cv('--resume'),
    2,
    /there must be a cross-validation to resume, but runs holds none of tiny/,
  );
});

test('resuming is for the same data, counts and configurations; a folder in use is kept', async () => {
  const { folder, cv, path } = prepare();
  const args = ['-c', 'rnn.yaml', '--folds', '2', '-o', 'out', '--workers', '1'];
  assert.equal((await cv(...args)).code, 0);
  assertRefused(await cv(...args), 2, /must be new or empty, but out holds cv\.json/);
  assertRefused(
    await cv(...args.slice(0, 2), '--folds', '3', ...args.slice(4), '--resume'),
    2,
    /\[--resume\] --folds must be that of out, 2, but is 3/,
  );
  assertRefused(await cv(...args, '--resume', '--train.lr', '0.5'), 2, /train\.lr of rnn is different/);
  assertRefused(
    await cv(...args, '--resume', '--train.calibrate', 'false'),
    2,
    /train\.calibrate of rnn is different/,
  );
  assertRefused(
    await cv('-c', 'gru.yaml', ...args.slice(2), '--resume'),
    2,
    /\[--resume\] the configurations must be those of out/,
  );
  const before = readFileSync(path('out/oof.csv'), 'utf8');
  writeFiles(folder, { 'tiny.csv': tinyCsv(60) });
  assertRefused(await cv(...args, '--resume'), 3, /the data must be that of the run/);
  assert.equal(readFileSync(path('out/oof.csv'), 'utf8'), before);
  assert.equal((await cv(...args, '--force')).code, 0);
  assert.notEqual(readFileSync(path('out/oof.csv'), 'utf8'), before);
});
