/**
 * Selection in NSGA-II (Deb et al., 2002): which trials of a generation become parents, and which of two trials wins.
 */
import { append } from '../../core/lists.ts';
import { byCrowding, constrainedRanks, dominates, nonDominationRanks, toLosses } from '../study/pareto.ts';
import { constraintsOf, violation } from '../trial/constraints.ts';
import type { Direction, FrozenTrial } from '../trial/frozen-trial.ts';

/**
 * The best `size` of COMPLETE trials: whole ranks of non-domination as long as they fit, then the least crowded of the
 * next one. Where any trial has constraints, feasible ones rank first.
 */
export function selectElite(
  trials: readonly FrozenTrial[],
  directions: readonly Direction[],
  size: number,
): readonly FrozenTrial[] {
  const values = trials.map((trial) => trial.values ?? []);
  const losses = values.map((each) => toLosses(each, directions));
  const ranks = trials.some((trial) => constraintsOf(trial).size > 0)
    ? constrainedRanks(losses, trials.map(violation))
    : nonDominationRanks(losses);
  const elite: FrozenTrial[] = [];
  for (let rank = 0; elite.length < size && elite.length < trials.length; rank++) {
    const members = trials.flatMap((_, i) => (ranks[i] === rank ? [i] : []));
    const fits = elite.length + members.length < size;
    const chosen = fits ? members : byCrowding(members.map((i) => values[i])).map((k) => members[k]);
    append(
      elite,
      chosen.slice(0, size - elite.length).map((i) => trials[i]),
    );
  }
  return elite;
}

/** The order of trials in a population: by domination or, if any has constraints, by those first. */
export function rival(
  population: readonly FrozenTrial[],
  directions: readonly Direction[],
): (a: FrozenTrial, b: FrozenTrial) => boolean {
  const constrained = population.some((trial) => constraintsOf(trial).size > 0);
  return (a, b) => {
    const [over, under] = constrained ? [violation(a), violation(b)] : [0, 0];
    if (over !== under) return over < under;
    return (
      over === 0 && dominates(toLosses(a.values ?? [], directions), toLosses(b.values ?? [], directions))
    );
  };
}
