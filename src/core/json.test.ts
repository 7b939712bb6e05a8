import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyString } from '../../test/support/strings.ts';
import { isNestedTooDeep, parseJson } from './json.ts';

const key = fc.oneof(
  anyString({ maxLength: 3 }),
  fc
    .array(fc.constantFrom('\\', '"', '\n', 'a', '\uffff', ':', '\u0000', '{'), { maxLength: 3 })
    .map((parts) => parts.join('')),
  fc.constantFrom('__proto__', '2004', 'constructor'),
);

test('any keys come back, whatever was parsed before', () => {
  JSON.parse('{"h":[],"\\\\":0}'); // the key that makes V8 mistake later ones
  fc.assert(
    fc.property(fc.uniqueArray(key, { maxLength: 6 }), (keys) => {
      const pairs = keys.map((k, i) => `${JSON.stringify(k)} : {"v": [${i}, ${JSON.stringify(`${k}":`)}]}`);
      const parsed = parseJson(`{"h": 1, ${['"x": "\\"a\\": 1"', ...pairs].join(',\n')}}`) as Record<
        string,
        unknown
      >;
      assert.deepEqual(new Set(Object.keys(parsed)), new Set(['h', 'x', ...keys]));
      for (const [i, k] of keys.entries()) {
        if (k === 'h' || k === 'x') continue;
        assert.deepEqual(Object.getOwnPropertyDescriptor(parsed, k)?.value, { v: [i, `${k}":`] });
      }
    }),
    { numRuns: 2000 },
  );
});

test('what is not JSON is refused as by JSON.parse', () => {
  const fragments = fc.array(
    fc.constantFrom('{', '}', '"', '\\', ':', ',', '[', ']', 'a', '1', ' ', '\\u00', '\uffff'),
  );
  const outcome = (parse: (text: string) => unknown, text: string) => {
    try {
      return { value: parse(text) };
    } catch (error) {
      assert.ok(error instanceof SyntaxError, String(error));
      return 'refused';
    }
  };
  fc.assert(
    fc.property(fragments, (parts) => {
      const text = parts.join('');
      assert.deepEqual(outcome(parseJson, text), outcome(JSON.parse, text));
    }),
    { numRuns: 5000 },
  );
});

test('nesting of a thousand levels is read, deeper nesting refused, whole or cut short, whatever stands in strings', () => {
  const nested = (levels: number, inner = '') => `${'['.repeat(levels)}${inner}${']'.repeat(levels)}`;
  assert.ok(Array.isArray(parseJson(nested(1000))));
  assert.ok(Array.isArray(parseJson(`[${Array.from({ length: 3000 }, () => '[]').join()}]`)));
  assert.equal(parseJson(JSON.stringify('[{'.repeat(2000))), '[{'.repeat(2000));
  const deep = [
    nested(1001),
    nested(200_000),
    '['.repeat(200_000),
    '{"a":'.repeat(200_000),
    nested(200_000, '{"\\n":1}'),
  ];
  for (const text of deep) {
    assert.ok(isNestedTooDeep(text));
    assert.throws(() => parseJson(text), { name: 'SyntaxError', message: /more than 1000 levels deep/ });
  }
});
