/** Reads an exported ONNX file back, computes with it, and compares with the model. */
import { UnsupportedError } from '../../core/errors.ts';
import { maxOf } from '../../core/lists.ts';
import type { Check } from '../target.ts';
import { createEvaluator } from './evaluate.ts';
import { readOnnx } from './model.ts';
import type { Value } from './values.ts';

/** Largest difference of a probability that is no reason for doubt: single precision, summed in another order. */
export const TOLERANCE = 1e-5;
/** Documents of a call of the graph: several, so that padding is checked too. */
const BATCH = 4;

/**
 * Compares the probabilities of a file with those of the model.
 * @param expected [N × C]
 * @param inputsOf The inputs of documents [from, to).
 * @throws UnsupportedError where they differ by more than {@link TOLERANCE}
 */
export function checkOnnx(
  bytes: Uint8Array<ArrayBuffer>,
  expected: Float64Array,
  documents: number,
  inputsOf: (from: number, to: number) => Readonly<Record<string, Value>>,
): Check {
  const evaluator = createEvaluator(readOnnx(bytes));
  const C = expected.length / Math.max(1, documents);
  let largest = 0;
  for (let from = 0; from < documents; from += BATCH) {
    const to = Math.min(documents, from + BATCH);
    const { probabilities } = evaluator.run(inputsOf(from, to));
    for (const [i, p] of probabilities.data.entries()) {
      const difference = Math.abs(p - expected[from * C + i]);
      largest = Number.isNaN(difference) ? Infinity : Math.max(largest, difference);
    }
  }
  if (largest <= TOLERANCE) return { texts: documents, largest };
  throw new UnsupportedError(
    `[export] the exported file must give the probabilities of the model within ${TOLERANCE}, but they differ by ${largest.toExponential(1)}. ` +
      'Nothing was written; this is a bug in Unroll: please report it with the model.',
  );
}

/** Documents as the graph of a network reads them: [B × T] ids, padded, and [B] lengths. */
export function idsInput(sequences: readonly Int32Array[]): Readonly<Record<string, Value>> {
  const T = maxOf(sequences, ({ length }) => length);
  const data = new Float64Array(sequences.length * T);
  for (const [n, ids] of sequences.entries()) data.set(ids, n * T);
  return {
    ids: { dims: [sequences.length, T], data },
    lengths: { dims: [sequences.length], data: Float64Array.from(sequences, ({ length }) => length) },
  };
}
