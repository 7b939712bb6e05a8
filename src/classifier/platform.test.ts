/** Vectors in a page, which reads no files. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveSettings } from '../settings/resolve.ts';
import { plainLayer } from '../settings/layer.ts';
import type { SettingsInput } from '../settings/sections.ts';
import { vectorsFor } from '../vectors/for-texts.ts';
import { browserPlatform } from './platform.ts';

const texts = Array.from({ length: 40 }, (_, n) => `the ${n % 2 ? 'cat sat on a mat' : 'dog ran in a park'}`);
const settingsOf = (model: SettingsInput['model']) => resolveSettings(plainLayer({ model }, 'the test'));

test('are learned from the texts, with the bits of Node', async () => {
  const settings = settingsOf({ vectors: 'learn', vectors_freeze: true });
  const given = await browserPlatform.vectors(texts, settings);
  const inNode = await vectorsFor(texts, settings, {});
  assert.equal(given?.freeze, true);
  assert.deepEqual([...given.vectors.words].sort(), [...new Set(texts.join(' ').split(' '))].sort());
  assert.equal(given.vectors.sha256, inNode?.vectors.sha256);
  assert.deepEqual(given.vectors.data, inNode?.vectors.data);
});

test('are none where none are named', async () => {
  assert.equal(await browserPlatform.vectors(texts, settingsOf({ vectors: null })), undefined);
  assert.equal(await browserPlatform.vectors(texts, settingsOf({ type: 'linear' })), undefined);
});

test('from files are refused, by the name of the key', async () => {
  const refused = (model: SettingsInput['model']) => browserPlatform.vectors(texts, settingsOf(model));
  await assert.rejects(refused({ vectors: 'glove-100d' }), {
    message:
      '[model.vectors] must not name vectors in a page, which reads no files, but is "glove-100d". Set model.vectors to learn alone, or train in Node.',
  });
  await assert.rejects(
    refused({ vectors: 'learn', vectors_texts: 'more.csv' }),
    /^\S+ \[model\.vectors_texts\] must not name a file in a page/,
  );
});
