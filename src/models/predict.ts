/** Batches for evaluation and prediction: as large as a session's memory allows, longest texts first. */
import type { Capacity } from '../nn/batch.ts';
import type { LearningClassifier, TrainableClassifier } from './trainable.ts';

/**
 * The memory for batches of `batchSize` of these sequences, however they are batched: the longest ones decide.
 * @param sets Sets of sequences that will be used with one session.
 */
export function capacityFor(
  sets: readonly { readonly lengths: ArrayLike<number>; readonly batchSize: number }[],
): Capacity {
  const capacity = { rows: 1, tokens: 1, steps: 1 };
  for (const { lengths, batchSize } of sets) {
    const sorted = Int32Array.from(lengths).sort().reverse();
    const largest = sorted.subarray(0, batchSize);
    capacity.rows = Math.max(capacity.rows, largest.length);
    capacity.tokens = Math.max(
      capacity.tokens,
      largest.reduce((sum, n) => sum + n, 0),
    );
    capacity.steps = Math.max(capacity.steps, sorted[0] ?? 1);
  }
  return capacity;
}

/**
 * Probabilities of all sequences, `[N × C]` row-major in the order given. Sequences of similar length share a batch,
 * which does not affect the result.
 */
export function predictSequences(
  session: Pick<TrainableClassifier, 'plan' | 'predict'>,
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

/** Attention weights of each sequence, `[heads × T]`, in the order given; undefined for a model without attention. */
export function attentionOf(
  session: Pick<TrainableClassifier, 'plan' | 'predict' | 'attention'>,
  sequences: readonly Int32Array[],
): readonly Float64Array[] | undefined {
  if (!session.attention?.()) return undefined;
  const weights = new Array<Float64Array>(sequences.length);
  for (const batch of packBatches(sequences, session.plan.capacity)) {
    session.predict(batch.map((n) => sequences[n]));
    const own = session.attention() ?? [];
    for (const [b, n] of batch.entries()) weights[n] = own[b];
  }
  return weights;
}

/** Indices of the sequences, longest first, split into batches that fit. */
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

/** Probabilities of many sequences. */
export interface Scores {
  /** [N × C] row-major, in the order of the sequences. */
  readonly probabilities: Float64Array;
  /** Mean loss as the session's loss defines it (with its smoothing and class weights); NaN without labels. */
  readonly loss: number;
}

/** Options of {@link scoreAll}. */
export interface ScoreOptions {
  /** [N] class ids: the loss is computed too. */
  readonly labels?: Int32Array;
  /** The number of the session's loss. Default 0. */
  readonly loss?: number;
  /** Awaited between batches. */
  readonly pause?: () => Promise<void>;
}

/** Predicts all sequences, batch by batch; with labels also their loss. */
export async function scoreAll(
  session: Pick<LearningClassifier, 'plan' | 'evaluate' | 'predict' | 'probabilities'>,
  sequences: readonly Int32Array[],
  { labels, loss = 0, pause }: ScoreOptions = {},
): Promise<Scores> {
  const C = session.plan.shape.classes;
  const probabilities = new Float64Array(sequences.length * C);
  let sum = 0;
  let weight = 0;
  for (const batch of packBatches(sequences, session.plan.capacity)) {
    const texts = batch.map((n) => sequences[n]);
    if (labels) {
      const result = await session.evaluate(
        texts,
        batch.map((n) => labels[n]),
        loss,
      );
      sum += result.loss * result.weight;
      weight += result.weight;
    }
    const scores = labels ? session.probabilities() : await session.predict(texts);
    for (const [row, n] of batch.entries()) probabilities.set(scores.subarray(row * C, (row + 1) * C), n * C);
    await pause?.();
  }
  return { probabilities, loss: labels ? sum / weight : NaN };
}
