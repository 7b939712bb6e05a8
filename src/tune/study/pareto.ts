/**
 * Pareto dominance with several objectives. Points are *losses*: one number per objective, lower is better, ±Infinity
 * allowed (`toLosses` turns values of a study into them).
 */
import { maxOf } from '../../core/lists.ts';
import type { Direction } from '../trial/frozen-trial.ts';

/** One number per objective; lower is better. */
export type Losses = readonly number[];

/** The values of a trial with the sign that makes lower better. */
export function toLosses(values: readonly number[], directions: readonly Direction[]): number[] {
  return values.map((value, k) => (directions[k] === 'maximize' ? -value : value));
}

/** Whether `a` is at least as good as `b` everywhere and better somewhere. */
export function dominates(a: Losses, b: Losses): boolean {
  let better = false;
  for (let k = 0; k < a.length; k++) {
    if (a[k] > b[k]) return false;
    if (a[k] < b[k]) better = true;
  }
  return better;
}

function compareLosses(a: Losses, b: Losses): number {
  for (let k = 0; k < a.length; k++) {
    if (a[k] !== b[k]) return a[k] < b[k] ? -1 : 1;
  }
  return 0;
}

/**
 * Non-domination ranks: 0 for points that none dominates, 1 for those that are left once rank 0 is taken away, …
 * Equal points have equal ranks.
 * @param enough Once this many distinct points are ranked, the remaining ones share the next rank. Default all.
 */
export function nonDominationRanks(points: readonly Losses[], enough: number = points.length): number[] {
  const ranks = new Array<number>(points.length).fill(0);
  if (points.length === 0 || enough <= 0) return ranks;
  // lexicographic order: whatever dominates a point comes before it
  const order = points.map((_, i) => i).sort((a, b) => compareLosses(points[a], points[b]));
  const groups: number[][] = []; // indices of equal points
  for (const i of order) {
    const last = groups.at(-1);
    if (last && compareLosses(points[last[0]], points[i]) === 0) last.push(i);
    else groups.push([i]);
  }
  const limit = points[0].length === 1 ? groups.length : Math.min(enough, groups.length);
  let left = groups;
  let rank = 0;
  while (groups.length - left.length < limit) {
    const onFront = frontOf(left.map(([i]) => points[i]));
    left.forEach((group, g) => {
      if (onFront[g]) for (const i of group) ranks[i] = rank;
    });
    left = left.filter((_, g) => !onFront[g]);
    rank++;
  }
  for (const group of left) for (const i of group) ranks[i] = rank;
  return ranks;
}

/** Which of distinct points in lexicographic order are dominated by none. */
function frontOf(points: readonly Losses[]): boolean[] {
  if (points[0].length === 1) return points.map((_, i) => i === 0);
  if (points[0].length === 2) {
    let lowest = Infinity;
    return points.map(([, second], i) => {
      const on = i === 0 || second < lowest;
      lowest = Math.min(lowest, second);
      return on;
    });
  }
  const front: Losses[] = [];
  return points.map((point) => {
    if (front.some((other) => dominates(other, point))) return false;
    front.push(point);
    return true;
  });
}

/**
 * Non-domination ranks under constraints: points without violation first, by their losses; then the others by the
 * size of their violation only.
 * @param violations One a point, 0 where all constraints hold.
 */
export function constrainedRanks(
  points: readonly Losses[],
  violations: readonly number[],
  enough: number = points.length,
): number[] {
  const feasible = points.flatMap((_, i) => (violations[i] > 0 ? [] : [i]));
  const others = points.flatMap((_, i) => (violations[i] > 0 ? [i] : []));
  const ranks = new Array<number>(points.length).fill(0);
  const top = nonDominationRanks(feasible.map((i) => points[i]), enough); // prettier-ignore
  feasible.forEach((i, k) => (ranks[i] = top[k]));
  const first = Math.max(-1, maxOf(top)) + 1;
  const rest = nonDominationRanks(others.map((i) => [violations[i]]), enough - feasible.length); // prettier-ignore
  others.forEach((i, k) => (ranks[i] = first + rest[k]));
  return ranks;
}

/**
 * Points of one rank from the loneliest to the most crowded (Deb et al., 2002), as indices.
 *
 * The crowding distance of a point is the sum over objectives of the gap between its two neighbours over the width of
 * the rank; the outermost points have an infinite one. The width leaves ±Infinity out.
 */
export function byCrowding(points: readonly Losses[]): number[] {
  const distances = new Array<number>(points.length).fill(0);
  const order = points.map((_, i) => i);
  for (let k = 0; points.length > 0 && k < points[0].length; k++) {
    order.sort((a, b) => compareLosses([points[a][k]], [points[b][k]]));
    const values = [-Infinity, ...order.map((i) => points[i][k]), Infinity];
    if (values[1] === values[points.length]) continue;
    const lowest = values.find((value) => value !== -Infinity) ?? Infinity;
    const highest = values.findLast((value) => value !== Infinity) ?? -Infinity;
    const width = highest > lowest ? highest - lowest : 1;
    order.forEach((i, j) => {
      distances[i] += values[j] === values[j + 2] ? 0 : (values[j + 2] - values[j]) / width;
    });
  }
  // stable sort, then reversed, as in Optuna
  return order.sort((a, b) => compareLosses([distances[a]], [distances[b]])).reverse();
}
