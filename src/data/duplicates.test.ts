import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assertProportional } from '../../test/support/cpu-time.ts';
import { createRng } from '../core/rng.ts';
import { findDuplicates, jaccardAtLeast, normalisedForm, shingleSet } from './duplicates.ts';

const rng = createRng(1);
const words = Array.from({ length: 2000 }, (_, i) => `w${i}`);
const sentence = (length: number) => Array.from({ length }, () => words[rng.int(words.length)]);

test('copies count once each, from exact to near', () => {
  const base = sentence(200);
  const nearly = base.with(100, 'changed');
  const texts = [
    'Hello, World!',
    'other',
    'Hello, World!',
    'hello world',
    base.join(' '),
    nearly.join(' '),
    'Hello, World!',
  ];
  const { exact, normalised, near, groupOf, normalisedGroupOf } = findDuplicates(texts);
  assert.deepEqual({ exact, normalised, near }, { exact: 2, normalised: 3, near: 4 });
  assert.deepEqual([...groupOf], [0, 1, 0, 0, 4, 4, 0]);
  assert.deepEqual([...normalisedGroupOf], [0, 1, 0, 0, 4, 5, 0]);
});

test('texts of punctuation alone are not copies of each other', () => {
  assert.equal(findDuplicates(['!!!', '???', '...', '!!!']).normalised, 1);
  assert.equal(normalisedForm(' Ｈello—World, 2nd! '), 'hello world 2nd');
});

test('finds every pair at or above the threshold, and joins nothing below it', () => {
  const jaccard = (a: Uint32Array, b: Uint32Array) => {
    const other = new Set(b);
    const shared = a.filter((x) => other.has(x)).length;
    return shared / (a.length + b.length - shared);
  };
  for (const threshold of [0.5, 0.8, 0.9, 1]) {
    const texts: string[] = [];
    for (let i = 0; i < 60; i++) {
      const base = sentence(30 + rng.int(100));
      texts.push(base.join(' '));
      const changes = rng.int(8);
      const copy = [...base];
      for (let c = 0; c < changes; c++) copy[rng.int(copy.length)] = 'new';
      texts.push(copy.join(' '));
    }
    const sets = texts.map((text) => shingleSet(text));
    const { groupOf } = findDuplicates(texts, { threshold });
    for (let i = 0; i < texts.length; i += 2) {
      const similar = jaccard(sets[i], sets[i + 1]) >= threshold;
      assert.equal(groupOf[i] === groupOf[i + 1], similar, `threshold ${threshold}, pair ${i}`);
      assert.equal(jaccardAtLeast(sets[i], sets[i + 1], threshold), similar);
    }
    assert.equal(
      new Set(groupOf).size,
      texts.filter((_, i) => i % 2 === 0 || groupOf[i] !== groupOf[i - 1]).length,
    );
  }
});

test('groups do not depend on the order of the documents', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', 'A', '!'), { maxLength: 6 })
    .map((parts) => parts.join(' '));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), fc.integer(), (texts, seed) => {
      const order = createRng(seed).shuffle(texts.map((_, i) => i));
      const straight = findDuplicates(texts, { threshold: 0.6 });
      const shuffled = findDuplicates(
        order.map((i) => texts[i]),
        { threshold: 0.6 },
      );
      assert.deepEqual(
        [shuffled.exact, shuffled.normalised, shuffled.near],
        [straight.exact, straight.normalised, straight.near],
      );
      for (const [a, i] of order.entries()) {
        for (const [b, j] of order.entries()) {
          assert.equal(
            shuffled.groupOf[a] === shuffled.groupOf[b],
            straight.groupOf[i] === straight.groupOf[j],
          );
        }
      }
    }),
  );
});

test('50,000 short texts, and 5,000 from one template, take time in proportion to a tenth of them', () => {
  const short = Array.from({ length: 50_000 }, () => sentence(12).join(' '));
  const orders = Array.from(
    { length: 5_000 },
    (_, i) =>
      `your order ${i} has been shipped and will arrive in ${rng.int(1e6)} days, thank you for your patience`,
  );
  for (const [what, texts] of Object.entries({ short, orders }))
    assertProportional(
      what,
      () => void findDuplicates(texts.slice(0, texts.length / 10)),
      () => void findDuplicates(texts),
    );
});
