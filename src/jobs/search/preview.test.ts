import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveSearch } from '../../config/search.ts';
import type { TrialPool, WorkerTrial } from './pool.ts';
import { measureSearch } from './preview.ts';
import type { Config } from '../../config/schema.ts';
import { asRecurrent } from '../../models/family.ts';

const hiddenSize = ({ model }: Pick<Config, 'model'>) => asRecurrent(model)?.hidden_size ?? NaN;

const searchOf = (tune: object = {}) =>
  resolveSearch({
    values: {
      model: { hidden_size: { type: 'int', low: 8, high: 64, step: 8 } },
      train: { lr: { type: 'float', low: 1e-3, high: 1e-1, log: true } },
      tune,
    },
    where: () => 'here',
  });

const cost = (seconds: number) => ({ epochSeconds: 1, seconds, params: 1 });

test('four configurations of the space are measured, the same ones for the same seed; what cannot be trained is left out', async () => {
  const measure = async (seed: number, broken = -1) => {
    const seen: WorkerTrial['config'][] = [];
    const pool = {
      measure: async (config: WorkerTrial['config']) => {
        if (seen.push(config) - 1 === broken) throw new Error('too large');
        return cost(hiddenSize(config));
      },
    } as unknown as TrialPool;
    const costs = await measureSearch(searchOf({ seed }), pool);
    return { seconds: costs.map(({ seconds }) => seconds), rates: seen.map(({ train }) => train.lr) };
  };
  const { seconds, rates } = await measure(1);
  assert.equal(new Set(rates).size, 4);
  assert.ok(seconds.length === 4 && seconds.every((s) => s % 8 === 0 && s >= 8 && s <= 64));
  assert.deepEqual(await measure(1), { seconds, rates });
  assert.notDeepEqual((await measure(2)).rates, rates);
  assert.equal((await measure(1, 2)).seconds.length, 3);
});
