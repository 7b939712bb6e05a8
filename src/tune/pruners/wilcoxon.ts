/**
 * Prunes a trial that is worse than the best one, by a signed-rank test on their common steps. For steps that are
 * independent cases, such as the folds of a cross-validation.
 */
import { member } from '../../core/family.ts';
import { integer, number } from '../../core/options.ts';
import { findBestTrial, isBetter } from '../study/best.ts';
import type { StudyView } from '../study/view.ts';
import type { FrozenTrial } from '../trial/frozen-trial.ts';
import type { Pruner } from './pruner.ts';
import { signedRankP } from './signed-rank.ts';

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How much worse a trial is than `best` at each step that both reported. */
function lossesOver(best: FrozenTrial, trial: FrozenTrial, sign: 1 | -1): number[] {
  return [...trial.intermediateValues].flatMap(([step, value]) => {
    const other = best.intermediateValues.get(step);
    return other === undefined ? [] : sign * (value - other);
  });
}

function isWorse(
  study: StudyView,
  trial: FrozenTrial,
  o: { readonly p_threshold: number; readonly n_startup_steps: number },
): boolean {
  const [direction] = study.directions;
  const best = findBestTrial(study);
  if (!best) return false;
  const [own, others] = [trial, best].map((one) => [...one.intermediateValues.values()]);
  // infinities and NaN cannot be compared case by case
  if (own.length === 0 || others.length === 0 || ![...own, ...others].every(Number.isFinite)) return false;
  const differences = lossesOver(best, trial, direction === 'minimize' ? 1 : -1);
  if (differences.length < Math.max(2, o.n_startup_steps)) return false;
  if (!(signedRankP(differences) < o.p_threshold)) return false;
  // a few large wins may outweigh many small losses: a trial that is as good on average continues
  return isBetter(direction, mean(others), mean(own));
}

/** The signed-rank test. */
export const wilcoxon = member({
  type: 'wilcoxon',
  summary: 'Stops a trial that a signed-rank test finds worse than the best one; for folds.',
  options: {
    p_threshold: number({
      min: 0,
      max: 1,
      default: 0.1,
      doc: 'stop where the chance that the trial is no worse is below this',
    }),
    n_startup_steps: integer({
      min: 0,
      default: 2,
      doc: 'common steps before which nothing is pruned; at least 2',
    }),
  },
  create(o): Pruner {
    return { type: 'wilcoxon', decide: (study, trial) => ({ prune: isWorse(study, trial, o) }) };
  },
});
