import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { float16Bits, fromFloat16, toFloat16 } from './float16.ts';

test('every float16 that is a number comes back from its value', () => {
  const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits).filter((b) => (b & 0x7fff) <= 0x7c00);
  assert.deepEqual(toFloat16(fromFloat16(all)), all);
});

test('rounding is to the nearest, ties to even', () => {
  const F16 = (globalThis as { Float16Array?: new (values: number[]) => ArrayLike<number> }).Float16Array;
  fc.assert(
    fc.property(
      fc.oneof(
        fc.float(),
        fc.float({ min: -70000, max: 70000 }),
        fc.float({ min: -(2 ** -13), max: 2 ** -13 }),
      ),
      (value) => {
        const [rounded] = fromFloat16(toFloat16([value]));
        if (F16) assert.ok(Object.is(rounded, new F16([value])[0]), `${value}: ${rounded}`);
        else
          assert.ok(
            Number.isNaN(value) ||
              Math.abs(rounded - value) <= Math.abs(value) * 2 ** -11 ||
              Math.abs(value) < 2 ** -14,
          );
      },
    ),
  );
  assert.equal(float16Bits(1 + 2 ** -11), 0x3c00, 'a tie goes to the even one');
  assert.equal(float16Bits(1 + 3 * 2 ** -11), 0x3c02);
  assert.equal(float16Bits(65520), 0x7c00, 'infinity');
  assert.equal(float16Bits(-(2 ** -25)), 0x8000, 'the tie below the smallest is zero');
  assert.equal(float16Bits(NaN), 0x7e00);
});
