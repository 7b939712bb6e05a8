/** The percentile rule at 50 percent. */
import { member } from '../../core/family.ts';
import { belowPercentile, percentileOptions } from './percentile.ts';
import type { Pruner } from './pruner.ts';

/** The median rule. */
export const median = member({
  type: 'median',
  summary: 'Stops a trial whose best report is worse than the median of others at the same step.',
  options: percentileOptions,
  create(o): Pruner {
    const options = { ...o, percentile: 50 };
    return { type: 'median', decide: (study, trial) => ({ prune: belowPercentile(study, trial, options) }) };
  },
});
