/** Which parameters of a study can be sampled jointly, according to its finished trials. */
import type { FrozenTrial } from '../trial/frozen-trial.ts';
import { type Distribution, equalDistributions } from './distributions.ts';

/** Distributions by parameter, sorted by name (by code point). */
export type JointSpace = ReadonlyMap<string, Distribution>;

/** Whether a trial counts for the search space. */
export function isObserved({ state }: FrozenTrial): boolean {
  return state === 'COMPLETE' || state === 'PRUNED';
}

/**
 * The parameters that every COMPLETE and PRUNED trial has, with equal distributions. More trials only make it smaller.
 */
export function intersectionSpace(trials: readonly FrozenTrial[]): JointSpace {
  const observed = trials.filter(isObserved);
  const newest = observed.at(-1);
  return newest ? narrowed(sortedSpace(newest.distributions), observed) : new Map();
}

/**
 * `intersectionSpace` that caches its last result: if the trials of the last call are still there, it only checks the
 * new ones.
 */
export function createIntersection(): typeof intersectionSpace {
  let last: { observed: readonly FrozenTrial[]; space: JointSpace } | undefined;
  return (trials) => {
    const observed = trials.filter(isObserved);
    const added = last && last.observed.length > 0 ? addedTo(last.observed, observed) : undefined;
    const space = !last || !added ? intersectionSpace(observed) : narrowed(last.space, added);
    last = { observed, space };
    return space;
  };
}

/** The trials in `after` but not in `before`; undefined if `after` lacks some. Both in the order of numbers. */
function addedTo(before: readonly FrozenTrial[], after: readonly FrozenTrial[]): FrozenTrial[] | undefined {
  const added: FrozenTrial[] = [];
  let at = 0;
  for (const trial of after) {
    if (at < before.length && before[at] === trial) at++;
    else added.push(trial);
  }
  return at === before.length ? added : undefined;
}

/** The parameters of a space that each of the trials has with an equal distribution. */
function narrowed(space: JointSpace, trials: readonly FrozenTrial[]): JointSpace {
  if (trials.length === 0) return space;
  return new Map(
    [...space].filter(([name, distribution]) =>
      trials.every(({ distributions }) => {
        const other = distributions.get(name);
        return other === distribution || (other !== undefined && equalDistributions(other, distribution));
      }),
    ),
  );
}

/**
 * The parameters of COMPLETE and PRUNED trials in groups, for conditional spaces: a trial has all of a group or none
 * of it. The distribution of a parameter is that of its first trial.
 */
export function groupSpaces(trials: readonly FrozenTrial[]): readonly JointSpace[] {
  let groups: Map<string, Distribution>[] = [];
  for (const trial of trials) {
    if (!isObserved(trial)) continue;
    const { distributions } = trial;
    const left = new Map(distributions);
    const next: Map<string, Distribution>[] = [];
    for (const group of groups) {
      const [shared, rest] = [new Map<string, Distribution>(), new Map<string, Distribution>()];
      for (const [name, distribution] of group) {
        (distributions.has(name) ? shared : rest).set(name, distribution);
        left.delete(name);
      }
      next.push(shared, rest);
    }
    groups = [...next, left].filter((group) => group.size > 0);
  }
  return groups.map(sortedSpace);
}

function sortedSpace(space: Iterable<readonly [string, Distribution]>): JointSpace {
  return new Map([...space].sort(([a], [b]) => compareCodePoints(a, b)));
}

/** As Python sorts: beyond the basic plane, code units would order differently. */
function compareCodePoints(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => Array.from(text, (char) => char.codePointAt(0) ?? 0));
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) return left[i] - right[i];
  }
  return left.length - right.length;
}
