import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { lastAttempts } from '../../src/tune/index.ts';
import type { SearchSummary } from '../../src/report/workshop-search.ts';
import { openStorage } from '../../src/tune/storage/open.ts';
import { assertRefused, unroll } from '../support/cli.ts';
import { temporaryFolder, writeFiles } from '../support/temporary.ts';
import { tinyCsv, tinyModel } from '../support/tiny.ts';

const cwd = temporaryFolder();
const path = writeFiles(cwd, { 'tiny.csv': tinyCsv(90), 'other.csv': tinyCsv(60) });
const epochs = ['--train.epochs', '30', '--train.patience', 'null'];
const settings = [...tinyModel, ...epochs, '--trials', '2', '--seed', '3', '--json'];
const start = ['workshop', 'tiny.csv', '--quick', ...settings];
const networks = ['rnn-from-scratch', 'rnn', 'bilstm'];
const read = (...parts: string[]) => readFileSync(path(join(...parts)));

/** Sends a signal once `folder` holds a run that has trained for a few epochs. */
function stopWhile(signal: 'SIGINT' | 'SIGKILL', folder: string) {
  const metrics = path(join(folder, 'metrics.jsonl'));
  let watching: NodeJS.Timeout | undefined;
  return (child: ChildProcess) => {
    watching ??= setInterval(() => {
      const lines = existsSync(metrics) ? readFileSync(metrics, 'utf8').split('\n').length : 0;
      if (lines > 3 && child.exitCode === null && child.signalCode === null) child.kill(signal);
      if (lines > 3 || child.exitCode !== null) clearInterval(watching);
    }, 5);
  };
}

/** Sends a signal once a search in the stage has its first result, and runs its second trial. */
function stopInSearch(signal: 'SIGINT' | 'SIGKILL', stage: string) {
  let sent = false;
  return (child: ChildProcess, said: string) => {
    if (sent || !said.slice(said.indexOf(`[${stage}] `)).includes('\n1/2  trial 0 ')) return;
    // a second Ctrl-C would leave at once
    sent = child.kill(signal);
  };
}

/** The trials of a study, and the run that came of it. */
async function trialsOf(folder: string, name: string) {
  const storage = await openStorage(path(join(folder, 'search/studies.db')), { create: false });
  try {
    const study = await storage.findStudy(name);
    assert.ok(study);
    return { run: study.userAttrs['unroll:run'], trials: await storage.trials(study.id) };
  } finally {
    await storage.close();
  }
}

describe('the workshop', () => {
  test('three networks on one split, each the best of its search, eight figures, comparison, report', async () => {
    const { code, stdout, stderr } = await unroll([...start, '-o', 'whole'], { cwd });
    assert.equal(code, 0, stderr);
    for (let k = 1; k <= 7; k++) {
      assert.match(stderr, new RegExp(`^\\[${k}/7\\] [^:]+, about \\d+(\\.\\d+)? (s|min|h) left$`, 'm'));
      assert.match(stderr, new RegExp(`^\\[${k}/7\\] [^:]+: \\S.*\\)$`, 'm'));
    }
    assert.doesNotMatch(stderr, /val_loss/, 'rows of epochs are for terminals');
    const found = JSON.parse(stdout);
    assert.equal(found.reported, null);
    assert.deepEqual(
      found.comparison.runs.map((run: { name: string }) => run.name),
      networks,
    );
    assert.equal(found.comparison.pairs.length, 3);
    const test = JSON.parse(read('whole/bilstm/test.json').toString());
    assert.equal(found.comparison.runs[2].test_accuracy, test.accuracy);
    const splits = networks.map((name) => read('whole', name, 'splits.json').toString());
    assert.equal(new Set(splits).size, 1);
    assert.doesNotMatch(read('whole/bilstm/config.resolved.yaml').toString(), /allow_leakage: true/);

    const searches = found.searches as SearchSummary[];
    assert.deepEqual(
      searches.map(({ network, trials }) => [network, trials]),
      [
        ['rnn', 2],
        ['bilstm', 2],
      ],
    );
    for (const { network, best } of searches) {
      const { trials, run } = await trialsOf('whole', network);
      const values = trials.map(({ state, values }) => (state === 'COMPLETE' ? values![0] : -1));
      assert.equal(best?.value, Math.max(...values));
      const { summary } = JSON.parse(
        read('whole', network, 'metrics.jsonl').toString().trimEnd().split('\n').at(-1),
      ) as { summary: { val: { accuracy: number } } };
      assert.equal(summary.val.accuracy, best.value, 'the run is the best trial');
      const weights = createHash('sha256')
        .update(read('whole', network, 'model', 'model.safetensors'))
        .digest('hex');
      assert.deepEqual(run, { path: `whole/${network}`, trial: best.trial, weights });
      const config = read('whole', network, 'config.resolved.yaml').toString();
      const { 'train.weight_decay': decay } = best.params;
      assert.ok(config.includes(`weight_decay: ${String(decay)}\n`), config);
      assert.match(config, /lr: 0\.02\n/, 'what the command line sets is not searched');
    }
    assert.match(stderr, /^\[3\/7\] RNN classifier: trial \d, the best of 2 trials: validation accuracy/m);

    const written = readdirSync(path('whole/figures'));
    for (let n = 1; n <= 8; n++) {
      for (const ending of ['svg', 'png', 'csv']) {
        assert.ok(
          written.some((file) => file.startsWith(`figure-${n}-`) && file.endsWith(`.${ending}`)),
          `figure ${n}.${ending}`,
        );
      }
    }
    assert.equal(found.figures.length, 8);
    for (const { files } of found.figures) for (const file of files) assert.ok(written.includes(file), file);
    assert.match(read('whole/figures/figure-3-rnn-training-confusion-matrix.csv').toString(), /sport/);
    assert.match(read('whole/audit.txt').toString(), /^tiny {2}90 documents, 3 classes/);
    assert.match(read('whole/comparison.txt').toString(), /Validation accuracy/);
    const html = read('whole/report/report.html').toString();
    assert.match(html, /Gradient norm back through time/);
    assert.match(html, /The search for the BiLSTM/);
    assert.match(html, /Every trial, in the order in which they began/);
    assert.doesNotMatch(html, /Compared with the workshop/, 'that is for its own file alone');
    for (const [, file] of read('whole/report/report.md')
      .toString()
      .matchAll(/\]\((figures\/[^)]+)\)/g)) {
      assert.ok(existsSync(path(join('whole/report', file))), file);
    }
    assert.match(read('whole/report/report.tex').toString(), /\\includegraphics[^\n]*gradient-flow/);
  });

  test('a finished one has nothing left to do, and gives its results again; what is missing is made again', async () => {
    const first = await unroll(['workshop', '-o', 'whole', '--resume', '--json'], { cwd });
    assert.equal(first.code, 0, first.stderr);
    assert.equal(first.stderr.match(/\(done before\)/g)?.length, 7);
    rmSync(path('whole/comparison.json'));
    const report = read('whole/report/report.md').toString();
    const again = await unroll(['workshop', '-o', 'whole', '--resume', '--json'], { cwd });
    assert.equal(again.stderr.match(/\(done before\)/g)?.length, 5);
    const [a, b] = [first, again].map(({ stdout }) => JSON.parse(stdout));
    assert.deepEqual(b.comparison, a.comparison);
    assert.equal(read('whole/report/report.md').toString(), report);
    const text = await unroll(['workshop', '-o', 'whole', '--resume', '-q'], { cwd });
    assert.equal(text.stderr, '');
    assert.match(text.stdout, /Test accuracy[^]*bilstm[^]*figure 8 {2}BiLSTM: learning-rate schedule/);
  });

  test('killed while it trains, killed and stopped by Ctrl-C while it searches: the same bits in the end', async () => {
    const folder = 'broken';
    const killed = await unroll([...start, '-o', folder], {
      cwd,
      onStderr: stopWhile('SIGKILL', 'broken/rnn-from-scratch'),
    });
    assert.equal(killed.signal, 'SIGKILL', killed.stderr);
    const resume = ['workshop', '-o', folder, '--resume', '--json'];
    const again = await unroll(resume, { cwd, onStderr: stopInSearch('SIGKILL', '3/7') });
    assert.equal(again.signal, 'SIGKILL', again.stderr);
    assert.match(again.stderr, /\[1\/7\] audit of the data: .*\(done before\)/);
    const stopped = await unroll(resume, { cwd, onStderr: stopInSearch('SIGINT', '4/7') });
    assert.equal(stopped.code, 130, stopped.stderr);
    assert.match(
      stopped.stderr,
      /everything so far is saved in broken\. Resume it with: unroll workshop tiny\.csv -o broken --resume\n$/,
    );
    // what a program that was killed at the very beginning of a stage may leave
    mkdirSync(path('broken/bilstm'), { recursive: true });
    writeFileSync(path('broken/bilstm/.unroll-leftover'), '');
    const { code, stdout, stderr } = await unroll(resume, { cwd });
    assert.equal(code, 0, stderr);
    for (const name of networks) {
      const [a, b] = ['whole', folder].map((run) => read(run, name, 'model/model.safetensors'));
      assert.ok(a.equals(b), name);
    }
    const whole = await unroll(['workshop', '-o', 'whole', '--resume', '--json'], { cwd });
    const figures = (text: string) =>
      JSON.parse(text).comparison.runs.map((run: Record<string, unknown>) => [
        run.test_accuracy,
        run.best_epoch,
      ]);
    assert.deepEqual(figures(stdout), figures(whole.stdout));
    const drawn = ['whole', folder].map((run) => read(run, 'figures/figure-3-rnn-training.svg').toString());
    assert.equal(drawn[0], drawn[1]);
    for (const name of ['rnn', 'bilstm']) {
      const [a, b] = await Promise.all(['whole', folder].map((run) => trialsOf(run, name)));
      const results = ({ trials }: typeof a) =>
        lastAttempts(trials).map(({ state, values, internalParams }) => [state, values, [...internalParams]]);
      assert.deepEqual(results(b), results(a), 'the same trials');
      assert.ok(!existsSync(path(`broken/search/studies.db-trials`)), 'checkpoints of trials are removed');
    }
  });

  test('it is resumed with its own data and settings alone', async () => {
    const go = (...args: string[]) => unroll(['workshop', '-o', 'whole', ...args], { cwd });
    assertRefused(await go('tiny.csv'), 2, /must be new or empty, but whole holds .*--resume to continue/);
    assertRefused(await go('other.csv', '--resume'), 3, /the data must be that of the run/);
    assertRefused(
      await go('--resume', '--train.lr', '0.5'),
      2,
      /settings must be those of whole, but train\.lr is different/,
    );
    const slow = await go('--resume', '--threads', '2', '--json');
    assert.equal(slow.code, 0, 'threads have no influence on the weights');
    assertRefused(
      await go('--resume', '--trials', '3'),
      2,
      /but it was started with 2 trials for the RNN classifier/,
    );
    assertRefused(
      await go('--resume', '--train.weight_decay', '0.1'),
      2,
      /it searches for train\.weight_decay|train\.weight_decay is different/,
    );
    assertRefused(await go('--resume', '--force'), 2, /either --resume .* or --force/);
  });
});

test('what it does not know is refused in one paragraph', async () => {
  const refused = (...args: string[]) => unroll(['workshop', ...args], { cwd });
  assertRefused(
    await refused('--resume'),
    2,
    /there must be a workshop to resume, but runs\/workshop does not exist/,
  );
  assertRefused(
    await refused('-', '-o', 'new'),
    2,
    /must be a file, a folder or a known data set.*but got -/,
  );
  assertRefused(
    await refused('tiny.csv', '-o', 'new', '--model.type', 'gru'),
    2,
    /--model\.type is set by the workshop/,
  );
  assertRefused(
    await refused('tiny.csv', '-o', 'new', '--trials', 'many'),
    2,
    /--trials must be a whole number from 0 \(no search\).* got "many"/,
  );
  writeFiles(cwd, { 'mine/report': 'my own work' });
  assertRefused(
    await refused('tiny.csv', '-o', 'mine', '--force'),
    2,
    /--force replaces a workshop alone, and there is no workshop\.json/,
  );
  assert.equal(read('mine/report').toString(), 'my own work');
  assert.ok(!existsSync(path('new')));
});
