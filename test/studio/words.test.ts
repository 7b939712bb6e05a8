/** Numbers and names as the studio's pages write them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isolated, percent, sentence, unbroken } from '../../studio/app/words.ts';

test('a number keeps its percent sign at the end of a line', () => {
  assert.equal(percent(0.9), '90.0\u00a0%');
  assert.equal(unbroken('from 60.0 % to 100.0 % of all'), 'from 60.0\u00a0% to 100.0\u00a0% of all');
});

test('a name in Hebrew does not turn the number after it', () => {
  assert.equal(`${isolated('חדשות')} 35`, '\u2068חדשות\u2069 35');
  assert.equal(isolated('Sport'), 'Sport');
});

test('a sentence has its capital letter and one full stop', () => {
  assert.equal(sentence('the first'), 'The first.');
  assert.equal(sentence('The first!'), 'The first!');
});
