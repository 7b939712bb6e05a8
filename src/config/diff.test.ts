import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedKeys } from './diff.ts';
import { plainLayer, resolveConfig } from './resolve.ts';
import type { ConfigInput } from './schema.ts';

const of = (values: ConfigInput) => resolveConfig(plainLayer(values, 'here'));

test('the keys that differ are named, however deep the difference is', () => {
  assert.deepEqual(changedKeys(of({}), of({})), []);
  assert.deepEqual(changedKeys(of({}), of({ model: { type: 'bilstm', pooling: 'last+mean+max' } })), []);
  assert.deepEqual(
    changedKeys(
      of({ train: { lr: 0.1 } }),
      of({ data: { label_map: { a: 'b' } }, train: { lr: 0.2, schedule: { type: 'plateau', factor: 0.1 } } }),
    ),
    ['data.label_map', 'train.lr', 'train.schedule'],
  );
});
