import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileJsonSchema } from './json-schema.ts';
import { configKeys, sectionNames } from './keys.ts';

test('schema/unroll.schema.json is current: npm run schema writes it', () => {
  const committed: unknown = JSON.parse(
    readFileSync(new URL('../../schema/unroll.schema.json', import.meta.url), 'utf8'),
  );
  assert.deepEqual(committed, JSON.parse(JSON.stringify(fileJsonSchema())));
});

test('every key has a description, a placeholder and, but for a few, a default', () => {
  assert.deepEqual(sectionNames, ['data', 'text', 'model', 'train', 'evaluate', 'tune']);
  for (const key of configKeys) {
    assert.ok(key.description.length > 5, `${key.path} has no description`);
    assert.ok(key.placeholder.length > 0, `${key.path} has no placeholder`);
  }
  assert.equal(configKeys.find((k) => k.path === 'train.lr')?.placeholder, 'NUMBER');
  assert.equal(configKeys.find((k) => k.path === 'train.threads')?.placeholder, 'auto|N');
  assert.equal(configKeys.find((k) => k.path === 'tune.target')?.placeholder, 'NUMBER|null');
});
