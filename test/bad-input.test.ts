/** Input that cannot be used: one clear paragraph and the right exit code, whatever it is. */
import assert from 'node:assert/strict';
import { spawnSync, type StdioOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '../src/models/files/index.ts';
import { assertRefused, faster, unrollHere } from './support/cli.ts';
import { cannotMount, withDisk } from './support/disks.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv, tinyModel } from './support/tiny.ts';

const cwd = temporaryFolder();
const path = writeFiles(cwd, { 'tiny.csv': tinyCsv() });
const run = path('run');

const rows = (label: (n: number) => string, n = 20) =>
  Array.from({ length: n }, (_, k) => `text number ${k} of them,${label(k)}\n`).join('');

/** Trains on a file with this content; `-` in the name of the test file is no standard input. */
async function train(content: string | Uint8Array, ...args: string[]) {
  writeFiles(cwd, { 'bad.csv': content });
  return unrollHere(['train', path('bad.csv'), '-o', path('never'), ...tinyModel, ...args]);
}

before(async () => {
  const { code, stderr } = await unrollHere(['train', path('tiny.csv'), '-o', run, ...tinyModel, '-q']);
  assert.equal(code, 0, stderr);
});

test('data that cannot be trained on ends with 3 and leaves no run folder', async () => {
  const abc = (n: number) => 'ab'[n % 2];
  const cases: [string, string | Uint8Array, RegExp, string[]?][] = [
    ['an empty file', '', /must hold labelled texts, but it is empty/],
    ['a header alone', 'text,label\n', /must hold labelled texts, but it has no record/],
    [
      'one class',
      `text,label\n${rows(() => 'a')}`,
      /at least two classes to tell apart, but all 20 documents have the label "a"/,
    ],
    [
      'a class with one document',
      `text,label\n${rows((n) => (n === 7 ? 'c' : abc(n)))}`,
      /at least two documents.*"c" has one/,
    ],
    [
      'a missing column',
      `text,label\n${rows(abc)}`,
      /text column must be one of "text", "label", but got "body"/,
      ['--text-col', 'body'],
    ],
    ['an open quote', `text,label\n"an open quote,a\n${rows(abc)}`, /quote/],
    ['a row of another width', `text,label\n${rows(abc)}a,b,c\n`, /line 22/],
    [
      'invalid UTF-8',
      Buffer.concat([Buffer.from(`text,label\n${rows(abc)}`), Buffer.from([0xff, 0xfe, 10])]),
      /UTF-8/,
    ],
    ['a single line of 10 MB', 'word '.repeat(2_000_000), /every line must have a text and a label/],
    [
      'labels without text',
      `text,label\n${rows(abc).replaceAll(/text number \d+ of them/g, '')}`,
      /20 have no text/,
    ],
  ];
  for (const [name, content, pattern, args = []] of cases) {
    await test(name, async () => assertRefused(await train(content, ...args), 3, pattern));
  }
  assertRefused(await unrollHere(['predict', run, '--input', run]), 3, /this is the folder of a run/);
  assertRefused(await unrollHere(['data', join(run, 'model')]), 3, /this is the folder of a model/);
  assertRefused(await unrollHere(['train', path('missing.csv')]), 3, /there is no ".*missing\.csv"/);
  assert.ok(!existsSync(path('never')));
});

test('a text of 2 MB among others is trained on', async () => {
  const content = `${tinyCsv(60)}"${'ball goal '.repeat(200_000)}",sport\n`;
  writeFiles(cwd, { 'long.csv': content });
  const { code, stderr } = await unrollHere([
    'train',
    path('long.csv'),
    '-o',
    path('long'),
    ...tinyModel,
    '--train.epochs',
    '1',
  ]);
  assert.equal(code, 0, stderr);
});

test('a damaged or hostile model ends with 3', async () => {
  const weights = readFileSync(join(run, 'model/model.safetensors'));
  const header = (json: string) => {
    const bytes = Buffer.alloc(8 + json.length);
    bytes.writeBigUInt64LE(BigInt(json.length));
    bytes.write(json, 8);
    return bytes;
  };
  const huge = Buffer.alloc(16, 0xff);
  const config = readFileSync(join(run, 'model/config.json'), 'utf8');
  const cases: [string, string, string | Uint8Array, RegExp][] = [
    ['cut weights', 'model.safetensors', weights.subarray(0, weights.length - 100), /model\.safetensors/],
    ['cut within the header', 'model.safetensors', weights.subarray(0, 40), /model\.safetensors/],
    ['empty weights', 'model.safetensors', '', /model\.safetensors/],
    ['a header of 2^64 bytes', 'model.safetensors', huge, /model\.safetensors/],
    ['a header that is no JSON', 'model.safetensors', header('{"a":'), /model\.safetensors/],
    [
      'a tensor beyond the file',
      'model.safetensors',
      header('{"embedding.weight":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}}'),
      /model\.safetensors/,
    ],
    ['no tensors', 'model.safetensors', header('{}'), /tensor "embedding\.weight"/],
    ['config that is no JSON', 'config.json', config.slice(0, 60), /config\.json.*must be JSON/],
    [
      'config of another size',
      'config.json',
      config.replace('"hidden_size": 8', '"hidden_size": 16'),
      // one sentence after the other, each with its own full stop
      /must fit together, but tensor "[\w.]+" must have shape [^.]*[^.]\. Copy the whole folder again\.\n$/,
    ],
    [
      'config of an unknown cell',
      'config.json',
      config.replace('"type": "lstm"', '"type": "lstmm"'),
      /config\.json/,
    ],
    ['an empty tokenizer', 'tokenizer.json', '{}', /tokenizer\.json/],
    ...[config, readFileSync(join(run, 'model/tokenizer.json'), 'utf8')].map(
      (text, n): (typeof cases)[number] => {
        const file = ['config.json', 'tokenizer.json'][n];
        const deep = text.replace('{', `{ "more": ${'['.repeat(200_000)}${']'.repeat(200_000)},`);
        return [
          `${file}, nested too deep in a field that is not read`,
          file,
          deep,
          /more than 1000 levels deep/,
        ];
      },
    ),
  ];
  for (const [name, file, content, pattern] of cases) {
    await test(name, async () => {
      const folder = path(`damaged-${name.replaceAll(/\W/g, '-')}`);
      cpSync(join(run, 'model'), folder, { recursive: true });
      // a model without a checksum of its weights, as older ones: the weights are checked themselves
      writeFileSync(join(folder, 'config.json'), config.replace(/"weights_sha256": "\w+",?/, ''));
      writeFileSync(join(folder, file), content);
      assertRefused(await unrollHere(['predict', folder, 'ball']), 3, pattern);
    });
  }
  assertRefused(
    await unrollHere(['predict', path('nowhere'), 'ball']),
    1,
    /there must be a model or a run with a model/,
  );
  assertRefused(
    await unrollHere(['predict', path('tiny.csv'), 'ball']),
    1,
    /but this is a file, not a folder/,
  );
});

test('tensors that do not stand at multiples of their size are read', async () => {
  const folder = path('unaligned');
  cpSync(join(run, 'model'), folder, { recursive: true });
  const file = join(folder, 'model.safetensors');
  const whole = readFileSync(file);
  const length = Number(whole.readBigUInt64LE(0));
  const text = whole.toString('utf8', 8, 8 + length).trimEnd();
  const padded = text.padEnd(text.length + ((4 - ((8 + text.length) % 4)) % 4) + 1); // one byte beyond a multiple of 4
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(padded.length));
  const moved = Buffer.concat([size, Buffer.from(padded), whole.subarray(8 + length)]);
  writeFileSync(file, moved);
  const config = join(folder, 'config.json');
  const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  writeFileSync(config, readFileSync(config, 'utf8').replace(digest(whole), digest(moved)));
  const [aligned, unaligned] = await Promise.all(
    [join(run, 'model'), folder].map((model) => unrollHere(['predict', model, 'ball', '--json'])),
  );
  assert.equal(unaligned.code, 0, unaligned.stderr);
  assert.equal(unaligned.stdout, aligned.stdout);
});

test('a record nested too deep is bad data, in a field that is not read too', async () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  for (const [name, line] of [
    ['closed.jsonl', `{"text":"ball","label":"a","more":${deep}}`],
    ['escaped.jsonl', `{"text":"ball","label":"a","\\n":${deep}}`],
    ['open.jsonl', '['.repeat(200_000)],
  ]) {
    const file = path(name);
    writeFileSync(file, `{"text":"goal","label":"b"}\n${line}\n`);
    assertRefused(await unrollHere(['data', file]), 3, /levels deep/);
  }
  const config = path('deep.yaml');
  writeFileSync(config, `model: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`);
  assertRefused(await unrollHere(['train', path('tiny.csv'), '-c', config]), 2, /deep\.yaml/);
});

test('a loss that is not finite ends with 5 and says at which step', async () => {
  const args = [
    '--train.optimizer',
    'sgd',
    '--train.lr',
    '1e30',
    '--train.clip_norm',
    'null',
    '--train.checkpoint_seconds',
    '0',
    '-o',
    path('diverged'),
  ];
  const { code, stderr, stdout } = await unrollHere(['train', path('tiny.csv'), ...tinyModel, ...args]);
  assert.equal(code, 5, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /error: \[train\] the loss must be finite, but is not at step \d+ .*Lower train\.lr/);
  const { status, error } = JSON.parse(readFileSync(path('diverged/description.json'), 'utf8')) as {
    status: string;
    error: string;
  };
  assert.equal(status, 'failed');
  assert.match(error, /^\[train\] the loss must be finite, but is not at step \d+ .*Lower train\.lr/);
  // what is kept is good: every number of it is finite
  const folder = path('diverged/checkpoints');
  const kept = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.safetensors')) : [];
  assert.equal(
    kept.length > 0,
    /last good checkpoint is of step|the best one, are in the checkpoint/.test(stderr),
  );
  for (const name of kept) {
    const { tensors } = readSafetensors(readFileSync(`${folder}/${name}`));
    for (const { data } of Object.values(tensors))
      assert.ok(Array.from(data, Number).every(Number.isFinite), name);
  }
});

test('a folder that cannot be made ends with 1', async () => {
  writeFiles(cwd, { file: 'x' });
  const result = await unrollHere(['train', path('tiny.csv'), '-q', '-o', path('file/run'), ...tinyModel]);
  assertRefused(result, 1, /cannot make the run folder: a part of the path is a file/);
});

test(
  'results that cannot be written end with 1',
  { skip: existsSync('/dev/full') ? false : 'no /dev/full' },
  () => {
    const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
    const out = openSync('/dev/full', 'w');
    const into = (args: readonly string[], stdio: StdioOptions) => {
      const env = { ...process.env, NO_COLOR: '1', NODE_TEST_CONTEXT: undefined };
      const { status, stderr } = spawnSync(process.execPath, ['--import', faster, main, ...args], {
        encoding: 'utf8',
        env,
        stdio,
      });
      return { code: status, signal: null, stdout: '', stderr };
    };
    const outputs = [
      ['predict', run, 'a', 'b'],
      ['train', path('tiny.csv'), '-o', path('unheard'), ...tinyModel, '--json', '-q'],
      ['--version'],
    ];
    for (const args of outputs) {
      assertRefused(
        into(args, ['ignore', out, 'pipe']),
        1,
        /^error: \[standard output\].*the disk is full \(ENOSPC\)/,
      );
    }
    // messages that nobody can read are no reason to stop
    assert.equal(into(['predict', run, 'a', '--scores', 'x'], ['ignore', 'pipe', out]).code, 2);
    assert.equal(into(['data', path('tiny.csv')], ['ignore', 'pipe', out]).code, 0);
  },
);

test('a full disk and a read-only disk end with 1', { skip: cannotMount }, () => {
  const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
  const trainInto = (folder: string) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', faster, main, 'train', path('tiny.csv'), '-o', join(folder, 'run'), ...tinyModel, '-q'],
      { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', NODE_TEST_CONTEXT: undefined } },
    );
    return { code: status, signal: null, stdout, stderr };
  };
  withDisk(32, (folder) => assertRefused(trainInto(folder), 1, /the disk is full\..*\(ENOSPC\)/));
  withDisk(256, (folder, makeReadOnly) => {
    mkdirSync(join(folder, 'run'));
    makeReadOnly();
    assertRefused(trainInto(folder), 1, /the disk is read-only\..*\(EROFS\)/);
  });
});
