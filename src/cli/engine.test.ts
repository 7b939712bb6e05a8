/** `UNROLL_ENGINE`: names of engines, and what is said of one that cannot be used here. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachReason, namedEngine, requestedEngine } from './engine.ts';

const now = () => performance.now();
/** A build of the native engine for processors of another kind. */
const OTHER = process.arch === 'arm64' ? 'native avx2' : 'native neon';

test('a name is an engine or a build; anything else is refused, with the list', () => {
  assert.equal(namedEngine({ env: {} }), undefined);
  assert.equal(namedEngine({ env: { UNROLL_ENGINE: '' } }), undefined);
  assert.equal(namedEngine({ env: { UNROLL_ENGINE: ' wasm narrow ' } }), 'wasm narrow');
  assert.throws(() => requestedEngine({ env: { UNROLL_ENGINE: 'nativ' }, now }), {
    name: 'ConfigError',
    message:
      /^\[UNROLL_ENGINE\] must be one of native, wasm, reference, .*, or unset for the fastest, but got "nativ"\.$/,
  });
});

test('an engine that cannot be used here is refused with the reason, before any other work', () => {
  assert.equal(requestedEngine({ env: { UNROLL_ENGINE: 'wasm' }, now }), 'wasm');
  assert.equal(requestedEngine({ env: {}, now }), undefined);
  assert.throws(() => requestedEngine({ env: { UNROLL_ENGINE: OTHER }, now }), {
    name: 'UnsupportedError',
    message: new RegExp(
      `^\\[UNROLL_ENGINE\\] must name an engine that can be used here, but "${OTHER}" cannot\\. Unset it for the fastest\\.\\n  ${OTHER}: .+$`,
    ),
  });
});

test('builds of an engine that lack the same thing are told in one line', () => {
  const missing = { available: false, reason: 'it is not built' };
  const told = eachReason([
    { name: 'native avx512', ...missing },
    { name: 'native avx2', ...missing },
    { name: 'native neon', available: false, reason: 'this processor lacks the instructions' },
    { name: 'wasm wide', available: true, reason: 'asked for' },
    { name: 'wasm narrow', available: true, reason: 'asked for' },
  ]);
  assert.deepEqual(
    told.map(({ name }) => name),
    ['native avx512, avx2', 'native neon', 'wasm wide', 'wasm narrow'],
  );
});
