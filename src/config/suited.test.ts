import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fittedAtOnce, modelTypes } from '../models/family.ts';
import { loadConfig, parseConfig } from './load.ts';
import { overrideLayer } from './overrides.ts';
import { presets } from './presets/index.ts';
import { resolveConfig } from './resolve.ts';
import { resolveSearch } from './search.ts';
import { suited } from './suited.ts';

const typed = (...pairs: readonly (readonly [key: string, text: string])[]) =>
  overrideLayer(pairs.map(([key, text]) => ({ key, text })));

for (const { name, search } of presets) {
  test(`preset ${name} resolves with every type of model`, async () => {
    for (const type of modelTypes) {
      const above = typed(['model.type', type]);
      assert.doesNotThrow(() => resolveConfig(above), type);
      const { model } = resolveConfig(suited(await loadConfig(name), above), above);
      assert.ok(type.endsWith(model.type), type);
      if (search === undefined || fittedAtOnce({ type })) continue;
      const layer = suited(await loadConfig(name, { search: true }), above);
      assert.ok(type.endsWith(resolveSearch(layer, above).example.model.type), type);
    }
  });
}

test('a preset keeps what suits the type', async () => {
  const above = typed(['model.type', 'bag']);
  const { model, train } = resolveConfig(suited(await loadConfig('bilstm-workshop'), above), above);
  assert.deepEqual(
    [model.type, 'dropout' in model && model.dropout, train.label_smoothing],
    ['bag', 0.35, 0.13],
  );
  const searched = async (type: string) => {
    const over = typed(['model.type', type]);
    const { space } = resolveSearch(
      suited(await loadConfig('bilstm-workshop', { search: true }), over),
      over,
    );
    return space.params.filter(({ path }) => path[0] === 'model').map(({ name }) => name);
  };
  const size = ['model.embedding_dim', 'model.hidden_size', 'model.num_layers', 'model.dropout'];
  assert.deepEqual(await searched('gru'), [...size, 'model.pooling', 'model.bidirectional']);
  assert.deepEqual(await searched('bigru'), [...size, 'model.pooling']);
  assert.deepEqual(await searched('bag'), ['model.embedding_dim', 'model.dropout', 'model.pooling']);
});

test('the network from scratch has plain SGD under any preset, unless the user sets something else', async () => {
  for (const { name } of presets) {
    const above = typed(['model.type', 'scratch'], ['train.lr', '2']);
    const { train } = resolveConfig(suited(await loadConfig(name), above), above);
    const { optimizer, lr, weight_decay, label_smoothing, clip_norm } = train;
    assert.deepEqual(
      { optimizer, lr, weight_decay, label_smoothing, clip_norm },
      { optimizer: 'sgd', lr: 2, weight_decay: 0, label_smoothing: 0, clip_norm: null },
      name,
    );
  }
});

test('what the user wrote is refused where the type does not know it', async () => {
  const preset = await loadConfig('bilstm-workshop');
  const above = typed(['model.type', 'bag'], ['model.num_layers', '3']);
  assert.throws(
    () => resolveConfig(suited(preset, above), above),
    /model\.num_layers must be left out with model\.type bag, which does not know it, but got 3\. \(--model\.num_layers\)/,
  );
  const file = parseConfig('model:\n  hidden_size: 64\n', 'mine.yaml');
  const bag = typed(['model.type', 'bag']);
  assert.throws(
    () => resolveConfig(suited(file, bag), bag),
    /model\.hidden_size must be left out .* \(config file mine\.yaml line 2\)/,
  );
});
