/** In which order a layer goes through time, which sequences a thread works on, and what is projected when. */
import type { Batch } from '../batch.ts';
import type { Step } from './cell.ts';

/** The sequences [from, to) of one part: contiguous, with about the same number of tokens each. */
export function sequences(batch: Batch, part: number, parts: number): readonly [number, number] {
  const { rows, tokens } = batch;
  const bound = (p: number): number => {
    if (p === 0) return 0;
    if (p === parts) return rows;
    let b = 0;
    for (let sum = 0; b < rows && sum < (tokens * p) / parts; b++) sum += batch.length(b);
    return b;
  };
  return [bound(part), bound(part + 1)];
}

/**
 * Runs `visit` for sequences [from, to) over the steps in the order of time of the pass, split where states begin.
 * @param enter Called with each step before it is visited.
 */
export function overTime(
  batch: Batch,
  reverse: boolean,
  backward: boolean,
  from: number,
  to: number,
  visit: (step: Step) => void,
  enter?: (t: number) => void,
): void {
  const { steps } = batch;
  const ascending = reverse === backward;
  for (let s = 0; s < steps; s++) {
    const t = ascending ? s : steps - 1 - s;
    enter?.(t);
    const before = reverse ? t + 1 : t - 1;
    const end = Math.min(to, batch.size(t));
    const begun = Math.min(end, Math.max(from, batch.size(before))); // rows from here on have no state before
    const row = batch.start(t);
    const prev = begun > from ? batch.start(before) : -1;
    if (begun > from) visit({ b: from, row: row + from, prev: prev + from, rows: begun - from });
    if (end > begun && end > from) visit({ b: begun, row: row + begun, prev: -1, rows: end - begun });
  }
}

/** Tokens whose rows of G stay in the second-level cache beside the weights. */
const AHEAD = 240;

/** Projects the input of a few steps just before the pass comes to them, so that their G is still in the cache. */
export function projectAhead(
  batch: Batch,
  reverse: boolean,
  project: (from: number, to: number) => void,
): (t: number) => void {
  const { steps, tokens } = batch;
  const start = (t: number): number => (t < steps ? batch.start(t) : tokens);
  let edge = reverse ? steps : 0; // the steps behind it, as the pass goes, are projected
  return (t) => {
    if (reverse ? t >= edge : t < edge) return;
    const last = edge;
    do edge += reverse ? -1 : 1;
    while (edge > 0 && edge < steps && Math.abs(start(edge) - start(last)) < AHEAD);
    project(start(Math.min(last, edge)), start(Math.max(last, edge)));
  };
}
