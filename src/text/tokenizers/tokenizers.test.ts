import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { tokenizers } from './index.ts';

const word = tokenizers.create({ type: 'word' });
const whitespace = tokenizers.create({ type: 'whitespace' });

// characters where the rules meet, and whole words so that runs come about
const alphabet = [
  ..."ab1é\u0301'’.,!?%#@&$£€-_ \t\n\u00a0\u0085\u001c\ufeff\u200c\u200d\u3000",
  ...'中文の゛カｶ한ไทยวั༎က្កशि०①½ªⅣ',
  ...['😀', '👍', '🏽', '🇩', '🇪', '❤', '\ufe0f', '𝒜', '𠀀', '\u{1f9d1}', '\ud83d', '\ude00', '฿', '۽'],
  ...['hello', "don't", '1,400', 'x.y', "'tis"],
];
const mixedText = fc.array(fc.constantFrom(...alphabet), { maxLength: 30 }).map((parts) => parts.join(''));
const anyText = fc.oneof({ weight: 4, arbitrary: mixedText }, fc.string({ unit: 'binary', maxLength: 40 }));

for (const { type } of tokenizers.members) {
  suite(`tokenizer ${type}`, () => {
    const tokenizer = tokenizers.create({ type });

    test('does what its pattern says, on any text', () => {
      const pattern = new RegExp(tokenizer.pattern, 'gu');
      fc.assert(
        fc.property(anyText, (text) => {
          const replaced = tokenizer.replacements.reduce((t, [from, to]) => t.replaceAll(from, to), text);
          assert.deepEqual(tokenizer.tokenize(text), replaced.match(pattern) ?? []);
        }),
        { numRuns: 3000 },
      );
    });

    test('a line of 10 MB takes time in proportion', { timeout: 60_000 }, () => {
      const lines: Record<string, string> = {
        'one word': 'a'.repeat(1e7),
        'words and apostrophes': "a'".repeat(5e6),
        'numbers and commas': '1,'.repeat(5e6),
        Chinese: '中'.repeat(5e6),
        'emoji joined': '😀\u200d'.repeat(2e6),
        'white space': ' '.repeat(1e7),
        punctuation: '.'.repeat(1e7),
      };
      for (const [name, line] of Object.entries(lines)) {
        const start = performance.now();
        tokenizer.tokenize(line);
        const seconds = (performance.now() - start) / 1000;
        assert.ok(seconds < 10, `${name}: ${seconds.toFixed(1)} s`);
      }
    });

    test('nothing in, nothing out', () => {
      for (const empty of ['', ' ', '\n\t ']) assert.deepEqual(tokenizer.tokenize(empty), []);
    });
  });
}

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
  for (const [text, tokens] of Object.entries(cases)) assert.deepEqual(word.tokenize(text), tokens);
});

test('whitespace: the separators of str.split() in Python, and no others', () => {
  const separators =
    '\t\n\v\f\r\u001c\u001d\u001e\u001f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000';
  for (let code = 0; code < 0x10000; code++) {
    const character = String.fromCharCode(code);
    const expected = separators.includes(character) ? ['a', 'b'] : [`a${character}b`];
    assert.deepEqual(whitespace.tokenize(`a${character}b`), expected, `U+${code.toString(16)}`);
  }
  assert.deepEqual(whitespace.tokenize("  Don't, stop! \n"), ["Don't,", 'stop!']);
});
