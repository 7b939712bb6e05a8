import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalise } from './normalise.ts';

test('NFKC folds compatibility forms, NFC does not', () => {
  assert.equal(normalise('ﬁne Ａ½'), 'fine a1⁄2');
  assert.equal(normalise('ﬁne Ａ', { normalization: 'NFC', lowercase: false }), 'ﬁne Ａ');
  assert.equal(normalise('e\u0301', { normalization: 'NFC' }), 'é');
  assert.equal(normalise('e\u0301', { normalization: 'none' }), 'e\u0301');
});

test('lower case maps character by character: no final sigma', () => {
  assert.equal(normalise('ΟΔΟΣ'), 'οδοσ');
  assert.equal(normalise('οδος'), 'οδος');
  assert.equal(normalise('ΟΔΟΣ', { lowercase: false }), 'ΟΔΟΣ');
});

test('lone surrogates become U+FFFD, pairs stay', () => {
  assert.equal(normalise('a\ud800b \ud83d\ude00'), 'a\ufffdb 😀');
});
