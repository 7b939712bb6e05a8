import type { Rng } from '../core/rng.ts';

/** Options of {@link createBatches}. */
export interface BatchOptions {
  /** Sequences per batch, at least 1; the last batch holds what is left. */
  readonly batchSize: number;
  /** The stream that shuffles, one per epoch: `rng.fork('shuffle', epoch)`. */
  readonly rng: Rng;
  /**
   * Batches per window whose sequences are sorted by length before they are cut into batches, so that a batch holds
   * sequences of similar length. 1 or false: no bucketing; true: 16. Default 1.
   */
  readonly bucket?: number | boolean;
}

const DEFAULT_WINDOW = 16;

/**
 * Batches of one epoch: indices into `sequences`, each index once. Within a batch the longest comes first, equal
 * lengths by index, as the kernels expect. The order of the batches is random.
 */
export function createBatches(
  sequences: readonly { readonly length: number }[],
  { batchSize, rng, bucket = 1 }: BatchOptions,
): Int32Array<ArrayBuffer>[] {
  const order = rng.shuffle(Int32Array.from({ length: sequences.length }, (_, i) => i));
  const batchesPerWindow = bucket === true ? DEFAULT_WINDOW : Math.max(1, Math.floor(Number(bucket)));
  if (batchesPerWindow === 1) return cut(order, batchSize).map((batch) => longestFirst(batch, sequences));
  const batches = cut(order, batchSize * batchesPerWindow).flatMap((window) => {
    // equal lengths stay in shuffled order: in file order, batches of a file sorted by class would have only one class
    const byLength = window.sort((a, b) => sequences[b].length - sequences[a].length);
    return cut(byLength, batchSize).map((batch) => longestFirst(batch, sequences));
  });
  return rng.shuffle(batches);
}

/** Batches for evaluation: not shuffled, sorted by length over all sequences. */
export function evaluationBatches(
  sequences: readonly { readonly length: number }[],
  batchSize: number,
): Int32Array<ArrayBuffer>[] {
  const all = Int32Array.from({ length: sequences.length }, (_, i) => i);
  return cut(longestFirst(all, sequences), batchSize);
}

function longestFirst(indices: Int32Array<ArrayBuffer>, sequences: readonly { readonly length: number }[]) {
  return indices.sort((a, b) => sequences[b].length - sequences[a].length || a - b);
}

function cut(indices: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer>[] {
  const pieces: Int32Array<ArrayBuffer>[] = [];
  for (let start = 0; start < indices.length; start += size) pieces.push(indices.slice(start, start + size));
  return pieces;
}
