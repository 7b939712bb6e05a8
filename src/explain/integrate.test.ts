import assert from 'node:assert/strict';
import { test } from 'node:test';
import { integrate, type LinePoint } from './integrate.ts';

/** F(α) = 1 / (1 + e^(-s (α - a))), whose slope is 3 parts of the first token and 1 of the second. */
const cliff =
  (steep: number, place: number) =>
  (alphas: readonly number[]): LinePoint[] =>
    alphas.map((alpha) => {
      const value = 1 / (1 + Math.exp(-steep * (alpha - place)));
      const slope = steep * value * (1 - value);
      return { value, terms: Float64Array.of(0.75 * slope, 0.25 * slope) };
    });

for (const [name, steep, jumps] of [
  ['a slope', 20, false],
  ['a cliff of a ten-thousandth', 1e5, false],
  ['a cliff that float32 does not resolve', 1e8, true],
] as const) {
  test(`${name} is integrated, its tokens in the right proportions`, () => {
    const found = integrate(cliff(steep, 0.3141592), { maxGap: 0.01, maxSteps: 4096 });
    const { weights, gap, jumped, from, to, steps } = found;
    assert.ok(gap < 0.01 && steps < 600, `gap ${gap}, ${steps} steps`);
    assert.ok(
      Math.abs(weights[0] - 0.75 * (to - from)) < 0.01 && Math.abs(weights[1] - 0.25 * (to - from)) < 0.01,
    );
    assert.equal(jumped > 0.5, jumps, `jumped ${jumped}`);
  });
}

test('a large gap is met by 5 points where the slope is gentle', () => {
  assert.equal(integrate(cliff(2, 0.5), { maxGap: 0.05, maxSteps: 100 }).steps, 5);
  assert.equal(integrate(cliff(2, 0.5), { maxGap: 0.01, maxSteps: 100 }).steps, 17);
});

test('few steps are one interval, whatever the gap', () => {
  const { steps, gap } = integrate(cliff(60, 0.3), { maxGap: 0.01, maxSteps: 5 });
  assert.equal(steps, 5);
  assert.ok(gap > 0.01);
});

test('dozens of cliffs are integrated to the gap that was asked for', () => {
  // as a long text has them: each goes up and down again, so that the way is far longer than the difference of its ends
  const places = Array.from({ length: 24 }, (_, n) => (n + 0.37) / 24.5);
  const { gap, jumped, steps } = integrate(
    (alphas) =>
      alphas.map((alpha) => {
        let [value, slope] = [0.1 * alpha, 0.1];
        for (const [n, place] of places.entries()) {
          const s = 1 / (1 + Math.exp(-3e3 * (alpha - place)));
          const sign = n % 2 === 0 ? 0.4 : -0.4;
          value += sign * s;
          slope += sign * 3e3 * s * (1 - s);
        }
        return { value, terms: Float64Array.of(slope) };
      }),
    { maxGap: 0.01, maxSteps: 4096 },
  );
  assert.ok(gap < 0.01 && steps < 4096, `gap ${gap}, ${steps} steps`);
  assert.equal(jumped, 0);
});

test('a jump without a slope beside it is no jump of the gradient: the gap says so', () => {
  const { gap, jumped } = integrate(
    (alphas) => alphas.map((alpha) => ({ value: Number(alpha > 0.3), terms: Float64Array.of(0) })),
    { maxGap: 0.01, maxSteps: 4096 },
  );
  assert.equal(jumped, 0);
  assert.equal(gap, 1);
});
