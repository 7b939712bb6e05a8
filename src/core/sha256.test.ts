import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSha256 } from './sha256.ts';

test('equals the platform on any bytes in any pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (pieces) => {
      const ours = createSha256();
      const theirs = createHash('sha256');
      for (const piece of pieces) {
        ours.update(piece);
        theirs.update(piece);
      }
      assert.equal(ours.hex(), theirs.digest('hex'));
    }),
  );
});

test('text counts as UTF-8, at every length around a block', () => {
  for (let n = 50; n < 70; n++) {
    const text = 'é'.repeat(n) + '😀';
    assert.equal(createSha256().update(text).hex(), createHash('sha256').update(text).digest('hex'));
  }
});
