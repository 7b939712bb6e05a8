import { maxOf } from '../core/lists.ts';
import type { Rng } from '../core/rng.ts';

/** Groups of documents that must stay in one part, such as copies of each other. */
export type Group = readonly number[];

/** The members of each group, groups in the order of their first member. */
export function groupsOf(groupOf: ArrayLike<number>, among?: ArrayLike<number>): Group[] {
  const members = new Map<number, number[]>();
  const size = among ? among.length : groupOf.length;
  for (let k = 0; k < size; k++) {
    const i = among ? among[k] : k;
    const group = members.get(groupOf[i]);
    if (group) group.push(i);
    else members.set(groupOf[i], [i]);
  }
  return [...members.values()];
}

/**
 * Gives every group to a part so that the parts reach their targets. Large groups go first; a group's part is drawn in
 * proportion to the room that its class has left there, among the parts where the whole group fits. With groups
 * of one document this is a random shuffle that is cut at the targets.
 *
 * @param strata class of each document
 * @param targets targets[class][part], documents
 * @returns part of each document; -1 for documents in no group
 */
export function assignGroups(
  groups: readonly Group[],
  strata: ArrayLike<number>,
  targets: readonly (readonly number[])[],
  rng: Rng,
): Int32Array<ArrayBuffer> {
  const parts = new Int32Array(strata.length).fill(-1);
  const room = targets.map((row) => [...row]);
  const groupsPerClass = targets.map(() => 0);
  for (const group of groups) groupsPerClass[strata[group[0]]]++;
  const order = rng.shuffle([...groups]).sort((a, b) => b.length - a.length);
  for (const group of order) {
    const needs = Map.groupBy(group, (i) => strata[i]);
    const own = strata[group[0]];
    // a class with few groups goes to training (part 0) first: a class that is not trained on cannot be predicted
    const scarce = groupsPerClass[own] < room[own].length;
    const part = scarce ? roomiest(room[own]) : drawPart(room, needs, own, rng);
    for (const [stratum, members] of needs) {
      room[stratum][part] -= members.length;
      for (const i of members) parts[i] = part;
    }
  }
  return parts;
}

function drawPart(
  room: readonly (readonly number[])[],
  needs: ReadonlyMap<number, readonly number[]>,
  own: number,
  rng: Rng,
): number {
  const weights = room[own].map((left, part) => {
    const fits = [...needs].every(([stratum, members]) => room[stratum][part] >= members.length);
    return fits ? left : 0;
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return roomiest(room[own]);
  let ticket = rng.int(total);
  const drawn = weights.findIndex((weight) => (ticket -= weight) < 0);
  return drawn;
}

function roomiest(room: readonly number[]): number {
  return room.indexOf(maxOf(room));
}
