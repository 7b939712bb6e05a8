/** What a search will cost, before it begins: a few configurations of its space, a few steps of each. */
import type { SearchConfig } from '../../config/search.ts';
import { createStudy, samplers, suggestFromSpace } from '../../tune/index.ts';
import type { TrialCost } from '../../tune/training/measure.ts';
import type { TrialPool } from './pool.ts';

/** Configurations that are measured. */
const MEASURED = 4;

/** Measures a search: one cost a configuration. */
export async function measureSearch(search: SearchConfig, pool: TrialPool): Promise<readonly TrialCost[]> {
  const seed = search.tune.seed ?? search.example.train.seed;
  const study = await createStudy({ sampler: samplers.create({ type: 'random' }, { seed }) });
  const configs = [];
  for (let i = 0; i < MEASURED; i++) {
    const trial = await study.ask();
    suggestFromSpace(trial, search.space);
    configs.push(search.configOf(trial.params));
  }
  // as many at a time as will run: workers take memory bandwidth from each other
  const measured = await Promise.allSettled(configs.map((config) => pool.measure(config)));
  // a configuration that cannot be trained is reported when it is a trial
  return measured.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}
