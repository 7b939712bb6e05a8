/** Many texts, whose words are kept as places: the words of the texts read one by one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeTextOptions } from '../../text/options.ts';
import { readTexts, textReader } from './read-text.ts';

const some = [
  'Don’t pay 1,400.50 €!!',
  '',
  'the the then them the',
  '電車 runs',
  'ﬁne ＦＵＬＬ x x',
  'a'.repeat(70_000),
  `${'b'.repeat(65_530)} last`,
];
const many = Array.from({ length: 20_001 }, (_, i) =>
  i < 2 * some.length ? some[i >> 1] : `row ${i} of the data`,
);

test('words of many texts are those of each text by itself, in every form of reading', () => {
  for (const options of [
    {},
    { lowercase: false, normalization: 'none' },
    { tokenizer: 'whitespace' },
  ] as const) {
    const read = textReader(completeTextOptions(options), 5);
    const found = readTexts(many, read);
    assert.deepEqual(
      found.map(({ text, tokens }) => ({ text, tokens })),
      many.map(read),
    );
  }
});

test('words that are not in their text are kept as they are', () => {
  const found = readTexts(many, (text) => ({ text, tokens: [...text.split(' '), '<end>'] }));
  assert.deepEqual(found[0].tokens, [...some[0].split(' '), '<end>']);
  assert.deepEqual(found[20_000].tokens, ['row', '20000', 'of', 'the', 'data', '<end>']);
});
