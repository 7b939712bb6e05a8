/** What a search will cost, before it begins: a few configurations of its space, a few steps of each. */
import type { SearchConfig } from '../../config/search.ts';
import { count } from '../../data/dataset.ts';
import { createStudy, samplers, suggestFromSpace } from '../../tune/index.ts';
import type { TrialCost } from '../../tune/training/measure.ts';
import { formatSeconds } from '../progress.ts';
import type { TrialPool } from './pool.ts';

/** Configurations that are measured. */
const MEASURED = 4;

/** What was measured: one cost a configuration. */
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
  // one that cannot be trained is told when it is a trial
  return measured.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

/** The sentences for it. @param left Trials that are still to run. */
export function costSentences(
  costs: readonly TrialCost[],
  { tune }: Pick<SearchConfig, 'tune'>,
  { left, workers }: { readonly left: number; readonly workers: number },
): readonly string[] {
  if (costs.length === 0) return [];
  const seconds = costs.map((cost) => cost.seconds).sort((a, b) => a - b);
  const mean = seconds.reduce((sum, s) => sum + s, 0) / seconds.length;
  const time = formatSeconds;
  const all = (mean * left) / workers;
  const sentences = [
    `a trial with all its epochs takes about ${time(mean)} (${time(seconds[0])} to ${time(seconds[seconds.length - 1])} in ${costs.length} samples); ` +
      `${count(left, 'trial')} on ${count(workers, 'worker')} at most about ${time(all)}: early stopping and pruning make it less`,
  ];
  if (tune.time_limit !== null) {
    const fit = Math.floor((tune.time_limit / mean) * workers);
    sentences.push(
      fit >= left
        ? `all of them should fit the time limit of ${time(tune.time_limit)}`
        : `about ${count(Math.max(fit, 1), 'trial')} fit the time limit of ${time(tune.time_limit)}, or more where they end early`,
    );
  }
  return sentences;
}
