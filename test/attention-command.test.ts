/** A network with attention pooling keeps what the words of test documents weigh, draws it, and tells it with predictions. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { before, test } from 'node:test';
import { readAttention } from '../src/run/index.ts';
import { assertRefused, unrollHere } from './support/cli.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv, tinyModel } from './support/tiny.ts';

const cwd = temporaryFolder();
const path = writeFiles(cwd, { 'tiny.csv': tinyCsv() });
const here = (...args: string[]) => unrollHere(args, { cwd });
const texts = ['the bank said stock price', 'a goal for the team'];

before(async () => {
  const { code, stderr } = await here('train', 'tiny.csv', '-o', 'run', ...tinyModel, '--model.pooling', 'attention+max'); // prettier-ignore
  assert.equal(code, 0, stderr);
});

test('the first test document of each class is kept and drawn', async () => {
  const documents = readAttention(path('run/attention.json'));
  assert.equal(new Set(documents.map(({ label }) => label)).size, documents.length);
  assert.ok(documents.length > 1);
  for (const { tokens, heads } of documents) {
    assert.deepEqual(heads.map((weights) => weights.length), [tokens.length]); // prettier-ignore
    assert.ok(Math.abs(heads[0].reduce((sum, weight) => sum + weight, 0) - 1) < 1e-5);
  }
  const drawn = await here('figures', 'run', '--only', 'attention-weights');
  assert.equal(drawn.code, 0, drawn.stderr);
  for (const type of ['svg', 'png', 'csv'])
    assert.ok(existsSync(path(`run/figures/attention-weights.${type}`)));
});

test('predict tells the weights in JSON lines, and only there', async () => {
  const { code, stdout } = await here('predict', 'run', ...texts, '--json', '--attention');
  assert.equal(code, 0);
  const rows = stdout.trim().split('\n').map((line) => JSON.parse(line) as { attention: { tokens: string[]; heads: number[][] } }); // prettier-ignore
  assert.deepEqual(rows.map(({ attention }) => attention.tokens.join(' ')), texts); // prettier-ignore
  for (const { attention } of rows)
    assert.ok(Math.abs(attention.heads[0].reduce((sum, weight) => sum + weight, 0) - 1) < 1e-5);
  const plain = await here('predict', 'run', ...texts, '--json');
  assert.ok(!plain.stdout.includes('attention'));
  assertRefused(await here('predict', 'run', ...texts, '--attention'), 2, /--attention must be used with JSON lines, .* Add --json/); // prettier-ignore
});

test('a network without attention is refused before it reads a text', async () => {
  const { code } = await here('train', 'tiny.csv', '-o', 'other', ...tinyModel);
  assert.equal(code, 0);
  assert.ok(!existsSync(path('other/attention.json')));
  const ended = await here('predict', 'other', '--input', 'none.csv', '--json', '--attention');
  assertRefused(ended, 1, /must have the pooling attention, but has not/);
});
