/** What distributions allow, in both forms of a value. Their JSON: distribution-json.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConfigError } from '../../core/errors.ts';
import {
  categoricalDistribution,
  checkCompatible,
  contains,
  type Distribution,
  equalDistributions,
  floatDistribution,
  intDistribution,
  isSingle,
  toExternal,
  toInternal,
} from './distributions.ts';

test('a step that does not fit lowers the upper bound, in decimals', () => {
  const high = (low: number, to: number, step: number) => floatDistribution(low, to, { step }).high;
  assert.equal(high(0, 1, 0.3), 0.9);
  assert.equal(high(0.1, 0.3, 0.2), 0.3); // 0.1 + 0.2 > 0.3 in binary
  assert.equal(high(0, 0.3, 0.1), 0.3);
  assert.equal(high(-10.2, 10.25, 0.1), 10.2);
  assert.equal(high(1e-7, 1.05e-6, 1e-7), 1e-6);
  assert.equal(high(0, 1e21, 3e20), 9e20);
  assert.equal(high(0, 0.4, 0.5), 0);
  assert.equal(intDistribution(1, 10, { step: 4 }).high, 9);
  assert.equal(intDistribution(-5, 4, { step: 3 }).high, 4);
});

test('ranges that are none are refused with the name of the parameter', () => {
  const log = true;
  const cases: readonly (readonly [() => unknown, RegExp])[] = [
    [() => floatDistribution(2, 1, {}, 'lr'), /\[lr\] low must be at most high, but got low 2 and high 1/],
    [() => floatDistribution(0, 1, { log }, 'lr'), /\[lr\] low must be above 0 with log, but got 0/],
    [() => floatDistribution(-1, 1, { log }), /above 0 with log, but got -1/],
    [() => floatDistribution(1, 2, { log, step: 0.5 }, 'lr'), /\[lr\] must have a step or log, not both/],
    [() => floatDistribution(0, 1, { step: 0 }), /step must be above 0, but got 0/],
    [() => floatDistribution(0, 1, { step: -0.1 }), /step must be above 0/],
    [() => floatDistribution(0, 1, { step: NaN }), /step must be above 0/],
    [() => floatDistribution(NaN, 1), /low must be a finite number, but got NaN/],
    [() => floatDistribution(0, Infinity), /high must be a finite number, but got Infinity/],
    [() => intDistribution(2, 1, {}, 'n'), /\[n\] low must be at most high/],
    [() => intDistribution(0, 1, { log }, 'n'), /\[n\] low must be at least 1 with log, but got 0/],
    [() => intDistribution(1, 9, { log, step: 2 }), /a step or log, not both, but got step 2/],
    [() => intDistribution(1, 9, { step: 0 }), /step must be at least 1/],
    [() => intDistribution(1, 9, { step: 1.5 }), /step must be an integer/],
    [() => intDistribution(0.5, 9), /low must be an integer/],
    [() => intDistribution(0, 2 ** 53), /high must be an integer/],
    [() => categoricalDistribution([], 'c'), /\[c\] choices must hold at least one value/],
    [() => categoricalDistribution(['a', 'b', 'a']), /choices must differ, but got "a" twice/],
    [() => categoricalDistribution([NaN, NaN]), /choices must differ/],
  ];
  for (const [make, message] of cases) {
    assert.throws(
      make,
      (error) => error instanceof ConfigError && message.test(error.message),
      String(message),
    );
  }
  assert.equal(intDistribution(1, 9, { log, step: 1 }).log, true);
});

test('a range with one value has one value; two of them are two, in decimals too', () => {
  const one: readonly Distribution[] = [
    floatDistribution(2, 2),
    floatDistribution(3, 3, { log: true }),
    floatDistribution(0, 0.4, { step: 0.5 }),
    // as others may have written it
    { type: 'float', low: 0, high: 0.4, log: false, step: 0.5 },
    intDistribution(7, 7),
    { type: 'int', low: 4, high: 6, log: false, step: 5 },
    categoricalDistribution([null]),
  ];
  for (const each of one) assert.equal(isSingle(each), true, JSON.stringify(each));
  const more = [
    floatDistribution(0.1, 0.3, { step: 0.2 }), // 0.3 - 0.1 < 0.2 in binary
    floatDistribution(1.1, 1.4, { step: 0.3 }),
    floatDistribution(1, 1 + 2 ** -52),
    intDistribution(4, 9, { step: 5 }),
    intDistribution(1, 2, { log: true }),
    categoricalDistribution(['a', 'b']),
  ];
  for (const each of more) assert.equal(isSingle(each), false, JSON.stringify(each));
  const decimals = fc.tuple(
    fc.integer({ min: -999, max: 999 }),
    fc.integer({ min: 1, max: 999 }),
    fc.integer({ min: 0, max: 3 }),
  );
  fc.assert(
    fc.property(decimals, ([low, step, steps]) => {
      const at = (n: number) => Number(`${n}e-2`);
      assert.equal(
        isSingle(floatDistribution(at(low), at(low + steps * step), { step: at(step) })),
        steps === 0,
      );
    }),
  );
});

test('a value is in its range and, to a rounding error, on its grid', () => {
  const stepped = floatDistribution(0, 1, { step: 0.1 });
  for (const x of [0, 0.3, 0.1 + 0.2, 0.7, 1]) assert.ok(contains(stepped, x), String(x));
  for (const x of [-0.1, 0.05, 0.300001, 1.1, NaN, Infinity]) assert.ok(!contains(stepped, x), String(x));
  const odd = intDistribution(1, 9, { step: 2 });
  assert.deepEqual([1, 2, 9, 10, 1.5, -1].map((x) => contains(odd, x)), [true, false, true, false, false, false]); // prettier-ignore
  const choice = categoricalDistribution(['a', 'b']);
  assert.deepEqual(
    [0, 1, 2, -1, 0.5].map((x) => contains(choice, x)),
    [true, true, false, false, false],
  );
});

test('a choice is kept as its index, whatever its type; NaN is itself', () => {
  const choices = categoricalDistribution(['1', 1, true, null, NaN]);
  choices.choices.forEach((choice, index) => {
    assert.equal(toInternal(choices, choice), index);
    assert.deepEqual(toExternal(choices, index), choice);
  });
  for (const other of ['true', false, undefined, 2]) assert.equal(toInternal(choices, other), undefined);
  assert.equal(toInternal(floatDistribution(0, 1), '0.5'), undefined);
  assert.equal(toInternal(floatDistribution(0, 1), NaN), undefined);
  assert.equal(toInternal(intDistribution(0, 9), 2.7), 2);
});

test('within a study kind, scale and choices stay; bounds and step may change', () => {
  const x = floatDistribution(0.1, 1);
  const logarithmic = floatDistribution(0.1, 1, { log: true });
  const choice = categoricalDistribution(['a', 'b']);
  const refused: readonly (readonly [Distribution, Distribution])[] = [
    [x, intDistribution(0, 1)],
    [x, logarithmic],
    [logarithmic, x],
    [x, choice],
    [choice, x],
    [choice, categoricalDistribution(['b', 'a'])],
    [choice, categoricalDistribution(['a', 'b', 'c'])],
    [choice, categoricalDistribution(['a'])],
    [intDistribution(1, 2), intDistribution(1, 2, { log: true })],
  ];
  for (const [before, next] of refused) {
    assert.throws(() => checkCompatible('p', before, next), /\[p\] must (stay|keep)/);
    assert.equal(equalDistributions(before, next), false);
  }
  checkCompatible('p', x, floatDistribution(-5, 5, { step: 0.5 }));
  checkCompatible('p', intDistribution(1, 2), intDistribution(0, 100, { step: 10 }));
  checkCompatible('p', choice, categoricalDistribution(['a', 'b']));
  assert.equal(equalDistributions(x, floatDistribution(0.1, 1)), true);
  assert.equal(equalDistributions(x, floatDistribution(0.1, 2)), false);
  assert.equal(equalDistributions(x, floatDistribution(0.1, 1, { step: 0.1 })), false);
});
