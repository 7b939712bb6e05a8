import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertRefused, faster, type HereOptions, unroll, unrollHere } from './support/cli.ts';
import { PATIENCE } from './support/patience.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv, tinyModel, tinyRows } from './support/tiny.ts';

const cwd = temporaryFolder();
const path = writeFiles(cwd, { 'tiny.csv': tinyCsv() });
const json = (text: string) => JSON.parse(text) as Record<string, unknown>;
/** What a process has shown once for each command is then run in this one. */
const here = (args: readonly string[], options: HereOptions = {}) => unrollHere(args, { cwd, ...options });
const read = (...parts: string[]) => readFileSync(path(join(...parts)), 'utf8');

let summary: Record<string, unknown>;

before(async () => {
  const { code, stdout, stderr } = await unroll(['train', 'tiny.csv', ...tinyModel, '--json'], { cwd });
  assert.equal(code, 0, stderr);
  assert.equal(stdout.trim().split('\n').length, 1);
  summary = json(stdout);
  // what was detected is reported, and each epoch has a row; no bar where there is no terminal
  assert.match(stderr, /· detected: .*columns? text.*label/i);
  assert.match(stderr, /epoch +step +loss +acc +val_loss/);
  assert.equal(stderr.split('\n').filter((line) => /^ +[1-4] +\d+ /.test(line)).length, 4);
  assert.ok(!stderr.includes('\r') && !stderr.includes('\u001b'));
});

test('train --json ends with one object that tells the run, the model and its figures', () => {
  const { run, model, params, epochs, best_epoch, seconds, seconds_per_step, kernel, threads } = summary;
  assert.equal(run, join('runs', 'tiny-1'));
  assert.equal(model, 'bilstm');
  assert.equal(epochs, 4);
  assert.equal(threads, 1);
  assert.match(String(kernel), /native|wide|narrow/);
  assert.ok([params, best_epoch, seconds, seconds_per_step].every((n) => Number(n) > 0));
  const { val, test } = summary as Record<'val' | 'test', Record<string, unknown>>;
  assert.deepEqual(Object.keys(val), ['loss', 'accuracy', 'macro_f1', 'loss_before_scaling']);
  assert.deepEqual(Object.keys(test), ['loss', 'accuracy', 'macro_f1', 'accuracy_ci95', 'per_class']);
  assert.ok(Number(test.accuracy) >= 0.8, `accuracy ${String(test.accuracy)}`);
});

test('the run folder holds what a run is', () => {
  for (const name of [
    'config.resolved.yaml',
    'description.json',
    'metrics.jsonl',
    'splits.json',
    'predictions.csv',
    'test.json',
  ]) {
    assert.ok(existsSync(path(join('runs/tiny-1', name))), name);
  }
  for (const name of ['model.safetensors', 'config.json', 'tokenizer.json', 'README.md']) {
    assert.ok(existsSync(path(join('runs/tiny-1/model', name))), name);
  }
  // a path to the schema of this installation would be wrong in a copy of the folder
  assert.doesNotMatch(read('runs/tiny-1/config.resolved.yaml'), /schema/);
  assert.match(read('runs/tiny-1/config.resolved.yaml'), /hidden_size: 8\n/);
  const description = json(read('runs/tiny-1/description.json'));
  assert.equal(description.status, 'finished');
  assert.deepEqual((description.command as string[]).slice(0, 2), ['train', 'tiny.csv']);
  const { source, given } = description.data as Record<string, string>;
  assert.deepEqual([source, given], [path('tiny.csv'), 'tiny.csv']);
  const epochs = read('runs/tiny-1/metrics.jsonl').trim().split('\n').slice(0, 4).map(json);
  assert.deepEqual(
    epochs.map((e) => e.epoch),
    [1, 2, 3, 4],
  );
  const { accuracy, macro_f1, loss, per_class } = json(read('runs/tiny-1/test.json'));
  const { accuracy_ci95: _, ...figures } = summary.test as Record<string, unknown>;
  assert.deepEqual({ loss, accuracy, macro_f1, per_class }, figures);
});

test('the resolved configuration, trained again, gives the same weights', async () => {
  const again = await here([
    ...['train', 'tiny.csv', '-c', 'runs/tiny-1/config.resolved.yaml', '-o', 'again', '-q', '--threads', '2'],
  ]);
  assert.equal(again.code, 0, again.stderr);
  assert.equal(again.stderr, '');
  assert.deepEqual(
    readFileSync(path('again/model/model.safetensors')),
    readFileSync(path('runs/tiny-1/model/model.safetensors')),
  );
  // the human form: figures, a table of the classes, the confusion matrix
  assert.match(again.stdout, /accuracy +\d\.\d+ +\d\.\d+ to \d\.\d+/);
  assert.match(again.stdout, /class +precision +recall[^]*money[^]*confusion matrix/);
});

test('evaluate measures the same test documents again, and other documents with a gate', async () => {
  const own = await here(['evaluate', 'runs/tiny-1', '--json']);
  assert.equal(own.code, 0, own.stderr);
  const { test: figures } = summary as { test: Record<string, unknown> };
  assert.deepEqual(json(own.stdout).accuracy_ci95, figures.accuracy_ci95);
  assert.equal(json(own.stdout).loss, figures.loss);
  // the run's own data, given by its name, is not measured on what was trained on
  const given = await here(['evaluate', 'runs/tiny-1', 'tiny.csv', '--json']);
  assert.deepEqual(json(given.stdout), json(own.stdout));
  assert.match(given.stderr, /the run's own data: only its test documents are used/);

  writeFiles(cwd, {
    'wrong.csv': 'text,label\nball goal team,money\nbank stock price,music\nsong band drum,sport\n',
  });
  const gate = await here([
    'evaluate',
    'runs/tiny-1',
    'wrong.csv',
    '--fail-under',
    'macro_f1=0.85',
    '--json',
  ]);
  assert.equal(gate.code, 4, gate.stderr);
  assert.match(gate.stderr, /gate missed: macro_f1 must be at least 0\.85, but is 0\.\d+/);
  assert.equal(json(gate.stdout).documents, 3);
  assert.equal(json(read('runs/tiny-1/test-wrong.json')).documents, 3);
  assert.equal(json(read('runs/tiny-1/test.json')).documents, json(own.stdout).documents);
});

test('evaluate refuses labels that were never seen, and data that has changed', async () => {
  writeFiles(cwd, { 'strange.csv': 'text,label\nball goal,sport\nrain sun,weather\nwind,weathr\n' });
  assertRefused(
    await here(['evaluate', 'runs/tiny-1', 'strange.csv', '-q']),
    3,
    /trained on \("money", "music", "sport"\), but got "weather", "weathr"/,
  );
  writeFiles(cwd, { 'changing.csv': tinyCsv(60) });
  const trained = await here(['train', 'changing.csv', ...tinyModel, '-o', 'changing', '-q']);
  assert.equal(trained.code, 0, trained.stderr);
  writeFiles(cwd, { 'changing.csv': tinyCsv(63) });
  assertRefused(
    await here(['evaluate', 'changing', '-q']),
    3,
    /must be that of the run, but has changed since \(63 documents, then 60\)/,
  );
  rmSync(path('changing.csv'));
  assertRefused(
    await here(['evaluate', 'changing', '-q']),
    3,
    /\[changing\] the data of the run must be where it was, but there is no .*changing\.csv.* unroll evaluate RUN DATA/,
  );
});

test('evaluate says how many documents were trained on, and keeps a model folder as it is', async () => {
  const seen = tinyCsv().split('\n').slice(0, 11).join('\n');
  writeFiles(cwd, { 'seen.csv': `${seen}\nrain ball goal team never seen,sport\n` });
  const before = readdirSync(path('runs/tiny-1/model')).sort();
  const inRun = await here(['evaluate', 'runs/tiny-1/model', 'seen.csv', '--json']);
  assert.equal(inRun.code, 0, inRun.stderr);
  assert.match(
    inRun.stderr,
    /warning: the model was trained or validated on ([5-9]|10) of these 11 documents/,
  );
  assert.ok(existsSync(path('runs/tiny-1/test-seen.json')));
  const input = read('seen.csv');
  const piped = await here(['evaluate', 'runs/tiny-1', '-', '--json'], { input });
  assert.match(piped.stderr, /warning: .* on ([5-9]|10) of these 11 documents/);
  assert.deepEqual(readdirSync(path('runs/tiny-1/model')).sort(), before);

  cpSync(path('runs/tiny-1/model'), path('alone'), { recursive: true });
  const alone = await here(['evaluate', 'alone', 'seen.csv', '--json']);
  assert.equal(alone.code, 0, alone.stderr);
  assert.deepEqual(readdirSync(path('alone')).sort(), before);
  const asked = await here(['evaluate', 'alone', 'seen.csv', '-q', '-o', 'alone.json']);
  assert.equal(asked.code, 0, asked.stderr);
  assert.equal(json(read('alone.json')).documents, 11);
});

test('a run trained from standard input is told its data again, by evaluate and by --resume', async () => {
  const trained = await here(['train', '-', ...tinyModel, '-o', 'piped', '-q'], { input: tinyCsv() });
  assert.equal(trained.code, 0, trained.stderr);
  assertRefused(await here(['evaluate', 'piped']), 2, /from standard input and must be given again/);
  const again = await here(['evaluate', 'piped', '-', '--json'], { input: tinyCsv() });
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, /its test documents are used/);
});

test('a run is used from another folder, whatever its configuration names', async () => {
  writeFiles(cwd, { 'map.yaml': 'sport: Sport\nmoney: Money\nmusic: Music\n' });
  const trained = await here([
    ...['train', 'tiny.csv', ...tinyModel, '-o', 'moved one', '--data.label_map', 'map.yaml'],
  ]);
  assert.equal(trained.code, 0, trained.stderr);
  assert.match(trained.stderr, /use it: unroll predict 'moved one' "some text"/);
  mkdirSync(path('sub'));
  const sub = { cwd: path('sub') };
  const evaluated = await here(['evaluate', '../moved one', '--json'], sub);
  assert.equal(evaluated.code, 0, evaluated.stderr);
  const resumed = await here(['train', '--resume', '-o', '../moved one', '--json'], sub);
  assert.equal(resumed.code, 0, resumed.stderr);
  // runs of before: the path is that of the folder where training started
  const description = json(read('moved one/description.json'));
  const { given: _, ...data } = description.data as Record<string, unknown>;
  const old = { ...description, data: { ...data, source: 'tiny.csv' } };
  writeFiles(cwd, { 'moved one/description.json': JSON.stringify(old) });
  assert.equal((await here(['evaluate', 'moved one', '-q'])).code, 0);
});

test('predict gives the same labels for arguments, a file and standard input', async () => {
  const rows = tinyRows().slice(0, 5);
  const texts = rows.map((row) => row.text);
  writeFiles(cwd, { 'new.csv': `id,text\n${texts.map((text, n) => `${n},"${text}"\n`).join('')}` });
  const lines = `${texts.join('\n')}\n`;
  const results = await Promise.all([
    here(['predict', 'runs/tiny-1', ...texts, '--json', '--scores', 'all']),
    here(['predict', 'runs/tiny-1', '--input', 'new.csv', '--json', '--scores', 'all']),
    here(['predict', 'runs/tiny-1/model', '-', '--json', '--scores', 'all'], { input: lines }),
    unroll(
      ['predict', 'runs/tiny-1', '--input', '-', '--format', 'jsonl', '--scores', '3', '--threads', '2'],
      { cwd, input: lines },
    ),
  ]);
  for (const { code, stdout, stderr } of results) {
    assert.equal(code, 0, stderr);
    assert.equal(stdout, results[0].stdout);
  }
  const predictions = results[0].stdout.trim().split('\n').map(json);
  assert.deepEqual(
    predictions.map((p) => p.label),
    rows.map((row) => row.label),
  );
  for (const { score, scores, text } of predictions) {
    const all = Object.values(scores as Record<string, number>);
    assert.equal(all.length, 3);
    assert.equal(all[0], score);
    assert.ok(Math.abs(all.reduce((sum, x) => sum + x, 0) - 1) < 1e-5);
    assert.ok(texts.includes(String(text)));
  }
  const plain = await here(['predict', 'runs/tiny-1', texts[0]]);
  assert.match(plain.stdout, new RegExp(`^${rows[0].label}\\t0\\.\\d{4}\\t${texts[0]}\\n$`));
});

test('predict streams: a reader that stops reading ends it, whatever is still to come', async () => {
  const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', faster, main, 'predict', 'runs/tiny-1', '-', '--json'], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', NODE_TEST_CONTEXT: undefined },
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
  });
  // a reader of one line closes the pipe; the texts have no end, as those of `tail -f` or `yes`
  child.stdout.once('data', () => child.stdout.destroy());
  const lines = 'the ball and the bank said no\n'.repeat(1000);
  child.stdin.on('error', () => undefined);
  const feed = () => child.stdin.writable && child.stdin.write(lines, feed);
  feed();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'exit')) as [number | null];
  assert.equal(code, 0, stderr);
  assert.equal(stderr, '· detected: one text per line; override with --input-format\n');
});

test('usage mistakes of the commands end with 2', async () => {
  const [data, run] = [path('tiny.csv'), path('runs/tiny-1')];
  cpSync(join(run, 'model'), path('bare'), { recursive: true });
  const cases: [string[], RegExp][] = [
    [['train'], /unroll train DATA needs an argument/],
    [
      ['train', data, '--train.epoch', '3'],
      /--train\.epoch is not a known key\. Did you mean --train\.epochs\?/,
    ],
    [['train', data, '--train.lr', 'fast'], /train\.lr must be a number, but got "fast"\. \(--train\.lr\)/],
    [['train', data, '--modle', 'gru'], /Did you mean --model\?/],
    [['train', data, '-c', 'bilstm-workshp'], /Did you mean "bilstm-workshop"\?/],
    [['train', data, '-o', run], /the run folder must be new or empty/],
    [['train', data, '--fail-under', 'macrof1=1'], /Did you mean "macro_f1"\?/],
    [['train', '--resume'], /the run to resume must be named/],
    [['train', data, '-o', run, '--resume', '--force'], /either --resume .* or --force .* but got both/],
    [['train', '-o', 'nowhere', '--resume'], /there must be a run to resume, but nowhere does not exist/],
    [['predict', run], /texts must come from one source, but got none/],
    [['predict', run, 'x', '--format', 'jsn'], /one of text, csv, jsonl, but got "jsn"/],
    [['predict', run, 'x', '--scores', '0'], /--scores must be all or a whole number from 1/],
    [['evaluate', path('bare')], /is a model without its run, so DATA must be given/],
    [
      ['data', data, '--text.tokenizer', 'words'],
      /text\.tokenizer must be one of .*but got "words"\. Did you mean "word"\?/,
    ],
  ];
  for (const [args, pattern] of cases) assertRefused(await unrollHere(args), 2, pattern);
});

const webgpu = (() => {
  try {
    return Boolean(import.meta.resolve('webgpu'));
  } catch {
    return false;
  }
})();

test(
  'a GPU that is not there is missed before word vectors are learned',
  { skip: webgpu && 'there may be one' },
  async () => {
    const args = ['train', 'tiny.csv', '--model', 'bilstm', '--device', 'gpu', '-o', 'runs/no-gpu'];
    const { code, stderr } = await here([...args, '--vectors', 'learn']);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /error: \[device gpu\] needs the package webgpu, but it is not installed\. Install it /,
    );
    assert.doesNotMatch(stderr, /word vectors|vocabulary/);
    assert.ok(!existsSync(path('runs/no-gpu')));
  },
);

test('a model that needs no GPU is fitted on the CPU, and says so', async () => {
  const args = ['train', 'tiny.csv', '--model', 'linear', '--device', 'gpu', '-o', 'runs/linear-gpu'];
  const { code, stderr } = await here(args);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /--device gpu has no effect: the model "linear" is fitted on the CPU/);
});

test('data prints an audit, and one JSON object with --json', async () => {
  const human = await here(['data', 'tiny.csv']);
  assert.equal(human.code, 0, human.stderr);
  assert.match(human.stdout, /tiny +90 documents, 3 classes/);
  // what a training would read, and the command for it
  assert.match(human.stdout, /max_length 400 \(head\)/);
  assert.match(human.stderr, /next: unroll train tiny\.csv$/m);
  const preset = await here(['data', 'tiny.csv', '-c', 'plain', '--text.max_length', '7']);
  assert.match(preset.stdout, /max_length 7 \(head\)/);
  assert.match(preset.stderr, /next: unroll train tiny\.csv -c plain --text\.max_length 7$/m);
  const audit = await unroll(['data', '-', '--json', '-q'], { cwd, input: tinyCsv() });
  assert.equal(json(audit.stdout).documents, 90);
  assert.equal(audit.stderr, '');
});

test('data says a guess once on a terminal, and in both outputs elsewhere', async () => {
  const detected = (text: string) => text.match(/detected/g)?.length ?? 0;
  const args = ['data', path('tiny.csv')];
  const shown = await unrollHere(args, { terminal: true });
  assert.ok(detected(shown.stderr) > 0);
  assert.equal(detected(shown.stdout), 0);
  const kept = await unrollHere(args);
  assert.equal(detected(kept.stdout), detected(kept.stderr));
  const quiet = await unrollHere([...args, '-q'], { terminal: true });
  assert.equal(detected(quiet.stdout), detected(kept.stdout));
});

test('the help of predict says what --json prints, and what is read whole', async () => {
  const { stdout } = await unrollHere(['predict', '--help', 'all']);
  assert.match(stdout, /--json +the same as --format jsonl/);
  assert.match(stdout.replaceAll(/\s+/g, ' '), /only a JSON array is read whole/);
});
