import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertRefused, type HereOptions, unroll, unrollHere } from './support/cli.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv } from './support/tiny.ts';

const cwd = temporaryFolder();
const path = writeFiles(cwd, { 'tiny.csv': tinyCsv(), 'other.csv': tinyCsv(60) });
const small = ['--task-epochs', '1', '--hidden', '8', '--evaluate.bootstrap_samples', '50'];
const quick = [...small, '--epochs', '6'];
const here = (args: readonly string[], options: HereOptions = {}) => unrollHere(args, { cwd, ...options });
const read = (...parts: string[]) => readFileSync(path(join(...parts)), 'utf8');

test('a run from scratch is a run like any other, and its model is read by predict and evaluate', async () => {
  const { code, stdout, stderr } = await here(['scratch', 'tiny.csv', ...quick, '-o', 'run', '--json']);
  assert.equal(code, 0, stderr);
  const summary = JSON.parse(stdout);
  assert.equal(summary.model, 'rnn from scratch');
  assert.ok(summary.val.accuracy >= 0.7, stdout);
  const checks = summary.gradient_check as readonly { largestError: number }[];
  assert.ok(checks.every((check) => check.largestError <= 1e-6));
  assert.ok(summary.gradient_flow.curves.length >= 10 && summary.task.curve.length === 2);
  for (const name of [
    'config.resolved.yaml',
    'description.json',
    'metrics.jsonl',
    'splits.json',
    'predictions.csv',
    'test.json',
    'scratch.json',
    'model/model.safetensors',
    'figures/toy-loss.svg',
    'figures/toy-predictions.png',
    'figures/gradient-flow.csv',
    'figures/loss-curve.svg',
  ]) {
    assert.ok(existsSync(path(join('run', name))), name);
  }
  const evaluated = await here(['evaluate', 'run', '--json', '-o', 'again.json']);
  assert.equal(evaluated.code, 0, evaluated.stderr);
  const again = JSON.parse(evaluated.stdout);
  assert.equal(again.accuracy, summary.test.accuracy);
  assert.ok(Math.abs(again.loss - summary.test.loss) < 1e-5, 'the engine reads the same probabilities');
  const predicted = await here(['predict', 'run', 'goal team match ball coach league']);
  assert.equal(predicted.code, 0, predicted.stderr);
  assert.match(predicted.stdout, /sport/);
});

test('its report tells of the warm-up, with the equations and the parameters of this network', async () => {
  const { code, stderr } = await here(['report', 'run', '-o', 'report', '--format', 'md', '-q']);
  assert.equal(code, 0, stderr);
  const text = read('report/report.md');
  for (const figure of ['toy-loss', 'toy-predictions', 'gradient-flow', 'model-flowchart'])
    assert.ok(text.includes(`(figures/${figure}.png)`), figure);
  assert.match(text, /h_t = \\tanh\(W_\{xh\} x_t \+ W_\{hh\} h_\{t-1\} \+ b_h\)/);
  assert.doesNotMatch(text, /W_\{ih\}|embeddings|with dropout at work/);
  const [trained] = /([\d,]+) trained parameters/.exec(text)?.slice(1) ?? [];
  assert.ok(
    text.includes(`The RNN classifier has ${trained} parameters`),
    'the network and its flowchart agree',
  );
});

test('after Ctrl-C, --resume ends with the bits of a run that was never interrupted', async () => {
  const plain = [...small, '--evaluate.figures', 'false', '--train.keep', 'last'];
  const args = ['scratch', 'tiny.csv', ...plain, '--epochs', '12', '--seed', '3', '--json'];
  const whole = await here([...args, '-o', 'whole']);
  assert.equal(whole.code, 0, whole.stderr);
  const stopped = await here([...args, '-o', 'stopped'], {
    onStderr: (interrupt, text) => /\n +2 +\d+ /.test(text) && interrupt(),
  });
  assert.equal(stopped.code, 130, stopped.stderr);
  assert.match(stopped.stderr, /unroll scratch tiny\.csv -o stopped --resume/);
  const other = await here(['scratch', '-o', 'stopped', '--resume', '--clip', '0.5']);
  assertRefused(other, 2, /--clip must be that of stopped/);
  const resumed = await here(['scratch', 'tiny.csv', '-o', 'stopped', '--resume', '--json']);
  assert.equal(resumed.code, 0, resumed.stderr);
  const [a, b] = ['whole', 'stopped'].map((run) => readFileSync(path(join(run, 'model/model.safetensors'))));
  assert.ok(a.equals(b));
  assert.equal(read('whole/predictions.csv'), read('stopped/predictions.csv'));
});

test('Ctrl-C in the warm-up ends with 130 and says that nothing was saved', async () => {
  const reached = /epoch 20 of 200/;
  const inProcess = (args: readonly string[]) =>
    here(args, { onStderr: (interrupt, text) => reached.test(text) && interrupt() });
  const signalled = (args: readonly string[]) =>
    unroll(args, {
      cwd,
      onStderr: (child, text) => reached.test(text) && !child.killed && child.kill('SIGINT'),
    });
  for (const [run, args] of [
    [signalled, ['--warm-up']],
    [inProcess, ['tiny.csv', '-o', 'warm']],
  ] as const) {
    const { code, stdout, stderr } = await run(['scratch', ...args, '--task-epochs', '200']);
    assert.equal(code, 130, stderr);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /error: \[scratch\] stopped on request in the warm-up, in epoch \d+ of 200.* nothing of it is saved/,
    );
  }
  assert.ok(!existsSync(path('warm')));
});

test('train does not resume a run from scratch, nor scratch one of train', async () => {
  const model = [
    '--evaluate.figures',
    'false',
    '--train.epochs',
    '1',
    '--model.hidden_size',
    '4',
    '--model.embedding_dim',
    '4',
    '-q',
  ];
  const trained = await here(['train', 'tiny.csv', '-o', 'engine', ...model]);
  assert.equal(trained.code, 0, trained.stderr);
  assertRefused(
    await here(['train', 'tiny.csv', '-c', 'bilstm-workshop', '-o', 'run', '--resume']),
    2,
    /must be one of unroll train, but run is one of unroll scratch\. Resume it with: unroll scratch tiny\.csv -o run --resume/,
  );
  assertRefused(
    await here(['scratch', '-o', 'engine', '--resume']),
    2,
    /must be one of unroll scratch, but engine is one of unroll train\. Resume it with: unroll train tiny\.csv -o engine --resume/,
  );
});

test('the warm-up alone reads no data', async () => {
  const { code, stdout, stderr } = await here([
    'scratch',
    '--warm-up',
    '--task',
    'echo',
    '--task-epochs',
    '1',
  ]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /warm-up echo: /);
  assert.match(stdout, /all 209 weights/);
  assert.match(stdout, /T = 200/);
  assert.ok(!existsSync(path('runs')));
});

test('what it does not know is refused in one paragraph', async () => {
  const refused = (...args: string[]) => here(['scratch', 'tiny.csv', ...args]);
  assertRefused(await refused('--task', 'sin'), 2, /--task must be one of sine.*Did you mean "sine"/);
  assertRefused(await refused('--train.optimizer', 'adam'), 2, /train\.optimizer\] must be "sgd"/);
  assertRefused(await refused('--train.refit', 'true'), 2, /train\.refit\] must be false/);
  assertRefused(await refused('--clip', '0'), 2, /--clip must be a number above 0/);
  assertRefused(await refused('--ask', 'first'), 2, /--ask must be last or every/);
});
