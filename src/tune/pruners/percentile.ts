/**
 * Prunes a trial whose best report so far is worse than a percentile of the values that COMPLETE trials reported at
 * the same step. The median rule is that of Golovin et al. (2017, Google Vizier), with the best report instead of the
 * mean.
 */
import { member } from '../../core/family.ts';
import { maxOf, minOf } from '../../core/lists.ts';
import { integer, number, type OptionsOf } from '../../core/options.ts';
import { isBetter } from '../study/best.ts';
import type { StudyView } from '../study/view.ts';
import type { FrozenTrial } from '../trial/frozen-trial.ts';
import { intervalOptions, stepToJudge } from './interval.ts';
import type { Pruner } from './pruner.ts';

/** Options of the median and the percentile rule. */
export const percentileOptions = {
  n_startup_trials: integer({ min: 0, default: 5, doc: 'COMPLETE trials before which nothing is pruned' }),
  ...intervalOptions,
  n_min_trials: integer({
    min: 1,
    default: 1,
    doc: 'COMPLETE trials that must have reported at a step for it to be judged',
  }),
};

type PercentileOptions = OptionsOf<typeof percentileOptions> & { readonly percentile: number };

/** Whether the rule prunes `trial`. */
export function belowPercentile(
  { directions: [direction], trials }: StudyView,
  trial: FrozenTrial,
  o: PercentileOptions,
): boolean {
  const complete = trials.filter(({ state }) => state === 'COMPLETE');
  if (complete.length === 0 || complete.length < o.n_startup_trials) return false;
  const step = stepToJudge(trial, o);
  if (step === null) return false;
  const own = withoutNaN([...trial.intermediateValues.values()]);
  if (own.length === 0) return true;
  const best = direction === 'minimize' ? minOf(own) : maxOf(own);
  const there = complete.flatMap(({ intermediateValues }) => intermediateValues.get(step) ?? []);
  if (there.length < o.n_min_trials) return false;
  const share = direction === 'minimize' ? o.percentile : 100 - o.percentile;
  // NaN (no trial reported a number) is not better than anything
  return isBetter(direction, percentileOf(withoutNaN(there), share), best);
}

function withoutNaN(values: readonly number[]): number[] {
  return values.filter((value) => !Number.isNaN(value));
}

/**
 * The percentile `q` in [0, 100] of numbers, with linear interpolation; NaN if there are none, or a neighbour is
 * infinite. Rounded as in NumPy, so that ties are equal.
 */
export function percentileOf(values: readonly number[], q: number): number {
  if (values.length === 0) return NaN;
  const sorted = Float64Array.from(values).sort();
  const at = (values.length - 1) * (q / 100);
  const below = Math.floor(at);
  const [a, b, t] = [sorted[below], sorted[Math.min(below + 1, values.length - 1)], at - below];
  return t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t);
}

/** The percentile rule. */
export const percentile = member({
  type: 'percentile',
  summary: 'Stops a trial whose best report is outside the best percent of others at the same step.',
  options: {
    percentile: number({
      min: 0,
      max: 100,
      doc: 'percent of trials that continue, in [0, 100]; 25 keeps the best quarter',
    }),
    ...percentileOptions,
  },
  create(o): Pruner {
    return { type: 'percentile', decide: (study, trial) => ({ prune: belowPercentile(study, trial, o) }) };
  },
});
