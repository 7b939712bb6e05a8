/** Domination, ranks and crowding against their definitions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  byCrowding,
  constrainedRanks,
  dominates,
  type Losses,
  nonDominationRanks,
  toLosses,
} from './pareto.ts';

/** Few different values, so that ties are many; infinities among them. */
const coordinate = fc.constantFrom(-Infinity, -1, 0, 0.5, 1, 2, 3, Infinity);
const pointSets = fc
  .integer({ min: 1, max: 4 })
  .chain((m) => fc.array(fc.array(coordinate, { minLength: m, maxLength: m }), { maxLength: 30 }));

/** Ranks by the definition: peel off what nothing that is left dominates. */
function peel(points: readonly Losses[]): number[] {
  const ranks = points.map(() => -1);
  for (let rank = 0; ranks.includes(-1); rank++) {
    const left = points.flatMap((_, i) => (ranks[i] === -1 ? [i] : []));
    for (const i of left.filter((one) => !left.some((other) => dominates(points[other], points[one])))) {
      ranks[i] = rank;
    }
  }
  return ranks;
}

test('ranks are those of peeling fronts off one by one', () => {
  fc.assert(fc.property(pointSets, (points) => assert.deepEqual(nonDominationRanks(points), peel(points))));
});

test('with enough points ranked, those ranks are right and the rest shares the next one', () => {
  fc.assert(
    fc.property(pointSets, fc.integer({ min: 1, max: 12 }), (points, enough) => {
      const [all, some] = [nonDominationRanks(points), nonDominationRanks(points, enough)];
      const last = Math.max(-1, ...some);
      const exact = some.filter((rank, i) => rank === all[i]).length;
      some.forEach((rank, i) => assert.equal(rank, Math.min(all[i], last)));
      assert.ok(exact >= Math.min(enough, points.length));
    }),
  );
});

test('under constraints what keeps them comes first, the others by the size of their violation', () => {
  const points = [[3, 3], [1, 1], [0, 0], [0, 0], [2, 0]]; // prettier-ignore
  assert.deepEqual(constrainedRanks(points, [0, 0, 2, 0.5, 0]), [1, 0, 3, 2, 0]);
  assert.deepEqual(constrainedRanks([[1], [2]], [1, 1]), [0, 0]);
  assert.deepEqual(constrainedRanks([], []), []);
});

test('a point does not dominate its equal; maximised values change their sign', () => {
  assert.equal(dominates([1, 2], [1, 2]), false);
  assert.equal(dominates([1, 2], [1, 3]), true);
  assert.equal(dominates([1, 3], [2, 2]), false);
  assert.deepEqual(toLosses([1, -2], ['maximize', 'minimize']), [-1, -2]);
});

test('the ends of a front are the loneliest, then what has the widest gaps', () => {
  const front = [[0, 10], [1, 9], [1.5, 8.5], [6, 4], [10, 0]]; // prettier-ignore
  const order = byCrowding(front);
  assert.deepEqual(new Set(order.slice(0, 2)), new Set([0, 4]));
  assert.deepEqual(order.slice(2), [3, 2, 1]);
  assert.deepEqual(byCrowding([]), []);
  fc.assert(fc.property(pointSets, (points) => assert.deepEqual(byCrowding(points).sort((a, b) => a - b), points.map((_, i) => i)))); // prettier-ignore
});
