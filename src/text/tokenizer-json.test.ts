import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { anyString } from '../../test/support/strings.ts';
import { CorruptFileError } from '../core/errors.ts';
import { truncations } from './encode.ts';
import { normalizations, settlingReplacements } from './normalise.ts';
import type { TextPipeline } from './pipeline.ts';
import { buildPipeline } from './pipeline.ts';
import { readTokenizerJson, tokenizerJsonNotices, writeTokenizerJson } from './tokenizer-json.ts';
import { tokenizers } from './tokenizers/index.ts';

const golden = new URL('../../test/golden/tokenizers/', import.meta.url);

const options = fc
  .record({
    tokenizer: fc.constantFrom(...tokenizers.names),
    normalization: fc.constantFrom(...normalizations),
    lowercase: fc.boolean(),
    vocabulary_size: fc.integer({ min: 3, max: 30 }),
    min_count: fc.integer({ min: 1, max: 2 }),
    max_length: fc.integer({ min: 1, max: 10 }),
    truncation: fc.constantFrom(...truncations),
  })
  .map((chosen) => {
    // one that learns parts of words must hold all characters
    const whole = tokenizers.create({ type: chosen.tokenizer }).split;
    return { ...chosen, vocabulary_size: chosen.vocabulary_size + (whole ? 0 : 500) };
  });
const text = fc.oneof(
  anyString(),
  fc
    .array(fc.constantFrom('2004', '10', '__proto__', 'constructor', '"', '\\', '\ud800', 'a', 'é', '<PAD>'))
    .map((w) => w.join(' ')),
);

function assertSame(actual: TextPipeline, expected: TextPipeline): void {
  assert.deepEqual(actual.options, expected.options);
  assert.deepEqual(actual.vocabulary.tokens, expected.vocabulary.tokens);
  assert.deepEqual(actual.vocabulary.coverage, expected.vocabulary.coverage);
}

test('a pipeline that is written and read is the same to the bit', () => {
  fc.assert(
    fc.property(fc.array(text), options, text, (texts, chosen, probe) => {
      const pipeline = buildPipeline(['a first token', ...texts], chosen);
      const written = writeTokenizerJson(pipeline);
      const restored = readTokenizerJson(written);
      assertSame(restored, pipeline);
      assert.deepEqual(restored.encode(probe), pipeline.encode(probe));
      assert.equal(writeTokenizerJson(restored), written);
    }),
  );
});

const pipeline = buildPipeline(['the cat sat on the mat in 2004'], { max_length: 5, truncation: 'tail' });
const written = writeTokenizerJson(pipeline);
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a JSON value of any shape
type Json = any;
const edited = (edit: (file: Json) => void): string => {
  const file = JSON.parse(written);
  edit(file);
  return JSON.stringify(file);
};

test("the layout is that of Hugging Face's tokenizers", () => {
  const { model, ...rest } = JSON.parse(written);
  const [, marks, others] = settlingReplacements('NFKC').map(({ from }) => 'pattern' in from && from.pattern);
  assert.deepEqual(rest, {
    version: '1.0',
    truncation: { direction: 'Left', max_length: 5, strategy: 'LongestFirst', stride: 0 },
    padding: null,
    added_tokens: [],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Replace', pattern: { String: '㋿' }, content: '令和' },
        { type: 'Replace', pattern: { Regex: marks }, content: '' },
        { type: 'Replace', pattern: { Regex: others }, content: '\ufffd' },
        { type: 'NFKC' },
        { type: 'Lowercase' },
        { type: 'Replace', pattern: { String: '’' }, content: "'" },
      ],
    },
    pre_tokenizer: {
      type: 'Split',
      pattern: { Regex: (pipeline.tokenizer.toJson().pre_tokenizer as Json).pattern.Regex },
      behavior: 'Removed',
      invert: true,
    },
    post_processor: null,
    decoder: null,
  });
  assert.equal(model.type, 'WordLevel');
  assert.equal(model.unk_token, '<UNK>');
  assert.deepEqual(
    { pad: model.vocab['<PAD>'], unk: model.vocab['<UNK>'], the: model.vocab.the },
    { pad: 0, unk: 1, the: 2 },
  );
});

test('a file that has lost our own part is read by what is left', () => {
  const original = readTokenizerJson(written);
  const restored = readTokenizerJson(edited((file) => delete file.model.unroll));
  assert.equal(restored.options.truncation, 'tail');
  assert.equal(restored.options.max_length, 5);
  assert.deepEqual(
    restored.encode('The CAT, 2004 and the dog sat'),
    original.encode('The CAT, 2004 and the dog sat'),
  );
});

test('a file that has lost our own part keeps its options, whatever they are', () => {
  fc.assert(
    fc.property(options, (chosen) => {
      const fitted = buildPipeline(['A first token, in 2004'], chosen);
      const file: Json = JSON.parse(writeTokenizerJson(fitted));
      delete file.model.unroll;
      if (fitted.options.truncation === 'head+tail') {
        assert.throws(() => readTokenizerJson(JSON.stringify(file)), /must have truncation/);
        return;
      }
      const { options: read } = readTokenizerJson(JSON.stringify(file));
      for (const key of ['tokenizer', 'normalization', 'lowercase', 'max_length', 'truncation'] as const)
        assert.equal(read[key], fitted.options[key], key);
    }),
  );
});

test('files that Unroll wrote before its patterns were independent of the Unicode version are read', () => {
  for (const tokenizer of ['word', 'whitespace']) {
    const before = readFileSync(new URL(`unroll-0.1-${tokenizer}.json`, golden), 'utf8');
    const read = readTokenizerJson(before);
    assert.equal(read.options.tokenizer, tokenizer);
    const fresh = buildPipeline(
      ['The cat sat on the mat in 2004; it didn’t cost £1,400.50!', 'Σίσυφος 中文 👍🏽 naïve Über-größe'],
      read.options,
    );
    assert.deepEqual(read.vocabulary.tokens, fresh.vocabulary.tokens);
    const file: Json = JSON.parse(before);
    delete file.model.unroll;
    if (tokenizer === 'word') assert.equal(readTokenizerJson(JSON.stringify(file)).options.lowercase, true);
  }
});

test('what the layout cannot say is told', () => {
  assert.deepEqual(tokenizerJsonNotices(pipeline.options), []);
  assert.deepEqual(tokenizerJsonNotices({ ...pipeline.options, truncation: 'head+tail' }), [
    'tokenizer.json cannot express text.truncation head+tail: other programs get all tokens of a longer text. ' +
      'Keep its first 3 and its last 2 ids.',
  ]);
});

suite('a damaged or hostile file is refused with one paragraph', () => {
  const cases: Record<string, string> = {
    empty: '',
    'cut off': written.slice(0, -20),
    'no object': '[]',
    null: 'null',
    'another model': edited((f) => (f.model.type = 'WordPiece')),
    'ids not from 0': edited((f) => (f.model.vocab.cat = 99)),
    'an id twice': edited((f) => (f.model.vocab.cat = f.model.vocab.sat)),
    'a fractional id': edited((f) => (f.model.vocab.cat = 2.5)),
    'a negative id': edited((f) => (f.model.vocab.cat = -1)),
    'an id that is text': edited((f) => (f.model.vocab.cat = '3')),
    'no <PAD>': edited((f) => {
      f.model.vocab.padding = 0;
      delete f.model.vocab['<PAD>'];
    }),
    'no vocabulary': edited((f) => delete f.model.vocab),
    'a vocabulary that is a list': edited((f) => (f.model.vocab = ['<PAD>', '<UNK>'])),
    'a pattern of its own': edited((f) => (f.pre_tokenizer.pattern.Regex = '(a+)+$')),
    'a pattern of its own, without our part': edited((f) => {
      f.pre_tokenizer.pattern.Regex = '(a+)+$';
      delete f.model.unroll;
    }),
    'no length to be had': edited((f) => {
      f.truncation = null;
      delete f.model.unroll;
    }),
    'parts that disagree': edited((f) => (f.truncation.max_length = 6)),
    'a normaliser that is not ours': edited(
      (f) => (f.normalizer = { type: 'Sequence', normalizers: [{ type: 'Strip' }] }),
    ),
    'an unbounded length': edited((f) => (f.model.unroll.options.max_length = 1e12)),
    'a later version': edited((f) => (f.model.unroll.version = 2)),
    'more tokens than it may have': edited((f) => (f.model.unroll.options.vocabulary_size = 3)),
  };
  const learned = (tokenizer: string, edit: (model: Json) => void): string => {
    const file = JSON.parse(writeTokenizerJson(buildPipeline(['low lower lowest'], { tokenizer })));
    edit(file.model);
    return JSON.stringify(file);
  };
  const bpe = (edit: (model: Json) => void) => learned('bpe', edit);
  const unigram = (edit: (model: Json) => void) => learned('unigram', edit);
  Object.assign(cases, {
    'merges that are no list': bpe((model) => (model.merges = {})),
    'a merge of three': bpe((model) => model.merges.push(['l', 'o', 'w'])),
    'a merge of a number': bpe((model) => model.merges.push(['l', 3])),
    'a merge of a token that is not there': bpe((model) => model.merges.push(['l', 'z'])),
    'a merge to a token that is not there': bpe((model) => model.merges.push(['t', 't'])),
    'a merge twice': bpe((model) => model.merges.push(model.merges[0])),
    'another suffix': bpe((model) => (model.end_of_word_suffix = '</w>')),
    'merges that are dropped at random': bpe((model) => (model.dropout = 0.5)),
    'a vocabulary without scores': unigram((model) => {
      model.vocab = Object.fromEntries(model.vocab.map(([token]: [string], id: number) => [token, id]));
    }),
    'a score that is text': unigram((model) => (model.vocab[3][1] = '-2')),
    'a probability above 1': unigram((model) => (model.vocab[3][1] = 0.1)),
    'a token that is a number': unigram((model) => (model.vocab[3][0] = 7)),
    'an entry of three': unigram((model) => model.vocab[3].push(0)),
    'another unknown token': unigram((model) => (model.unk_id = 0)),
  });
  for (const [name, content] of Object.entries(cases)) {
    test(name, () => {
      assert.throws(
        () => readTokenizerJson(content, 'model/tokenizer.json'),
        (error) => {
          assert.ok(error instanceof CorruptFileError, String(error));
          assert.match(error.message, /^\[model\/tokenizer\.json\] must .*\.$/s);
          assert.ok(!error.message.includes('\n') && error.message.length < 600, error.message);
          return true;
        },
      );
    });
  }

  test('any change of one place is read, or refused as corrupt: never another error', () => {
    fc.assert(
      fc.property(
        fc.nat(written.length - 1),
        fc.string({ maxLength: 3 }),
        fc.nat(5),
        (at, insert, remove) => {
          const content = written.slice(0, at) + insert + written.slice(at + remove);
          try {
            const { vocabulary, encode } = readTokenizerJson(content);
            const { ids } = encode('the cat 2004');
            assert.ok(ids.every((id) => id > 0 && id < vocabulary.size));
          } catch (error) {
            if (!(error instanceof CorruptFileError)) throw error;
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
