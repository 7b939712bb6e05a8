/** In which order a layer goes through time, in which runs, and which sequences a thread works on. */
import type { RecurrentStep } from '../../engine/contract.ts';
import type { Batch } from '../batch.ts';

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

/** Tokens of a run: their rows of G stay in the second-level cache beside the weights. */
const RUN_TOKENS = 240;

/**
 * Goes through time for sequences [from, to) in runs of a few steps, so that what comes before or after a run finds its rows
 * in the cache. Steps are split where states begin.
 * @param visit Gets the steps of a run, in the order of the pass, and the packed rows [first, last) of all their sequences.
 */
export function overTime(
  batch: Batch,
  { reverse, backward }: { readonly reverse: boolean; readonly backward: boolean },
  [from, to]: readonly [number, number],
  visit: (steps: readonly RecurrentStep[], first: number, last: number) => void,
): void {
  const { steps: count, tokens } = batch;
  const ascending = reverse === backward;
  let run: RecurrentStep[] = [];
  let edge = ascending ? 0 : tokens; // where the run begins, as the pass goes
  for (let s = 0; s < count; s++) {
    const t = ascending ? s : count - 1 - s;
    const before = reverse ? t + 1 : t - 1;
    const row = batch.start(t);
    const end = Math.min(to, batch.size(t));
    const begun = Math.min(end, Math.max(from, batch.size(before))); // rows from here on have no state before
    if (begun > from)
      run.push({ b: from, row: row + from, prev: batch.start(before) + from, rows: begun - from });
    if (end > begun && end > from) run.push({ b: begun, row: row + begun, prev: -1, rows: end - begun });
    const reached = ascending ? row + batch.size(t) : row;
    if (s < count - 1 && Math.abs(reached - edge) < RUN_TOKENS) continue;
    visit(run, Math.min(edge, reached), Math.max(edge, reached));
    run = [];
    edge = reached;
  }
}
