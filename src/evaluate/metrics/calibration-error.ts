import { type PredictedDocuments, sampleMetric } from './metric.ts';

/** Bins of equal mass. */
const BINS = 15;

/**
 * Expected calibration error over 15 bins of equal mass (Nguyen and O'Connor 2015): the documents in the order of their
 * highest probability, cut into 15 parts of N / 15 documents each,
 *
 *     Σ_b |Σ_{n in b} (confidence_n - right_n)| / N
 *
 * A document on the border of two parts counts in each of them by the proportion that lies there, and documents of one and the
 * same confidence count as their mean, so that neither the order of the documents nor copies of all of them matter.
 */
export const expectedCalibrationError = sampleMetric({
  type: 'expected_calibration_error',
  title: 'calibration error',
  inFull: 'expected calibration error',
  summary: 'Mean distance between confidence and accuracy, over 15 bins of as many documents each.',
  better: 'lower',
  range: [0, 1],
  rank: 'table',
  biasedUp: true,
  measure(all) {
    const { confidences, right, groupOf } = sortedByConfidence(all);
    const weight = new Float64Array(confidences.length);
    const hits = new Float64Array(confidences.length);
    return (documents) => {
      weight.fill(0);
      hits.fill(0);
      for (let i = 0; i < documents.length; i++) {
        const n = documents[i];
        weight[groupOf[n]]++;
        hits[groupOf[n]] += right[n];
      }
      return errorOf(confidences, weight, hits, documents.length);
    };
  },
});

/** Groups of documents with the same confidence, in ascending order. */
interface Groups {
  /** `[G]` highest probability. */
  readonly confidences: Float64Array;
  /** `[N]` 1 where the prediction is right. */
  readonly right: Uint8Array;
  /** `[N]` group of each document. */
  readonly groupOf: Int32Array;
}

function sortedByConfidence({ labels, predicted, probabilities, classes }: PredictedDocuments): Groups {
  const of = Float64Array.from(predicted, (c, n) => probabilities[n * classes + c]);
  const order = Int32Array.from(of, (_, n) => n).sort((a, b) => of[a] - of[b]);
  const confidences: number[] = [];
  const groupOf = new Int32Array(of.length);
  for (const n of order) {
    if (confidences.length === 0 || of[n] !== confidences[confidences.length - 1]) confidences.push(of[n]);
    groupOf[n] = confidences.length - 1;
  }
  return {
    confidences: Float64Array.from(confidences),
    right: Uint8Array.from(predicted, (c, n) => Number(c === labels[n])),
    groupOf,
  };
}

function errorOf(confidences: Float64Array, weight: Float64Array, hits: Float64Array, N: number): number {
  const size = N / BINS;
  let [error, gap, room] = [0, 0, size];
  for (let g = 0; g < confidences.length; g++) {
    if (weight[g] === 0) continue;
    const each = confidences[g] - hits[g] / weight[g];
    for (let left = weight[g]; left > 0;) {
      const part = Math.min(left, room);
      gap += part * each;
      left -= part;
      room -= part;
      // what rounding leaves is no document
      if (left < 1e-9) left = 0;
      if (room >= 1e-9) continue;
      error += Math.abs(gap);
      [gap, room] = [0, size];
    }
  }
  return Math.min(1, (error + Math.abs(gap)) / N);
}
