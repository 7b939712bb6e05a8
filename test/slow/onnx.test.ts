/** A network that was trained on real mails: onnxruntime gives the probabilities of Unroll within 1e-5 on 500 of them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readDataset } from '../../src/data/node.ts';
import { idsInput } from '../../src/export/onnx/read-back.ts';
import { loadClassifier } from '../../src/run/index.ts';
import { readTokenizerJson } from '../../src/text/tokenizer-json.ts';
import { unrollHere } from '../support/cli.ts';
import { python } from '../support/python.ts';
import { temporaryFolder } from '../support/temporary.ts';

const { skip, run } = python('onnx', 'onnxruntime');
const DOCUMENTS = 500;
const BATCH = 50;

test(`ONNX Runtime agrees within 1e-5 on ${DOCUMENTS} mails`, { skip, timeout: 900_000 }, async (t) => {
  const cwd = temporaryFolder();
  const network = [
    '--model.embedding_dim',
    '24',
    '--model.hidden_size',
    '24',
    '--model.pooling',
    'last+mean+max',
  ];
  const train = [
    'train',
    'spam',
    '--model',
    'bilstm',
    ...network,
    '--train.epochs',
    '2',
    '--text.max_length',
    '200',
  ];
  for (const args of [
    [...train, '--evaluate.figures', 'false', '-o', 'run', '-q'],
    ['export', 'run', '--to', 'onnx', '-o', 'onnx', '-q'],
  ]) {
    const ended = await unrollHere(args, { cwd });
    assert.equal(ended.code, 0, ended.stderr);
  }
  const { texts } = await readDataset('spam');
  const chosen = texts.filter((_, n) => n % 12 === 0).slice(0, DOCUMENTS);
  assert.equal(chosen.length, DOCUMENTS);
  const pipeline = readTokenizerJson(readFileSync(`${cwd}/onnx/tokenizer.json`, 'utf8'));
  const classifier = await loadClassifier(`${cwd}/run`);
  const ours = classifier.predictProba(chosen);
  await classifier.close();
  const onnx = readFileSync(`${cwd}/onnx/model.onnx`).toString('base64');
  const batches = Array.from({ length: DOCUMENTS / BATCH }, (_, b) => {
    const ids = chosen.slice(b * BATCH, (b + 1) * BATCH).map((text) => pipeline.encode(text).ids);
    const inputs = Object.entries(idsInput(ids)).map(([name, { dims, data }]) => [
      name,
      { type: 'int64', dims, data: Array.from(data) },
    ]);
    return { onnx, inputs: Object.fromEntries(inputs) as unknown };
  });
  const theirs = (run('test/golden/onnx/onnxruntime_side.py', batches) as number[][]).flat();
  assert.equal(theirs.length, ours.length);
  const largest = ours.reduce((most, p, i) => Math.max(most, Math.abs(p - theirs[i])), 0);
  t.diagnostic(`largest difference: ${largest}`);
  assert.ok(largest < 1e-5, `largest difference: ${largest}`);
});
