/** What follows from the data, and what does not. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Choices, chooseFromData } from './from-data.ts';
import { keysOf } from './keys.ts';
import { type ConfigLayer, plainLayer } from './layer.ts';
import { recipe } from './recipe.ts';
import { resolveSettings } from './resolve.ts';
import { type SettingsInput, settingsSchema } from './sections.ts';

const words = (n: number) => Array.from({ length: n }, (_, i) => `word${i}`).join(' ');

function choose(
  documents: { count: number; length: number; classes?: number },
  given: SettingsInput = {},
  more: Partial<ConfigLayer> = {},
): { choices: Choices | null; settings: ReturnType<typeof resolveSettings> } {
  const { count, length, classes = 4 } = documents;
  const layers = [{ ...plainLayer(given, 'the test'), ...more }];
  const texts = new Array<string>(count).fill(words(length));
  const choices = chooseFromData({ texts, classes }, resolveSettings(...layers), layers);
  return { choices, settings: resolveSettings(...(choices ? [choices.layer] : []), ...layers) };
}

test('few documents get small batches and many epochs, many and long ones larger batches and fewer epochs', () => {
  const sizes = [
    { count: 190, length: 20 },
    { count: 1780, length: 390 },
    { count: 8000, length: 10 },
    { count: 60_000, length: 120 },
  ];
  const chosen = sizes.map((size) => choose(size).settings.train);
  assert.deepEqual(
    chosen.map(({ batch_size, epochs }) => [batch_size, epochs]),
    [
      [16, 34],
      [32, 12],
      [32, 20],
      [64, 4],
    ],
  );
});

test('long documents of more than five classes get up to three times as many passes, and 30 at most', () => {
  const epochs = (count: number, length: number, classes: number) =>
    choose({ count, length, classes }).settings.train.epochs;
  assert.deepEqual(
    [5, 6, 15, 24, 77].map((classes) => epochs(8000, 200, classes)),
    [5, 6, 15, 15, 15],
  );
  assert.deepEqual([epochs(2000, 300, 5), epochs(2000, 300, 15)], [13, 30]);
  assert.equal(epochs(8000, 10, 77), 20, 'short ones learn in 20');
  const { choices } = choose({ count: 8000, length: 200, classes: 15 });
  const why = choices?.settings.find(({ key }) => key === 'train.epochs')?.why;
  assert.equal(
    why,
    'an epoch reads 1,600,000 tokens: about 24 million in all for 15 classes, 4 to 30 epochs',
  );
});

test('a network learns again from the validation documents where documents are few, unless that is set', () => {
  const refit = (count: number, given: SettingsInput = {}) =>
    choose({ count, length: 5 }, given).settings.train.refit;
  assert.deepEqual(
    [refit(300), refit(20_000), refit(300, { train: { refit: false } })],
    [true, false, false],
  );
});

test('half of the words are hidden where there are many, fewer of few or short documents', () => {
  const hidden = (count: number, length: number) =>
    (choose({ count, length }).settings.model as { readonly word_dropout?: number }).word_dropout;
  assert.deepEqual([hidden(1000, 4), hidden(999, 100), hidden(5000, 3)], [0.5, 0.2, 0.2]);
});

test('vectors are learned from the documents where their words recur, and the embedding and the tokens are left to us', () => {
  const vectors = (
    { count = 300, length = 200 }: { count?: number; length?: number },
    given: SettingsInput = {},
  ) => (choose({ count, length }, given).settings.model as { readonly vectors?: string | null }).vectors;
  assert.equal(vectors({}), 'learn');
  assert.equal(vectors({}, { model: { type: 'gru', hidden_size: 8 }, train: { epochs: 2 } }), 'learn');
  // no word occurs twice; more documents than it was measured for
  assert.equal(vectors({ count: 1 }), null);
  assert.deepEqual([vectors({ count: 49_999 }), vectors({ count: 50_000 })], ['learn', null]);
  const ofLength = (length: number) => {
    const texts = Array.from({ length: 400 }, (_, n) => words(200).split(' ').slice(n % 190).slice(0, length).join(' ')); // prettier-ignore
    return chooseFromData({ texts, classes: 4 }, resolveSettings(), [])?.settings.find(({ key }) => key === 'model.vectors')?.value; // prettier-ignore
  };
  assert.deepEqual([ofLength(3), ofLength(4)], [undefined, 'learn']);
  // fewer words than a vector has numbers
  assert.deepEqual([vectors({ length: 127 }), vectors({ length: 128 })], [null, 'learn']);
  assert.equal(vectors({}, { model: { embedding_dim: 16 } }), null);
  assert.equal(vectors({}, { model: { vectors: null } }), null);
  assert.equal(vectors({}, { model: { type: 'bag' } }), null);
  assert.equal(vectors({}, { text: { tokenizer: 'bpe' } }), null);
  // each word of one occurs 300 times
  assert.deepEqual(
    [vectors({}, { text: { min_count: 300 } }), vectors({}, { text: { min_count: 301 } })],
    ['learn', null],
  );
});

test('vectors from outside are taken where nothing of a network is set, and learned where it is', () => {
  const vectors = (model: SettingsInput['model']) => {
    const layers = [plainLayer({ model, train: { auto: true } }, 'the test')];
    const learned = {
      texts: new Array<string>(300).fill(words(200)),
      classes: 4,
      vectors: { name: 'glove-100d', coverage: 0.9 },
    };
    const choices = chooseFromData(learned, resolveSettings(...layers), layers, { auto: true });
    return choices?.settings.filter(({ key }) => key === 'model.vectors').map(({ value }) => value);
  };
  assert.deepEqual(vectors({}), ['glove-100d']);
  assert.deepEqual(vectors({ hidden_size: 64 }), ['learn']);
  assert.deepEqual(vectors({ vectors_texts: 'more.csv' }), ['learn']);
});

test('no vectors are learned for a search with choices that take none', () => {
  const vectors = (values: Record<string, unknown>) => {
    const texts = new Array<string>(300).fill(words(200));
    const layers = [{ values, where: () => 'the test' }];
    const choices = chooseFromData({ texts, classes: 4 }, resolveSettings(), layers);
    return choices?.settings.find(({ key }) => key === 'model.vectors')?.value;
  };
  const among = (...choices: string[]) => ({ type: 'categorical', choices });
  assert.equal(vectors({ text: { tokenizer: among('word', 'bpe') } }), undefined);
  assert.equal(vectors({ model: { type: among('lstm', 'bag') } }), undefined);
  assert.equal(vectors({ model: { type: among('lstm', 'gru') } }), 'learn');
});

test('every key of the recipe is one of the settings, and is chosen where nobody sets it', () => {
  const { choices, settings } = choose({ count: 300, length: 30 });
  const known = keysOf(settingsSchema).list.map(({ path }) => path);
  for (const { key } of recipe) assert.ok(known.includes(key), key);
  assert.deepEqual(
    choices?.settings.filter(({ setBy }) => setBy !== undefined),
    [],
  );
  assert.deepEqual(
    [settings.model.type, settings.text.min_count, settings.train.keep, settings.train.schedule.type],
    ['lstm', 2, 'last', 'cosine'],
  );
});

test('what would not fit a loss, an optimiser or early stopping that was set is left to its default', () => {
  const size = { count: 300, length: 30 };
  const chosen = (train: SettingsInput['train']) => {
    const { choices, settings } = choose(size, { train });
    return { keys: choices?.settings.map(({ key }) => key) ?? [], train: settings.train };
  };
  const squared = chosen({ loss: 'mse' });
  assert.ok(!squared.keys.includes('train.label_smoothing'));
  assert.equal(squared.train.loss, 'mse');
  const plain = chosen({ optimizer: 'sgd' });
  assert.ok(!plain.keys.includes('train.lr') && plain.keys.includes('train.label_smoothing'));
  assert.equal(chosen({ optimizer: 'adam' }).train.lr, 0.003);
  assert.deepEqual(
    chosen({ schedule: { type: 'plateau' } }).train.schedule,
    resolveSettings(plainLayer({ train: { schedule: { type: 'plateau' } } }, 'the test')).train.schedule,
  );
  const stopped = chosen({ patience: 3 });
  assert.equal(stopped.train.keep, 'best');
  assert.equal(chosen({ monitor: 'val_accuracy' }).train.keep, 'best');
  assert.equal(chosen({ patience: null }).train.keep, 'last');
});

describe('what is set wins', () => {
  test('any key, to any value, and the others follow', () => {
    const given: SettingsInput = {
      text: { min_count: 1 },
      model: { dropout: 0, embedding_std: 1 },
      train: { epochs: 3, clip_norm: null, schedule: 'constant', keep: 'best' },
    };
    const { choices, settings } = choose({ count: 300, length: 30 }, given);
    assert.equal(settings.text.min_count, 1);
    assert.partialDeepStrictEqual(settings.model, { dropout: 0, embedding_std: 1, word_dropout: 0.2 });
    assert.partialDeepStrictEqual(settings.train, { epochs: 3, clip_norm: null, keep: 'best', lr: 3e-3 });
    assert.equal(settings.train.schedule.type, 'constant');
    const epochs = choices?.settings.find(({ key }) => key === 'train.epochs');
    assert.deepEqual([epochs?.value, epochs?.setBy], [3, 'the test']);
  });

  test('options without a type belong to the schedule that there is without the recipe', () => {
    const { settings } = choose(
      { count: 300, length: 30 },
      { train: { schedule: { patience: 7 } as never } },
    );
    assert.deepEqual([settings.train.schedule.type, settings.train.schedule.patience], ['plateau', 7]);
  });

  test('a batch size that is set decides how many epochs few documents need', () => {
    const few = { count: 190, length: 20 };
    assert.equal(choose(few, { train: { batch_size: 4 } }).settings.train.epochs, 20);
    assert.equal(choose(few, { train: { batch_size: 190 } }).settings.train.epochs, 60);
  });
});

test('a complete layer, such as a preset, has nothing chosen', () => {
  const { choices, settings } = choose({ count: 300, length: 30 }, {}, { complete: true });
  assert.equal(choices, null);
  assert.deepEqual(settings, resolveSettings());
});

test('settings that were chosen and written out are the same without the data', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 1500 }), fc.integer({ min: 1, max: 30 }), (count, length) => {
      const { settings } = choose({ count, length });
      const { bidirectional: _, ...model } = settings.model as unknown as Record<string, unknown>;
      assert.equal(model.type, 'lstm');
      const written = { ...settings, model: { ...model, bidirectional: true } } as unknown as SettingsInput;
      assert.deepEqual(resolveSettings(plainLayer(written, 'config')), settings);
      assert.deepEqual(choose({ count: 9, length: 5 }, written).settings, settings);
      assert.ok(settings.train.epochs >= 4 && settings.train.epochs <= 60);
    }),
    { numRuns: 8 },
  );
});

test('a plain RNN has a lower learning rate', () => {
  assert.equal(choose({ count: 300, length: 30 }, { model: { type: 'birnn' } }).settings.train.lr, 1e-3);
});

describe('the choice between models', () => {
  const documents = { texts: new Array<string>(60).fill(words(9)), classes: 3 };
  const autoOf = (given: SettingsInput, more: Partial<ConfigLayer> = {}, auto = true) => {
    const layers = [{ ...plainLayer(given, 'the test'), ...more }];
    const choices = chooseFromData(documents, resolveSettings(...layers), layers, { auto });
    return resolveSettings(...(choices ? [choices.layer] : []), ...layers).train.auto;
  };

  test('is made where nothing of a network is set, by callers that can make it', () => {
    assert.equal(autoOf({}), true);
    assert.equal(
      autoOf({ train: { seed: 3, threads: 2, class_weights: 'balanced' }, text: { lowercase: false } }),
      true,
    );
    for (const gpu_weights of ['f32', 'f16'] as const)
      assert.equal(autoOf({ train: { device: 'auto', gpu_weights } }), true, gpu_weights);
    assert.equal(autoOf({}, {}, false), false);
    assert.equal(autoOf({}, { complete: true }), false);
    const networks: SettingsInput[] = [
      { model: { type: 'bilstm' } },
      { model: { hidden_size: 8 } },
      { train: { epochs: 3 } },
      { text: { max_length: 50 } },
      { train: { baseline: false } },
    ];
    for (const given of networks) assert.equal(autoOf(given), false, JSON.stringify(given));
  });

  test('is what model.type auto means, with any settings of the network; a model named above it ends it', () => {
    assert.equal(autoOf({ model: { type: 'auto', hidden_size: 8 }, train: { epochs: 3 } }), true);
    const type = (...layers: readonly SettingsInput[]) =>
      resolveSettings(...layers.map((values) => plainLayer(values, 'the test')));
    const below = type({ model: { type: 'gru' } }, { model: { type: 'auto' } });
    assert.deepEqual([below.model.type, below.train.auto], ['gru', true]);
    const above = type({ model: { type: 'auto' } }, { model: { type: 'gru' } });
    assert.deepEqual([above.model.type, above.train.auto], ['gru', false]);
    const off = { auto: false } as const;
    for (const layers of [
      [{ model: { type: 'auto' }, train: off }],
      [{ model: { type: 'auto' } }, { train: off }],
    ] satisfies SettingsInput[][])
      assert.throws(
        () => type(...layers),
        /train\.auto must be true where model\.type is auto.*got false \(the test\)\. Leave out train\.auto; or name/,
      );
    assert.equal(type({ train: off }, { model: { type: 'auto' } }).train.auto, true);
    assert.equal(type({ model: { type: 'auto' }, train: off }, { model: { type: 'gru' } }).train.auto, false);
  });
});
