import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CorruptFileError } from '../../../core/errors.ts';
import {
  decodeDate,
  decodeDirection,
  decodeNumber,
  decodeState,
  encodeDate,
  encodeNumber,
  stamp,
} from './encode.ts';

const dates = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });

test('a datetime is written with microseconds, in UTC and without a zone, and read again', () => {
  assert.equal(encodeDate(new Date('2026-01-02T03:04:05.006Z'), 7), '2026-01-02 03:04:05.006007');
  assert.equal(encodeDate(null), null);
  fc.assert(
    fc.property(dates, fc.nat(999), (date, micros) => {
      const text = encodeDate(date, micros)!;
      assert.match(text, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
      assert.deepEqual(decodeDate(text, ''), date);
    }),
  );
});

test('datetimes sort as their texts do', () => {
  fc.assert(
    fc.property(dates, dates, (a, b) => {
      assert.equal(encodeDate(a)! < encodeDate(b)!, a < b);
    }),
  );
});

test('shorter fractions are read as Python reads them', () => {
  for (const [text, iso] of [
    ['2026-01-02 03:04:05', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02 03:04:05.5', '2026-01-02T03:04:05.500Z'],
    ['2026-01-02T03:04:05.123', '2026-01-02T03:04:05.123Z'],
    ['2026-01-02 03:04:05.123999', '2026-01-02T03:04:05.123Z'],
  ]) {
    assert.equal(decodeDate(text, '')?.toISOString(), iso);
  }
  for (const text of ['', 'today', '2026-13-02 03:04:05', '1767322800', '2026-01-02 03:04:05+00:00']) {
    assert.throws(() => decodeDate(text, 'here'), /\[here\] must hold a datetime, but got/);
  }
});

test('two stamps of one moment differ, nearly always', () => {
  const now = new Date();
  assert.ok(new Set(Array.from({ length: 100 }, () => stamp(now))).size > 80);
});

test('every number is read as it was written', () => {
  fc.assert(
    fc.property(fc.double(), (value) => {
      assert.deepEqual(decodeNumber(...encodeNumber(value), ''), value);
    }),
  );
  assert.deepEqual(encodeNumber(-Infinity), [null, 'INF_NEG']);
  assert.throws(() => decodeNumber(null, 'FINITE', 'here'), CorruptFileError);
  assert.throws(() => decodeNumber(1, 'ODD', 'here'), /\[here\] must hold a number, but got 1 of type ODD/);
});

test('a state or direction that is none is refused', () => {
  assert.equal(decodeState('PRUNED', ''), 'PRUNED');
  assert.throws(() => decodeState('DONE', 'here'), /must hold one of RUNNING/);
  assert.equal(decodeDirection('MAXIMIZE', ''), 'maximize');
  assert.throws(() => decodeDirection('NOT_SET', 'here'), /must hold MINIMIZE or MAXIMIZE/);
});
