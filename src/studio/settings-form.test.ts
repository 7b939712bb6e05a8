import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configKeys } from '../config/keys.ts';
import { overrideLayer } from '../config/overrides.ts';
import { resolveConfig } from '../config/resolve.ts';
import { settingsForm } from './settings-form.ts';

const fieldsOf = (kind: 'train' | 'search') => {
  const { important, sections } = settingsForm(kind);
  return [...important, ...sections.flatMap(({ fields }) => fields)];
};

test('every key of the configuration is one field, and those that matter most come first', () => {
  const keys = (kind: 'train' | 'search') => fieldsOf(kind).map(({ key }) => key);
  assert.deepEqual([...keys('search')].sort(), configKeys.map(({ path }) => path).sort());
  assert.equal(new Set(keys('train')).size, keys('train').length);
  assert.ok(!keys('train').some((key) => key.startsWith('tune.')));
  assert.equal(settingsForm('train').important[0].key, 'model.type');
  assert.equal(settingsForm('search').important[0].key, 'tune.trials');
});

test('each choice of a field is a value that the configuration takes', () => {
  const alone = ['data.header', 'train.optimizer', 'train.monitor', 'evaluate.figures'];
  for (const { key, kind, choices } of fieldsOf('train').filter((field) => alone.includes(field.key))) {
    assert.equal(kind, 'choice', key);
    assert.ok(choices.length >= 2, key);
    for (const text of choices) resolveConfig(overrideLayer([{ key, text }]));
  }
  const type = fieldsOf('train').find(({ key }) => key === 'model.type');
  for (const name of ['linear', 'bilstm', 'gru', 'auto']) assert.ok(type?.choices.includes(name), name);
});
