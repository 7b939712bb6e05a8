/** Steps that are under way: in which order they are counted, and how long each took. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type OpenStep, OpenSteps } from './open-steps.ts';

const result = (loss: number) => ({ loss, weight: 1, gradientNorm: NaN });
const step = (n: number, given: OpenStep['result'], before: number): OpenStep => ({
  ...{
    result: given,
    labels: new Int32Array(),
    rows: new Int32Array(),
    batch: n,
    step: n,
    lr: 1,
    batches: 9,
  },
  before,
});

test('results that are there count at once, and take from their begin to when they were added', async () => {
  let now = 5000;
  const seen: unknown[] = [];
  const open = new OpenSteps(
    () => now,
    ({ step: n }, { loss }, seconds) => seen.push([n, loss, seconds]),
  );
  open.add(step(0, result(3), 2000));
  now = 9000;
  const settling = open.settle(4);
  assert.deepEqual(seen, [[0, 3, 3]]);
  await settling;
});

test('later ones count in their order, all but the last that may be on their way; their times do not overlap', async () => {
  let now = 0;
  const seen: unknown[] = [];
  const open = new OpenSteps(
    () => now,
    ({ step: n }, { loss }, seconds) => seen.push([n, loss, seconds]),
  );
  const later = Array.from({ length: 3 }, () => Promise.withResolvers<ReturnType<typeof result>>());
  for (const [n, { promise }] of later.entries()) open.add(step(n, promise, n * 1000));
  await open.settle(3);
  assert.deepEqual(seen, []);
  now = 4000;
  later[1].resolve(result(1));
  later[0].resolve(result(0));
  await open.settle(1);
  assert.deepEqual(seen, [
    [0, 0, 4],
    [1, 1, 0],
  ]);
  now = 6000;
  later[2].resolve(result(2));
  await open.settle();
  assert.deepEqual(seen.at(-1), [2, 2, 2]);
});

test('of several that fail the first is told', async () => {
  const open = new OpenSteps(
    () => 0,
    () => assert.fail('nothing counts'),
  );
  for (const why of ['first', 'second']) open.add(step(0, Promise.reject(new Error(why)), 0));
  await new Promise((resolve) => setImmediate(resolve));
  await assert.rejects(open.settle(), /first/);
});
