/** A new file is read as the run read its own, and a model says where it is in doubt. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { unrollHere } from './support/cli.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyModel, tinyRows } from './support/tiny.ts';

const cwd = temporaryFolder();
const here = (...args: string[]) => unrollHere(args, { cwd });
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const rows = tinyRows();

/** A table with two columns of text; `subject` says nothing of the class. */
const table = (delimiter: string) =>
  [
    ['nr', 'subject', 'body', 'queue'].join(delimiter),
    ...rows.map(({ text, label }, n) =>
      [n, `Message number ${n} as sent to us`, quoted(text), label].join(delimiter),
    ),
  ].join('\n');

before(async () => {
  writeFiles(cwd, {
    'train.csv': table(','),
    'answers.txt': table(';'),
    // no label column; the text is not where it was
    'new.csv': [
      'queue_id,body,subject',
      ...rows.slice(0, 4).map(({ text }, n) => `${n},${quoted(text)},Hello`),
    ].join('\n'),
    'other.csv': `title,message\n${rows
      .slice(0, 3)
      .map(({ text }) => `Hi,${quoted(text)}`)
      .join('\n')}`,
    'again.csv': table(','),
    'half.csv': table(',').split('\n').slice(0, 61).join('\n'),
    'rest.csv': [table(',').split('\n')[0], ...table(',').split('\n').slice(61)].join('\n'),
    'stranger.csv': `${table(',')}\n99,x,"nobody knows this one",complaints`,
    'renamed.csv': `${table(',').replaceAll(`,${rows[0].label}`, ',other')}\n99,x,"one more document",other`,
    'map.yaml': `other: ${rows[0].label}\n${rows[1].label}: ${rows[1].label}\n${rows[2].label}: ${rows[2].label}\n`,
  });
  const options = ['--text-col', 'body', '--label-col', 'queue', ...tinyModel, '--quiet'];
  for (const [data, run] of [
    ['train.csv', 'a'],
    ['answers.txt', 'b'],
  ]) {
    const { code, stderr } = await here('train', data, '-o', run, ...options);
    assert.equal(code, 0, stderr);
  }
});

test('predict takes the text column of the run, wherever it stands in the new file', async () => {
  const { code, stdout, stderr } = await here('predict', 'a', '--input', 'new.csv');
  assert.equal(code, 0, stderr);
  const lines = stdout.trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => line.split('\t')[2]),
    rows.slice(0, 4).map(({ text }) => text),
  );
  assert.match(stderr, /text column body/);
});

test('predict reports the format it detected where the file has not the columns of the run', async () => {
  const { code, stdout, stderr } = await here(
    'predict',
    'a',
    '--input',
    'other.csv',
    '--text-col',
    'message',
  );
  assert.equal(code, 0, stderr);
  assert.equal(stdout.trimEnd().split('\n').length, 3);
  assert.match(stderr, /detected: CSV, delimiter ",", header/);
});

test('a file without an ending is read with the delimiter of the run', async () => {
  const { code, stdout, stderr } = await here('predict', 'b', '--input', 'answers.txt', '--format', 'csv');
  assert.equal(code, 0, stderr);
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.length, rows.length + 1);
  assert.match(lines[0], /^row_id,label,score,tokens,known_tokens,none_of_these,text$/);
  assert.ok(lines[1].includes(rows[0].text), lines[1]);
});

test('evaluate reads other documents with the columns of the run', async () => {
  const { code, stdout, stderr } = await here('evaluate', 'b', 'again.csv', '--json');
  assert.equal(code, 0, stderr);
  assert.ok((JSON.parse(stdout) as { accuracy: number }).accuracy > 0.8);
});

test('a label map for new documents leaves the data of the run alone', async () => {
  const { code, stderr } = await here(
    'evaluate',
    'a',
    'renamed.csv',
    '--data.label_map',
    'map.yaml',
    '--json',
  );
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /gone|missing/);
  assert.match(stderr, /(72|81) of 91|81 .*documents/);
});

test('a text without a known token is marked and has the class frequencies', async () => {
  const { stdout, stderr } = await here(
    'predict',
    'a',
    '--scores',
    'all',
    'zzz qqq',
    '',
    '???',
    rows[0].text,
  );
  const lines = stdout.split('\n');
  const scores = lines.slice(0, 3).map((line) => line.split('\t').slice(0, 6).join(' '));
  assert.equal(new Set(scores).size, 1, stdout);
  // 24 training documents of each class
  assert.match(lines[0], /^\w+\t0\.3333\t\w+\t0\.3333\t\w+\t0\.3333\tzzz qqq \(0 of 2 tokens known\)$/);
  assert.match(lines[1], /\(0 of 0 tokens known\)$/);
  assert.doesNotMatch(lines[3], /known\)/);
  assert.match(
    stderr,
    /warning: 3 of 4 texts hold no token that the model knows: they get the class frequencies/,
  );
  const json = await here('predict', 'a', '--json', 'zzz qqq');
  const { tokens, known_tokens } = JSON.parse(json.stdout) as { tokens: number; known_tokens: number };
  assert.deepEqual([tokens, known_tokens], [2, 0]);
});

test('a training that has diverged says so, and saves what there is', async () => {
  const { code, stderr } = await here(
    ...['train', 'train.csv', '--text-col', 'body', '--label-col', 'queue', '-o', 'diverged', ...tinyModel],
    ...['--train.lr', '50', '--train.clip_norm', '1000', '--train.epochs', '2'],
    ...['--train.calibrate', 'false'],
  );
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /warning: the log loss of the model, [\d.]+, is worse than that of the class frequencies, [\d.]+/,
  );
});

test('documents of a class that the model does not know are refused, or left out and counted', async () => {
  const refused = await here('evaluate', 'a', 'stranger.csv');
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /but got "complaints".*--skip-unseen/);
  const { code, stdout, stderr } = await here('evaluate', 'a', 'stranger.csv', '--skip-unseen', '--json');
  assert.equal(code, 0, stderr);
  assert.match(stderr, /1 document of classes that the model does not know left out: "complaints"/);
  assert.ok(!stdout.includes('complaints'));
});

test('test documents may come from a file of their own; the data is then split in two', async () => {
  const columns = ['--text-col', 'body', '--label-col', 'queue', ...tinyModel];
  const { code, stderr } = await here('train', 'half.csv', '--test', 'rest.csv', '-o', 'parts', ...columns);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /train \/ val \/ test 53 \/ 7 \/ 30/);
  const splits = JSON.parse(readFileSync(join(cwd, 'parts/splits.json'), 'utf8')) as Record<string, number[]>;
  assert.deepEqual(
    splits.test,
    Array.from({ length: 30 }, (_, n) => 60 + n),
  );
  // and again from the run alone, wherever one is
  const again = await unrollHere(['evaluate', join(cwd, 'parts'), '--json'], { cwd: join(cwd, 'parts') });
  assert.equal(again.code, 0, again.stderr);
  assert.equal((JSON.parse(again.stdout) as { documents: number }).documents, 30);
  const both = await here(
    'train',
    'half.csv',
    '--val',
    'rest.csv',
    '--test',
    'rest.csv',
    '-o',
    'both',
    ...columns,
  );
  assert.equal(both.code, 0, both.stderr);
  assert.match(both.stderr, /train \/ val \/ test 60 \/ 30 \/ 30/);
  assert.match(both.stderr, /30 of the test documents have a copy/);
  const missing = await here('train', 'half.csv', '--test', 'none.csv', ...columns);
  assert.equal(missing.code, 3);
  assert.match(missing.stderr, /none\.csv/);
});

test('columns are carried through prediction, and a file may be compressed on both sides', async () => {
  const text = await here('predict', 'a', '--input', 'new.csv', '--keep', 'queue_id');
  assert.deepEqual(
    text.stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t')[0]),
    ['0', '1', '2', '3'],
  );
  writeFileSync(join(cwd, 'new.csv.gz'), gzipSync(readFileSync(join(cwd, 'new.csv'))));
  const { code, stdout, stderr } = await here(
    ...[
      'predict',
      'a',
      '--input',
      'new.csv.gz',
      '--keep',
      'queue_id,subject',
      '--format',
      'csv',
      '-o',
      'out.csv.gz',
    ],
  );
  assert.equal(code, 0, stderr);
  assert.equal(stdout, '');
  const lines = gunzipSync(readFileSync(join(cwd, 'out.csv.gz')))
    .toString()
    .trimEnd()
    .split('\n');
  assert.equal(lines[0], 'row_id,queue_id,subject,label,score,tokens,known_tokens,none_of_these,text');
  assert.match(lines[4], /^3,3,Hello,\w+,0\.\d+,\d+,\d+,/);
  const json = await here('predict', 'a', '--input', 'new.csv', '--keep', 'queue_id', '--json');
  assert.deepEqual((JSON.parse(json.stdout.split('\n')[2]) as { kept: unknown }).kept, { queue_id: '2' });
  const refused = await here('predict', 'a', '--input', 'new.csv', '--keep', 'queue_ix', '-o', 'none.csv');
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /kept column must be one of .*Did you mean --keep "queue_id"\?/);
  assert.deepEqual(
    readdirSync(cwd).filter((name) => name.includes('none.csv')),
    [],
  );
  const early = await here('predict', 'a', '--input', 'new.csv', '--keep', 'queue_ix', '--format', 'csv');
  assert.deepEqual([early.code, early.stdout], [3, '']);
  const folder = await here('predict', 'a', '--input', 'new.csv', '-o', 'no/such/folder.csv');
  assert.equal(folder.code, 1);
  assert.match(folder.stderr, /no\/such\/folder\.csv/);
});

test('a name with a comma stands in quotes, or is that of a column; lists add up', async () => {
  writeFileSync(join(cwd, 'commas.csv'), 'id,"a,b","say ""x""",body\n1,two,three,a goal\n');
  const kept = async (...lists: string[]) => {
    const options = lists.flatMap((list) => ['--keep', list]);
    const { code, stdout, stderr } = await here(
      'predict',
      'a',
      '--input',
      'commas.csv',
      ...options,
      '--json',
    );
    assert.equal(code, 0, stderr);
    return (JSON.parse(stdout) as { kept: unknown }).kept;
  };
  assert.deepEqual(await kept('a,b'), { 'a,b': 'two' });
  assert.deepEqual(await kept('id, "a,b"'), { id: '1', 'a,b': 'two' });
  assert.deepEqual(await kept('id', 'a,b', '"say ""x"""'), { id: '1', 'a,b': 'two', 'say "x"': 'three' });
  const both = await here(
    'predict',
    'a',
    '-i',
    'commas.csv',
    '--text-col',
    'a,b',
    '--text-col',
    'body',
    '--json',
  );
  assert.equal((JSON.parse(both.stdout) as { text: string }).text, 'two\n\na goal');
});

test('prediction reads a file in another encoding and with or without a header as it is told; an empty one is refused', async () => {
  writeFileSync(join(cwd, 'latin.csv'), Buffer.from('body,queue\nein Tor f\u00fcr alle,x\n', 'latin1'));
  const text = async (...options: string[]) => {
    const { code, stdout, stderr } = await here('predict', 'a', '-i', 'latin.csv', '--json', ...options);
    return {
      code,
      stderr,
      texts: stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as { text: string }).text),
    };
  };
  assert.equal((await text()).code, 3);
  assert.deepEqual((await text('--encoding', 'latin1')).texts, ['ein Tor f\u00fcr alle']);
  const bare = await text('--encoding', 'latin1', '--header', 'no', '--text-col', '1');
  assert.deepEqual(bare.texts, ['body', 'ein Tor f\u00fcr alle'], bare.stderr);
  assert.match((await text('--header', 'maybe')).stderr, /--header must be yes or no, but got "maybe"/);
  assert.match((await text('--encoding', 'klingon')).stderr, /name of an encoding such as .*"klingon"/);
  for (const [name, content] of [
    ['empty.csv', ''],
    ['blank.txt', '\n \n'],
  ]) {
    writeFileSync(join(cwd, name), content);
    const empty = await here('predict', 'a', '-i', name, '-o', 'none.csv');
    assert.deepEqual([empty.code, empty.stdout], [3, '']);
    assert.match(empty.stderr, new RegExp(`\\[${name}\\] the data must hold texts, but it is empty`));
  }
});
