import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '../core/errors.ts';
import { checkOverrides, commandOf, typed } from './task-requests.ts';

test('the command of a task is what a person would type', () => {
  const overrides = [
    { key: 'model.type', text: 'linear' },
    { key: 'data.text_col', text: 'a b' },
  ];
  const train = { kind: 'train', source: 'my data.csv', config: 'plain', overrides } as const;
  assert.equal(
    typed(commandOf(train)),
    "unroll train 'my data.csv' -c plain --model.type linear --data.text_col 'a b'",
  );
  assert.equal(
    typed(commandOf({ kind: 'resume', run: 'runs/a-1', scratch: false })),
    'unroll train -o runs/a-1 --resume',
  );
  assert.equal(
    typed(
      commandOf({ kind: 'export', run: 'runs/a-1', target: 'onnx', int8: true, output: 'exports/a-1-onnx' }),
    ),
    'unroll export runs/a-1 --to onnx --int8 -o exports/a-1-onnx --force',
  );
});

test('settings that name files are checked, however the key is written; names and maps are no files', () => {
  const asked: string[] = [];
  const check = (key: string, text: string) => {
    checkOverrides([{ key, text }], (path) => asked.push(path));
  };
  for (const key of [
    'data.val',
    'data.split-ids',
    'data.corrections',
    'data.label_map',
    'model.vectors',
    'model.vectors_texts',
  ])
    check(key, '../x.csv');
  assert.equal(asked.length, 6);
  check('model.vectors', 'glove-100d');
  check('data.label_map', '{0: a}');
  check('data.val', 'null');
  check('train.lr', '1e-3');
  assert.equal(asked.length, 6);
  for (const key of ['$schema', 'data', 'nonsense.key', '__proto__.x'])
    assert.throws(() => {
      check(key, '1');
    }, ConfigError);
});
