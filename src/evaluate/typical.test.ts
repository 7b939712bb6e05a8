import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRng } from '../core/rng.ts';
import { noneOfThese, typicalOf } from './typical.ts';

test('a text less sure or less known than all but one of the validation documents gets a high score', () => {
  const typical = typicalOf(
    Array.from({ length: 99 }, (_, n) => 0.5 + n / 200),
    new Array<number>(99).fill(1),
  );
  // p = 1 / 100 and 2 / 100
  assert.ok(Math.abs(noneOfThese(typical, 0.4, 1) - 0.98) < 1e-12);
  assert.ok(Math.abs(noneOfThese(typical, 0.5, 1) - 0.96) < 1e-12);
  assert.ok(Math.abs(noneOfThese(typical, 0.99, 0.8) - 0.98) < 1e-12);
  assert.equal(noneOfThese(typical, 0.99, 1), 0);
});

test('it is in [0, 1], falls with either value, and knows nothing without documents', () => {
  const value = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { maxLength: 40 }), value, value, value, (values, a, b, c) => {
      const typical = typicalOf(values, values);
      const score = noneOfThese(typical, a, c);
      assert.ok(score >= 0 && score <= 1);
      if (values.length === 0) assert.equal(score, 0);
      assert.ok(noneOfThese(typical, Math.min(a, b), c) >= noneOfThese(typical, Math.max(a, b), c));
      assert.equal(noneOfThese(typical, a, c), noneOfThese(typical, c, a));
    }),
  );
});

for (const N of [40, 2000]) {
  test(`a document like the ${N} gets 0.9 or more with a chance of at most 0.1`, () => {
    let high = 0;
    for (let sample = 0; sample < 40; sample++) {
      const rng = createRng(sample);
      const draw = (count: number) => Float64Array.from({ length: count }, () => rng.float() ** 2);
      const typical = typicalOf(draw(N), draw(N));
      for (let n = 0; n < 100; n++)
        if (noneOfThese(typical, rng.float() ** 2, rng.float() ** 2) >= 0.9) high++;
      assert.ok(typical.confidence.length <= 64);
    }
    // 400 expected at most, ± 3 · 25 and what the samples differ
    assert.ok(high <= 480 && high > 200, `${high} of 4000`);
  });
}
