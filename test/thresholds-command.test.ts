/** Thresholds through the commands: chosen by training, saved with the model, applied by evaluate and predict; refused where they cannot be. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertRefused, type HereOptions, unrollHere } from './support/cli.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyRows } from './support/tiny.ts';

const cwd = temporaryFolder();
// of one class every fourth document, and some of it with the words of another
const rows = tinyRows(180).filter(({ label }, n) => label !== 'music' || n % 4 === 0);
const lines = rows.map(
  ({ text, label }, n) => `"${label === 'music' && n % 3 === 0 ? 'the goal of the team' : text}",${label}\n`,
);
const path = writeFiles(cwd, { 'rare.csv': `text,label\n${lines.join('')}` });
const here = (args: readonly string[], options: HereOptions = {}) => unrollHere(args, { cwd, ...options });
const linear = [
  'train',
  'rare.csv',
  '--model',
  'linear',
  '--no-figures',
  '--data.fractions',
  '0.6,0.2,0.2',
  '--allow-leakage',
];
const json = (...parts: string[]) =>
  JSON.parse(readFileSync(path(join(...parts)), 'utf8')) as Record<string, unknown>;

test('they are chosen on the validation part, saved, and applied by evaluate and predict', async () => {
  const trained = await here([...linear, '--train.thresholds', 'macro_f1', '-o', 'runs/a']);
  assert.equal(trained.code, 0, trained.stderr);
  assert.match(trained.stderr, /thresholds of the classes, chosen on \d+ validation documents: /);
  const thresholds = json('runs/a/model/config.json')['thresholds'] as number[];
  assert.equal(thresholds.length, 3);
  const before = json('runs/a/test.json');
  assert.equal((await here(['evaluate', 'runs/a'])).code, 0);
  assert.deepEqual(json('runs/a/test.json'), before);
});

test('few documents that choose one are a warning', async () => {
  // of the texts that may be either, two of five are of the rare class: it is never the more probable one
  const kinds = 'goal goal match match maybe maybe maybe MAYBE MAYBE goal'.split(' ');
  const times = 'day week year month game team town'.split(' ');
  const lines = Array.from({ length: 150 }, (_, n) => {
    const kind = kinds[n % kinds.length];
    return `${kind.toLowerCase()} of the ${times[n % times.length]},${kind === 'MAYBE' ? 'rare' : 'sport'}\n`;
  });
  writeFiles(cwd, { 'maybe.csv': `text,label\n${lines.join('')}` });
  const args = ['train', 'maybe.csv', ...linear.slice(2), '--train.thresholds', 'macro_f1', '-o', 'runs/c'];
  const { stderr } = await here(args);
  assert.match(stderr, /thresholds of the classes, chosen on 30 validation documents: rare 0\.\d+, sport/);
  assert.match(stderr, /only 6 validation documents of rare: its threshold may not hold for other documents/);
});

test('predict divides the probabilities by them', async () => {
  assert.equal((await here([...linear, '-o', 'runs/b'])).code, 0);
  const scores = async () => {
    const { stdout } = await here(['predict', 'runs/b', 'a song of the team', '--json', '--scores', 'all']);
    const { scores: all } = JSON.parse(stdout.split('\n')[0]) as { scores: Record<string, number> };
    return ['money', 'music', 'sport'].map((name) => all[name]);
  };
  const without = await scores();
  const file = path('runs/b/model/config.json');
  const thresholds = [0.7, 0.1, 0.2];
  const config = { ...json('runs/b/model/config.json'), thresholds };
  writeFileSync(file, JSON.stringify(config));
  const divided = without.map((p, c) => p / thresholds[c]);
  const total = divided.reduce((sum, p) => sum + p, 0);
  for (const [c, p] of (await scores()).entries())
    assert.ok(Math.abs(p - divided[c] / total) < 1e-3, `${p}, not ${divided[c] / total}`);
  writeFileSync(file, JSON.stringify({ ...config, thresholds: [0.5, 0.5] }));
  assertRefused(
    await here(['predict', 'runs/b', 'a song']),
    3,
    /thresholds must be 3, one for each class, but are 2/,
  );
});

test('they are refused without validation documents, and where the model is chosen too', async () => {
  const thresholds = ['--train.thresholds', 'macro_f1', '-o', 'runs/c'];
  const none = await here(['train', 'rare.csv', '--model', 'linear', '--data.fractions', '0.8,0,0.2', ...thresholds]); // prettier-ignore
  assertRefused(none, 2, /\[train.thresholds\] must be none without validation documents/);
  const auto = await here(['train', 'rare.csv', '--model', 'auto', ...thresholds]);
  assertRefused(auto, 2, /\[train.thresholds\] must be none where validation documents choose the model/);
});
