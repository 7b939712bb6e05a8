import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStorage } from '../src/tune/storage/open.ts';
import { assertRefused, type HereOptions, unroll, unrollHere } from './support/cli.ts';
import type { ProgramOptions } from './support/process.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv } from './support/tiny.ts';

const search = `
model:
  type: { type: categorical, choices: [lstm, gru, rnn] }
  embedding_dim: 8
  hidden_size: { type: int, low: 4, high: 12, step: 4 }
train:
  batch_size: 8
  epochs: 6
  threads: 1
  refit: false
  lr: { type: float, low: 1.0e-3, high: 0.3, log: true }
tune: { trials: 8, workers: 1, pruner: { type: median, n_startup_trials: 2, n_warmup_steps: 1 } }
evaluate: { bootstrap_samples: 50, figures: false }
`;

/** A folder with data and a search, which `tune` and `here` run in this process and `start` in one of its own. */
function prepare(config = search) {
  const folder = temporaryFolder();
  const path = writeFiles(folder, { 'tiny.csv': tinyCsv(150), 'search.yaml': config });
  const words = ['tune', 'tiny.csv', '-c', 'search.yaml'];
  const here = (args: readonly string[], options: HereOptions = {}) =>
    unrollHere([...words, ...args], { cwd: folder, ...options });
  const tune = (...args: string[]) => here(args);
  const start = (args: readonly string[], options: ProgramOptions = {}) =>
    unroll([...words, ...args], { cwd: folder, ...options });
  return { folder, path, tune, here, start };
}

interface Summary {
  readonly study: string;
  readonly trials: number;
  readonly complete: number;
  readonly pruned: number;
  readonly best: {
    readonly number: number;
    readonly values: Readonly<Record<string, number>>;
    readonly accuracy: number;
    readonly log_loss: number;
    readonly params: Readonly<Record<string, unknown>>;
  };
  readonly pareto?: readonly { readonly values: Readonly<Record<string, number>> }[];
  readonly run: {
    readonly run: string;
    readonly val: { readonly accuracy: number; readonly loss: number; readonly loss_before_scaling?: number };
  };
}

async function trialsOf(path: string, name: string) {
  const storage = await openStorage(path, { create: false });
  try {
    const study = await storage.findStudy(name);
    assert.ok(study);
    return { study, trials: await storage.trials(study.id) };
  } finally {
    await storage.close();
  }
}

test('a search: every trial once, reports of its epochs, and the best one as a measured run with the same bits', async () => {
  const { path, tune } = prepare(
    search
      .replace('threads: 1', 'threads: 2')
      .replace('refit: false', 'refit: true')
      .replace('workers: 1', 'workers: 2'),
  );
  const ended = await tune('--json');
  assert.equal(ended.code, 0, ended.stderr);
  const summary = JSON.parse(ended.stdout) as Summary;
  assert.equal(summary.trials, 8);
  assert.equal(summary.complete + summary.pruned, 8);
  assert.match(ended.stderr, /8 trials on 2 workers take at most about/);
  assert.equal(ended.stderr.match(/^\d+\/8 {2}trial \d+ /gm)?.length, 8);
  const { study, trials } = await trialsOf(path('runs/studies.db'), summary.study);
  assert.deepEqual([study.directions, study.systemAttrs['study:metric_names']], [['maximize'], ['accuracy']]);
  for (const trial of trials) {
    assert.deepEqual([...trial.internalParams.keys()].sort(), [
      'model.hidden_size',
      'model.type',
      'train.lr',
    ]);
    const { epochs, accuracy } = trial.userAttrs as { epochs: number[]; accuracy: number };
    assert.deepEqual(
      [...trial.intermediateValues.keys()],
      Array.from({ length: epochs[0] }, (_, i) => i + 1),
    );
    if (trial.state === 'COMPLETE') assert.equal(trial.values?.[0], accuracy);
  }
  const best = Math.max(
    ...trials.flatMap(({ state, values }) => (state === 'COMPLETE' ? (values ?? []) : [])),
  );
  assert.equal(summary.best.values.accuracy, best);
  // the best model was trained again, on more threads than in its trial
  const run = path(summary.run.run);
  assert.deepEqual(
    [summary.run.val.accuracy, summary.run.val.loss_before_scaling ?? summary.run.val.loss],
    [summary.best.accuracy, summary.best.log_loss],
  );
  assert.doesNotMatch(ended.stderr, /the model is not the one/);
  for (const file of ['test.json', 'model/model.safetensors', 'config.resolved.yaml']) {
    assert.ok(existsSync(join(run, file)), file);
  }
  assert.doesNotMatch(readFileSync(join(run, 'config.resolved.yaml'), 'utf8'), /tune|choices/);
  assert.equal(existsSync(path('runs/studies.db-trials')), false);

  // a finished search is not begun again, and its model is trained again only where it is missing
  const { mtimeMs } = statSync(join(run, 'model/model.safetensors'));
  const resumed = await tune('--resume', '--json');
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.match(
    resumed.stderr,
    /all trials are done: 8 trials: .*\n.*tiny-1 is finished: there is nothing left to train/,
  );
  assert.deepEqual(JSON.parse(resumed.stdout), summary);
  assert.equal(statSync(join(run, 'model/model.safetensors')).mtimeMs, mtimeMs);
  const inPlace = await tune('--resume', '-o', `./${summary.run.run}`);
  assert.equal(inPlace.code, 0, inPlace.stderr);
  rmSync(join(run, 'model'), { recursive: true });
  const again = await tune('--resume', '--json');
  assert.equal(again.code, 0, again.stderr);
  assert.notEqual((JSON.parse(again.stdout) as Summary).run.run, summary.run.run);

  // more trials for the same study: those that are there are found, and not run again
  const more = await tune('--resume', '--trials', '10', '--workers', '1', '--json');
  assert.equal(more.code, 0, more.stderr);
  assert.match(more.stderr, /resuming the study tiny-1 .* found 8 trials: \d complete/);
  assert.equal((JSON.parse(more.stdout) as Summary).trials, 10);
});

test('folds, a second objective, and texts that are read otherwise in each trial', async () => {
  const config = `
text:
  lowercase: { type: categorical, choices: [true, false] }
  max_length: { type: int, low: 4, high: 8 }
model: { type: rnn, embedding_dim: 4, hidden_size: { type: int, low: 2, high: 8 }, pooling: mean }
train: { batch_size: 16, epochs: 2, lr: 0.02, threads: 1 }
tune: { trials: 5, workers: 1, folds: 3, second_objective: params, objective: log_loss }
evaluate: { bootstrap_samples: 0, figures: false }
`;
  const { path, tune } = prepare(config);
  const storage = 'sqlite:///s.db?password=secret';
  const ended = await tune('--json', '--storage', storage, '--study', 'two', '-o', 'best');
  assert.equal(ended.code, 0, ended.stderr);
  const { pareto = [], best, run } = JSON.parse(ended.stdout) as Summary;
  assert.equal(run.run, 'best');
  // the command is kept with the model, which others will have
  for (const file of ['description.json', 'model/README.md']) {
    const text = readFileSync(path(`best/${file}`), 'utf8');
    assert.match(text, /password=\*{3}/);
    assert.doesNotMatch(text, /secret/);
  }
  assert.ok(pareto.length >= 1);
  const { study, trials } = await trialsOf(`sqlite:///${path('s.db?password=secret')}`, 'two');
  assert.deepEqual(study.directions, ['minimize', 'minimize']);
  for (const { values, userAttrs, intermediateValues } of trials) {
    assert.equal(intermediateValues.size, 0);
    assert.equal((userAttrs.epochs as number[]).length, 3);
    assert.deepEqual(values, [userAttrs.log_loss, userAttrs.model_params]);
  }
  const lowest = Math.min(...trials.map(({ values }) => values?.[0] ?? Infinity));
  assert.equal(best.values.log_loss, lowest);
});

test('a study in memory, on folds: the same seed gives the same search, and nothing but the run is written', async () => {
  const { folder, tune } = prepare();
  const args = '--storage memory: --folds 2 --trials 3 --workers 1 --json --tune.pruner none';
  const searchInto = async (output: string) => {
    const ended = await tune(...args.split(' '), '-o', output);
    assert.equal(ended.code, 0, ended.stderr);
    const { complete, best } = JSON.parse(ended.stdout) as Summary;
    return { complete, number: best.number, values: best.values, params: best.params, loss: best.log_loss };
  };
  const first = await searchInto('first');
  assert.equal(first.complete, 3);
  assert.deepEqual(Object.keys(first.params).sort(), ['model.hidden_size', 'model.type', 'train.lr']);
  assert.deepEqual(await searchInto('second'), first);
  assert.deepEqual(readdirSync(folder).sort(), ['first', 'search.yaml', 'second', 'tiny.csv']);
});

test('Ctrl-C: results are kept, running trials wait, and --resume runs them on to the same result', async () => {
  const config = search
    .replace('epochs: 6', 'epochs: 30')
    .replace('type: median, n_startup_trials: 2, n_warmup_steps: 1', 'type: none');
  const { path, tune, here } = prepare(config);
  const interrupted = await here([], {
    // when the next trial has begun
    onStderr: (interrupt, text) => /^3\/8/m.test(text) && setTimeout(interrupt, 30),
  });
  assert.equal(interrupted.code, 130, interrupted.stderr);
  // npm run passes on what it is called with: the line can be pasted
  assert.match(
    interrupted.stderr,
    /Resume it with: .*tune tiny\.csv -c search\.yaml --study tiny-1 --resume$/m,
  );
  const before = (await trialsOf(path('runs/studies.db'), 'tiny-1')).trials;
  const kept = before.filter(({ state }) => state === 'COMPLETE');
  assert.ok(kept.length >= 3);
  assert.equal(before.filter(({ state }) => state === 'RUNNING').length, 0);
  assert.ok(before.some(({ state }) => state === 'WAITING'));
  const resumed = await tune('--study', 'tiny-1', '--resume', '--json');
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.match(resumed.stderr, new RegExp(`found \\d+ trials: ${kept.length} complete, \\d waiting`));
  const summary = JSON.parse(resumed.stdout) as Summary;
  assert.deepEqual([summary.trials, summary.complete], [8, 8]);
  const after = (await trialsOf(path('runs/studies.db'), 'tiny-1')).trials;
  for (const trial of kept) assert.deepEqual(after[trial.number], trial);
  assert.equal(existsSync(path('runs/studies.db-trials/tiny-1')), false);
});

test('killed: a search that is taken up runs the lost trials again, and two at once share the rest', async () => {
  const { path, tune, start } = prepare(
    search
      .replace('epochs: 6', 'epochs: 20')
      .replace('trials: 8', 'trials: 8, heartbeat_seconds: 0.5')
      .replace('workers: 1', 'workers: 2'),
  );
  const args = ['--study', 's', '--tune.pruner', 'none', '--json'];
  const killed = await start(args, {
    onStderr(child, text) {
      if (/^2\/8/m.test(text)) child.kill('SIGKILL');
    },
  });
  assert.equal(killed.signal, 'SIGKILL');
  const before = (await trialsOf(path('runs/studies.db'), 's')).trials;
  const lost = before.filter(({ state }) => state === 'RUNNING').length;
  assert.ok(lost >= 1);
  const alone = [...args, '--workers', '1'];
  const both = await Promise.all([start(alone), tune(...alone)]);
  for (const { code, stderr, stdout } of both) {
    assert.equal(code, 0, stderr);
    assert.equal((JSON.parse(stdout) as Summary).complete, 8);
  }
  const { trials } = await trialsOf(path('runs/studies.db'), 's');
  assert.equal(trials.length, 8 + lost);
  assert.equal(trials.filter(({ state }) => state === 'COMPLETE').length, 8);
  assert.equal(trials.filter(({ systemAttrs }) => systemAttrs.retry_history !== undefined).length, lost);
  for (const trial of before.filter(({ state }) => state === 'COMPLETE')) {
    assert.deepEqual(trials[trial.number], trial);
  }
  const runs = both.map(({ stdout }) => (JSON.parse(stdout) as Summary).run.run);
  assert.equal(new Set(runs).size, 2);
});

test('what cannot be a search is refused before anything is trained', async () => {
  const { tune, path } = prepare();
  const refuse = async (code: number, message: RegExp, ...args: string[]) => {
    assertRefused(await tune(...args), code, message);
  };
  await refuse(2, /--trials/, '--trials', '0');
  await refuse(2, /in a search, but got linear \(--model\)/, '--model', 'linear');
  await refuse(
    2,
    /tune\.objective must be one of accuracy, macro_f1, .*log_loss, .*but got "speed"/,
    '--tune.objective',
    'speed',
  );
  await refuse(
    2,
    /at least one range/,
    ...'--model.type rnn --model.hidden_size 8 --train.lr 0.1'.split(' '),
  );
  await refuse(2, /storage|address/i, '--storage', 'mysql://x/y');
  await refuse(2, /study to resume, but .* holds none/, '--resume');
  await refuse(2, /must be new or empty/, '-o', '.');
  writeFiles(path('.'), {
    'search.yaml': search.replace('low: 1.0e-3, high: 0.3', 'low: 0.3, high: 1.0e-3'),
  });
  await refuse(2, /train\.lr.* low must be at most high.*search\.yaml line 11/);
  writeFiles(path('.'), { 'search.yaml': search, 'no-database.db': 'text '.repeat(100) });
  await refuse(3, /no-database\.db/, '--storage', 'sqlite:///no-database.db');
});

test('a study of another search or other data is not mixed with this one', async () => {
  const { tune, path } = prepare();
  const first = await tune('--study', 's', '--trials', '1', '--json');
  assert.equal(first.code, 0, first.stderr);
  assertRefused(await tune('--study', 's', '--tune.objective', 'log_loss'), 2, /another objective/);
  assertRefused(
    await tune('--study', 's', '--train.epochs', '7'),
    2,
    /another configuration: .*epochs: 6.*epochs: 7/,
  );
  assertRefused(
    await tune('--study', 's', '--text.max_length', '7'),
    2,
    /it has another configuration: text\.max_length: 400 there, text\.max_length: 7 here\./,
  );
  writeFiles(path('.'), { 'search.yaml': search.replace('[lstm, gru, rnn]', '[rnn, gru]') });
  assertRefused(await tune('--study', 's'), 2, /another configuration/);
  writeFiles(path('.'), { 'search.yaml': search, 'tiny.csv': tinyCsv(120) });
  assertRefused(await tune('--study', 's'), 2, /other data/);
});

test('networks that diverge are failed trials; where nothing else comes, the search says why', async () => {
  const lr = 'type: float, low: 1.0e-3, high: 0.3, log: true';
  const some = prepare(search.replace(lr, 'type: categorical, choices: [0.02, 1.0e+38]'));
  const ended = await some.tune('--json', '--tune.sampler', 'random');
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stderr, /failed: .*the loss must be finite/);
  const none = prepare(search.replace(lr, 'type: float, low: 1.0e+37, high: 1.0e+38'));
  assertRefused(await none.tune('--quiet'), 5, /the first 5 failed.*loss must be finite/);
});

test('word vectors in a search, of a file or learned, and a warm-up: in every trial and in the best model, with the same bits', async () => {
  const config = `
model:
  type: rnn
  vectors: { type: categorical, choices: [own.vec, learn] }
  embedding_dim: 8
  hidden_size: { type: int, low: 2, high: 6 }
train: { batch_size: 16, epochs: 2, lr: 0.02, threads: 1, warm_up: next_words, warm_up_epochs: 1 }
tune: { trials: 4, workers: 1 }
evaluate: { bootstrap_samples: 0, figures: false }
`;
  const { tune, path } = prepare(config);
  writeFiles(path('.'), { 'own.vec': '3 5\ngoal 1 0 0 2 1\nsong 0 1 0 3 0\nbank 0 0 1 0 1\n' });
  const chosen = config.replace(/ {2}vectors: .*\n/, '');
  for (const [text, params, options] of [
    [config, ['model.hidden_size', 'model.vectors'], []],
    [
      chosen.replace('embedding_dim: 8', 'embedding_dim: { type: int, low: 4, high: 8 }'),
      ['model.hidden_size'],
      ['--vectors', 'own.vec'],
    ],
  ] as const) {
    writeFiles(path('.'), { 'search.yaml': text });
    const ended = await tune('--json', '--tune.sampler', 'random', ...options);
    assert.equal(ended.code, 0, ended.stderr);
    const { best, run, study } = JSON.parse(ended.stdout) as Summary;
    assert.deepEqual(Object.keys(best.params).sort(), params);
    assert.doesNotMatch(ended.stderr, /the model is not the one/);
    const { val } = run;
    assert.equal(best.log_loss, val.loss_before_scaling ?? val.loss);
    const vectors = (best.params['model.vectors'] ?? 'own.vec') as string;
    const resolved = readFileSync(path(`${run.run}/config.resolved.yaml`), 'utf8');
    assert.match(resolved, new RegExp(`vectors: .*${vectors}`));
    if (vectors === 'own.vec') assert.match(resolved, /embedding_dim: 5/);
    if (text === config) continue;
    writeFiles(path('.'), { 'own.vec': '1 5\ngoal 1 0 0 2 1\n' });
    assertRefused(
      await tune('--study', study, '--tune.sampler', 'random', ...options),
      2,
      /other word vectors/,
    );
  }
});

test('with train.auto the trials are of the network, and the choice comes with the best of them', async () => {
  const { tune, path } = prepare();
  const ended = await tune('--json', '--trials', '2', '--train.auto', 'true');
  assert.equal(ended.code, 0, ended.stderr);
  const { best, run } = JSON.parse(ended.stdout) as Summary;
  assert.ok(best.params['model.hidden_size']);
  assert.doesNotMatch(ended.stderr, /the model is not the one/);
  assert.ok(existsSync(path(`${run.run}/choice.json`)));
  // the model of a finished search is known again
  const again = await tune('--json', '--trials', '2', '--train.auto', 'true', '--resume');
  assert.match(again.stderr, /there is nothing left to train/);
  assertRefused(
    await tune('--train.auto', 'true', '--train.thresholds', 'macro_f1'),
    2,
    /train\.thresholds\] must be none/,
  );
});
