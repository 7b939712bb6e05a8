/** Elementary functions against integers of 1300 bits (`test/support/exact.ts`), each with its bound in its name. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { exactCos, exactExp, exactLog, fixed, ulpError } from '../../test/support/exact.ts';
import { cos, exp, log } from './math.ts';
import { createRng } from './rng.ts';

const rng = createRng(1);
const uniform = (from: number, to: number, count = 400) =>
  Array.from({ length: count }, () => rng.uniform(from, to));
/** Both signs, down to 2^-60. */
const nearZero = uniform(-1, 1).map((x) => x * 2 ** -Math.abs(60 * x));

function within(
  bound: number,
  f: (x: number) => number,
  exact: (x: number) => bigint,
  xs: readonly number[],
) {
  for (const x of xs) {
    const error = Math.abs(ulpError(f(x), exact(x)));
    assert.ok(error < bound, `${error} ulp at ${x}`);
  }
}

test('the exact functions are those of known digits', () => {
  for (const [got, known] of [
    [exactExp(1), '2.71828182845904523536028747135266249775724709369995'],
    [exactExp(-1), '0.36787944117144232159552377016146086744581113103176'],
    [exactLog(10), '2.30258509299404568401799145468436420760110148862877'],
    [exactLog(0.5), '-0.69314718055994530941723212145817656807550013436025'],
    [exactCos(1), '0.54030230586813971740093660744297660373231042061792'],
    [exactCos(100), '0.86231887228768393410193851395084253551008400853551'],
  ] as const) {
    const [whole, digits] = known.replace('-', '').split('.');
    const value = (BigInt(whole + digits) * fixed(1)) / 10n ** BigInt(digits.length);
    const difference = (known.startsWith('-') ? -value : value) - got;
    assert.ok(difference < fixed(1e-48) && difference > -fixed(1e-48), known);
  }
});

describe('exp', () => {
  test('within 1 ulp from -745 to 709.78, where results are subnormal too', () => {
    within(1, exp, exactExp, uniform(-708, 709.78));
    within(1, exp, exactExp, uniform(-745.1, -708, 100));
  });
  test('within 1 ulp between -1 and 1, and within 0.51 ulp near zero', () => {
    within(1, exp, exactExp, uniform(-1, 1));
    within(0.51, exp, exactExp, nearZero.filter((x) => Math.abs(x) < 1e-9)); // prettier-ignore
  });
  test('overflow, underflow, infinities, NaN and zeros as Math.exp', () => {
    for (const x of [709.782712893384, 710, 800, -746, -800]) {
      assert.ok(exp(x) === Math.exp(x) || Math.abs(exp(x) / Math.exp(x) - 1) < 1e-15, `${x}: ${exp(x)}`);
    }
    for (const x of [Infinity, -Infinity, NaN, 0, -0]) assert.ok(Object.is(exp(x), Math.exp(x)), `${x}`);
  });
});

describe('log', () => {
  test('within 1 ulp from 1e-300 to 1e300 away from 1, and for subnormal numbers', () => {
    within(1, log, exactLog, uniform(-300, 300, 200).map((x) => 10 ** x)); // prettier-ignore
    within(1, log, exactLog, uniform(1, 50, 50).map((x) => 2 ** -1074 * Math.floor(2 ** x))); // prettier-ignore
  });
  test('within 2 ulp from 0.5 to 2, and as close to 1 as a double gets', () => {
    within(2, log, exactLog, uniform(0.5, 2, 300));
    within(2, log, exactLog, nearZero.map((x) => 1 + x).filter((x) => x !== 1)); // prettier-ignore
    within(2, log, exactLog, [1 + 2 ** -52, 1 - 2 ** -53]);
  });
  test('zeros, one, negative numbers, infinities and NaN as Math.log', () => {
    for (const x of [0, -0, 1, -1, -5e-324, Infinity, -Infinity, NaN])
      assert.ok(Object.is(log(x), Math.log(x)), `${x}: ${log(x)}`);
  });
});

describe('cos', () => {
  test('absolute error below 2e-16 from -1e5 to 1e5, and near the zeros of cos', () => {
    const zeros = uniform(-3e4, 3e4, 100).map((n) => (Math.round(n) + 0.5) * Math.PI);
    for (const x of [...uniform(-10, 10), ...uniform(-1e5, 1e5), ...nearZero, ...zeros]) {
      const difference = fixed(cos(x)) - exactCos(x);
      assert.ok(difference < fixed(2e-16) && difference > -fixed(2e-16), `cos(${x}) = ${cos(x)}`);
    }
  });
  test('1 at zero, NaN at infinities and NaN', () => {
    assert.deepEqual([cos(0), cos(-0)], [1, 1]);
    for (const x of [Infinity, -Infinity, NaN]) assert.ok(Number.isNaN(cos(x)), `${x}: ${cos(x)}`);
  });
});
