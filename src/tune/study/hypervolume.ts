/**
 * Hypervolume: the volume that a set of points dominates, up to a reference point, and the selection of a few points
 * that keep most of it. Points are losses as in `pareto.ts`: lower is better.
 */
import { dominates, type Losses } from './pareto.ts';

/**
 * The volume between the points and `reference`. In two dimensions by a sweep, in more by inclusion and exclusion of
 * ever smaller sets (While, Bradstreet and Barone, 2012). Infinity where the reference or a point is infinite.
 * @param points Each at most `reference` in every coordinate.
 * @param reference Worse than all points.
 */
export function hypervolume(points: readonly Losses[], reference: Losses): number {
  if (!reference.every(Number.isFinite)) return Infinity;
  if (points.length === 0) return 0;
  const sorted = points.toSorted((a, b) => compareFirst(a, b));
  const volume = reference.length === 2 ? sweep(sorted, reference) : union(sorted, reference);
  return Number.isFinite(volume) ? volume : Infinity;
}

function compareFirst(a: Losses, b: Losses): number {
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return a[k] < b[k] ? -1 : 1;
  return 0;
}

/** The volume of one point: the product of its distances from the reference. */
function box(point: Losses, reference: Losses): number {
  let volume = 1;
  for (let k = 0; k < point.length; k++) volume *= reference[k] - point[k];
  return volume;
}

/** For two dimensions; points ascend in the first. */
function sweep(sorted: readonly Losses[], [right, top]: Losses): number {
  let volume = 0;
  let lowest = top;
  for (const [x, y] of sorted) {
    if (y >= lowest) continue;
    volume += (right - x) * (lowest - y);
    lowest = y;
  }
  return volume;
}

/** The volume of each point without the part that later points dominate. */
function union(points: readonly Losses[], reference: Losses): number {
  let volume = 0;
  points.forEach((point, i) => {
    const shared = points.slice(i + 1).map((other) => other.map((value, k) => Math.max(value, point[k])));
    volume += box(point, reference) - (shared.length === 0 ? 0 : union(front(shared), reference));
  });
  return volume;
}

/** The distinct points that no other one dominates. */
function front(points: readonly Losses[]): Losses[] {
  const kept: Losses[] = [];
  for (const point of points) {
    const beaten = (by: Losses, at: Losses) => dominates(by, at) || compareFirst(by, at) === 0;
    if (kept.some((other) => beaten(other, point))) continue;
    let write = 0;
    for (const other of kept) if (!dominates(point, other)) kept[write++] = other;
    kept.length = write;
    kept.push(point);
  }
  return kept;
}

/**
 * Greedily chooses points that together dominate a large volume: at each step the one that adds most, the first in
 * lexicographic order among equals (Guerreiro, Fonseca and Paquete, 2016). Within 1 - 1/e of the best choice.
 * Equal points are chosen once before any is chosen twice.
 * @param points None dominates another.
 * @param count At most as many as there are points.
 * @param reference Worse than all points; where it is not finite, the first points in lexicographic order are chosen.
 * @returns Indices of points
 */
export function selectByHypervolume(
  points: readonly Losses[],
  count: number,
  reference: Losses,
): readonly number[] {
  const indices = points.map((_, i) => i);
  if (count >= points.length) return indices;
  const order = indices.toSorted((a, b) => compareFirst(points[a], points[b]) || a - b);
  const distinct = order.filter((i, at) => at === 0 || compareFirst(points[order[at - 1]], points[i]) !== 0);
  if (distinct.length < count) {
    const chosen = new Set(distinct);
    return [...distinct, ...indices.filter((i) => !chosen.has(i)).slice(0, count - distinct.length)];
  }
  if (distinct.length === count || !reference.every(Number.isFinite)) return distinct.slice(0, count);
  const values = distinct.map((i) => points[i]);
  const chosen = reference.length === 2 ? selectPlane(values, count, reference) : selectSpace(values, count, reference); // prettier-ignore
  return chosen.map((i) => distinct[i]);
}

/** In two dimensions a point adds the rectangle to its chosen neighbours, or to the reference. */
function selectPlane(points: readonly Losses[], count: number, reference: Losses): number[] {
  const left = points.map((point, i) => ({ i, point, right: reference[0], top: reference[1] }));
  const chosen: number[] = [];
  while (chosen.length < count) {
    const best = firstLargest(left.map(({ point, right, top }) => (right - point[0]) * (top - point[1])));
    const [{ i, point }] = left.splice(best, 1);
    chosen.push(i);
    left.forEach((other, at) => {
      if (at < best) other.right = Math.min(other.right, point[0]);
      else other.top = Math.min(other.top, point[1]);
    });
  }
  return chosen;
}

/**
 * In more dimensions: the gain of a point only shrinks as others are chosen, so an old value is an upper bound, and
 * most need not be recomputed.
 */
function selectSpace(points: readonly Losses[], count: number, reference: Losses): number[] {
  const adds = points.map((point) => box(point, reference));
  const left = points.map((_, i) => i);
  const chosen: number[] = [];
  let volume = 0;
  while (chosen.length < count) {
    if (chosen.length > 0) updateAdds(points, { adds, left, chosen, volume, reference });
    const [best] = left.splice(firstLargest(left.map((i) => adds[i])), 1);
    volume += adds[best];
    chosen.push(best);
  }
  return chosen;
}

function updateAdds(
  points: readonly Losses[],
  {
    adds,
    left,
    chosen,
    volume,
    reference,
  }: {
    adds: number[];
    left: readonly number[];
    chosen: readonly number[];
    volume: number;
    reference: Losses;
  },
) {
  if (volume === Infinity) {
    for (const i of left) adds[i] = Infinity;
    return;
  }
  const latest = points[chosen[chosen.length - 1]];
  for (const i of left) {
    const own = box(points[i], reference);
    const shared = box(points[i].map((value, k) => Math.max(value, latest[k])), reference); // prettier-ignore
    adds[i] = own === Infinity ? Infinity : Math.min(adds[i], own - shared);
  }
  const set = chosen.map((i) => points[i]);
  let largest = 0;
  for (const i of left.toSorted((a, b) => adds[b] - adds[a] || a - b)) {
    if (adds[i] < largest) continue;
    if (adds[i] !== Infinity) adds[i] = hypervolume([...set, points[i]], reference) - volume;
    largest = Math.max(largest, adds[i]);
  }
}

/** The first index of the largest number; NaN, an infinite volume of no width, counts as largest. */
function firstLargest(values: readonly number[]): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if (Number.isNaN(values[best])) break;
    if (!(values[i] <= values[best])) best = i;
  }
  return best;
}
