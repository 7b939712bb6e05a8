/**
 * Label errors by confident learning (Northcutt, Jiang and Chuang 2021), from probabilities that a classifier gives documents
 * which it has not learned from. N documents, C classes, given labels i, true labels j, P [N × C]:
 *
 *     t_j = mean of P[x, j] over documents x with the label j        how sure the classifier is of a class, when it is right
 *     j*(x) = argmax of P[x, j] over the classes with P[x, j] ≥ t_j  none: the document is not counted
 *     C_ij = documents with the label i and j* = j                   confident joint; at least 1 on the diagonal
 *     E_ij = n_i C_ij / Σ_k C_ik                                     expected documents with the label i that are of class j
 *
 * Of the documents with the label i, the round(E_ij) with the largest P[x, j] - P[x, i] are suspects, for every j ≠ i ("prune by
 * noise rate"), but for those whose most probable class is the given one.
 *
 * Documents are ranked by a score s(x) of their label y; AUM(x) is the area under the margin of the trainings that learned from x
 * (Pleiss et al. 2020; src/train/margins.ts), σ the logistic function:
 *
 *     self_confidence     P[x, y]
 *     normalized_margin   (P[x, y] - max of P[x, c] over c ≠ y + 1) / 2
 *     area_under_margin   σ(AUM(x))
 *     combined            (P[x, y] σ(AUM(x)))^½        the judgement of models that have not seen the label, and of those that learn it
 */
import { exp } from '../core/math.ts';
import { argmaxRows } from './confusion.ts';
import type { ProbableDocuments } from './temperature.ts';

/** How documents are ranked. */
export const labelScores = ['self_confidence', 'normalized_margin', 'area_under_margin', 'combined'] as const;
/** One of them. */
export type LabelScore = (typeof labelScores)[number];

/** Whether a score needs the margins of trainings. */
export function needsMargins(score: LabelScore): boolean {
  return score === 'area_under_margin' || score === 'combined';
}

/** The input for finding label errors. */
export interface LabelledDocuments extends ProbableDocuments {
  /**
   * `[N]` area under the margin, in nats; NaN for a document that no training used, which then only has its
   * self-confidence.
   */
  readonly margins?: Float64Array | undefined;
}

/** The findings on the labels of N documents. */
export interface LabelErrors {
  /** `[C × C]` row-major: documents with the label i that are confidently of class j. */
  readonly joint: Int32Array;
  /** `[C]` t, the mean probability of each class over the documents with its label; NaN without any. */
  readonly thresholds: Float64Array;
  /** `[N]` 1: the label is probably wrong. */
  readonly suspect: Uint8Array;
  /** `[N]` the most probable class. */
  readonly suggested: Int32Array;
  /** `[N]` how good the label is, in [0, 1]. */
  readonly score: Float64Array;
  /** `[N]` documents, the worst score first; of equal ones the first. */
  readonly order: Int32Array;
}

/** Finds label errors, and ranks all documents; without margins, scores that need them are the self-confidence. */
export function findLabelErrors(
  documents: LabelledDocuments,
  by: LabelScore = 'self_confidence',
): LabelErrors {
  const { probabilities, labels, classes } = documents;
  const suggested = argmaxRows(Float64Array.from(probabilities), classes);
  const thresholds = classThresholds(documents);
  const joint = confidentJoint(documents, thresholds);
  const score = scoresOf(documents, by);
  return {
    joint,
    thresholds,
    suspect: pruneByNoiseRate(documents, joint, suggested),
    suggested,
    score,
    order: Int32Array.from(labels, (_, x) => x).sort((a, b) => score[a] - score[b] || a - b),
  };
}

function classThresholds({ probabilities, labels, classes }: ProbableDocuments): Float64Array {
  const sums = new Float64Array(classes);
  const counts = new Int32Array(classes);
  for (const [x, label] of labels.entries()) {
    sums[label] += probabilities[x * classes + label];
    counts[label]++;
  }
  return sums.map((sum, c) => sum / counts[c]);
}

/** Probabilities this much below a threshold still reach it: a mean may round above what it is the mean of. */
const SLACK = 1e-6;

function confidentJoint(
  { probabilities, labels, classes }: ProbableDocuments,
  thresholds: Float64Array,
): Int32Array {
  const joint = new Int32Array(classes * classes);
  for (const [x, label] of labels.entries()) {
    let best = -1;
    for (let j = 0; j < classes; j++) {
      const p = probabilities[x * classes + j];
      if (p >= thresholds[j] - SLACK && (best < 0 || p > probabilities[x * classes + best])) best = j;
    }
    if (best >= 0) joint[label * classes + best]++;
  }
  for (let c = 0; c < classes; c++) joint[c * classes + c] = Math.max(1, joint[c * classes + c]);
  return joint;
}

function pruneByNoiseRate(
  { probabilities, labels, classes }: ProbableDocuments,
  joint: Int32Array,
  suggested: ArrayLike<number>,
): Uint8Array {
  const suspect = new Uint8Array(labels.length);
  const all = Array.from(labels.keys());
  for (let i = 0; i < classes; i++) {
    const own = all.filter((x) => labels[x] === i);
    const row = joint.subarray(i * classes, (i + 1) * classes);
    const total = row.reduce((sum, count) => sum + count, 0);
    for (let j = 0; j < classes; j++) {
      const expected = Math.round((own.length * row[j]) / total);
      if (j === i || expected === 0) continue;
      const margin = (x: number) => probabilities[x * classes + j] - probabilities[x * classes + i];
      const worst = own.toSorted((a, b) => margin(b) - margin(a) || a - b).slice(0, expected);
      for (const x of worst) if (suggested[x] !== i) suspect[x] = 1;
    }
  }
  return suspect;
}

function scoresOf(
  { probabilities, labels, classes, margins }: LabelledDocuments,
  by: LabelScore,
): Float64Array {
  return Float64Array.from(labels, (label, x) => {
    const own = probabilities[x * classes + label];
    if (by === 'self_confidence') return own;
    if (by !== 'normalized_margin') {
      const area = margins?.[x] ?? Number.NaN;
      if (Number.isNaN(area)) return own;
      const learned = 1 / (1 + exp(-area));
      return by === 'area_under_margin' ? learned : Math.sqrt(own * learned);
    }
    let other = 0;
    for (let c = 0; c < classes; c++)
      if (c !== label) other = Math.max(other, probabilities[x * classes + c]);
    return (own - other + 1) / 2;
  });
}
