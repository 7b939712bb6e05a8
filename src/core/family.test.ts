/** What the compiler knows of a family: a name that is written out must be a member's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownDatasets } from '../data/known/index.ts';
import { readers } from '../data/readers/index.ts';
import { layers } from '../nn/layers/index.ts';
import { losses } from '../nn/losses/index.ts';
import { optimizers } from '../nn/optim/index.ts';
import { poolings } from '../nn/pooling/index.ts';
import { schedules } from '../nn/schedules/index.ts';
import { tokenizers } from '../text/tokenizers/index.ts';
import { pruners } from '../tune/pruners/index.ts';
import { samplers } from '../tune/samplers/index.ts';

test('an unknown name that is written out is a type error in every family, and a ConfigError at run time', () => {
  const context = { lr: 1, totalSteps: 1, stepsPerEpoch: 1 };
  // each line must be an error of the compiler, or the compiler says that the comment is not needed
  const attempts: (() => unknown)[] = [
    // @ts-expect-error no such sampler
    () => samplers.create({ type: 'tpee' }, { seed: 0 }),
    // @ts-expect-error no such pruner
    () => pruners.create({ type: 'medain' }),
    // @ts-expect-error no such tokenizer
    () => tokenizers.create({ type: 'wrod' }),
    // @ts-expect-error no such schedule
    () => schedules.create({ type: 'cosin' }, context),
    // @ts-expect-error no such optimiser
    () => optimizers.create({ type: 'adma' }),
    // @ts-expect-error no such loss
    () => losses.create({ type: 'hinge' }, { classes: 2 }),
    // @ts-expect-error no such pooling
    () => poolings.create({ type: 'maxx' }),
    // @ts-expect-error no such layer
    () => layers.create({ type: 'lsmt' }),
    // @ts-expect-error no such layer to describe
    () => layers.describe({ type: 'lsmt' }),
    // @ts-expect-error no such reader
    () => readers.create({ type: 'xlsx' }),
    // @ts-expect-error no such data set
    () => knownDatasets.create({ type: 'imbd' }, {} as never),
  ];
  for (const attempt of attempts)
    assert.throws(attempt, { name: 'ConfigError', message: /type must be one of/ });
});

test('a name that is known only at run time, and one of several names, are taken', () => {
  const type: string = samplers.names[0];
  assert.ok(samplers.create({ type }, { seed: 0 }));
  for (const one of ['sgd', 'adam'] as const) assert.ok(optimizers.create({ type: one }));
});
