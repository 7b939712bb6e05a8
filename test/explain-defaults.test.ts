/** A training without a preset: what follows from its data, what is said of it, and that the run keeps it. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { unrollHere } from './support/cli.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv } from './support/tiny.ts';

const cwd = temporaryFolder();
const path = writeFiles(cwd, { 'tiny.csv': tinyCsv(60) });
const here = (...args: string[]) => unrollHere(args, { cwd });
const small = ['--model.embedding_dim', '4', '--model.hidden_size', '4', '--train.epochs', '2', '--evaluate.figures', 'false', '--evaluate.bootstrap_samples', '50']; // prettier-ignore

test('--explain-defaults shows each setting, its value and why, and trains nothing', async () => {
  const { code, stdout } = await here('train', 'tiny.csv', '--explain-defaults', '--train.lr', '0.01');
  assert.equal(code, 0);
  assert.match(stdout, /^48 training documents of about \d+ tokens \(median\) in 3 classes:/);
  assert.match(stdout, /^model\.word_dropout +0\.2 +\S/m);
  assert.match(stdout, /^train\.epochs +60 +few documents/m);
  assert.match(stdout, /^train\.lr +0\.01 +set by --train\.lr$/m);
  assert.ok(!existsSync(path('runs')));
  const preset = await here('train', 'tiny.csv', '--explain-defaults', '-c', 'quickstart');
  assert.match(preset.stdout, /^Nothing follows from the data: a preset/);
  const linear = await here('train', 'tiny.csv', '--explain-defaults', '--model', 'linear');
  assert.match(linear.stdout, /itself, and linear, majority and scratch have none that depend on it\.$/m);
  const bag = await here('train', 'tiny.csv', '--explain-defaults', '--model', 'bag');
  assert.match(bag.stdout, /^train\.epochs +60 +few documents/m);
  assert.equal((await here('train', '--explain-defaults')).code, 2);
});

test('--explain-defaults --json has the same as data', async () => {
  const { stdout } = await here('train', 'tiny.csv', '--explain-defaults', '--json');
  const { facts, settings } = JSON.parse(stdout) as {
    facts: { documents: number };
    settings: { key: string; value: unknown }[];
  };
  assert.equal(facts.documents, 48);
  assert.equal(settings.find(({ key }) => key === 'train.batch_size')?.value, 16);
});

test('one line says what was chosen; the run keeps it, and its configuration gives the same weights', async () => {
  const run = await here('train', 'tiny.csv', '-o', 'one', ...small);
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stderr, /· chosen for 48 training documents .*train\.batch_size 16.*--explain-defaults/);
  const config = parse(readFileSync(path(join('one', 'config.resolved.yaml')), 'utf8')) as Record<
    'text' | 'model' | 'train',
    Record<string, unknown>
  >;
  assert.deepEqual([config.text.min_count, config.model.word_dropout, config.train.keep], [2, 0.2, 'last']);
  assert.deepEqual(config.train.schedule, {
    type: 'cosine',
    warmup_steps: null,
    warmup_fraction: 0.1,
    min_lr: 0,
  });
  const again = await here('train', 'tiny.csv', '-o', 'two', '-c', join('one', 'config.resolved.yaml'));
  assert.equal(again.code, 0, again.stderr);
  assert.doesNotMatch(again.stderr, /chosen for/);
  const weights = (name: string) => readFileSync(path(join(name, 'model', 'model.safetensors')));
  assert.ok(weights('one').equals(weights('two')));
});

test('a search without a configuration has ranges around what follows from the data', async () => {
  const args = ['tune', 'tiny.csv', '--trials', '2', '--workers', '1', '--storage', 'memory:', '-o', 'best'];
  const { code, stderr } = await here(...args, ...small);
  assert.equal(code, 0, stderr);
  const text = readFileSync(path(join('best', 'config.resolved.yaml')), 'utf8');
  const { model, train } = parse(text) as Record<'model' | 'train', Record<string, unknown>>;
  assert.deepEqual([model.embedding_std, train.optimizer, train.keep], [0.1, 'adamw', 'last']);
});
