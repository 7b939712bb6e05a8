/** Which trials are the best of a study. */
import { ConfigError } from '../../core/errors.ts';
import { isFeasible } from '../trial/constraints.ts';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.ts';
import { lastAttempts } from '../trial/retry.ts';
import { nonDominationRanks, toLosses } from './pareto.ts';
import type { StudyView } from './view.ts';

/** Whether value `a` is strictly better than `b`. */
export function isBetter(direction: Direction, a: number, b: number): boolean {
  return direction === 'minimize' ? a < b : a > b;
}

/** COMPLETE trials that violate no constraint. */
function candidates(
  trials: readonly FrozenTrial[],
): (FrozenTrial & { readonly values: readonly number[] })[] {
  return trials.filter(
    (trial): trial is FrozenTrial & { values: readonly number[] } =>
      trial.state === 'COMPLETE' && trial.values !== null && isFeasible(trial),
  );
}

/** The best feasible trial of a study with one objective, the earliest of equals; undefined where none is complete. */
export function findBestTrial({ directions, trials }: StudyView): FrozenTrial | undefined {
  let best: (FrozenTrial & { values: readonly number[] }) | undefined;
  for (const trial of candidates(lastAttempts(trials))) {
    if (!best || isBetter(directions[0], trial.values[0], best.values[0])) best = trial;
  }
  return best;
}

/**
 * The best feasible trial of a study with one objective.
 * @throws ConfigError where the study has several objectives, or no feasible trial is complete
 */
export function bestTrial(study: StudyView): FrozenTrial {
  if (study.directions.length > 1) {
    throw new ConfigError(
      `[study ${study.name}] must have one objective to have one best trial, but got ${study.directions.length}. ` +
        'Take its best trials: none of them is better in everything.',
    );
  }
  const best = findBestTrial(study);
  if (best) return best;
  const complete = study.trials.filter((trial) => trial.state === 'COMPLETE').length;
  throw new ConfigError(
    complete === 0
      ? `[study ${study.name}] must have a complete trial to have a best one, but got ${study.trials.length} trials and none complete. Run it first.`
      : `[study ${study.name}] must have a feasible trial to have a best one, but each of ${complete} violates a constraint. Loosen the constraints, or run more trials.`,
  );
}

/** The Pareto front by number: feasible complete trials that no other one dominates. With one objective: all that share the best value. */
export function bestTrials({ directions, trials }: StudyView): readonly FrozenTrial[] {
  const all = candidates(trials);
  const ranks = nonDominationRanks(all.map((trial) => toLosses(trial.values, directions)));
  return all.filter((_, i) => ranks[i] === 0);
}
