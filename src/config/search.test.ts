import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '../core/errors.ts';
import { asRecurrent } from '../models/family.ts';
import { loadConfig, parseConfig } from './load.ts';
import { overrideLayer } from './overrides.ts';
import { plainLayer, resolveConfig } from './resolve.ts';
import { resolveSearch } from './search.ts';

const yaml = (text: string) => parseConfig(text, 'search.yaml');

function refusal(text: string): string {
  try {
    resolveSearch(yaml(text));
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message;
  }
  return assert.fail('was accepted');
}

const lr = 'lr: { type: float, low: 1.0e-4, high: 1.0e-2, log: true }';

test('a search is a configuration with ranges; each trial has one without', () => {
  const search = resolveSearch(
    yaml(`
model:
  type: lstm
  pooling: { type: categorical, choices: [last, last+mean] }
train:
  ${lr}
  batch_size: 16
  momentum: { type: float, low: 0.5, high: 0.9, when: { train.optimizer: sgd } }
  optimizer: { type: categorical, choices: [adam, sgd] }
tune: { trials: 7, sampler: random }
`),
    overrideLayer([{ key: 'tune.objective', text: 'log_loss' }]),
  );
  assert.deepEqual(
    search.space.params.map(({ name }) => name),
    ['train.lr', 'train.optimizer', 'model.pooling', 'train.momentum'],
  );
  const { trials, sampler, pruner, objective } = search.tune;
  assert.deepEqual([trials, sampler, objective], [7, { type: 'random' }, 'log_loss']);
  assert.equal(pruner.type, 'auto');
  const config = search.configOf({
    'model.pooling': 'last+mean',
    'train.lr': 1e-3,
    'train.optimizer': 'adam',
  });
  assert.deepEqual(asRecurrent(config.model)?.pooling, ['last', 'mean']);
  assert.deepEqual([config.train.lr, config.train.batch_size, config.train.momentum], [1e-3, 16, 0]);
  assert.equal(search.example.train.lr, 1e-4);
});

test('an override with a value takes the place of a range; another range replaces it whole', () => {
  const fixed = resolveSearch(
    yaml(`train: { ${lr}, epochs: { type: int, low: 1, high: 3 } }`),
    overrideLayer([{ key: 'train.lr', text: '0.5' }]),
  );
  assert.deepEqual([fixed.space.params.length, fixed.example.train.lr], [1, 0.5]);
  const other = resolveSearch(
    yaml(`train: { ${lr} }`),
    plainLayer({ train: { lr: { type: 'categorical', choices: [1, 2] } } }, 'code'),
  );
  assert.deepEqual(other.space.params[0].distribution, { type: 'categorical', choices: [1, 2] });
});

test('what cannot be searched is said, with its place', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [`train:\n  lr: { type: float, low: 2, high: 1 }`, /low must be at most high.* line 2/],
    [`train:\n  lrr: { type: float, low: 1, high: 2 }`, /train\.lrr is not a known key.*train\.lr/],
    [`train:\n  lr: { type: float, low: 0, high: 2 }`, /train\.lr must be above 0, but got 0.* line 2/],
    [`model:\n  dropout: { type: float, low: 0, high: 1 }`, /model\.dropout must be below 1.* line 2/],
    [`model:\n  type: { type: categorical, choices: [lstm, gruu] }`, /model\.type must be.*gruu.* line 2/],
    [`train:\n  epochs: { type: float, low: 1, high: 2.5 }`, /train\.epochs must be a whole number.*2\.5/],
    [
      `train:\n  seed: { type: int, low: 1, high: 2 }`,
      /train\.seed must be the same in every trial.* line 2/,
    ],
    [
      `train:\n  gpu_weights: { type: categorical, choices: [f32, f16] }`,
      /train\.gpu_weights must be the same in every trial/,
    ],
    [`data:\n  seed: { type: int, low: 1, high: 2 }`, /data\.seed must be the same in every trial/],
    [`train: { lr: 1 }`, /at least one range/],
    [
      `model:\n  type: linear\n  hidden_size: { type: int, low: 8, high: 16 }`,
      /model\.type must be a model that learns in steps in a search, but got linear .*line 2.* Use unroll train --model linear/,
    ],
    [`train: { ${lr} }\ntune: { trails: 3 }`, /tune\.trails is not a known key\. Did you mean tune\.trials/],
    [`train: { ${lr} }\ntune: { sampler: tpf }`, /tune\.sampler must be.*tpe.*"tpf"/],
    [`train: { ${lr} }\ntune: { trials: 0 }`, /tune\.trials must be at least 1/],
  ];
  for (const [text, message] of cases) assert.match(refusal(text), message);
});

test('other commands read the same file, but no ranges', () => {
  const file = yaml(`train: { batch_size: 8 }\ntune: { trials: 3 }`);
  assert.equal(resolveConfig(file).train.batch_size, 8);
  assert.equal('tune' in resolveConfig(file), false);
  assert.throws(() => resolveConfig(yaml(`train: { ${lr} }`)), /train\.lr .* Ranges are for unroll tune/);
});

test("presets with a search: the workshop's ranges, which the other commands do not see", async () => {
  const bilstm = resolveSearch(await loadConfig('bilstm-workshop', { search: true }));
  const rnn = resolveSearch(await loadConfig('rnn-workshop', { search: true }));
  assert.deepEqual([bilstm.tune.trials, rnn.tune.trials], [40, 20]);
  const names = (search: typeof rnn) => search.space.params.map(({ name }) => name);
  assert.deepEqual(
    names(bilstm)
      .filter((name) => !names(rnn).includes(name))
      .sort(),
    ['model.bidirectional', 'model.pooling'],
  );
  assert.equal(rnn.example.model.type, 'rnn');
  assert.deepEqual(asRecurrent(rnn.example.model)?.pooling, ['last']);
  const ranges = Object.fromEntries(
    bilstm.space.params.map(({ name, distribution }) => [name, distribution]),
  );
  assert.deepEqual(ranges['model.dropout'], { type: 'float', low: 0.28, high: 0.45, log: false, step: null });
  assert.deepEqual(ranges['train.label_smoothing'], {
    type: 'float',
    low: 0.09,
    high: 0.15,
    log: false,
    step: null,
  });
  assert.equal(resolveConfig(await loadConfig('bilstm-workshop')).train.lr, 4.84e-3);
  await assert.rejects(
    loadConfig('quickstart', { search: true }),
    /presets bilstm-workshop, rnn-workshop, search/,
  );
});
