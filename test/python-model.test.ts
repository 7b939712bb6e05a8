/** The program that `unroll export --to python` writes, which docs/python.md shows, predicts what Unroll predicts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PYTHON_PROGRAM } from '../src/export/python-program.ts';
import { loadClassifier } from '../src/run/text-classifier.ts';
import { pages } from './docs/pages.ts';
import { unrollHere } from './support/cli.ts';
import { runProgram } from './support/process.ts';
import { python } from './support/python.ts';
import { temporaryFolder, writeFiles } from './support/temporary.ts';
import { tinyCsv } from './support/tiny.ts';

const { skip, command } = python('torch', 'safetensors', 'tokenizers');
const program = pages.get('docs/python.md')?.blocks.find(({ attributes }) => attributes.file === 'model.py');

const NETWORKS = {
  'lstm, both directions, two layers, three poolings': [
    '--model.bidirectional',
    'true',
    '--model.num_layers',
    '2',
  ],
  'gru, mean, a tail of 3 tokens': [
    ...['--model.type', 'gru', '--model.pooling', 'mean', '--train.thresholds', 'macro_f1'],
    ...['--text.max_length', '3', '--text.truncation', 'tail'],
  ],
  'bigru, attention of two heads and maximum': [
    ...['--model.type', 'bigru', '--model.pooling', '[{"type":"attention","size":6,"heads":2},"max"]'],
  ],
  'gru, windows of 3 tokens and last': [
    ...['--model.type', 'gru', '--model.pooling', '[{"type":"windows","size":3},"last"]'],
  ],
  'lstm, both directions, hierarchical with segments of 3 tokens': [
    ...[
      '--model.type',
      'bilstm',
      '--model.pooling',
      '[{"type":"hierarchical","size":3,"attention_size":5},"max"]',
    ],
  ],
  'gru, hierarchical': ['--model.type', 'gru', '--model.pooling', 'hierarchical'],
  'rnn with relu, last, head and tail': [
    ...['--model.type', 'rnn', '--model.nonlinearity', 'relu', '--model.pooling', 'last'],
    ...['--text.max_length', '5', '--text.truncation', 'head+tail'],
  ],
};

test('the page shows the program that is exported', () => {
  assert.equal(`${program?.text}\n`, PYTHON_PROGRAM);
});

test(
  'the program of the page: PyTorch gives the probabilities of Unroll within 1e-6, also with weights in 8 bits',
  { skip },
  async (t) => {
    const cwd = temporaryFolder();
    writeFiles(cwd, { 'tiny.csv': tinyCsv() });
    const texts = ['the ball and the team and the bank and a goal', 'Bank said: no!', '', '㋿ 中文 \u20c1'];
    let largest = 0;
    for (const [n, [name, options]] of Object.entries(NETWORKS).entries()) {
      const run = `runs/${n}-${name.split(',')[0]}`;
      const train = [
        'train',
        'tiny.csv',
        '-o',
        run,
        '--train.epochs',
        '2',
        '--model.hidden_size',
        '10',
        ...options,
      ];
      const trained = await unrollHere([...train, '--quiet'], { cwd });
      assert.equal(trained.code, 0, trained.stderr);
      const int8 = n === 0 ? ['--int8', '--max-drop', '100'] : [];
      const exported = await unrollHere(['export', run, '--to', 'python', '-o', `${run}-python`, ...int8], {
        cwd,
      });
      assert.equal(exported.code, 0, exported.stderr);
      const ended = await runProgram(command, [`${run}-python/model.py`, ...texts], { cwd });
      assert.equal(ended.code, 0, ended.stderr);
      const theirs = ended.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, number>);
      const classifier = await loadClassifier(`${cwd}/${run}-python`);
      const ours = classifier.predictProba(texts);
      const { labelNames } = classifier;
      await classifier.close();
      for (const [n, text] of texts.entries()) {
        for (const [c, label] of labelNames.entries()) {
          const difference = Math.abs(ours[n * labelNames.length + c] - theirs[n][label]);
          assert.ok(difference < 1e-6, `${name}: ${text}: ${label} differs by ${difference}`);
          largest = Math.max(largest, difference);
        }
      }
    }
    t.diagnostic(`largest difference: ${largest}`);
  },
);
