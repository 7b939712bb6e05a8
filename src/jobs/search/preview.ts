/** Estimates the cost of a search: measures a few steps of a few configurations. */
import type { SearchConfig } from '../../config/search.ts';
import { createStudy, samplers, suggestFromSpace } from '../../tune/index.ts';
import type { TrialCost } from '../../tune/training/measure.ts';
import type { TrialPool } from './pool.ts';

/** Configurations that are measured. */
const MEASURED = 4;

/** Measures the cost of some configurations. */
export async function measureSearch(search: SearchConfig, pool: TrialPool): Promise<readonly TrialCost[]> {
  const seed = search.tune.seed ?? search.example.train.seed;
  const study = await createStudy({ sampler: samplers.create({ type: 'random' }, { seed }) });
  const configs = [];
  for (let i = 0; i < MEASURED; i++) {
    const trial = await study.ask();
    suggestFromSpace(trial, search.space);
    configs.push(search.configOf(trial.params));
  }
  // as many at a time as the search will run: workers share the memory bandwidth
  const measured = await Promise.allSettled(configs.map((config) => pool.measure(config)));
  // a configuration that cannot be trained is reported later, as a failed trial
  return measured.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}
