import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costWords } from './search.ts';

const cost = (seconds: number) => ({ epochSeconds: 1, seconds, params: 1 });

test('what a search costs: the mean of the samples, shared among the workers', () => {
  const costs = [60, 180, 120].map(cost);
  const said = costWords({ costs, left: 10, workers: 2, timeLimit: null });
  assert.equal(said.length, 1);
  assert.match(said[0], /a trial with all its epochs takes about 2:00 \(1:00 to 3:00 in 3 samples\)/);
  assert.match(said[0], /10 trials on 2 workers take at most about 10:00/);
  assert.deepEqual(costWords({ costs: [], left: 10, workers: 2, timeLimit: null }), []);
});

test('how many trials fit the time limit', () => {
  const fit = (seconds: number, left: number, workers: number) =>
    costWords({ costs: [cost(60)], left, workers, timeLimit: seconds })[1];
  assert.match(fit(600, 30, 2), /^about 20 trials fit the time limit of 10:00/);
  assert.match(fit(600, 30, 1), /^about 10 trials fit/);
  assert.match(fit(600, 10, 1), /^all of them should fit the time limit of 10:00/);
  assert.match(fit(30, 10, 1), /^about 1 trial fit/); // one begins in any case
});
