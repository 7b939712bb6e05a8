import assert from 'node:assert/strict';
import { test } from 'node:test';
import { count, formatSeconds, groupDigits, percent } from './words.ts';

test('whole numbers have a comma between thousands', () => {
  assert.deepEqual([0, -0, 999, 1000, 1234567, -12345, 1999.6, NaN].map(groupDigits), [
    '0',
    '0',
    '999',
    '1,000',
    '1,234,567',
    '-12,345',
    '2,000',
    'not a number',
  ]);
});

test('nouns take the plural that English gives them', () => {
  assert.deepEqual(
    [
      count(1, 'row'),
      count(0, 'row'),
      count(1780, 'document'),
      count(2, 'class'),
      count(2, 'copy'),
      count(2, 'day'),
    ],
    ['1 row', '0 rows', '1,780 documents', '2 classes', '2 copies', '2 days'],
  );
});

test('proportions are percentages, times are those of a clock', () => {
  assert.deepEqual([percent(0.8337), percent(1, 0), percent(NaN)], ['83.4 %', '100 %', 'not a number']);
  assert.deepEqual([8.24, 59.9, 187, 3729].map(formatSeconds), ['8.2 s', '59.9 s', '3:07', '1:02:09']);
});
