/** `unroll export`: each target on a small run, what is refused, and what is never overwritten. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { exportTargetNames } from '../src/export/targets/index.ts';
import { measureQuantised } from '../src/export/int8.ts';
import { loadClassifier, readModelFolder } from '../src/run/index.ts';
import { readVectors } from '../src/vectors/read.ts';
import { assertRefused, unrollHere } from './support/cli.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv, tinyModel } from './support/tiny.ts';

const cwd = temporaryFolder();
const TEXT = 'the ball and the team said a goal today';

async function unroll(...args: readonly string[]) {
  const ended = await unrollHere(args, { cwd });
  assert.equal(ended.code, 0, ended.stderr);
  return ended;
}

const refused = (...args: readonly string[]) => unrollHere(['export', ...args, '-q'], { cwd });

before(async () => {
  writeFiles(cwd, { 'tiny.csv': tinyCsv() });
  await unroll('train', 'tiny.csv', '--model', 'bilstm', '-o', 'runs/net', '-q', ...tinyModel);
  await unroll('train', 'tiny.csv', '--model', 'linear', '-o', 'runs/linear', '-q');
});

test('export --to onnx: the graph with its tokenizer, read back, in a folder by the name of the run', async () => {
  const { stdout, stderr } = await unroll('export', 'runs/net', '--to', 'onnx');
  assert.match(
    stdout,
    /^net-onnx: onnx, \d+ kB\nread back: the probabilities of 9 texts are equal(?: within \de-\d+|.*)\n$/,
  );
  assert.match(stderr, /written to net-onnx/);
  for (const name of ['model.onnx', 'tokenizer.json', 'config.json'])
    assert.ok(existsSync(`${cwd}/net-onnx/${name}`));
});

test('export --to onnx: the linear model, over numbers and counts of its n-grams', async () => {
  const { stdout, stderr } = await unroll('export', 'runs/linear', '--to', 'onnx');
  assert.match(stdout, /read back: the probabilities of 9 texts are equal within/);
  assert.match(stderr, /features\.json lists them/);
});

test('export --int8: size and accuracy before and after; our own loader reads what is written', async () => {
  const { stdout } = await unroll('export', 'runs/net', '--to', 'python', '--int8', '--max-drop', '100');
  assert.match(
    stdout,
    /8 bits, 9 test documents of the run:\n +weights +\d+ kB before, \d+ kB after \(\d+ %\)\n +accuracy +[\d.]+ % before, [\d.]+ % after/,
  );
  const [whole, small] = [await loadClassifier(`${cwd}/runs/net`), await loadClassifier(`${cwd}/net-python`)];
  const [expected, found] = [whole.predictProba([TEXT]), small.predictProba([TEXT])];
  await Promise.all([whole.close(), small.close()]);
  assert.notDeepEqual(found, expected);
  for (const [c, p] of expected.entries())
    assert.ok(Math.abs(found[c] - p) < 0.02, `${found[c]}, expected ${p}`);
  const sizes = ['runs/net/model', 'net-python'].map(
    (folder) => statSync(`${cwd}/${folder}/model.safetensors`).size,
  );
  assert.ok(sizes[1] < 0.6 * sizes[0], sizes.join());
});

test('export --int8: measured on given documents, and refused where the accuracy drops too much', async () => {
  // labels that the model gives only as long as its weights are whole
  const texts = Array.from({ length: 40 }, (_, n) => `the ${['song', 'ball', 'bank'][n % 3]} and goal ${n}`);
  const classifier = await loadClassifier(`${cwd}/runs/net`);
  const rows = classifier.predict(texts).map(({ label }, n) => `${texts[n]},${label}\n`);
  await classifier.close();
  writeFiles(cwd, { 'own.csv': `text,label\n${rows.join('')}` });
  const lossless = await unroll('export', 'runs/net', 'own.csv', '--to', 'python', '--int8', '-o', 'own');
  assert.match(lossless.stdout, /40 documents of own\.csv/);
  const before = readModelFolder(`${cwd}/runs/net`);
  const weight = before.tensors['classifier.weight'];
  const zero = { ...weight, data: new Float32Array(weight.data.length) };
  const after = { ...before, tensors: { ...before.tensors, 'classifier.weight': zero } };
  const labels = Int32Array.from(rows, (row) =>
    before.config.labelNames.findIndex((label) => row.endsWith(`,${label}\n`)),
  );
  await assert.rejects(
    measureQuantised({ before, after, embeddingBits: 8 }, { texts, labels, what: 'documents' }, 0.5),
    /must drop by at most 0\.5 points, but drops by \d+\.\d+, from 100\.00 % to .* Export without --int8, or allow more with --max-drop/,
  );
});

test('export --to fasttext-vec: the vectors of the words, which our own reader reads', async () => {
  await unroll('export', 'runs/net', '--to', 'fasttext-vec');
  const lines = readFileSync(`${cwd}/net.vec`, 'utf8').trimEnd().split('\n');
  assert.equal(lines[0], `${lines.length - 1} 8`);
  const { words, data, dim } = await readVectors(`${cwd}/net.vec`, {
    wanted: new Set(['ball', 'the']),
    others: 0,
  });
  assert.deepEqual([words.toSorted(), dim, data.length], [['ball', 'the'], 8, 16]);
});

test('export: refusals say what to do', async () => {
  assertRefused(await refused('runs/net'), 2, /needs --to, one of onnx/);
  assertRefused(
    await refused('runs/net', '--to', 'onxx', '-o', 'x'),
    2,
    new RegExp(`must be one of ${exportTargetNames.join(', ')}, but got "onxx". Did you mean onnx`),
  );
  assertRefused(
    await refused('runs/linear', '--to', 'python', '-o', 'x'),
    1,
    /the model is linear\. In Python/,
  );
  assertRefused(
    await refused('runs/linear', '--to', 'fasttext-vec', '-o', 'x'),
    1,
    /unroll vectors DATA learns some/,
  );
  assertRefused(await refused('runs/net', '--to', 'onnx', '--member', '2', '-o', 'x'), 2, /not an ensemble/);
  assertRefused(
    await refused('runs/net', '--to', 'onnx', '--max-drop', 'much', '-o', 'x'),
    2,
    /from 0 to 100/,
  );
  assertRefused(
    await refused('runs/net', '--to', 'onnx', '--embedding-bits', '4', '-o', 'x'),
    2,
    /needs --int8/,
  );
  assert.ok(!existsSync(`${cwd}/x`));
});

test('export: a file is not written into a folder without a name', async () => {
  for (const target of ['html', 'fasttext-vec']) {
    const ending = target === 'html' ? '.html' : '.vec';
    const fix = `but ends in "/" as a folder does. Add the name of the file, such as new/net${ending}.`;
    const must = `[--output] new/ must be a file for --to ${target}, ${fix}`;
    const { code, stderr } = await refused('runs/net', '--to', target, '-o', 'new/');
    assert.deepEqual([code, stderr], [2, `error: ${must}\n`]);
  }
  assert.ok(!existsSync(`${cwd}/new`));
});

test('export --to web: the README names the folder that was written, also in addresses', async () => {
  await unroll('export', 'runs/linear', '--to', 'web', '-o', 'site/my mails/');
  const readme = readFileSync(`${cwd}/site/my mails/README.md`, 'utf8');
  assert.match(readme, /^# my mails\n/);
  assert.match(readme, /on your web server, as `my mails\/`/);
  assert.match(readme, /from '\.\/my%20mails\/classifier\.js'/);
  assert.match(readme, /new URL\('\/my%20mails\/', location\.href\)/);
  assert.doesNotMatch(readme, /linear/);
});

test('export: what is there is only replaced with --force, and never where other files would be lost', async () => {
  await unroll('export', 'runs/net', '--to', 'onnx', '-o', 'again');
  assertRefused(await refused('runs/net', '--to', 'onnx', '-o', 'again'), 2, /--force to replace it/);
  await unroll('export', 'runs/net', '--to', 'onnx', '-o', 'again', '--force');
  writeFileSync(`${cwd}/again/thesis.txt`, 'years of work');
  assertRefused(
    await refused('runs/net', '--to', 'onnx', '-o', 'again', '--force'),
    2,
    /but holds thesis\.txt/,
  );
  assert.equal(readFileSync(`${cwd}/again/thesis.txt`, 'utf8'), 'years of work');
  assertRefused(
    await refused('runs/net', '--to', 'fasttext-vec', '-o', 'again', '--force'),
    2,
    /must be a file/,
  );
});

test('export: a model folder alone is checked on made-up texts', async () => {
  cpSync(`${cwd}/runs/net/model`, `${cwd}/alone`, { recursive: true });
  const { stdout } = await unroll('export', 'alone', '--to', 'onnx', '-o', 'alone-onnx');
  assert.match(stdout, /probabilities of 25 texts are equal/);
  assertRefused(
    await refused('alone', '--to', 'python', '--int8', '-o', 'x'),
    2,
    /unroll export RUN DATA --int8/,
  );
  rmSync(`${cwd}/alone`, { recursive: true });
});
