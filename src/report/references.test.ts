import assert from 'node:assert/strict';
import { test } from 'node:test';
import { models } from '../models/family.ts';
import { averages } from '../nn/averages/index.ts';
import { layers } from '../nn/layers/index.ts';
import { optimizers } from '../nn/optim/index.ts';
import { poolings } from '../nn/pooling/index.ts';
import { samplers } from '../tune/samplers/index.ts';
import { methods } from './methods.ts';
import { methodsSection, referencesOf } from './references.ts';

const all = [
  ...models.flatMap((model) => model.methods ?? []),
  ...[layers, poolings, averages, optimizers, samplers].flatMap(({ members }) =>
    members.flatMap(({ method }) => method ?? []),
  ),
  ...Object.values(methods),
];

test('a work has one key, named after its year, and one text', () => {
  const texts = new Map<string, string>();
  for (const { name, works } of all) {
    assert.ok(Object.keys(works).length > 0, name);
    for (const [key, text] of Object.entries(works)) {
      assert.match(key, /^[a-z]+\d{4}$/);
      assert.ok(text.endsWith(`${key.slice(-4)}.`), text);
      assert.equal(texts.get(key) ?? text, text);
      texts.set(key, text);
    }
  }
  assert.equal(new Set(texts.values()).size, texts.size);
});

test('a report lists what it cites once, in the order of the first mention', () => {
  const [lstm, holm] = [layers.get('lstm').method, methods.holm];
  assert.ok(lstm);
  const section = methodsSection([methods.reliability, lstm, holm, lstm]);
  assert.ok(section);
  const again = methodsSection([holm]);
  assert.ok(again);
  assert.deepEqual(
    referencesOf({ sections: [section, again] }).map(({ key }) => key),
    ['guo2017', 'hochreiter1997', 'gers2000', 'holm1979'],
  );
});
