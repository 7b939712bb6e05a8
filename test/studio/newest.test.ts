/** Answers in the studio's pages that come in another order than they were asked for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newest } from '../../studio/app/newest.ts';

test('the answer to an earlier question is dropped once that of a later one has been taken', async () => {
  const taken: string[] = [];
  const ask = newest<string>((answer) => taken.push(answer));
  const [first, second, third] = [1, 2, 3].map(() => Promise.withResolvers<string>());
  const all = [first, second, third].map(({ promise }) => ask(() => promise));
  second.resolve('second');
  await all[1];
  first.resolve('first');
  await all[0];
  third.resolve('third');
  await all[2];
  assert.deepEqual(taken, ['second', 'third']);
});
