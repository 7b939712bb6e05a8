import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyString } from '../../../test/support/strings.ts';
import { parsePythonJson } from '../storage/python-json.ts';
import { distributionFromJson, distributionToJson } from './distribution-json.ts';
import {
  categoricalDistribution,
  type Choice,
  type Distribution,
  floatDistribution,
  intDistribution,
} from './distributions.ts';

const finite = fc
  .double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 })
  .map((value) => value + 0); // 0 and -0 are one bound
const ordered = fc.tuple(finite, finite).map(([a, b]) => (a < b ? [a, b] : [b, a]));
const integers = fc
  .tuple(fc.maxSafeInteger(), fc.maxSafeInteger())
  .map(([a, b]) => (a < b ? [a, b] : [b, a]));

const distribution: fc.Arbitrary<Distribution> = fc.oneof(
  ordered.map(([low, high]) => floatDistribution(low, high)),
  ordered.map(([low, high]) =>
    floatDistribution(Math.abs(low) + 1e-9, Math.abs(low) + Math.abs(high) + 1, { log: true }),
  ),
  fc.tuple(fc.integer(), fc.nat(1000), fc.integer({ min: 1, max: 64 })).map(([low, n, k]) => {
    const step = k / 64;
    return floatDistribution(low, low + n * step, { step });
  }),
  integers.map(([low, high]) => intDistribution(low, high)),
  fc
    .tuple(fc.integer(), fc.nat(), fc.integer({ min: 1, max: 99 }))
    .map(([low, span, step]) => intDistribution(low, low + span, { step })),
  fc
    .uniqueArray(
      fc.oneof(
        anyString(),
        fc.double().map((value) => value + 0), // and one choice
        fc.boolean(),
        fc.constantFrom<Choice>(null, NaN, Infinity, '\ud800', 'é"\\\n'),
      ),
      { minLength: 1, comparator: 'SameValueZero' },
    )
    .map((choices) => categoricalDistribution(choices)),
);

test('a distribution is read from its JSON as it was written', () => {
  fc.assert(
    fc.property(distribution, (before) => {
      const json = distributionToJson(before);
      assert.deepEqual(distributionFromJson(parsePythonJson(json, ''), ''), before);
    }),
    { numRuns: 500 },
  );
});

test('the JSON is that of Optuna', () => {
  // optuna.distributions.distribution_to_json of Optuna 5.0.0
  assert.equal(
    distributionToJson(floatDistribution(0, 1, { step: 0.25 })),
    '{"name": "FloatDistribution", "attributes": {"step": 0.25, "low": 0.0, "high": 1.0, "log": false}}',
  );
  assert.equal(
    distributionToJson(intDistribution(1, 9, { log: true })),
    '{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 1, "high": 9}}',
  );
  assert.equal(
    distributionToJson(categoricalDistribution(['a', null, true, 2.5, NaN])),
    '{"name": "CategoricalDistribution", "attributes": {"choices": ["a", null, true, 2.5, NaN]}}',
  );
});

test('what is no distribution is refused', () => {
  for (const json of [
    '{}',
    'null',
    '{"name": "X", "attributes": {}}',
    '{"name": "IntDistribution", "attributes": {"low": "1", "high": 2}}',
  ]) {
    assert.throws(() => distributionFromJson(JSON.parse(json), 'here'), /\[here\] must hold a distribution/);
  }
});
