/** What the GPU refuses: members of the families that have no kernels there. What it does train, `test/slow/webgpu.test.ts` tests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layers } from '../../../nn/layers/index.ts';
import { losses } from '../../../nn/losses/index.ts';
import { type Optimizer, optimizers } from '../../../nn/optim/index.ts';
import { poolings } from '../../../nn/pooling/index.ts';
import { recurrentOptions } from '../../options.ts';
import type { TrainingSpec } from '../../trainable.ts';
import { refusedByGpu } from './refuse.ts';
import { hasGpuUpdate } from './updates.ts';

const shape = { model: recurrentOptions(), vocabularySize: 5, classes: 2 };
const training = {
  ...{ loss: { type: 'cross_entropy' }, optimizer: { type: 'adam' }, clipNorm: null, seed: 1 },
} satisfies TrainingSpec;

const withModel = (model: object) => ({ shape: { ...shape, model: { ...shape.model, ...model } }, training });
const withTraining = (more: Partial<TrainingSpec>) => ({ shape, training: { ...training, ...more } });

test('every layer, pooling but hierarchical, loss and optimiser, and every option of training, has kernels', () => {
  for (const type of layers.names) assert.equal(refusedByGpu(withModel({ type })), undefined);
  const pooling = poolings.names.filter((name) => name !== 'hierarchical');
  assert.equal(refusedByGpu(withModel({ pooling })), undefined);
  for (const type of losses.names) assert.equal(refusedByGpu(withTraining({ loss: { type } })), undefined);
  for (const type of optimizers.names)
    assert.equal(refusedByGpu(withTraining({ optimizer: { type } })), undefined);
  const all = { softLabels: true, average: true, adversarial: 0.1, mixup: 0.2, rDrop: 1 };
  assert.equal(refusedByGpu(withTraining(all)), undefined);
  assert.equal(refusedByGpu(withModel({ num_layers: 0, weight_drop: 0.5, ngram_buckets: 9 })), undefined);
});

test('a member without kernels is refused by its name, also as the loss of a phase', () => {
  assert.equal(refusedByGpu(withModel({ type: 'sru' })), 'model.type sru');
  assert.equal(refusedByGpu(withModel({ pooling: ['mean', { type: 'sum' }] })), 'model.pooling sum');
  assert.equal(refusedByGpu(withModel({ pooling: ['hierarchical'] })), 'model.pooling hierarchical');
  assert.equal(refusedByGpu(withTraining({ loss: { type: 'hinge' } })), 'train.loss hinge');
  assert.equal(refusedByGpu(withTraining({ phaseLosses: [{ type: 'hinge' }] })), 'train.loss hinge');
});

test('an optimiser with a kernel that the GPU lacks, several calls or none is refused', (t) => {
  const sgd = optimizers.create({ type: 'sgd' });
  const withUpdate = (update: Optimizer['update']): Optimizer => ({ slots: sgd.slots, update });
  const refused = {
    unknown: withUpdate((k) => {
      (k as unknown as { readonly lion: () => void }).lion();
    }),
    twice: withUpdate((k, update) => {
      sgd.update(k, update);
      sgd.update(k, update);
    }),
    none: withUpdate(() => undefined),
  };
  assert.ok(hasGpuUpdate(sgd));
  for (const [name, optimizer] of Object.entries(refused)) {
    assert.ok(!hasGpuUpdate(optimizer), name);
    const { mock } = t.mock.method(optimizers, 'create', () => optimizer);
    assert.equal(refusedByGpu({ shape, training }), 'train.optimizer adam', name);
    mock.restore();
  }
});
