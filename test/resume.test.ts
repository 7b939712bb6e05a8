/** A run that was stopped, by Ctrl-C or by a kill, and is resumed ends with the same bits. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { assertRefused, type HereOptions, unroll, unrollHere } from './support/cli.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv, tinyModel } from './support/tiny.ts';

const cwd = temporaryFolder();
const path = writeFiles(cwd, { 'tiny.csv': tinyCsv() });
/** What is not interrupted runs in this process. */
const here = (args: readonly string[], options: HereOptions = {}) => unrollHere(args, { cwd, ...options });
// a checkpoint after every batch, so that a kill at any time leaves one; the schedule and early stopping have a state
const train = (output: string, ...more: string[]) => [
  ...[
    'train',
    'tiny.csv',
    '-o',
    output,
    ...tinyModel,
    '--train.epochs',
    '12',
    '--train.checkpoint_seconds',
    '0',
  ],
  ...[
    '--train.schedule',
    'plateau',
    '--train.schedule.patience',
    '1',
    '--model.dropout',
    '0.2',
    '--train.patience',
    '9',
    ...more,
  ],
];

/**
 * The results of a training without what differs from run to run: where it is, times, and the kernels, which each
 * process chooses by measuring them.
 */
function comparable({
  run: _run,
  seconds: _seconds,
  seconds_per_step: _perStep,
  kernel,
  ...summary
}: Record<string, unknown>) {
  assert.match(String(kernel), /\b(?:native|wide|narrow)\b/);
  return summary;
}

/** What a run leaves that must not depend on an interruption: weights, and metrics but for times. */
function outcome(output: string) {
  const metrics = readFileSync(path(join(output, 'metrics.jsonl')), 'utf8')
    .trim()
    .split('\n');
  const { summary } = JSON.parse(metrics.pop() ?? '{}') as { summary: Record<string, unknown> };
  return {
    weights: readFileSync(path(join(output, 'model/model.safetensors'))).toString('base64'),
    epochs: metrics.map((line) => ({ ...(JSON.parse(line) as object), seconds: 0 })),
    summary: comparable(summary),
    test: readFileSync(path(join(output, 'test.json')), 'utf8'),
  };
}

/** Sends a signal when the row of an epoch has been printed. */
function atEpoch(epoch: number, signal: NodeJS.Signals) {
  const reached = epochReached(epoch);
  return (child: ChildProcess, text: string) => void (reached(text) && child.kill(signal));
}

/** Whether the row of an epoch has just been printed. */
function epochReached(epoch: number): (text: string) => boolean {
  let before = false;
  return (text) => {
    if (before || !new RegExp(`^ +${epoch} +\\d+ `, 'm').test(text)) return false;
    return (before = true);
  };
}

/** Runs a command in this process that is interrupted after an epoch, as by Ctrl-C. */
function interrupted(args: readonly string[], epoch: number, options: HereOptions = {}) {
  const reached = epochReached(epoch);
  return here(args, { onStderr: (interrupt, text) => reached(text) && interrupt(), ...options });
}

const status = (output: string) =>
  JSON.parse(readFileSync(path(join(output, 'description.json')), 'utf8')) as {
    status: string;
    resumed: unknown[];
  };

let expected: ReturnType<typeof outcome>;

before(async () => {
  const { code, stderr } = await here(train('whole'));
  assert.equal(code, 0, stderr);
  expected = outcome('whole');
});

test('Ctrl-C saves, ends with 130 and says how to resume; a resumed run has the same bits', async () => {
  const stopped = await unroll(train('interrupted'), { cwd, onStderr: atEpoch(2, 'SIGINT') });
  assert.equal(stopped.code, 130, stopped.stderr);
  assert.match(stopped.stderr, /Stopping after this batch and saving/);
  assert.match(stopped.stderr, /Resume it with: unroll train tiny\.csv -o interrupted --resume\n$/);
  assert.equal(status('interrupted').status, 'interrupted');
  assert.ok(!existsSync(path('interrupted/model')));
  // as the message says: without the options, which the run knows
  const resumed = await here(['train', 'tiny.csv', '-o', 'interrupted', '--resume']);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.match(resumed.stderr, /resuming in epoch \d/);
  assert.deepEqual(outcome('interrupted'), expected);
  assert.equal(status('interrupted').status, 'finished');
  assert.ok(!existsSync(path('interrupted/checkpoints')), 'a finished run keeps no checkpoints');
  assert.equal(status('interrupted').resumed.length, 1);
});

test('a closed terminal saves as Ctrl-C does', async () => {
  const stopped = await unroll(train('closed'), { cwd, onStderr: atEpoch(2, 'SIGHUP') });
  assert.equal(stopped.code, 130, stopped.stderr);
  assert.equal(status('closed').status, 'interrupted');
  assert.ok(existsSync(path('closed/checkpoints/last.safetensors')));
});

test('a second Ctrl-C ends the program within a long batch, on one thread and on two', async () => {
  const text = Array.from({ length: 400 }, (_, n) => `word${n % 97}`).join(' ');
  const rows = Array.from({ length: 100 }, (_, n) => `${text} number ${n},${n % 2 ? 'odd' : 'even'}\n`);
  writeFiles(cwd, { 'long.csv': `text,label\n${rows.join('')}` });
  const size = ['--model.hidden_size', '512', '--train.batch_size', '100', '--text.max_length', '400'];
  for (const threads of ['1', '2']) {
    const args = ['train', 'long.csv', '-o', `long-${threads}`, ...size, '--train.threads', threads];
    const interrupted = async (wait: number) => {
      let sent = 0;
      let sending: NodeJS.Timeout | undefined;
      const { signal, stderr } = await unroll([...args, '--allow-leakage', '--force'], {
        cwd,
        onStderr(child, printed) {
          if (sending || !printed.includes('run folder')) return;
          const send = () => {
            if (child.kill('SIGINT')) sent++;
            sending = setTimeout(send, 700);
          };
          sending = setTimeout(send, wait);
        },
      });
      clearTimeout(sending);
      // while a batch is computed, nothing is printed
      const within = !/Stopping after this batch|stopped on request/.test(stderr);
      return { signal, stderr, bySecond: within && sent > 1 };
    };
    let stopped = await interrupted(800);
    // on a busy machine the first signal came before the batch, or before signals are watched for
    for (let wait = 1600; !stopped.bySecond && wait < 30_000; wait *= 2) stopped = await interrupted(wait);
    assert.ok(stopped.bySecond, stopped.stderr);
    assert.equal(stopped.signal, 'SIGINT', stopped.stderr);
  }
});

test('resumed where multiply-add is rounded otherwise, a run says that its bits are not those of a whole run', async () => {
  const stopped = await interrupted(train('other-bits'), 1);
  assert.equal(stopped.code, 130, stopped.stderr);
  const file = path('other-bits/description.json');
  const before = JSON.parse(readFileSync(file, 'utf8')) as { fused: boolean };
  assert.equal(before.fused, true);
  writeFileSync(file, JSON.stringify({ ...before, fused: false }));
  const resumed = await here(['train', 'tiny.csv', '-o', 'other-bits', '--resume']);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.match(resumed.stderr, /multiply-add was not fused while .* so far, and is fused here: /);
  assert.deepEqual(
    status('other-bits').resumed.map((one) => (one as { fused: boolean }).fused),
    [true],
  );
});

test('kill -9, twice, once on two threads: the same bits', async () => {
  for (const [epoch, ...more] of [[1], [4, '--resume', '--threads', '2']] as const) {
    const killed = await unroll(train('killed', ...more), { cwd, onStderr: atEpoch(epoch, 'SIGKILL') });
    assert.equal(killed.signal, 'SIGKILL', killed.stderr);
    assert.equal(status('killed').status, 'running');
  }
  const resumed = await here(['train', '-o', 'killed', '--resume']);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.deepEqual(outcome('killed'), { ...expected, summary: { ...expected.summary, threads: 1 } });
});

test('--resume starts a run that was killed before its first file, or in the middle of them', async () => {
  const start = ['config.resolved.yaml', 'splits.json'];
  for (const [output, files] of [['missing'], ['begun', []], ['half', start]] as const) {
    if (files) mkdirSync(path(output));
    for (const name of files ?? []) copyFileSync(path(join('whole', name)), path(join(output, name)));
    const resumed = await here(train(output, '--resume'));
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.match(resumed.stderr, /nothing of the run was saved: starting from the beginning/);
    assert.deepEqual(outcome(output), expected);
  }
  // a run that has lost its description is another matter, and so is a folder of something else
  mkdirSync(path('lost/checkpoints'), { recursive: true });
  assertRefused(
    await here(train('lost', '--resume')),
    3,
    /a run must have its description\.json, but this one has checkpoints/,
  );
  writeFiles(cwd, { 'other/notes.txt': 'mine' });
  assertRefused(
    await here(train('other', '--resume')),
    2,
    /must be new or empty, but other holds notes\.txt/,
  );
  assertRefused(
    await here(['train', '-o', 'never', '--resume']),
    2,
    /there must be a run to resume, but never does not exist/,
  );
});

test('early stopping is not forgotten when the kill comes after it', async () => {
  const stopping = ['--train.lr', '1e-9', '--train.patience', '2', '--train.min_delta', '1'];
  // the evaluation takes long enough to be killed in it
  const slow = train('early', ...stopping, '--evaluate.bootstrap_samples', '100000');
  const trained = /no better val_loss in 2 epochs: 3 epochs/;
  const onStderr = (child: ChildProcess, text: string) => trained.test(text) && child.kill('SIGKILL');
  assert.equal((await unroll(slow, { cwd, onStderr })).signal, 'SIGKILL');
  assert.equal(status('early').status, 'running');
  const resumed = await here(['train', '-o', 'early', '--resume', '--evaluate.bootstrap_samples', '50']);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.match(resumed.stderr, trained);
  assert.doesNotMatch(resumed.stderr, /^ +\d+ +\d+ /m, 'no epoch is trained again');
});

test('a finished run has nothing left to train, and gives its result again', async () => {
  // as if it had drawn figures, which takes longer than the training
  const config = readFileSync(path('whole/config.resolved.yaml'), 'utf8');
  assert.match(config, /figures: false/);
  writeFiles(cwd, {
    'whole/config.resolved.yaml': config.replace('figures: false', 'figures: true'),
    'whole/figures/figures.json': '{}',
  });
  const resume = ['train', 'tiny.csv', '-o', 'whole', '--resume', '--json'];
  const again = await here(resume);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, /whole is finished/);
  assert.doesNotMatch(again.stderr, /figures/);
  // as if the program had been killed as it tidied up, and while it drew
  mkdirSync(path('whole/checkpoints'));
  rmSync(path('whole/figures/figures.json'));
  assert.match(
    (await here(resume)).stderr,
    /The figures are missing\. Draw them with: unroll figures whole$/m,
  );
  assert.ok(!existsSync(path('whole/checkpoints')));
  assert.deepEqual(comparable(JSON.parse(again.stdout) as Record<string, unknown>), expected.summary);
});

test('a finished run is not the result for other data', async () => {
  writeFiles(cwd, { 'other.csv': tinyCsv(96) });
  assertRefused(
    await unrollHere(['train', path('other.csv'), '-o', path('whole'), '--resume', '--json']),
    3,
    /the data must be that of the run \(90 documents.* but has 96 documents/,
  );
});

test('the command that resumes can be pasted into a shell, and works from another folder', async () => {
  const stopped = await interrupted(train('my run'), 2);
  assert.match(stopped.stderr, /Resume it with: unroll train tiny\.csv -o 'my run' --resume\n$/);
  assertRefused(await unrollHere(['predict', path('my run'), 'ball']), 1, /is not finished.*--resume/);
  mkdirSync(path('sub'));
  const resumed = await here(['train', '--resume', '-o', '../my run'], { cwd: path('sub') });
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.deepEqual(outcome('my run'), expected);
  const input = readFileSync(path('tiny.csv'), 'utf8');
  const args = train('piped').map((word) => (word === 'tiny.csv' ? '-' : word));
  const piped = await interrupted(args, 2, { input });
  assert.match(
    piped.stderr,
    /Resume it with: unroll train - -o piped --resume < FILE, where FILE holds the same data/,
  );
  assertRefused(await here(['train', '--resume', '-o', 'piped']), 2, /< FILE/);
});

test('a run is not resumed on other data or with another configuration', async () => {
  writeFiles(cwd, { 'other.csv': tinyCsv(96) });
  writeFileSync(
    path('whole/description.json'),
    JSON.stringify({ ...status('whole'), status: 'interrupted' }),
  );
  const output = path('whole');
  assertRefused(
    await unrollHere(['train', path('tiny.csv'), '-o', output, '--resume', '--train.lr', '0.5']),
    2,
    /the configuration must be that of .*, but train\.lr is different/,
  );
  assertRefused(
    await unrollHere(['train', path('tiny.csv'), '-o', output, '--resume', '--model', 'lstm']),
    2,
    /the configuration must be that of .*, but model\.type is different/,
  );
  assertRefused(
    await unrollHere(['train', path('other.csv'), '-o', output, '--resume', '-q']),
    3,
    /the data must be that of the run \(90 documents.* but has 96 documents/,
  );
});
