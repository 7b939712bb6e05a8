/** Splits trials into good and bad ones. */
import { selectByHypervolume } from '../../study/hypervolume.ts';
import { type Losses, nonDominationRanks, toLosses } from '../../study/pareto.ts';
import { violation } from '../../trial/constraints.ts';
import { type Direction, type FrozenTrial, lastStep } from '../../trial/frozen-trial.ts';

/** Most good trials with one objective. */
const MOST_BELOW = 25;
/** Used instead of a reference coordinate of 0, for which points at 0 would have no volume. */
const NEARLY_ZERO = 1e-12;

/** Trials by number. */
export interface Split {
  /** The good ones: the density l is theirs. */
  readonly below: readonly FrozenTrial[];
  /** The others, and the running ones: the density g is theirs. */
  readonly above: readonly FrozenTrial[];
}

/** How many of n trials are good: a tenth, rounded up; with one objective at most 25. */
export function countBelow(n: number, objectives: number): number {
  const tenth = Math.ceil(0.1 * n);
  return objectives > 1 ? tenth : Math.min(tenth, MOST_BELOW);
}

/**
 * Splits trials, from good to bad: feasible COMPLETE trials by value (several objectives: by rank, within a rank by
 * hypervolume); PRUNED ones by their last step, then by their last report, NaN being worst and no report worst of
 * all; then those that violate constraints, by how much. Ties are in the order of their numbers. RUNNING trials count
 * as bad, so that a point that is being tried is not tried again at once.
 * @param trials COMPLETE, PRUNED and RUNNING ones by number.
 */
export function splitTrials(
  trials: readonly FrozenTrial[],
  directions: readonly Direction[],
  nBelow: number,
): Split {
  const kinds = {
    complete: [] as FrozenTrial[],
    pruned: [] as FrozenTrial[],
    infeasible: [] as FrozenTrial[],
  };
  for (const trial of trials) {
    if (trial.state === 'RUNNING') continue;
    if (violationOf(trial) > 0) kinds.infeasible.push(trial);
    else (trial.state === 'COMPLETE' ? kinds.complete : kinds.pruned).push(trial);
  }
  const sign = directions[0] === 'maximize' ? -1 : 1;
  const good = new Set<FrozenTrial>();
  const take = (chosen: readonly FrozenTrial[]) => {
    for (const trial of chosen) good.add(trial);
  };
  take(
    directions.length > 1
      ? bestByRank(kinds.complete, directions, nBelow)
      : lowest(kinds.complete, nBelow, (trial) => sign * (trial.values?.[0] ?? NaN)),
  );
  take(lowest(kinds.pruned, nBelow - good.size, notReached, (trial) => lastReport(trial, sign)));
  take(lowest(kinds.infeasible, nBelow - good.size, violationOf));
  return {
    below: trials.filter((trial) => good.has(trial)),
    above: trials.filter((trial) => !good.has(trial)),
  };
}

const violations = new WeakMap<FrozenTrial, number>();

/** `violation`, cached per snapshot. */
function violationOf(trial: FrozenTrial): number {
  let size = violations.get(trial);
  if (size === undefined) violations.set(trial, (size = violation(trial)));
  return size;
}

const lastSteps = new WeakMap<FrozenTrial, number | null>();

function lastStepOf(trial: FrozenTrial): number | null {
  let step = lastSteps.get(trial);
  if (step === undefined) lastSteps.set(trial, (step = lastStep(trial)));
  return step;
}

/** Lower where a pruned trial came further; above 0 where it did not report at all. */
function notReached(trial: FrozenTrial): number {
  const step = lastStepOf(trial);
  return step === null ? 1 : -step;
}

function lastReport(trial: FrozenTrial, sign: number): number {
  const step = lastStepOf(trial);
  if (step === null) return 0;
  const value = trial.intermediateValues.get(step) ?? NaN;
  return Number.isNaN(value) ? Infinity : sign * value;
}

/** The `count` trials that are lowest in `first`, then in `second`; the earlier ones among equals. */
function lowest(
  trials: readonly FrozenTrial[],
  count: number,
  first: (trial: FrozenTrial) => number,
  second: (trial: FrozenTrial) => number = () => 0,
): readonly FrozenTrial[] {
  if (count <= 0) return [];
  if (count >= trials.length) return trials;
  // few of many: keep a sorted list of the lowest so far
  const kept: { readonly trial: FrozenTrial; readonly a: number; readonly b: number }[] = [];
  for (const trial of trials) {
    const a = first(trial);
    if (kept.length === count && a > kept[count - 1].a) continue;
    const b = second(trial);
    let at = kept.length;
    while (at > 0 && (a < kept[at - 1].a || (a === kept[at - 1].a && b < kept[at - 1].b))) at--;
    if (at === count) continue;
    kept.splice(at, 0, { trial, a, b });
    if (kept.length > count) kept.pop();
  }
  return kept.map(({ trial }) => trial);
}

/** Whole ranks as long as they fit; of the first one that does not, the points of the largest hypervolume. */
function bestByRank(
  trials: readonly FrozenTrial[],
  directions: readonly Direction[],
  count: number,
): readonly FrozenTrial[] {
  if (count <= 0) return [];
  if (count >= trials.length) return trials;
  const losses = trials.map((trial) => toLosses(trial.values ?? [], directions));
  const ranks = nonDominationRanks(losses, count);
  const sizes: number[] = [];
  for (const rank of ranks) sizes[rank] = (sizes[rank] ?? 0) + 1;
  let cut = 0;
  let taken = 0;
  while (taken + sizes[cut] <= count) taken += sizes[cut++];
  const chosen = trials.filter((_, i) => ranks[i] < cut);
  if (taken === count) return chosen;
  const tied = trials.flatMap((_, i) => (ranks[i] === cut ? [i] : []));
  const tiedLosses = tied.map((i) => losses[i]);
  const selected = selectByHypervolume(tiedLosses, count - taken, referencePoint(tiedLosses));
  return [...chosen, ...selected.map((at) => trials[tied[at]])];
}

/** The reference point: a tenth worse than the worst value of each objective. */
function referencePoint(points: readonly Losses[]): Losses {
  return points[0].map((_, k) => {
    const worst = points.reduce((max, point) => Math.max(max, point[k]), -Infinity);
    return Math.max(1.1 * worst, 0.9 * worst) || NEARLY_ZERO;
  });
}

/** `splitTrials` that caches its last result: independent sampling needs it for each parameter of a trial. */
export function createSplitter(): typeof splitTrials {
  let last: { trials: readonly FrozenTrial[]; nBelow: number; result: Split } | undefined;
  return (trials, directions, nBelow) => {
    const same =
      last?.nBelow === nBelow &&
      last.trials.length === trials.length &&
      last.trials.every((trial, i) => trial === trials[i]);
    if (last && same) return last.result;
    const result = splitTrials(trials, directions, nBelow);
    last = { trials, nBelow, result };
    return result;
  };
}
