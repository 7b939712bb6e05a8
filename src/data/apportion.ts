import { maxOf } from '../core/lists.ts';
/** Rounds proportions to whole numbers: how many documents of each class go to each part. */

/**
 * Divides `total` by fractions (sum 1) into whole numbers that add up to it: the largest remainders are rounded up,
 * among equal ones the last. 2,225 by 0.8, 0.1, 0.1 gives 1,780, 222, 223.
 */
export function apportion(total: number, fractions: readonly number[]): number[] {
  const exact = fractions.map((fraction) => total * fraction);
  const sizes = exact.map((x) => Math.floor(x + 1e-9));
  const byRemainder = fractions
    .map((_, part) => part)
    .sort((a, b) => {
      const difference = exact[b] - sizes[b] - (exact[a] - sizes[a]);
      return Math.abs(difference) > 1e-9 ? difference : b - a;
    });
  let left = total - sizes.reduce((sum, size) => sum + size, 0);
  for (let i = 0; left > 0; i = (i + 1) % byRemainder.length, left--) sizes[byRemainder[i]]++;
  return sizes;
}

/**
 * Divides every class by the fractions so that the parts have the sizes of {@link apportion} over all documents, and
 * each class deviates from its exact proportion in a part by less than one document, if the sizes allow it. A class
 * with at least as many documents as there are parts gets one into each; of a class of two, the first and the last part
 * get one; the only document of a class goes into the first: a class that is not trained on cannot be predicted.
 * @returns targets[class][part]
 */
export function apportionClasses(classSizes: readonly number[], fractions: readonly number[]): number[][] {
  const totals = apportion(
    classSizes.reduce((sum, size) => sum + size, 0),
    fractions,
  );
  const exact = classSizes.map((size) => fractions.map((fraction) => size * fraction));
  const targets = exact.map((row) => row.map((x) => Math.floor(x + 1e-9)));
  const classLeft = classSizes.map((size, c) => size - targets[c].reduce((sum, n) => sum + n, 0));
  const partLeft = totals.map((size, p) => size - targets.reduce((sum, row) => sum + row[p], 0));
  const cells = exact
    .flatMap((row, c) => row.map((x, p) => ({ c, p, remainder: x - targets[c][p] })))
    .sort((a, b) =>
      Math.abs(a.remainder - b.remainder) > 1e-9 ? b.remainder - a.remainder : b.p - a.p || a.c - b.c,
    );
  const give = (c: number, p: number, n: number) => {
    targets[c][p] += n;
    classLeft[c] -= n;
    partLeft[p] -= n;
  };
  for (const { c, p } of cells) if (classLeft[c] > 0 && partLeft[p] > 0) give(c, p, 1);
  // the rest of the greedy pass goes where it fits; rows and columns have the same sum, so everything fits
  for (const { c, p } of cells) give(c, p, Math.min(classLeft[c], partLeft[p]));
  classSizes.forEach((_, c) => {
    ensurePresence(targets, c, fractions);
  });
  return targets;
}

/**
 * Deals every class out to equal parts, one class after another, each from where the one before it ended: every
 * class, and the whole, deviates by less than one document in every part.
 * @returns targets[class][part]
 */
export function dealClasses(classSizes: readonly number[], parts: number): number[][] {
  let next = 0;
  return classSizes.map((size) => {
    const row = new Array<number>(parts).fill(Math.floor(size / parts));
    for (let left = size % parts; left > 0; left--, next = (next + 1) % parts) row[next]++;
    return row;
  });
}

/**
 * Moves one document of class `c` into each empty part, the first and then the last ones, and one of a large class
 * back: the sizes stay, if there is one.
 */
function ensurePresence(targets: number[][], c: number, fractions: readonly number[]): void {
  const last = fractions.length - 1;
  const order = fractions.map((_, k) => (k === 0 ? 0 : last + 1 - k));
  for (const empty of order) {
    if (fractions[empty] === 0 || targets[c][empty] > 0) continue;
    const donor = targets[c].indexOf(maxOf(targets[c]));
    if (targets[c][donor] < (empty === 0 ? 1 : 2)) return;
    targets[c][donor]--;
    targets[c][empty]++;
    const column = targets.map((row, other) => (other === c ? 0 : row[empty]));
    const large = column.indexOf(maxOf(column));
    if (column[large] < 2) continue;
    targets[large][empty]--;
    targets[large][donor]++;
  }
}
