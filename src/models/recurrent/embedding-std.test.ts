/** The spread of the initial token vectors. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseEngine } from '../../engine/index.ts';
import { recurrentOptions } from '../options.ts';
import { createSession } from '../session.ts';

async function initial(given: { readonly embedding_std?: number }) {
  const model = recurrentOptions({ embedding_dim: 24, hidden_size: 6, ...given });
  const session = await createSession({
    shape: { model, vocabularySize: 200, classes: 3 },
    capacity: { rows: 1, tokens: 1, steps: 1 },
    engine: chooseEngine(() => performance.now(), 'wasm narrow'),
  });
  try {
    session.initialise(5);
    return session.tensors();
  } finally {
    await session.close();
  }
}

const deviation = (values: ArrayLike<number>) =>
  Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0) / values.length);

test('the initial token vectors have the standard deviation of model.embedding_std, and padding stays zero', async () => {
  const { 'embedding.weight': wide, ...rest } = await initial({});
  const { 'embedding.weight': narrow, ...others } = await initial({ embedding_std: 0.1 });
  assert.ok(Math.abs(deviation(wide.data.subarray(24)) - 1) < 0.05);
  assert.ok(Math.abs(deviation(narrow.data.subarray(24)) - 0.1) < 0.005);
  assert.ok(narrow.data.subarray(0, 24).every((x) => x === 0));
  // one stream of random numbers: the same directions, and nothing else changes
  narrow.data.forEach((x, i) => assert.ok(Math.abs(x - 0.1 * wide.data[i]) < 1e-7));
  assert.deepEqual(others, rest);
});

test('a standard deviation of 1, as in PyTorch, is that of old models', async () => {
  assert.deepEqual(await initial({ embedding_std: 1 }), await initial({}));
});
