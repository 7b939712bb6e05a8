/**
 * Area under the margin (AUM; Pleiss et al. 2020, "Identifying mislabeled data using the area under the margin ranking"): a score of each training document's label, from the outputs over the epochs. z are the outputs [C] of a document x with the
 * label y in the step that it is part of, with dropout, before the update:
 *
 *     m_t(x) = z_y - max of z_c over c ≠ y = log p_y - max of log p_c over c ≠ y
 *     AUM(x) = mean of m_t(x) over the epochs t
 *
 * A wrong label pulls against what the other documents teach: its margin is negative until the network memorises it.
 */
import { CorruptFileError } from '../core/errors.ts';
import { log } from '../core/math.ts';
import type { Tensor } from '../models/trainable.ts';

/** Below this a probability counts as this: float32 rounds smaller ones to 0. */
const LEAST = 1e-30;

/** Collects the margins of N documents while they are learned. */
export interface Margins {
  /**
   * Adds those of a batch.
   * @param rows `[B]` which documents.
   * @param labels `[B]` their class ids.
   * @param probabilities `[B × C]` row-major.
   */
  add(rows: Int32Array, labels: Int32Array, probabilities: Float64Array): void;
  /** `[N]` AUM in nats; NaN for a document that was never learned from. */
  area(): Float64Array;
  /** The part of a checkpoint. */
  tensors(): Record<string, Tensor>;
  /** Goes on from those of a checkpoint. @throws CorruptFileError where they are of other documents, or missing */
  restore(tensors: Readonly<Record<string, Tensor>>): void;
}

/** Names of the tensors in a checkpoint. */
export const MARGINS = 'margins.';
const NAMES = [`${MARGINS}sum`, `${MARGINS}count`] as const;

/** Nothing collected of N documents. */
export function createMargins(documents: number): Margins {
  // float32 as the checkpoint has them: an interruption changes no bit
  const [sums, counts] = [new Float32Array(documents), new Float32Array(documents)];
  return {
    add(rows, labels, probabilities) {
      const C = probabilities.length / labels.length;
      for (const [b, row] of rows.entries()) {
        let other = LEAST;
        for (let c = 0; c < C; c++) if (c !== labels[b]) other = Math.max(other, probabilities[b * C + c]);
        sums[row] += log(Math.max(LEAST, probabilities[b * C + labels[b]]) / other);
        counts[row]++;
      }
    },
    area: () => Float64Array.from(sums, (sum, n) => (counts[n] > 0 ? sum / counts[n] : Number.NaN)),
    tensors: () =>
      Object.fromEntries(
        [sums, counts].map((data, i) => [NAMES[i], { shape: [documents], data: data.slice() }]),
      ),
    restore(tensors) {
      for (const [i, own] of [sums, counts].entries()) {
        const data = tensors[NAMES[i]]?.data;
        if (data?.length !== documents) {
          throw new CorruptFileError(
            'checkpoint',
            `[checkpoint] must have ${NAMES[i]} of ${documents} documents, but has ${data?.length ?? 'none'}. Start again without --resume.`,
          );
        }
        own.set(data);
      }
    },
  };
}
