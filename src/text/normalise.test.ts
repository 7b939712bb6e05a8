import assert from 'node:assert/strict';
import { test } from 'node:test';
import { characterClass, normalise } from './normalise.ts';
import { NEW_LETTERS, UNASSIGNED, UNSETTLED, UNSETTLED_MARKS } from './unicode.ts';

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

/** Calls `visit` with the first and the last code point of each range of a table. */
function eachRange(ranges: string, visit: (from: number, to: number) => void): void {
  for (const range of ranges.split(' ')) {
    const [from, to = from] = range.split('-').map((code) => Number.parseInt(code, 16));
    visit(from, to);
  }
}

/** Every code point of the ranges of a table. */
function codePoints(ranges: string): number[] {
  const codes: number[] = [];
  eachRange(ranges, (from, to) => {
    for (let code = from; code <= to; code++) codes.push(code);
  });
  return codes;
}

test('what a later Unicode version may assign becomes U+FFFD in every form; what Unicode 17 has stays', () => {
  const [STAYS, GONE, LEFT_OUT] = [0, 1, 2];
  const fate = new Uint8Array(0x110000);
  for (const ranges of [UNASSIGNED, UNSETTLED])
    eachRange(ranges, (from, to) => fate.fill(GONE, from, to + 1));
  eachRange(UNSETTLED_MARKS, (from, to) => fate.fill(LEFT_OUT, from, to + 1));
  assert.deepEqual([fate[0x378], fate[0x20c1], fate[0x41], fate[0x897]], [GONE, STAYS, STAYS, LEFT_OUT]);
  const expected = (code: number) =>
    fate[code] === LEFT_OUT ? '' : fate[code] === GONE ? '\ufffd' : String.fromCodePoint(code);
  const form = { normalization: 'none', lowercase: false } as const;
  // in blocks, for speed: each character between two others
  for (let block = 0; block < 0x110000; block += 256) {
    if (block >= 0xd800 && block < 0xe000) continue;
    const codes = Array.from({ length: 256 }, (_, i) => block + i);
    const text = codes.map((code) => String.fromCodePoint(code)).join('x');
    assert.equal(normalise(text, form), codes.map(expected).join('x'), block.toString(16));
  }
  // short texts may take another way
  for (const code of [0x378, 0x383, 0x530, 0x20c2, 0x897, 0x20ac, 0x3040, 0x3097, 0x30a0, 0xffff])
    assert.equal(normalise(String.fromCodePoint(code), form), expected(code), code.toString(16));
  assert.equal(normalise('\u0378\u{10fff0}', { normalization: 'NFKC' }), '\ufffd\u{10fff0}');
  assert.equal(normalise('\u0378', { normalization: 'NFC' }), '\ufffd');
});

test('only what is unassigned here, too, counts as unassigned', { skip: unicodeBelow(17) }, () => {
  const assigned = codePoints(UNASSIGNED).filter((code) => !/\p{Cn}/u.test(String.fromCodePoint(code)));
  // a later Unicode version in this program assigns some of them: that is what the table is for
  if (process.versions.unicode?.startsWith('17.')) assert.deepEqual(assigned, []);
  assert.ok(codePoints(NEW_LETTERS).every((code) => /\p{L}/u.test(String.fromCodePoint(code))));
});

function unicodeBelow(version: number): string | false {
  const { unicode = '0' } = process.versions;
  return Number.parseFloat(unicode) < version && `this Node knows Unicode ${unicode}: ${version} is needed`;
}

test('the sign of the era Reiwa is spelled out by NFKC alone', () => {
  assert.equal(normalise('㋿元年'), '令和元年');
  assert.equal(normalise('㋿元年', { normalization: 'NFC' }), '㋿元年');
});

test('characterClass writes ranges with the characters themselves', () => {
  assert.equal(characterClass('41-5a 61 1f600-1f601'), 'A-Za😀-😁');
});
