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

test('an empty field says in words what it means, where the configuration says null', () => {
  const fields = fieldsOf('search');
  const field = (key: string) => fields.find((one) => one.key === key)!;
  for (const [key, fallback, description] of [
    ['data.text_col', 'detected', /; empty: detected\. In a table/],
    ['data.format', 'detected', /; empty: detected\. fasttext:/],
    ['data.seed', 'that of train.seed', /; empty: that of train\.seed$/],
    ['data.test', 'none', /^file of the test documents/],
    ['train.weight_decay', 'the default of the type', /; empty: the default of the type \(sgd 0, /],
    ['train.class_weights_beta', '0.999', /; empty: 0\.999$/],
    ['tune.time_limit', 'no limit', /; empty: no limit$/],
  ] as const) {
    assert.equal(field(key).fallback, fallback, key);
    assert.match(field(key).description, description);
    assert.ok(!field(key).choices.includes('null'), key);
  }
  // here an empty field is another value, so that null is one to type
  for (const [key, description] of [
    ['train.patience', /; null: never$/],
    ['train.clip_norm', /; null: no clipping$/],
  ] as const) {
    assert.match(field(key).description, description);
    assert.ok(field(key).choices.includes('null'), key);
  }
  const follows = 'follows from the data';
  const empty = configKeys
    .filter(({ path, default: value }) => value === null && field(path).fallback !== follows)
    .map(({ path }) => field(path));
  assert.ok(empty.length > 10);
  for (const { key, fallback, description } of empty)
    assert.doesNotMatch(`${fallback} ${description}`, /\bnull\b/, key);
});

test('a number is a field for a number within its limits, a list of words a choice, all else a text', () => {
  const of = new Map(fieldsOf('train').map((field) => [field.key, field]));
  const shown = (key: string) => {
    const { kind, min, max } = of.get(key)!;
    return [kind, min, max];
  };
  assert.deepEqual(shown('train.epochs'), ['whole', 1, null]);
  assert.deepEqual(shown('evaluate.confidence').slice(0, 1), ['number']);
  assert.deepEqual(shown('model.hidden_size'), ['whole', 1, 8192]);
  assert.deepEqual(shown('data.text_col'), ['text', null, null]);
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
