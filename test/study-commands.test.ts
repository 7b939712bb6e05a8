/** Figures and reports of studies, by the commands: where a study is found, and what is said where it is not. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { withParams } from '../src/jobs/study-address.ts';
import { copyStudy } from '../src/tune/index.ts';
import { exportJournal, openStorage } from '../src/tune/node.ts';
import { floatDistribution } from '../src/tune/space/distributions.ts';
import { studyCases } from './figures/study-cases.ts';
import { unrollHere } from './support/cli.ts';
import { temporaryFolder } from './support/temporary.ts';

const folder = temporaryFolder();
const database = join(folder, 'studies.db');
const journal = join(folder, 'one.log');
const usual = studyCases.study.study!;

before(async () => {
  const storage = await openStorage(`sqlite:///${database}`);
  try {
    for (const name of ['news', 'two objectives/of a kind']) {
      const { directions, trials, metric_names } = (
        name === 'news' ? studyCases.study : studyCases['study-two-objectives']
      ).study!;
      const systemAttrs = { 'study:metric_names': [...(metric_names ?? [])] };
      await storage.importStudy({ name, directions, userAttrs: {}, systemAttrs }, trials);
    }
    const { name } = usual;
    const alone = await openStorage('memory:');
    await copyStudy({ storage, name: 'news' }, { storage: alone, name });
    await exportJournal(alone, journal);
  } finally {
    await storage.close();
  }
});

describe('unroll figures STUDY', () => {
  test('draws the figures of a study, and those alone', async () => {
    const output = join(folder, 'drawn');
    const { code, stdout, stderr } = await unrollHere([
      'figures',
      database,
      '--study',
      'news',
      '--format',
      'svg,csv',
      '-o',
      output,
      '--json',
    ]);
    assert.equal(code, 0, stderr);
    const { figures, left_out } = JSON.parse(stdout) as {
      figures: { type: string; caption: string }[];
      left_out: { type: string; why: string }[];
    };
    assert.equal(figures.length, 8);
    assert.deepEqual(
      left_out.map(({ type }) => type),
      ['pareto-front'],
    );
    assert.match(left_out[0].why, /one objective/);
    assert.equal(readdirSync(output).length, 17);
    assert.match(figures[0].caption, /^60 trials: .* highest val_accuracy is 0\.\d+, of trial \d+/);
    const lines = readFileSync(join(output, 'optimization-history.csv'), 'utf8').trim().split('\r\n');
    assert.equal(lines.length - 1, usual.trials.filter(({ state }) => state === 'COMPLETE').length);
  });

  test('says why a figure that was asked for is left out', async () => {
    const { code, stderr } = await unrollHere([
      'figures',
      `sqlite:///${database}`,
      '--study',
      'two objectives/of a kind',
      '--only',
      'pareto-front,intermediate-values,loss-curve',
      '--format',
      'svg',
      '-o',
      join(folder, 'front'),
    ]);
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /intermediate-values is left out: trials with several objectives report no intermediate values/,
    );
    assert.match(stderr, /loss-curve is left out: the run has no history/);
    assert.ok(existsSync(join(folder, 'front', 'pareto-front.svg')));
  });
});

describe('unroll figures STUDY --params', () => {
  const draw = (...args: string[]) =>
    unrollHere(['figures', database, '--study', 'news', '--format', 'csv', ...args]);
  const head = (file: string) => readFileSync(file, 'utf8').split('\r\n', 1)[0];
  const column = (file: string, name: string) => {
    const at = head(file).split(',').indexOf(name);
    const lines = readFileSync(file, 'utf8').trim().split('\r\n').slice(1);
    return [...new Set(lines.map((line) => line.split(',')[at]))];
  };

  test('chooses what is drawn, and the two of the map with their order', async () => {
    const all = join(folder, 'all-params');
    assert.equal((await draw('-o', all)).code, 0);
    const names = column(join(all, 'slice.csv'), 'parameter');
    assert.ok(names.length >= 4);
    const most = [...column(join(all, 'contour.csv'), 'x_parameter')];
    most.push(...column(join(all, 'contour.csv'), 'y_parameter'));
    // two that the map would not take
    const [b, a] = names.filter((name) => !most.includes(name));
    const some = join(folder, 'some-params');
    const { code, stderr } = await draw('-o', some, '--params', `${a}, ${b}`);
    assert.equal(code, 0, stderr);
    assert.deepEqual(column(join(some, 'contour.csv'), 'x_parameter'), [a]);
    assert.deepEqual(column(join(some, 'contour.csv'), 'y_parameter'), [b]);
    assert.deepEqual(column(join(some, 'slice.csv'), 'parameter'), [a, b]);
    assert.deepEqual(column(join(some, 'param-importances.csv'), 'parameter').sort(), [a, b].sort());
    assert.deepEqual(head(join(some, 'parallel-coordinate.csv')).split(',').slice(-2), [a, b]);
    const shares = column(join(some, 'param-importances.csv'), 'importance').map(Number);
    assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-9);
    const alone = await draw('-o', join(folder, 'one-param'), '--params', a, '--json');
    const { left_out: leftOut, figures } = JSON.parse(alone.stdout) as {
      left_out: { type: string; why: string }[];
      figures: { type: string; caption: string }[];
    };
    const said = [...leftOut.map(({ why }) => why), ...figures.map(({ caption }) => caption)];
    assert.ok(said.includes('A map needs two parameters.'));
    const { caption } = figures.find(({ type }) => type === 'param-importances')!;
    assert.match(caption, /, among those asked for, has the most influence/);
  });

  test('refuses what is no parameter, with the one that was meant', async () => {
    const output = join(folder, 'refused-params');
    for (const [args, message] of [
      [
        ['--params', 'epoch'],
        /\[--params\] must name parameters of the study news \(.*\), but got "epoch"\./,
      ],
      [['--params', 'lr', '--params', 'dropuot'], /but got "dropuot"\. Did you mean "dropout"\?/],
    ] as const) {
      const refused = await draw('-o', output, ...args);
      assert.match(refused.stderr, message);
      assert.equal(refused.code, 2);
    }
    assert.ok(!existsSync(output));
    // the last part of a name is enough to be understood
    const dotted = { distributions: new Map([['train.lr', floatDistribution(0, 1)]]), internalParams: new Map([['train.lr', 0.5]]) }; // prettier-ignore
    const trials = usual.trials.map((trial) => ({ ...trial, ...dotted }));
    const study = { ...usual, trials, storage: '' };
    assert.throws(() => withParams(study, ['lr']), /but got "lr"\. Did you mean "train\.lr"\?/);
    assert.deepEqual(withParams(study, ['train.lr', 'train.lr']).params, ['train.lr']);
    const run = await unrollHere(['figures', folder, '--params', 'train.lr']);
    assert.match(run.stderr, /\[--params\] the figures must be those of a study/);
    assert.equal(run.code, 2);
  });
});

describe('unroll report STUDY', () => {
  test('a journal with one study needs no name', async () => {
    const output = join(folder, 'report');
    const { code, stdout, stderr } = await unrollHere(['report', journal, '-o', output]);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, `${join(output, 'report.html')}\n`);
    const html = readFileSync(join(output, 'report.html'), 'utf8');
    assert.match(html, /<h1>news-bilstm: a hyperparameter search<\/h1>/);
    const ids = Array.from(html.matchAll(/\sid="([^"]*)"/g), ([, id]) => id);
    assert.equal(new Set(ids).size, ids.length, 'ids are unlike each other');
    assert.equal(html.match(/<figure[ >]/g)?.length, 8);
    assert.doesNotMatch(
      html.replaceAll(/xmlns(:\w+)?="[^"]*"/g, ''),
      /https?:\/\/|<script|@import|<link|<img/,
    );
  });

  test('a folder of runs stands for its studies.db where a study is named', async () => {
    const output = join(folder, 'of-folder');
    const { code, stderr } = await unrollHere([
      'report',
      folder,
      '--study',
      'news',
      '--format',
      'md',
      '-o',
      output,
    ]);
    assert.equal(code, 0, stderr);
    const text = readFileSync(join(output, 'report.md'), 'utf8');
    assert.equal(text.match(/^\| \d+ \| (complete|pruned|failed|running|waiting) \|/gm)?.length, 60);
  });
});

test('what is no study is refused, with what there is', async () => {
  const cases: [readonly string[], number, RegExp][] = [
    [
      [database],
      2,
      /--study\] must name one of the studies in .*, which holds news, two objectives\/of a kind\./,
    ],
    [[database, '--study', 'newz'], 2, /which holds news, .* but got "newz"\. Did you mean "news"\?/],
    [[join(folder, 'absent.db')], 1, /absent\.db\] there must be a database of studies/],
    [[join(folder, 'nowhere'), '--study', 'news'], 1, /there must be a database of studies/],
    [[join(folder, 'absent.log')], 1, /must be a journal that can be read/],
    [['mysql://host/db', '--study', 'news'], 2, /\[storage\] must be one of sqlite/],
    [
      [database, database, '--study', 'news'],
      2,
      /a study must be the only argument|takes at most|one argument/,
    ],
  ];
  for (const [args, expected, message] of cases) {
    const { code, stderr } = await unrollHere(['report', ...args]);
    assert.match(stderr, message);
    assert.equal(code, expected, stderr);
  }
  assert.ok(!existsSync(join(folder, 'absent.db')), 'reading makes no database');
});
