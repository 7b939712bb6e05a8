import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConfigError } from '../core/errors.ts';
import { asRecurrent } from '../models/family.ts';
import { losses } from '../nn/losses/index.ts';
import { optimizers } from '../nn/optim/index.ts';
import { parseConfig } from './load.ts';
import { overrideLayer } from './overrides.ts';
import { bilstmWorkshop } from './presets/bilstm-workshop.ts';
import { rnnWorkshop } from './presets/rnn-workshop.ts';
import { presets } from './presets/index.ts';
import { renderConfig } from './render.ts';
import { plainLayer, resolveConfig } from './resolve.ts';
import { type ConfigInput, defineConfig } from './schema.ts';

const of = (values: unknown) => resolveConfig(plainLayer(values, 'here'));

function refusal(values: unknown): string {
  try {
    of(values);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message;
  }
  return assert.fail('was accepted');
}

test('defaults fill what is left out', () => {
  const config = of({});
  assert.equal(config.text.vocabulary_size, 20_000);
  assert.deepEqual(config.data.fractions, [0.8, 0.1, 0.1]);
  assert.equal(config.model.type, 'lstm');
  assert.equal(asRecurrent(config.model)?.bidirectional, true);
  assert.deepEqual(asRecurrent(config.model)?.pooling, ['last', 'mean', 'max']);
});

test('names of other libraries lead to the key', () => {
  assert.match(refusal({ train: { learning_rate: 1 } }), /not a known key\. Did you mean train\.lr\?/);
  assert.match(refusal({ train: { max_len: 1 } }), /Did you mean text\.max_length\?/);
  assert.match(refusal({ model: { hidden_dim: 1 } }), /Did you mean model\.hidden_size\?/);
  assert.match(refusal({ model: { vocab_size: 1 } }), /Did you mean text\.vocabulary_size\?/);
  assert.match(refusal({ train: { batchsize: 1 } }), /Did you mean train\.batch_size\?/);
  assert.match(refusal({ train: { num_epochs: 1 } }), /Did you mean train\.epochs\?/);
  assert.match(refusal({ model: { dropout_rate: 1 } }), /Did you mean model\.dropout\?/);
  assert.throws(
    () => overrideLayer([{ key: 'train.learning-rate', text: '1' }]),
    /Did you mean --train\.lr\?/,
  );
});

test('a list of the wrong length says what belongs into it', () => {
  for (const fractions of [
    [0.8, 0.2],
    [0.7, 0.1, 0.1, 0.1],
  ]) {
    assert.match(
      refusal({ data: { fractions } }),
      /data\.fractions must be three numbers: train, val, test, but got/,
    );
  }
});

test('the type names the cell and the direction', () => {
  assert.deepEqual(direction({ type: 'bigru' }), ['gru', true]);
  assert.deepEqual(direction({ type: 'gru' }), ['gru', false]);
  assert.deepEqual(direction({ type: 'rnn', bidirectional: true }), ['rnn', true]);
  assert.match(
    refusal({ model: { type: 'bilstm', bidirectional: false } }),
    /model\.bidirectional must be true .*called lstm/,
  );
});

function direction(model: ConfigInput['model']) {
  const resolved = of({ model }).model;
  return [resolved.type, asRecurrent(resolved)?.bidirectional];
}

test('a pooling is a name, a list or a sum of names', () => {
  const pooling = (value: unknown) => asRecurrent(of({ model: { pooling: value } }).model)?.pooling;
  assert.deepEqual(pooling('mean'), ['mean']);
  assert.deepEqual(pooling('last + max'), ['last', 'max']);
  assert.deepEqual(pooling(['max', 'mean']), ['max', 'mean']);
  assert.match(
    refusal({ model: { pooling: 'last+meen' } }),
    /model\.pooling must be one of last, mean, max.*, but got "last\+meen"/,
  );
  assert.match(
    refusal({ model: { pooling: ['last', 'meen'] } }),
    /model\.pooling\.1 must .*"meen"\. Did you mean "mean"\?/,
  );
  assert.deepEqual(pooling({ type: 'mean' }), ['mean']);
  assert.match(refusal({ model: { pooling: ['max', 'max'] } }), /model\.pooling must name each pooling once/);
});

test('a later layer wins key by key', () => {
  const config = resolveConfig(
    plainLayer({ train: { lr: 0.1, epochs: 3 } }, 'a'),
    plainLayer({ train: { lr: 0.2 } }, 'b'),
    overrideLayer([{ key: 'train.batch-size', text: '7' }]),
  );
  assert.deepEqual([config.train.lr, config.train.epochs, config.train.batch_size], [0.2, 3, 7]);
});

test('a schedule of another type replaces the whole schedule', () => {
  const lower = plainLayer({ train: { schedule: { type: 'plateau', factor: 0.3, patience: 4 } } }, 'a');
  assert.deepEqual(
    resolveConfig(lower, overrideLayer([{ key: 'train.schedule', text: 'constant' }])).train.schedule,
    {
      type: 'constant',
    },
  );
  assert.deepEqual(
    resolveConfig(lower, plainLayer({ train: { schedule: { type: 'constant' } } }, 'b')).train.schedule,
    { type: 'constant' },
  );
  const alone = resolveConfig(overrideLayer([{ key: 'train.schedule.patience', text: '9' }])).train.schedule;
  assert.deepEqual([alone.type, alone.patience], ['plateau', 9]);
  const named = overrideLayer([
    { key: 'train.schedule', text: 'cosine' },
    { key: 'train.schedule.min_lr', text: '1e-5' },
  ]);
  assert.deepEqual(resolveConfig(lower, named).train.schedule.min_lr, 1e-5);
  assert.throws(
    () => resolveConfig(plainLayer({ train: { schedule: { type: 'cosine', patience: 3 } } }, 'b')),
    /schedule\.patience belongs to train\.schedule\.type plateau/,
  );
  const patience = resolveConfig(lower, overrideLayer([{ key: 'train.schedule.patience', text: '9' }])).train
    .schedule;
  assert.deepEqual(patience, { ...patience, type: 'plateau', factor: 0.3, patience: 9 });
});

test('an unknown key names the nearest known one', () => {
  assert.match(
    refusal({ train: { learning_rte: 1 } }),
    /\[config\] train\.learning_rte is not a known key\..*\(here\)/,
  );
  assert.match(refusal({ train: { batchsize: 1 } }), /Did you mean train\.batch_size\?/);
  assert.match(refusal({ train: { hidden_size: 1 } }), /Did you mean model\.hidden_size\?/);
  assert.match(refusal({ modle: {} }), /\[config\] modle is not a known section\. Did you mean model\?/);
  assert.match(
    refusal({ train: { schedule: { type: 'plateau', factr: 1 } } }),
    /Did you mean train\.schedule\.factor\?/,
  );
  assert.match(refusal(JSON.parse('{"__proto__": {"x": 1}}')), /__proto__ is not a known section/);
});

test('a value that cannot be used is named with what it must be', () => {
  assert.match(refusal({ train: { lr: 'fast' } }), /train\.lr must be a number, but got "fast"\. \(here\)/);
  assert.match(refusal({ train: { lr: 0 } }), /train\.lr must be above 0, but got 0\./);
  assert.match(refusal({ train: { epochs: 1.5 } }), /train\.epochs must be a whole number, but got 1\.5\./);
  assert.match(refusal({ model: { dropout: 1 } }), /model\.dropout must be below 1, but got 1\./);
  assert.match(refusal({ model: { type: 'bilstn' } }), /must be one of lstm, gru, .*Did you mean "bilstm"\?/);
  assert.match(
    refusal({ train: { threads: 'many' } }),
    /train\.threads must be auto, or a (whole )?number, but got "many"\./,
  );
  assert.match(refusal({ train: { threads: 0 } }), /train\.threads must be at least 1, but got 0\./);
  assert.match(
    refusal({ train: { schedule: { type: 'plateu' } } }),
    /train\.schedule\.type must be .*plateau/,
  );
  assert.match(refusal({ train: 3 }), /\[config\] train must be a mapping of keys to values, but got 3\./);
});

test('a message says in which line of the file the value stands', () => {
  const file = parseConfig('model:\n  type: gru\ntrain:\n  epochs: 3\n  lr: -1\n', 'a.yaml');
  assert.throws(
    () => resolveConfig(file),
    /train\.lr must be above 0, but got -1\. \(config file a\.yaml line 5\)/,
  );
  assert.throws(
    () => resolveConfig(file, overrideLayer([{ key: 'train.lr', text: '-2' }])),
    /but got -2\. \(--train\.lr\)/,
  );
  assert.throws(
    () => resolveConfig(parseConfig('{"train":\n{"ir": 1}}', 'a.json')),
    /train\.ir .*\(config file a\.json line 2\)/,
  );
});

test('resolving what was rendered gives the same configuration', () => {
  const input: fc.Arbitrary<ConfigInput> = fc.record(
    {
      data: fc.record(
        { text_col: fc.string({ minLength: 1 }), allow_leakage: fc.boolean(), label_map: labelMap },
        { requiredKeys: [] },
      ),
      text: fc.record(
        { vocabulary_size: fc.integer({ min: 10, max: 1e6 }), lowercase: fc.boolean() },
        { requiredKeys: [] },
      ),
      model: fc.record(
        {
          type: fc.constantFrom('lstm', 'bilstm', 'gru', 'bigru', 'rnn', 'birnn'),
          dropout: fc.double({ min: 0, max: 0.99, noNaN: true }),
          pooling: fc.constantFrom('last', 'mean+max', ['max', 'last']),
        },
        { requiredKeys: [] },
      ),
      train: fc.record(
        {
          lr: fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
          clip_norm: fc.constantFrom(null, 1, 0.25),
          schedule: fc.constantFrom('constant', 'plateau', { type: 'plateau', factor: 0.1 }),
          class_weights: fc.constantFrom('none', 'balanced', [1, 2.5]),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<ConfigInput>;
  fc.assert(
    fc.property(input, (values) => {
      const config = of(values);
      const text = renderConfig(config, { schema: 'x.json' });
      const again = resolveConfig(parseConfig(text, 'config.resolved.yaml'));
      assert.deepEqual(again, config);
      assert.equal(renderConfig(again, { schema: 'x.json' }), text);
    }),
  );
});

const labelMap = fc.dictionary(
  fc.string().filter((key) => key !== '__proto__'),
  fc.string({ minLength: 1 }),
);

test('every preset resolves', () => {
  for (const { name, config } of presets) assert.doesNotThrow(() => of(config), name);
  assert.equal(of(bilstmWorkshop.config).train.lr, 4.84e-3);
  assert.deepEqual(asRecurrent(of(rnnWorkshop.config).model)?.pooling, ['last']);
  assert.equal(asRecurrent(of(rnnWorkshop.config).model)?.bidirectional, false);
});

test('the first line names the schema', () => {
  assert.match(
    renderConfig(defineConfig({}), { schema: 'a.json' }),
    /^# yaml-language-server: \$schema=a\.json\n/,
  );
});

test('every option of every optimiser and loss is a key of train', () => {
  const keys = Object.keys(of({}).train);
  const members = [...optimizers.members, ...losses.members];
  for (const { type, options } of members) {
    for (const key of Object.keys(options)) assert.ok(keys.includes(key), `${key} of ${type}`);
  }
});
