import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { assertProportional } from '../../../test/support/cpu-time.ts';
import { anyString } from '../../../test/support/strings.ts';
import { ConfigError, DataError } from '../../core/errors.ts';
import { fitTokenizer } from '../learn/index.ts';
import { tokenizers } from './index.ts';
import type { FittedTokenizer, TokenizerJson } from './tokenizer.ts';
import { createVocabulary, PAD, UNK, type VocabularyOptions } from '../vocabulary.ts';
import { bpeTokenizer } from './bpe.ts';
import { unigramTokenizer } from './unigram.ts';

/** Cuts a text as a tokenizer does that needs no fitting. */
function splitter(type: string): (text: string) => string[] {
  const tokenizer = tokenizers.create({ type });
  return (text) => tokenizer.split?.(text) ?? assert.fail(`${type} must be fitted first`);
}
const word = splitter('word');
const whitespace = splitter('whitespace');

// characters where the rules meet, and whole words so that runs come about
const alphabet = [
  ..."ab1é\u0301'’.,!?%#@&$£€-_ \t\n\u00a0\u0085\u001c\ufeff\u200c\u200d\u3000",
  ...'中文の゛カｶ한ไทยวั༎က្កशि०①½ªⅣ',
  ...['😀', '👍', '🏽', '🇩', '🇪', '❤', '\ufe0f', '𝒜', '𠀀', '\u{1f9d1}', '\ud83d', '\ude00', '฿', '۽'],
  ...['hello', "don't", '1,400', 'x.y', "'tis"],
];
const mixedText = fc.array(fc.constantFrom(...alphabet), { maxLength: 30 }).map((parts) => parts.join(''));
const anyText = fc.oneof({ weight: 4, arbitrary: mixedText }, anyString({ maxLength: 40 }));

/** What the training texts of the suite hold, beside the characters of the alphabet. */
const learned = [alphabet.join(' '), alphabet.join(''), 'a low lower lowest newer newest wide widest'];
const coverage = { distinct: 9, kept: 8, typeCoverage: 8 / 9, tokenCoverage: 0.5 };

for (const { type } of tokenizers.members) {
  suite(`tokenizer ${type}`, () => {
    const tokenizer = tokenizers.create({ type });
    const fit = (texts: Iterable<string>, options: VocabularyOptions) =>
      fitTokenizer(type, tokenizer, texts, options);
    const fitted = fit(learned, { size: 200 });

    test('as many ids as tokens; no token is empty, no id is padding or out of range', () => {
      fc.assert(
        fc.property(anyText, (text) => {
          const tokens = fitted.tokenize(text);
          const ids = Array.from(fitted.encode(text));
          assert.equal(ids.length, tokens.length);
          assert.ok(tokens.every((token) => token !== ''));
          for (const id of ids) assert.ok(id > 0 && id < fitted.vocabulary.size, `id ${id}`);
          if (tokenizer.split) assert.deepEqual(tokenizer.split(text), tokens);
        }),
        { numRuns: 1000 },
      );
    });

    test('known tokens have the ids of the vocabulary', () => {
      const { tokens } = fitted.vocabulary;
      assert.deepEqual(tokens.slice(0, 2), ['<PAD>', '<UNK>']);
      assert.equal(new Set(tokens).size, tokens.length);
      assert.equal(fitted.vocabulary.size, tokens.length);
      assert.ok(tokens.length <= 200 && tokens.length > 10);
      const text = learned.join(' ');
      const known = Array.from(fitted.encode(text)).filter((id) => id !== 1).length;
      assert.ok(known / fitted.tokenize(text).length > 0.5);
    });

    test('what toJson gives is restored by fromJson, and by no other tokenizer', () => {
      const { tokens } = fitted.vocabulary;
      const saved = { ...(JSON.parse(JSON.stringify(fitted.toJson())) as TokenizerJson), tokens, coverage };
      const restored = tokenizer.fromJson(saved) ?? assert.fail('its own file is refused');
      assert.deepEqual(restored.toJson(), fitted.toJson());
      assert.deepEqual(restored.vocabulary.tokens, tokens);
      assert.deepEqual(restored.vocabulary.coverage, coverage);
      fc.assert(fc.property(anyText, (text) => assert.deepEqual(restored.encode(text), fitted.encode(text))));
      for (const other of tokenizers.names.filter((name) => name !== type))
        assert.equal(tokenizers.create({ type: other }).fromJson(saved), undefined, other);
      assert.equal(tokenizer.fromJson({ ...saved, model: { type: 'Other' } }), undefined);
      assert.equal(
        tokenizer.fromJson({ ...saved, normalizers: [...saved.normalizers, { type: 'Strip' }] }),
        undefined,
      );
    });

    test('what is learned does not depend on the order of the texts, nor on how they are given', () => {
      const backward = fit(new Set([...learned].reverse()), { size: 200 });
      assert.deepEqual(backward.vocabulary.tokens, fitted.vocabulary.tokens);
      assert.deepEqual(backward.vocabulary.coverage, fitted.vocabulary.coverage);
      assert.deepEqual(backward.toJson(), fitted.toJson());
    });

    test('the vocabulary has at most the size that is asked for, or that size is refused', () => {
      for (const size of [3, 10, 50, 100, 150]) {
        try {
          assert.ok(fit(learned, { size }).vocabulary.size <= size, `${size}`);
        } catch (error) {
          if (!(error instanceof ConfigError) || tokenizer.split) throw error;
          assert.equal(error.key, 'text.vocabulary_size');
          assert.ok(size < 100, `${size} is refused`);
        }
      }
    });

    test('texts without a token are refused', () => {
      assert.throws(() => fit([' ', ''], { size: 10 }), DataError);
    });

    test('the pattern in its tokenizer.json, where that has one, cuts as it does', (t) => {
      const { normalizers, pre_tokenizer, model } = fitted.toJson();
      if (model.type !== 'WordLevel') return t.skip(`${type} does not look up whole tokens`);
      const pattern = new RegExp((pre_tokenizer as { pattern: { Regex: string } }).pattern.Regex, 'gu');
      type Step = { pattern: { String: string }; content: string };
      const replace = (text: string) =>
        (normalizers as readonly Step[]).reduce(
          (result, step) => result.replaceAll(step.pattern.String, step.content),
          text,
        );
      fc.assert(
        fc.property(anyText, (text) =>
          assert.deepEqual(fitted.tokenize(text), replace(text).match(pattern) ?? []),
        ),
        { numRuns: 3000 },
      );
    });

    test('a line of 100,000 characters takes time in proportion to one of 10,000: at most 30 times as long', () => {
      const lines: Record<string, string> = {
        'one word': 'a',
        'words and apostrophes': "a'",
        'numbers and commas': '1,',
        Chinese: '中',
        'emoji joined': '😀\u200d',
        'white space': ' ',
        punctuation: '.',
      };
      for (const [name, unit] of Object.entries(lines)) {
        const [short, long] = [1e4, 1e5].map((length) => unit.repeat(length / unit.length));
        assertProportional(
          name,
          () => void fitted.encode(short),
          () => void fitted.encode(long),
        );
      }
    });

    test('nothing in, nothing out', () => {
      for (const empty of ['', ' ', '\n\t ']) assert.deepEqual(fitted.tokenize(empty), []);
    });
  });
}

/** The tokens that the ids stand for, without the mark of a word's beginning, which the vocabularies here do not hold. */
const parts = (tokenizer: FittedTokenizer | undefined, text: string) =>
  Array.from(tokenizer?.encode(text) ?? [], (id) => tokenizer?.vocabulary.tokens[id]).filter(
    (token) => token !== UNK,
  );

test('bpe: a merge that a better one has overtaken joins nothing', () => {
  const tokens = [PAD, UNK, 'a', 'b', 'c', 'bc', 'ab', 'abc'];
  const merges = [['b', 'c'], ['a', 'b'], ['a', 'bc']] as const; // prettier-ignore
  const tokenizer = bpeTokenizer(createVocabulary(tokens, coverage), merges);
  assert.deepEqual(parts(tokenizer, 'abc ab bc abbc'), ['abc', 'ab', 'bc', 'ab', 'bc']);
  // no longer merge: what overtook the pair leaves its first part alone
  const two = bpeTokenizer(createVocabulary(tokens, coverage), merges.slice(0, 2));
  assert.deepEqual(parts(two, 'abc'), ['a', 'bc']);
});

test('unigram: of two best ways, the one with the longest last part', () => {
  const tokens = [PAD, UNK, 'a', 'b', 'c', 'ab', 'bc'];
  const tokenizer = unigramTokenizer(createVocabulary(tokens, coverage), [0, 0, -1, -1, -1, -1, -1]);
  assert.deepEqual(parts(tokenizer, 'abc'), ['a', 'bc']);
});

test('word: what it keeps together and what it leaves out', () => {
  const cases: Record<string, string[]> = {
    'Hello, world.': ['Hello', 'world'],
    "don’t o'neill's 'quoted' rock'n'roll": ["don't", "o'neill's", 'quoted', "rock'n'roll"],
    'costs £1,400.50, or 3.5%!': ['costs', '£', '1,400.50', 'or', '3.5', '%', '!'],
    'covid-19 mp3 a_b C++ C#': ['covid', '19', 'mp3', 'a', 'b', 'C', 'C', '#'],
    'wow!!!!! really?!': ['wow', '!!!', '!!', 'really', '?!'],
    'me@example.com': ['me', '@', 'example', 'com'],
    '中文 and カナ': ['中', '文', 'and', 'カ', 'ナ'],
    สวัสดี: ['ส', 'วั', 'ส', 'ดี'],
    'हिन्दी 한국어 می‌خواهم': ['हिन्दी', '한국어', 'می‌خواهم'],
    '👍🏽👨‍👩‍👧🇩🇪🇫🇷❤️': ['👍🏽', '👨‍👩‍👧', '🇩🇪', '🇫🇷', '❤️'],
    'naïve e\u0301te\u0301': ['naïve', 'e\u0301te\u0301'],
  };
  for (const [text, tokens] of Object.entries(cases)) assert.deepEqual(word(text), tokens);
});

test('whitespace: the separators of str.split() in Python, and no others', () => {
  const separators =
    '\t\n\v\f\r\u001c\u001d\u001e\u001f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000';
  for (let code = 0; code < 0x10000; code++) {
    const character = String.fromCharCode(code);
    const expected = separators.includes(character) ? ['a', 'b'] : [`a${character}b`];
    assert.deepEqual(whitespace(`a${character}b`), expected, `U+${code.toString(16)}`);
  }
  assert.deepEqual(whitespace("  Don't, stop! \n"), ["Don't,", 'stop!']);
});
