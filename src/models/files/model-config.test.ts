import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CorruptFileError, UnrollError } from '../../core/errors.ts';
import { readModelConfig, writeModelConfig, type ModelConfig } from './model-config.ts';

const config: ModelConfig = {
  labelNames: ['business', 'politics', 'sport'],
  vocabularySize: 5000,
  model: { type: 'lstm', bidirectional: true, pooling: ['last', 'mean'] },
  text: { tokenizer: 'word', max_length: 256 },
  unrollVersion: '0.1.0',
};
const changed = (change: Record<string, unknown>) =>
  JSON.stringify({ ...(JSON.parse(writeModelConfig(config)) as object), ...change });

describe('config.json', () => {
  it('has the keys that Hugging Face configs have', () => {
    const json = JSON.parse(writeModelConfig(config)) as Record<string, unknown>;
    assert.deepEqual(json['id2label'], { 0: 'business', 1: 'politics', 2: 'sport' });
    assert.deepEqual(json['label2id'], { business: 0, politics: 1, sport: 2 });
    assert.equal(json['vocab_size'], 5000);
    assert.equal(json['pad_token_id'], 0);
    assert.equal(json['format'], 'unroll.model');
    assert.equal(json['version'], 1);
  });

  it('gives back any labels and options', () => {
    const labels = fc.uniqueArray(
      fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '1', '0')),
      {
        minLength: 1,
        maxLength: 8,
      },
    );
    const options = fc.dictionary(
      fc.stringMatching(/^[a-z_]{1,9}$/).filter((key) => key !== '__proto__'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(labels, options, fc.integer({ min: 1 }), (labelNames, model, vocabularySize) => {
        const text = writeModelConfig({ ...config, labelNames, model, vocabularySize });
        const read = readModelConfig(text);
        assert.deepEqual(read.labelNames, labelNames);
        assert.equal(read.vocabularySize, vocabularySize);
        assert.equal(JSON.stringify(read.model), JSON.stringify(model));
        assert.equal(writeModelConfig(read), text);
      }),
    );
  });

  it('ignores fields it does not know', () => {
    assert.deepEqual(readModelConfig(changed({ torch_dtype: 'float32' })), config);
  });

  const refused: [name: string, text: string, message: RegExp][] = [
    [
      'nested too deep in a field that is not read',
      writeModelConfig(config).replace('{', `{ "more": ${'['.repeat(200_000)}${']'.repeat(200_000)},`),
      /must be JSON, but cannot be parsed: .* levels deep/,
    ],
    ['cut short', writeModelConfig(config).slice(0, 200), /must be JSON/],
    ['null', 'null', /format must be "unroll.model"/],
    ['of another tool', '{"model_type":"bert"}', /another kind \(model_type "bert"\)/],
    [
      'no vocabulary',
      changed({ vocab_size: 0 }),
      /vocab_size must be at least 1, but got 0\. The file was changed/,
    ],
    [
      'a vocabulary of a wrong type',
      changed({ vocab_size: '9' }),
      /vocab_size must be a whole number, but got "9"/,
    ],
    [
      'a count below zero',
      changed({ class_counts: [3, -1, 2] }),
      /class_counts\.1 must be at least 0, but got -1/,
    ],
    ['a label of a wrong type', changed({ id2label: { 0: 7 } }), /id2label\.0 must be text, but got 7/],
    ['a loss without a type', changed({ loss: {} }), /loss\.type must be text, but got nothing/],
    [
      'a delimiter of two characters',
      changed({ read_as: { format: 'csv', delimiter: ';;' } }),
      /read_as\.delimiter must have a number of characters of at most 1, but got ";;"/,
    ],
    [
      'options no object',
      changed({ model: [] }),
      /^\[m\/config\.json\] model must be a mapping of keys to values, but got \[\]\./,
    ],
    ['a label missing', changed({ id2label: { 0: 'business', 2: 'sport' } }), /none for 1/],
    ['no label', changed({ id2label: {}, label2id: {} }), /none for 0/],
    [
      'labels contradict',
      changed({ label2id: { business: 1, politics: 0, sport: 2 } }),
      /reverse.*"business"/,
    ],
    ['a label too many', changed({ label2id: { business: 0, politics: 1, sport: 2, war: 3 } }), /reverse/],
    ['no label2id', changed({ label2id: undefined }), /label2id|reverse/],
  ];
  for (const [name, text, message] of refused) {
    it(`refuses: ${name}`, () => {
      assert.throws(
        () => readModelConfig(text, { file: 'm/config.json' }),
        (error) => {
          assert.ok(error instanceof CorruptFileError, String(error));
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  it('says that a later format needs a later Unroll', () => {
    assert.throws(() => readModelConfig(changed({ version: 2 })), {
      name: 'UnsupportedError',
      message: /at most 1, but got 2.*update/,
    });
  });

  it('survives any JSON and any cut', () => {
    const text = writeModelConfig(config);
    const survive = (candidate: string) => {
      try {
        readModelConfig(candidate);
      } catch (error) {
        assert.ok(error instanceof UnrollError, String(error));
      }
    };
    fc.assert(fc.property(fc.json(), survive));
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(JSON.parse(text) as object)), fc.jsonValue(), (key, value) =>
        survive(changed({ [key]: value })),
      ),
    );
    for (let length = 0; length < text.length; length += 7) survive(text.slice(0, length));
  });
});
