/** Special functions against values of 40 digits (`test/golden/special`). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { erf, erfc, expm1, log1p, logNdtr, ndtriExp } from './math-special.ts';

type Table = readonly (readonly [x: number, value: number])[];

const golden = JSON.parse(
  readFileSync(new URL('../../test/golden/special/special.json', import.meta.url), 'utf8'),
) as Record<'erf' | 'erfc' | 'log_ndtr' | 'expm1' | 'log1p', Table>;

/** The largest relative error over a table, and where. */
function worst(table: Table, f: (x: number) => number) {
  let [error, at] = [0, NaN];
  for (const [x, value] of table) {
    const now = value === 0 ? Math.abs(f(x)) : Math.abs(f(x) / value - 1);
    if (!(now <= error)) [error, at] = [now, x];
  }
  return { error, at };
}

for (const [name, f, bound] of [
  ['erf', erf, 1e-15],
  ['erfc', erfc, 2e-15],
  ['log_ndtr', logNdtr, 2e-15],
  ['expm1', expm1, 2e-15],
  ['log1p', log1p, 1e-15],
] as const) {
  test(`${name} has a relative error below ${bound}`, () => {
    assert.ok(golden[name].length > 20);
    const { error, at } = worst(golden[name], f);
    assert.ok(error < bound, `${error} at ${at}`);
  });
}

test('ndtriExp inverts logNdtr to 1e-13 in both tails', () => {
  for (const [x, y] of golden.log_ndtr) {
    if (x === 0) assert.ok(Math.abs(ndtriExp(y)) < 1e-15);
    else assert.ok(Math.abs(ndtriExp(y) / x - 1) < 1e-13, `${ndtriExp(y)} for ${x}`);
  }
});

test('special functions at infinities, NaN and beyond their domain', () => {
  assert.deepEqual([erf(Infinity), erf(-Infinity), erfc(Infinity), erfc(-Infinity)], [1, -1, 0, 2]);
  assert.equal(logNdtr(-Infinity), -Infinity);
  assert.equal(Math.abs(logNdtr(Infinity)), 0);
  assert.deepEqual([ndtriExp(0), ndtriExp(-Infinity), ndtriExp(0.1)], [Infinity, -Infinity, NaN]);
  assert.deepEqual([expm1(-Infinity), expm1(Infinity), log1p(-1), log1p(-2)], [-1, Infinity, -Infinity, NaN]);
  for (const f of [erf, erfc, logNdtr, ndtriExp, expm1, log1p]) assert.ok(Number.isNaN(f(NaN)));
});

test('the pieces of erf and erfc join without a step', () => {
  for (const x of [1, 2, 4, 8]) {
    const [below, above] = [erfc(x * (1 - 1e-15)), erfc(x * (1 + 1e-15))];
    assert.ok(Math.abs(below / above - 1) < 1e-12, `${below} ${above}`);
  }
});
