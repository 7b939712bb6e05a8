import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asRecurrent } from '../models/family.ts';
import { overrideLayer } from './overrides.ts';
import { resolveConfig } from './resolve.ts';

const set = (key: string, text: string) => resolveConfig(overrideLayer([{ key, text }]));

test('the schema decides how a text is read', () => {
  assert.equal(set('train.lr', '1e-3').train.lr, 1e-3);
  assert.equal(set('data.text_col', '1').data.text_col, '1');
  assert.equal(set('train.nesterov', 'true').train.nesterov, true);
  assert.equal(set('train.clip_norm', 'null').train.clip_norm, null);
  assert.equal(set('train.threads', 'auto').train.threads, 'auto');
  assert.equal(set('train.threads', '2').train.threads, 2);
  assert.deepEqual(set('data.fractions', '0.7,0.2,0.1').data.fractions, [0.7, 0.2, 0.1]);
  assert.deepEqual(set('data.fractions', '[0.7, 0.2, 0.1]').data.fractions, [0.7, 0.2, 0.1]);
  assert.deepEqual(set('train.betas', '0.8,0.99').train.betas, [0.8, 0.99]);
  assert.deepEqual(set('train.class_weights', '1,2,3').train.class_weights, [1, 2, 3]);
  assert.equal(set('train.class_weights', 'balanced').train.class_weights, 'balanced');
  assert.deepEqual(asRecurrent(set('model.pooling', 'last,max').model)?.pooling, ['last', 'max']);
  assert.deepEqual(asRecurrent(set('model.pooling', 'last+max').model)?.pooling, ['last', 'max']);
  assert.deepEqual(set('data.label_map', '{0: Politics, 1: Sport}').data.label_map, {
    0: 'Politics',
    1: 'Sport',
  });
  assert.deepEqual(set('data.label_map.0', 'Politics').data.label_map, { 0: 'Politics' });
});

test('keys may be written with dashes, and the last of two wins', () => {
  const layer = overrideLayer([
    { key: 'train.batch-size', text: '8' },
    { key: 'train.batch_size', text: '9' },
  ]);
  assert.equal(resolveConfig(layer).train.batch_size, 9);
});

test('a type and its options may come in any order, and nothing that was asked for is dropped', () => {
  const schedule = (...keys: readonly (readonly [string, string])[]) => {
    const overrides = keys.map(([key, text]) => ({ key: `train.schedule${key}`, text }));
    return [overrides, overrides.toReversed()].map(
      (list) => resolveConfig(overrideLayer(list)).train.schedule,
    );
  };
  for (const type of ['', '.type']) {
    for (const found of schedule([type, 'cosine'], ['.min_lr', '0.5']))
      assert.deepEqual([found.type, 'min_lr' in found && found.min_lr], ['cosine', 0.5]);
    assert.throws(
      () => schedule(['.patience', '3'], [type, 'cosine']),
      /patience belongs to train\.schedule\.type plateau/,
    );
  }
});

test('an unknown key names the nearest known one, wherever it lives', () => {
  assert.throws(
    () => set('train.epoch', '3'),
    /--train\.epoch is not a known key\. Did you mean --train\.epochs\?/,
  );
  assert.throws(() => set('train.hidden_size', '3'), /Did you mean --model\.hidden_size\?/);
  assert.throws(() => set('lr', '3'), /Did you mean --train\.lr\?/);
  assert.throws(() => set('model', 'lstm'), /--model is not a known key/);
});

test('a value that does not fit is refused by the name of its option', () => {
  assert.throws(
    () => set('train.lr', 'fast'),
    /train\.lr must be a number, but got "fast"\. \(--train\.lr\)/,
  );
  assert.throws(
    () => set('data.fractions', '0.7,x,0.1'),
    /data\.fractions\.1 must be a number, but got "x"\. \(--data\.fractions\)/,
  );
  assert.throws(() => set('data.label_map', '{a: [}'), /--data\.label_map must be a YAML list or mapping/);
  const aliased = overrideLayer([{ key: 'train.seed', text: 'x', option: '--seed' }]);
  assert.throws(
    () => resolveConfig(aliased),
    /train\.seed must be a (whole )?number, but got "x"\. \(--seed\)/,
  );
});
