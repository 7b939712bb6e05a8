import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainLayer } from '../settings/layer.ts';
import { resolveSettings } from '../settings/resolve.ts';
import { pretrainedOf } from './plan.ts';

test('learned vectors of more or fewer numbers than the embedding are cut, or end in zeros', () => {
  const placed = {
    ...{ name: 'learn', source: 'the training texts', sha256: '', total: 2, dim: 3, spread: 0.4, others: 0 },
    pretrained: { from: 5, fixed: 0 },
    vectors: Float32Array.of(1, 2, 3, 4, 5, 6),
  };
  const given = (embedding_dim: number) => {
    const settings = resolveSettings(plainLayer({ model: { embedding_dim, vectors: 'learn' } }, 'the test'));
    const found = pretrainedOf(settings, { vectors: placed });
    assert.ok(found?.rows);
    assert.equal(found.rows.dim, embedding_dim);
    assert.deepEqual(found.rows.vectors, found.vectors);
    return [...found.vectors];
  };
  assert.deepEqual(given(3), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(given(2), [1, 2, 4, 5]);
  assert.deepEqual(given(4), [1, 2, 3, 0, 4, 5, 6, 0]);
});
