import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printable, printableLines } from './printable.ts';

test('control characters, escape sequences and overrides of direction are replaced one by one', () => {
  assert.equal(printable('a\u0007b\u001b[31mc'), 'a\ufffdb\ufffd[31mc');
  assert.equal(printable('\u009b2J \u007f \u202egnp\u202c \u2066x\u2069 \u2028'), '\ufffd2J \ufffd \ufffdgnp\ufffd \ufffdx\ufffd \ufffd'); // prettier-ignore
  assert.equal(printable('two\r\nlines\tand a tab'), 'two\ufffd\ufffdlines\ufffdand a tab');
  assert.equal(printableLines('two\r\nlines\tand a tab'), 'two\ufffd\nlines\tand a tab');
});

test('other text stays: scripts written from right to left, combining marks, emoji, zero-width joiners', () => {
  for (const text of ['שלום עולם', 'مرحبا', 'e\u0301 ñ', '👩\u200d💻 🏳️‍🌈', 'a\u200eb\u200f', '']) {
    assert.equal(printable(text), text);
  }
});

test('nothing of Unicode category Cc or of the bidirectional controls is left of any text', () => {
  const unit = fc.oneof(
    fc.constantFrom(...'\u001b\u009b\r\n\t\u202e\u2067a'),
    fc.nat(0xffff).map((code) => String.fromCharCode(code)),
  );
  const text = fc.array(unit).map((units) => units.join(''));
  fc.assert(
    fc.property(text, (any) => {
      const shown = printable(any);
      assert.doesNotMatch(shown, /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      assert.equal(shown.length, any.length);
      assert.doesNotMatch(printableLines(any), /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});
