/** `unroll explain` and `unroll errors` as a user calls them. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { parse } from 'csv-parse/sync';
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
