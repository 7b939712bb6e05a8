import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hypervolume, selectByHypervolume } from './hypervolume.ts';
import { nonDominationRanks } from './pareto.ts';

const SIDE = 5;
const points = (dimensions: number) =>
  fc.array(fc.array(fc.integer({ min: 0, max: SIDE }), { minLength: dimensions, maxLength: dimensions }), {
    maxLength: 7,
  });

/** The number of unit cells of [0, SIDE]ᵈ that a point dominates. */
function countCells(all: readonly (readonly number[])[], dimensions: number): number {
  let count = 0;
  for (let cell = 0; cell < SIDE ** dimensions; cell++) {
    const at = Array.from({ length: dimensions }, (_, k) => Math.floor(cell / SIDE ** k) % SIDE);
    if (all.some((point) => point.every((value, k) => value <= at[k]))) count++;
  }
  return count;
}

for (const dimensions of [1, 2, 3, 4]) {
  test(`the hypervolume in ${dimensions} dimensions is the number of dominated cells`, () => {
    fc.assert(
      fc.property(points(dimensions), (all) => {
        assert.equal(hypervolume(all, new Array(dimensions).fill(SIDE)), countCells(all, dimensions));
      }),
    );
  });
}

test('infinities: no volume is larger', () => {
  assert.equal(hypervolume([[1, 1]], [Infinity, 2]), Infinity);
  assert.equal(hypervolume([[-Infinity, 1], [0, 0]], [2, 2]), Infinity); // prettier-ignore
  assert.equal(hypervolume([], [2, 2]), 0);
});

for (const dimensions of [2, 3, 4]) {
  test(`the choice in ${dimensions} dimensions adds the most at each step`, () => {
    const reference = new Array<number>(dimensions).fill(1);
    const value = fc.double({ min: 0, max: 0.99, noNaN: true });
    const point = fc.array(value, { minLength: dimensions, maxLength: dimensions });
    let checked = 0;
    fc.assert(
      fc.property(fc.array(point, { minLength: 4, maxLength: 9 }), fc.nat({ max: 5 }), (all, wanted) => {
        const ranks = nonDominationRanks(all);
        const distinct = new Set(all.filter((_, i) => ranks[i] === 0).map(String));
        const front = [...distinct].map((text) => text.split(',').map(Number));
        if (front.length < 2) return;
        const count = 1 + (wanted % (front.length - 1));
        const chosen = selectByHypervolume(front, count, reference);
        assert.equal(new Set(chosen).size, count);
        const volume = (indices: readonly number[]) => {
          const set = indices.map((i) => front[i]);
          return hypervolume(set, reference);
        };
        for (let n = 0; n < count; n++) {
          const before = chosen.slice(0, n);
          const most = Math.max(...front.map((_, i) => volume([...before, i])));
          assert.ok(volume([...before, chosen[n]]) >= most - 1e-9, `step ${n} of ${String(chosen)}`);
          checked++;
        }
      }),
    );
    assert.ok(checked > 50);
  });
}

test('points that are alike are chosen once before any is chosen twice', () => {
  const alike = [[1, 2], [1, 2], [2, 1], [1, 2]]; // prettier-ignore
  assert.deepEqual([...selectByHypervolume(alike, 2, [3, 3])].sort(), [0, 2]);
  assert.deepEqual([...selectByHypervolume(alike, 3, [3, 3])].sort(), [0, 1, 2]);
  assert.deepEqual(selectByHypervolume(alike, 9, [3, 3]), [0, 1, 2, 3]);
  assert.deepEqual(selectByHypervolume([[3, 1], [1, 3], [2, 2]], 2, [Infinity, 4]), [1, 2]); // prettier-ignore
});
