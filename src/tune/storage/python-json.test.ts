import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyString } from '../../../test/support/strings.ts';
import { CorruptFileError } from '../../core/errors.ts';
import type { Attribute } from '../trial/frozen-trial.ts';
import { parsePythonJson, pythonJson } from './python-json.ts';

const read = (text: string) => parsePythonJson(text, 'here');

/** Any value that an attribute may have, NaN and infinities included. */
const attribute = fc.letrec<{ value: Attribute }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    anyString(),
    fc.constantFrom('__proto__', 'NaN', '\ud800', '\u0000', '\u2028'),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value')),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor')), tie('value')),
  ),
})).value;

test('what is written is read again, in ASCII', () => {
  fc.assert(
    fc.property(attribute, (value) => {
      const text = pythonJson(value);
      assert.match(text, /^[\x20-\x7e]*$/);
      assert.deepEqual(read(text), withoutNullPrototypes(value));
    }),
    { numRuns: 500 },
  );
});

/** fast-check makes records without a prototype. */
function withoutNullPrototypes(value: Attribute): Attribute {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as Attribute[]).map(withoutNullPrototypes);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutNullPrototypes(item)]));
}

test('plain JSON is read as JSON.parse reads it, also beside a token', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      assert.deepEqual(read(text), JSON.parse(text));
      // the token keeps JSON.parse out of it
      assert.deepEqual(read(` [ ${text} ,NaN ] `), [JSON.parse(text), NaN]);
    }),
  );
});

test('what JSON.parse refuses and holds no token is refused', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const plain = text.replaceAll(/NaN|Infinity/g, '');
      let expected: unknown;
      try {
        expected = JSON.parse(plain);
      } catch {
        assert.throws(() => read(plain), CorruptFileError);
        return;
      }
      assert.deepEqual(read(plain), expected);
    }),
    { numRuns: 1000 },
  );
});

test('Python spells numbers and text like this', () => {
  // json.dumps({...}) of Python 3.11
  assert.equal(
    pythonJson({ a: [NaN, Infinity, -Infinity, 0.1, 3], é: '\u{1f600}\n"', b: { c: null, d: true } }),
    '{"a": [NaN, Infinity, -Infinity, 0.1, 3], "\\u00e9": "\\ud83d\\ude00\\n\\"", "b": {"c": null, "d": true}}',
  );
  assert.deepEqual(read('{"x": -Infinity, "y": [1.0, 1e+16, -0.0, NaN]}'), {
    x: -Infinity,
    y: [1, 1e16, -0, NaN],
  });
});

test('damaged text is refused with the place', () => {
  for (const text of [
    '',
    'nan',
    '[NaN',
    '[NaN,]',
    '{"a" NaN}',
    '{NaN: 1}',
    'NaN NaN',
    '+Infinity',
    '[01, NaN]',
    '"\n',
  ]) {
    assert.throws(() => read(text), /\[here\] must hold JSON, but got .* at character \d+/, text);
  }
  assert.throws(() => read('['.repeat(5000) + 'NaN'), CorruptFileError);
});
