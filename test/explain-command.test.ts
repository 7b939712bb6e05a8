/** `unroll explain` and `unroll errors` as a user calls them. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { before, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { explainTexts } from '../src/jobs/index.ts';
import { assertRefused, unrollHere } from './support/cli.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv, tinyModel } from './support/tiny.ts';

const folder = temporaryFolder();
const path = writeFiles(folder, {
  'tiny.csv': tinyCsv(60),
  // labels that no model can agree with, and a text that a page must not run
  'new.csv':
    'text,label\n"the goal of the team, <b>ball</b>",music\na song with guitar,sport\nthe ball,sport\n',
});
const here = (...args: string[]) => unrollHere(args, { cwd: folder });

before(async () => {
  const { code, stderr } = await here('train', 'tiny.csv', ...tinyModel, '-o', 'run', '--no-baseline');
  assert.equal(code, 0, stderr);
});

test('a text is shown with its strongest tokens, which add up; --json has all', async () => {
  const text = 'the goal of the team';
  const shown = await here('explain', 'run', text);
  assert.equal(shown.code, 0, shown.stderr);
  const [head, second] = shown.stdout.split('\n');
  assert.match(head, /^(?:sport|money|music) 0\.\d{4}$/);
  assert.equal(second, text);
  assert.match(shown.stdout, /completeness\s+gap 0\.\d\d %/);
  const { explanation } = JSON.parse((await here('explain', 'run', text, '--json')).stdout) as {
    explanation: {
      label: string;
      probability: number;
      baseline: { probability: number };
      tokens: { text: string; weight: number; start: number; end: number }[];
    };
  };
  const sum = explanation.tokens.reduce((all, { weight }) => all + weight, 0);
  const difference = explanation.probability - explanation.baseline.probability;
  assert.ok(Math.abs(sum - difference) < 0.01 * Math.abs(difference), `${sum}, not ${difference}`);
  for (const { text: token, start, end } of explanation.tokens)
    assert.equal(text.slice(start, end).toLowerCase(), token);
  const unknown = await here('explain', 'run', 'qwertz');
  assert.match(unknown.stdout, /The model knows no token of this text/);
  const long = await here('explain', 'run', 'the goal '.repeat(900));
  assert.match(long.stdout, /the goal …\n[^]*1400 more tokens of the text are not read/);
  assert.ok(long.stdout.length < 6000, 'all of a long text');
});

test('each kind of explanation as a figure, a page and a table', async () => {
  const text = 'the goal of the team';
  const kinds: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['texts', [text], /Which words matter/],
    ['classes', ['--classes', '--limit', '8'], /Words of each class/],
    ['deletion', ['--deletion', '--limit', '2'], /Leaving tokens out/],
    ['gates', [text, '--gates', 'auto'], /One unit over a text/],
    ['gradient', ['--gradient', '--limit', '3'], /Gradient norm through time/],
  ];
  for (const [name, args, title] of kinds) {
    for (const end of name === 'texts' ? ['svg', 'png', 'pdf', 'html', 'csv', 'json'] : ['svg', 'json']) {
      const { code, stderr } = await here('explain', 'run', ...args, '-o', `${name}.${end}`);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /written to/);
    }
    assert.match(readFileSync(path(`${name}.svg`), 'utf8'), title);
    assert.ok(typeof JSON.parse(readFileSync(path(`${name}.json`), 'utf8')) === 'object');
  }
  assert.match(
    readFileSync(path('texts.html'), 'utf8'),
    /<h1>Which words matter<\/h1>[^]*aria-label="Words of 1 text/,
  );
  const rows = parse<{ token: string; predicted: string }>(readFileSync(path('texts.csv')), {
    columns: true,
  });
  assert.equal(rows.map(({ token }) => token).join(' '), text);
  assert.deepEqual(readFileSync(path('texts.png')).subarray(1, 4).toString(), 'PNG');
  // the run's own test documents come with their class
  await here('explain', 'run', '--limit', '2', '-o', 'own.csv');
  const own = parse<{ actual: string }>(readFileSync(path('own.csv')), { columns: true });
  const quiet = await here('explain', 'run', '--limit', '2', '--json', '-q');
  assert.equal(quiet.stdout.trim().split('\n').length, 2, '--limit holds without progress');
  // from all over the test part: the first ones of sorted data are of one class
  const { test: rowsOfTest } = JSON.parse(readFileSync(path('run/splits.json'), 'utf8')) as {
    test: number[];
  };
  const explained = quiet.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { row: number; explanation: { probability: number } });
  assert.deepEqual(
    explained.map(({ row }) => row),
    [rowsOfTest[0], rowsOfTest[Math.floor(rowsOfTest.length / 2)]],
  );
  // and so do those of which tokens are left out
  const { probability } = JSON.parse(readFileSync(path('deletion.json'), 'utf8')) as { probability: number };
  const [one, two] = explained.map(({ explanation }) => explanation.probability);
  assert.ok(Math.abs(probability - (one + two) / 2) < 1e-6, `${probability}, not of ${one} and ${two}`);
  assert.ok(own.every(({ actual }) => ['sport', 'money', 'music'].includes(actual)));
});

test('a unit and the gradient in the terminal; options that do not go together are refused', async () => {
  const shown = await here('explain', 'run', 'the goal of the team', '--gates', '2');
  assert.match(shown.stdout, /^\w+ 0\.\d{4}; \w+, unit 2 of \d+/);
  assert.match(shown.stdout, /h: hidden state\n$/);
  const gradient = await here('explain', 'run', 'the goal of the team', '--gradient');
  assert.match(gradient.stdout, /1 text: norm of the gradient[^]*\n4 /);
  for (const unit of ['0', 'x'])
    assertRefused(
      await here('explain', 'run', 'a', '--gates', unit),
      2,
      /--gates must be a whole number from 1, or auto, but got "[0x]"/,
    );
  assertRefused(
    await here('explain', 'run', 'a', '--gates', '9999'),
    2,
    /unit must be a whole number from 1 to/,
  );
  assertRefused(
    await here('explain', 'run', 'a', '--classes', '--gradient'),
    2,
    /got --classes and --gradient/,
  );
  assertRefused(await here('explain', 'run', 'a', '--layer', '1'), 2, /must be used with --gates/);
  assertRefused(await here('explain', 'run', 'a', '-o', 'a.txt'), 2, /must end in \.svg/);
  assertRefused(await here('explain', 'run', 'a', '-o', 'a.svg', '--width', '10'), 2, /--width/);
});

test('errors: the misclassified first, one pair of classes alone, and as CSV, JSON and a page', async () => {
  for (const end of ['csv', 'json', 'html']) {
    const { code, stderr } = await here('errors', 'run', 'new.csv', '-o', `errors.${end}`);
    assert.equal(code, 0, stderr);
  }
  const rows = parse<Record<string, string>>(readFileSync(path('errors.csv')), { columns: true });
  assert.deepEqual(rows.map(({ row }) => Number(row)).sort(), [0, 1, 2]);
  const kinds = rows.map(({ kind }) => kind);
  assert.deepEqual(kinds, kinds.toSorted());
  for (const { kind, actual, predicted } of rows)
    assert.equal(kind === 'misclassified', actual !== predicted);
  const json = JSON.parse(readFileSync(path('errors.json'), 'utf8')) as {
    documents: number;
    wrong: number;
    found: { row: number }[];
  };
  assert.equal(json.documents, 3);
  assert.equal(json.wrong, kinds.filter((kind) => kind === 'misclassified').length);
  assert.deepEqual(
    json.found.map(({ row }) => row),
    rows.map(({ row }) => Number(row)),
  );
  const page = readFileSync(path('errors.html'), 'utf8');
  assert.ok(page.includes('&lt;b&gt;ball&lt;/b&gt;') && !page.includes('<b>ball</b>'));

  const pair = await here('errors', 'run', 'new.csv', '--actual', 'music', '--json');
  const { found } = JSON.parse(pair.stdout) as { found: { actual: string }[] };
  assert.deepEqual([...new Set(found.map(({ actual }) => actual))], ['music']);
});

test('an unknown class and a file of another ending are refused', async () => {
  assertRefused(await here('explain', 'run', 'the goal', '--label', 'weather'), 2, /weather/);
  assertRefused(await here('errors', 'run', '--actual', 'weather'), 2, /weather/);
  assertRefused(await here('errors', 'run', '-o', 'errors.pdf'), 2, /must end in \.html, \.csv or \.json/);
  assert.ok(!existsSync(path('errors.pdf')));
});

test('where the data of the run is gone, each command says how it takes other documents', async () => {
  renameSync(path('tiny.csv'), path('moved.csv'));
  const errors = await here('errors', 'run');
  const classes = await here('explain', 'run', '--classes');
  renameSync(path('moved.csv'), path('tiny.csv'));
  assertRefused(errors, 3, /there is no .*tiny\.csv.* unroll errors RUN DATA\.$/m);
  assertRefused(classes, 3, /there is no .*tiny\.csv.* unroll explain RUN --input FILE\.$/m);
});

test('texts of a file are given away as they are explained, and none is kept', async () => {
  const happened: string[] = [];
  const { texts } = await explainTexts({
    ...{ model: path('run'), input: path('new.csv'), textCol: ['text'] },
    progress: (_, done) => happened.push(`${done} done`),
    each: ({ row }) => happened.push(`row ${row}`),
  });
  assert.deepEqual(happened, ['0 done', 'row 0', '1 done', 'row 1', '2 done', 'row 2']);
  assert.deepEqual(texts, []);
  const limited = await here('explain', 'run', '-i', 'new.csv', '--limit', '2', '--json');
  assert.equal(limited.stdout.trimEnd().split('\n').length, 2, limited.stderr);
});
