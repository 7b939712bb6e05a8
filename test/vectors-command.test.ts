/** `--vectors`: words keep their vectors, from training to the saved model; runs are resumed to the same bits. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { readModelConfig, readSafetensors } from '../src/models/files/index.ts';
import { assertRefused, type HereOptions, unrollHere } from './support/cli.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv, tinyModel } from './support/tiny.ts';

const cwd = temporaryFolder();
/** A vector for the words that tell each class, and for words that no training text has. */
const topics = {
  sport: ['goal', 'Team', 'rugby'],
  money: ['bank', 'Stock', 'loan'],
  music: ['song', 'band', 'opera'],
};
const vectors = (spread = 1) =>
  Object.values(topics)
    .flatMap((words, topic) =>
      words.map((word) => [word, ...[0, 1, 2].map((d) => (d === topic ? spread : 0)), 0.25].join(' ')),
    )
    .join('\n') + '\n';
const path = writeFiles(cwd, { 'tiny.csv': tinyCsv(), 'own.txt': vectors() });
const here = (args: readonly string[], options: HereOptions = {}) => unrollHere(args, { cwd, ...options });
/** The vectors decide the size of the embedding. */
const model = tinyModel.slice(tinyModel.indexOf('--model.embedding_dim') + 2);
const train = (output: string, ...more: string[]) => [
  'train',
  'tiny.csv',
  '-o',
  output,
  ...model,
  '--vectors',
  'own.txt',
  ...more,
];
const weights = (output: string) => readFileSync(path(join(output, 'model/model.safetensors')));
const tensors = (output: string) => readSafetensors(new Uint8Array(weights(output))).tensors;

before(async () => {
  // the words that only have a vector come on top of the vocabulary's size
  const { code, stderr } = await here(train('tuned', '--train.epochs', '8', '--text.vocabulary_size', '30'));
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /vectors own\.txt: its 9 words cover \d+\.\d % of the training tokens; 3 words outside the vocabulary of the training texts keep their vector/,
  );
});

test('vectors of no word of the training texts: says so', async () => {
  writeFiles(cwd, { 'foreign.txt': 'xyzzy 1 2 3 4\nplugh 0 1 2 3\n' });
  const ended = await here([
    ...['train', 'tiny.csv', '-o', 'foreign', ...model],
    ...['--vectors', 'foreign.txt', '--train.epochs', '1'],
  ]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stderr, /warning: no word of the training texts has a vector in foreign\.txt: /);
  const own = await here(train('known', '--train.epochs', '1'));
  assert.doesNotMatch(own.stderr, /no word of the training texts/);
});

test('the model holds the vectors of words that it never saw in training, and uses them', async () => {
  const { code, stdout } = await here(['predict', 'tuned', 'rugby rugby', 'loan loan', 'opera opera']);
  assert.equal(code, 0);
  assert.deepEqual(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0]),
    ['sport', 'money', 'music'],
  );
  const { 'embedding.fixed': fixed, 'embedding.weight': weight } = tensors('tuned');
  assert.deepEqual(fixed.shape, [3, 4]);
  assert.deepEqual([...fixed.data], [1, 0, 0, 0.25, 0, 1, 0, 0.25, 0, 0, 1, 0.25]);
  assert.ok(
    !Array.from(weight.data.slice(-4), Number).includes(1),
    'those of the training texts are trained on',
  );
  const config = readModelConfig(readFileSync(path('tuned/model/config.json'), 'utf8'));
  assert.equal(config.model['embedding_dim'], 4, 'the size of the vectors');
  assert.equal(config.model['vectors'], 'own.txt', 'without the path');
  assert.deepEqual(config.vectors, {
    name: 'own.txt',
    sha256: config.vectors?.sha256,
    from: config.vocabularySize - 9,
    fixed: 3,
  });
  const description = JSON.parse(readFileSync(path('tuned/description.json'), 'utf8'));
  assert.deepEqual(description.vectors, {
    name: 'own.txt',
    source: path('own.txt'),
    sha256: config.vectors?.sha256,
    dim: 4,
    total: 9,
  });
});

test('the run is measured again without the file of vectors, to the same numbers', async () => {
  const { code, stdout, stderr } = await here(['evaluate', 'tuned', '--json']);
  assert.equal(code, 0, stderr);
  const { accuracy, log_loss } = JSON.parse(readFileSync(path('tuned/test.json'), 'utf8'));
  const again = JSON.parse(stdout);
  assert.deepEqual([again.accuracy, again.log_loss], [accuracy, log_loss]);
});

test('frozen, all vectors are in half precision and as they were; without others, no word beside the training texts has one', async () => {
  for (const [output, freeze] of [
    ['frozen', 'true'],
    ['unfrozen', '2'],
  ] as const) {
    const { code, stderr } = await here(
      train(output, '--model.vectors_freeze', freeze, '--model.vectors_others', '0'),
    );
    assert.equal(code, 0, stderr);
  }
  const { 'embedding.fixed': fixed } = tensors('frozen');
  assert.deepEqual(fixed.shape, [6, 4]);
  assert.ok(fixed.data.every((value) => [0, 1, 0.25].includes(Number(value))));
  assert.ok(!('embedding.fixed' in tensors('unfrozen')), 'all are trained after the second epoch');
});

test('an interrupted run is resumed to the same bits, and refuses other vectors', async () => {
  const more = ['--train.epochs', '8', '--train.checkpoint_seconds', '0', '--model.vectors_freeze', '3'];
  assert.equal((await here(train('whole', ...more))).code, 0);
  const stopped = await here(train('stopped', ...more), {
    onStderr: (interrupt, printed) => /^ +2 +\d+ /m.test(printed) && interrupt(),
  });
  assert.equal(stopped.code, 130, stopped.stderr);
  writeFiles(cwd, { 'own.txt': vectors(2) });
  assertRefused(
    await here(['train', 'tiny.csv', '-o', 'stopped', '--resume']),
    3,
    /the vectors must be those of the run/,
  );
  writeFiles(cwd, { 'own.txt': vectors() });
  const { code, stderr } = await here(['train', 'tiny.csv', '-o', 'stopped', '--resume']);
  assert.equal(code, 0, stderr);
  assert.deepEqual(weights('stopped'), weights('whole'));
});

test('a file of vectors that is missing is refused', async () => {
  assertRefused(
    await here(['train', 'tiny.csv', '--vectors', 'missing.vec']),
    1,
    /missing\.vec\] word vectors must be a file, a folder of model2vec or a name such as glove-100d/,
  );
});

test('unroll vectors learns from the training part alone, and from further texts; the file trains', async () => {
  const learned = await here(['vectors', 'tiny.csv', '-o', 'learned/own.vec', '--dim', '6', '--json']);
  assert.equal(learned.code, 0, learned.stderr);
  const told = JSON.parse(learned.stdout);
  assert.deepEqual([told.dim, told.documents], [6, 72], '80 % of 90 documents');
  const lines = readFileSync(path('learned/own.vec'), 'utf8').trimEnd().split('\n');
  assert.equal(lines[0], `${told.words} 6`);
  assert.equal(lines.length, told.words + 1);
  // the other parts have no influence
  const splits = JSON.parse(readFileSync(path('tuned/splits.json'), 'utf8'));
  const rows = tinyCsv().trimEnd().split('\n');
  const held = new Set<number>([...splits.val, ...splits.test]);
  const changed = rows.map((row, n) =>
    n > 0 && held.has(n - 1) ? row.replace(/"\w+ \w+/, '"other words') : row,
  );
  writeFiles(cwd, { 'changed.csv': changed.join('\n'), 'more.txt': 'ball goal league\nball goal league\n' });
  assert.equal((await here(['vectors', 'changed.csv', '-o', 'changed.vec', '--dim', '6'])).code, 0);
  assert.equal(readFileSync(path('changed.vec'), 'utf8'), readFileSync(path('learned/own.vec'), 'utf8'));
  const more = await here([
    'vectors',
    'tiny.csv',
    '-o',
    'more.vec',
    '--dim',
    '6',
    '--also',
    'more.txt',
    '--json',
  ]);
  assert.equal(JSON.parse(more.stdout).documents, 74, more.stderr);
  assert.notEqual(readFileSync(path('more.vec'), 'utf8'), readFileSync(path('learned/own.vec'), 'utf8'));
  const trained = await here(['train', 'tiny.csv', '-o', 'with', ...model, '--vectors', 'learned/own.vec']);
  assert.equal(trained.code, 0, trained.stderr);
  const itself = await here(['train', 'tiny.csv', '-o', 'itself', ...model, '--vectors', 'learn']);
  assert.equal(itself.code, 0, itself.stderr);
  assert.match(itself.stderr, /learning word vectors from the training texts[^]*vectors learn: its \d/);
  assertRefused(await here(['vectors', 'tiny.csv']), 2, /needs -o FILE/);
});

test('unroll vectors learns from texts without labels alone', async () => {
  const texts = tinyCsv()
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((row) => row.slice(row.indexOf('"') + 1, row.lastIndexOf('"')));
  writeFiles(cwd, { 'texts.txt': texts.join('\n') });
  const alone = await here(['vectors', '--also', 'texts.txt', '-o', 'alone.vec', '--dim', '6', '--json']);
  assert.equal(alone.code, 0, alone.stderr);
  assert.equal(JSON.parse(alone.stdout).documents, 90);
  // the texts of a table are the same, without its labels
  const table = await here(['vectors', '--also', 'tiny.csv', '-o', 'table.vec', '--dim', '6']);
  assert.equal(table.code, 0, table.stderr);
  assert.equal(readFileSync(path('table.vec'), 'utf8'), readFileSync(path('alone.vec'), 'utf8'));
  assertRefused(
    await here(['vectors', '-o', 'none.vec']),
    2,
    /DATA\] there must be labelled documents, or texts without labels/,
  );
});

test('by skip-gram, also from a file without labels, in a training that is repeated to the same bits', async () => {
  writeFiles(cwd, { 'more.txt': 'the stock of the bank\n'.repeat(8) });
  const own = ['--vectors', 'skipgram', '--model.vectors_texts', 'more.txt'];
  for (const output of ['skip', 'skip-again']) {
    const { code, stderr } = await here(['train', 'tiny.csv', '-o', output, ...model, ...own]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /from the training texts and more\.txt[^]*vectors skipgram: its \d/);
  }
  assert.deepEqual(weights('skip'), weights('skip-again'));
  const { vectors } = JSON.parse(readFileSync(path('skip/description.json'), 'utf8'));
  assert.equal(vectors.source, 'the training texts and more.txt');
  const file = [
    'vectors',
    'tiny.csv',
    '-o',
    'skip.vec',
    '--method',
    'skipgram',
    '--dim',
    '5',
    '--epochs',
    '2',
  ];
  const learned = await here(file);
  assert.equal(learned.code, 0, learned.stderr);
  assert.match(readFileSync(path('skip.vec'), 'utf8'), /^\d+ 5\n/);
});

test('refuses what does not go together', async () => {
  const refused: [string[], RegExp][] = [
    [['vectors', 'tiny.csv', '-o', 'x.vec', '--method', 'cbow'], /--method must be learn or skipgram, but got "cbow"/],
    [['vectors', 'tiny.csv', '-o', 'x.vec', '--epochs', '0'], /--epochs must be a whole number from 1 to 1000/],
    [['vectors', 'tiny.csv', '-o', 'x.vec', '--epochs', '3'], /--epochs\] must be left out unless the method is skipgram/],
    [['train', 'tiny.csv', '-o', 'x', ...model, '--model.vectors_texts', 'own.txt'], /vectors_texts\] must be left out unless vectors are learned/],
    [['train', 'tiny.csv', '-o', 'x', ...model, '--vectors', 'learn', '--model.vectors_texts', 'absent.txt'], /\[model\.vectors_texts\] the file must exist, but there is no ".*absent\.txt"/],
  ]; // prettier-ignore
  for (const [args, message] of refused) {
    const { code, stderr } = await here(args);
    assert.notEqual(code, 0, args.join(' '));
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /\n\s+at /);
  }
});

test('a cross-validation gives each fold the vectors of its own training part', async () => {
  for (const vectors of ['own.txt', 'learn']) {
    const args = [
      'cv',
      'tiny.csv',
      '-o',
      `cv-${vectors}`,
      ...model,
      '--vectors',
      vectors,
      '--folds',
      '2',
      '--workers',
      '1',
    ];
    const { code, stderr } = await here(
      args.filter((arg, i) => arg !== '--train.threads' && args[i - 1] !== '--train.threads'),
    );
    assert.equal(code, 0, stderr);
  }
});
