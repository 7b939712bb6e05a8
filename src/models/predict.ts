/** Predicting many sequences in batches that fit a session. */
import type { Session } from './session.ts';

/**
 * Probabilities of all sequences, `[N × C]` row-major in the order given. Sequences of like length share a batch;
 * which ones do has no influence on the result.
 */
export function predictSequences(
  session: Pick<Session, 'plan' | 'predict'>,
  sequences: readonly Int32Array[],
): Float64Array {
  const { capacity, shape } = session.plan;
  const C = shape.classes;
  const probabilities = new Float64Array(sequences.length * C);
  for (const batch of packBatches(sequences, capacity)) {
    const p = session.predict(batch.map((n) => sequences[n]));
    for (const [b, n] of batch.entries()) probabilities.set(p.subarray(b * C, (b + 1) * C), n * C);
  }
  return probabilities;
}

/** Indices of the sequences, longest first, cut where a batch would have more rows or tokens than fit. */
export function packBatches(
  sequences: readonly { readonly length: number }[],
  { rows, tokens }: { readonly rows: number; readonly tokens: number },
): number[][] {
  const order = Array.from(sequences, (_, n) => n).sort(
    (a, b) => sequences[b].length - sequences[a].length || a - b,
  );
  const batches: number[][] = [];
  let room = 0;
  for (const n of order) {
    const last = batches.at(-1);
    if (last && last.length < rows && sequences[n].length <= room) last.push(n);
    else batches.push([n]);
    if (batches.at(-1) !== last) room = tokens;
    room -= sequences[n].length;
  }
  return batches;
}
