/** Which parameters of a study can be sampled together, seen from the trials that are done. */
import { type Distribution, equalDistributions } from './distributions.ts';
import type { FrozenTrial } from './frozen-trial.ts';

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
  let space: Map<string, Distribution> | undefined;
  for (let n = trials.length - 1; n >= 0; n--) {
    const trial = trials[n];
    if (!isObserved(trial)) continue;
    if (!space) {
      space = new Map(trial.distributions);
      continue;
    }
    for (const [name, distribution] of space) {
      const other = trial.distributions.get(name);
      if (other !== distribution && !(other && equalDistributions(other, distribution))) space.delete(name);
    }
    if (space.size === 0) break;
  }
  return sortedSpace(space ?? []);
}

/**
 * The parameters of COMPLETE and PRUNED trials in groups, for conditional spaces: a trial has all of a group or none of
 * it. Distributions are those of the first trial of a parameter.
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
