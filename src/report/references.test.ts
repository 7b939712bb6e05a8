import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainLayer, resolveConfig } from '../config/resolve.ts';
import { models } from '../models/family.ts';
import { averages } from '../nn/averages/index.ts';
import { layers } from '../nn/layers/index.ts';
import { optimizers } from '../nn/optim/index.ts';
import { poolings } from '../nn/pooling/index.ts';
import { samplers } from '../tune/samplers/index.ts';
import { methods } from './methods.ts';
import { methodsSection, referencesOf, trainingMethods } from './references.ts';

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

test('a training is said to use what is set, and nothing that is not', () => {
  const namesOf = (model: Record<string, unknown>, train: Record<string, unknown>) =>
    trainingMethods(resolveConfig(plainLayer({ model, train }, 'the test'))).map(({ name }) => name);
  const none = { dropout: 0, pooling: ['mean'] };
  const plain = namesOf({ type: 'lstm', ...none }, { patience: null });
  const added = (model: Record<string, unknown>, train: Record<string, unknown> = {}) =>
    namesOf({ type: 'lstm', ...none, ...model }, { patience: null, ...train }).filter(
      (name) => !plain.includes(name),
    );
  const { name } = layers.get('lstm').method ?? {};
  assert.ok(name !== undefined && plain.includes(name));
  const { bidirectional, dropout, variationalDropout, wordTypeDropout, weightDrop, characterNgrams } =
    methods;
  const { labelSmoothing, adversarial, mixup, unfreezing, rDrop, clipping, earlyStopping } = methods;
  const cases = [
    [{ type: 'bilstm' }, {}, bidirectional],
    [{ dropout: 0.1 }, {}, dropout],
    [{ dropout: 0.1, variational_dropout: true }, {}, variationalDropout],
    [{ word_type_dropout: 0.1 }, {}, wordTypeDropout],
    [{ weight_drop: 0.1 }, {}, weightDrop],
    [{ ngram_buckets: 100 }, {}, characterNgrams],
    [{}, { label_smoothing: 0.1 }, labelSmoothing],
    [{}, { adversarial: 0.1 }, adversarial],
    [{}, { mixup: 0.1 }, mixup],
    [{}, { gradual_unfreezing: 1 }, unfreezing],
    [{}, { layer_lr_decay: 0.5 }, unfreezing],
    [{}, { r_drop: 1 }, rDrop],
    [{}, { clip_norm: 1 }, clipping],
    [{}, { patience: 3 }, earlyStopping],
  ] as const;
  for (const [model, train, method] of cases)
    assert.deepEqual(added(model, train), [method.name], method.name);
  assert.deepEqual(added({}, { patience: 3, keep: 'last' }), []);
  assert.deepEqual(
    namesOf({ type: 'linear' }, {}),
    models.find(({ type }) => type === 'linear')?.methods?.map((method) => method.name),
  );
});

test('methods are joined as a sentence joins them', () => {
  const [block] = methodsSection([methods.dropout, methods.mixup, methods.holm])?.blocks ?? [];
  assert.ok(block?.kind === 'paragraph' && Array.isArray(block.text));
  const said = block.text.filter((piece) => typeof piece === 'string').join('');
  const [a, b, c] = [methods.dropout, methods.mixup, methods.holm].map(({ name }) => name);
  assert.equal(said.replace(/ +(?=,| and|\.)/g, ''), `This report uses ${a}, ${b} and ${c}.`);
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
