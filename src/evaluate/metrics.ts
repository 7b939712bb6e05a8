/**
 * What a classifier is worth on labelled documents: every figure as scikit-learn computes it, each overall figure
 * with a bootstrap interval. The result is plain JSON.
 *
 * Division by zero gives 0, scikit-learn's default: the precision of a class that was never predicted, the recall of
 * one without documents, their F1. Macro averages run over the classes that occur in the truth or the predictions
 * (scikit-learn's default too), so that a class absent from a small test set costs nothing.
 * There is no micro average: with one label a document, micro precision, recall and F1 all equal the accuracy.
 */
import { DataError, ShapeError } from '../core/errors.ts';
import { log } from '../core/math.ts';
import { createRng, type Rng } from '../core/rng.ts';
import { calibrationBins, expectedCalibrationError, type CalibrationBin } from './calibration.ts';
import { argmaxRows, confusionMatrix, type ConfusionMatrix } from './confusion.ts';
import { bootstrapIntervals, checkConfidence, wilsonInterval, type Interval } from './intervals.ts';

/** The overall figures that come with an interval, by their key in an `Evaluation`. */
export const intervalMetrics = [
  'accuracy',
  'macro_precision',
  'macro_recall',
  'macro_f1',
  'weighted_precision',
  'weighted_recall',
  'weighted_f1',
  'mcc',
  'log_loss',
  'brier_score',
] as const;

/** Key of an overall figure that has an interval. */
export type IntervalMetric = (typeof intervalMetrics)[number];

/** A key such as `accuracy_ci95`: the figure, and the confidence level in percent. */
export type IntervalKey = `${IntervalMetric | 'precision' | 'recall' | 'f1'}_ci${number}`;

/** Labels and predicted probabilities of N documents in C classes. */
export interface Predictions {
  /** `[N]` true class ids in [0, C). */
  readonly labels: Int32Array;
  /** `[N × C]` row-major, each row a distribution over the classes. */
  readonly probabilities: Float32Array | Float64Array;
  /** `[C]` class names. */
  readonly labelNames: readonly string[];
}

/** How the intervals are made. */
export interface EvaluationOptions {
  /** Bootstrap resamples; 0 leaves the bootstrap intervals out. Default 1000. */
  readonly bootstrap_samples?: number;
  /** Confidence level of all intervals, in (0, 1). Default 0.95. */
  readonly confidence?: number;
  /** Source of the resamples. Default: seed 0. */
  readonly rng?: Rng;
}

/** One class. Intervals: `precision_ci95` and `recall_ci95` (Wilson), `f1_ci95` (bootstrap). */
export interface ClassEvaluation {
  /** Name of the class. */
  readonly label: string;
  /** Share of the documents predicted as this class that belong to it. */
  readonly precision: number;
  /** Share of this class's documents that were found: the per-class accuracy. */
  readonly recall: number;
  /** Harmonic mean of the two. */
  readonly f1: number;
  /** Documents of this class. */
  readonly support: number;
  /** Documents predicted as this class. */
  readonly predicted: number;
  readonly [interval: IntervalKey]: Interval | undefined;
}

/**
 * A whole evaluation. Intervals stand beside their figure, the confidence level in the key: `accuracy_ci95`,
 * `macro_f1_ci95`, … (`accuracy_ci90` for confidence 0.9); absent where no bootstrap was asked for.
 */
export interface Evaluation {
  /** N. */
  readonly documents: number;
  /** `[C]` class names, in the order of `per_class` and `confusion_matrix`. */
  readonly labels: readonly string[];
  /** Confidence level of the intervals. */
  readonly confidence: number;
  /** Resamples behind the intervals of the overall figures; 0 for none. */
  readonly bootstrap_samples: number;
  /** Share of the documents that were labelled right, in [0, 1]. */
  readonly accuracy: number;
  /** Mean precision of the classes, each counted once. */
  readonly macro_precision: number;
  /** Also called balanced accuracy. */
  readonly macro_recall: number;
  /** Mean F1 of the classes, each counted once. */
  readonly macro_f1: number;
  /** Averages weighted by support. */
  readonly weighted_precision: number;
  /** The same as the accuracy. */
  readonly weighted_recall: number;
  /** Mean F1, weighted by support. */
  readonly weighted_f1: number;
  /** Matthews correlation coefficient for C classes (Gorodkin 2004), in [-1, 1]; 0 where it is not defined. */
  readonly mcc: number;
  /** Mean of -ln p(true class), p clipped to [ε, 1 - ε] with the ε of the probabilities' float type; in nats. */
  readonly log_loss: number;
  /** Mean over documents of Σ_c (p_c - [c is true])², in [0, 2]. */
  readonly brier_score: number;
  /** Over 15 bins, in [0, 1]; see `calibration_bins`. */
  readonly expected_calibration_error: number;
  /** 15 bins of equal width over the highest probability. */
  readonly calibration_bins: readonly CalibrationBin[];
  /** `[C]` figures of each class. */
  readonly per_class: readonly ClassEvaluation[];
  /** `[C][C]` counts: rows are the truth, columns the predictions. */
  readonly confusion_matrix: ConfusionMatrix;
  readonly [interval: IntervalKey]: Interval | undefined;
}

/**
 * Evaluates predictions.
 * @throws ShapeError where the arrays do not fit together.
 * @throws DataError without documents, for a label outside the classes, or for rows that are not distributions.
 */
export function evaluatePredictions(
  predictions: Predictions,
  { bootstrap_samples = 1000, confidence = 0.95, rng = createRng(0) }: EvaluationOptions = {},
): Evaluation {
  checkPredictions(predictions);
  checkConfidence(confidence);
  const { labels, probabilities, labelNames } = predictions;
  const classes = labelNames.length;
  const predicted = argmaxRows(probabilities, classes);
  const scores = documentScores(predictions, predicted);
  const sums = new Sums(classes);

  const figures = new Float64Array(intervalMetrics.length + classes);
  const compute = (documents: Int32Array, out: Float64Array) => {
    sums.reset();
    for (let i = 0; i < documents.length; i++) {
      const n = documents[i];
      sums.add(labels[n], predicted[n], scores.losses[n], scores.brier[n]);
    }
    sums.figures(out);
  };
  const named = (found: Record<string, Interval>) =>
    Object.fromEntries(
      Object.entries(found).map(([metric, interval]) => [`${metric}_${suffix(confidence)}`, interval]),
    ) as Record<IntervalKey, Interval>;
  const intervals =
    bootstrap_samples > 0
      ? bootstrapIntervals(labels.length, figures.length, compute, {
          samples: bootstrap_samples,
          confidence,
          rng,
        })
      : undefined;
  compute(
    Int32Array.from(labels, (_, n) => n),
    figures,
  ); // last, so that `sums` holds the counts of the documents themselves

  const bins = calibrationBins(scores.confidences, scores.right);
  const overall = Object.fromEntries(intervalMetrics.map((metric, k) => [metric, figures[k]])) as Record<
    IntervalMetric,
    number
  >;
  return {
    documents: labels.length,
    labels: [...labelNames],
    confidence,
    bootstrap_samples,
    ...overall,
    ...named(intervals ? Object.fromEntries(intervalMetrics.map((metric, k) => [metric, intervals[k]])) : {}),
    expected_calibration_error: expectedCalibrationError(bins),
    calibration_bins: bins,
    per_class: labelNames.map((label, c) => ({
      label,
      precision: ratio(sums.hits[c], sums.predicted[c]),
      recall: ratio(sums.hits[c], sums.truth[c]),
      f1: figures[intervalMetrics.length + c],
      support: sums.truth[c],
      predicted: sums.predicted[c],
      ...named({
        precision: wilsonInterval(sums.hits[c], sums.predicted[c], confidence),
        recall: wilsonInterval(sums.hits[c], sums.truth[c], confidence),
        ...(intervals ? { f1: intervals[intervalMetrics.length + c] } : {}),
      }),
    })),
    confusion_matrix: confusionMatrix(labels, predicted, classes),
  };
}

/** The interval of a figure, whatever its confidence level; undefined where none was computed. */
export function intervalOf(
  evaluation: Pick<Evaluation, IntervalKey>,
  metric: IntervalMetric | 'precision' | 'recall' | 'f1',
  confidence = 0.95,
): Interval | undefined {
  return evaluation[`${metric}_${suffix(confidence)}`];
}

/** `ci95` for 0.95, `ci99.5` for 0.995. */
function suffix(confidence: number): `ci${number}` {
  return `ci${Number((confidence * 100).toFixed(6))}`;
}

/** What each document contributes to the figures that are means over documents. */
function documentScores({ labels, probabilities, labelNames }: Predictions, predicted: Int32Array) {
  const classes = labelNames.length;
  const count = labels.length;
  const epsilon = probabilities instanceof Float32Array ? 2 ** -23 : 2 ** -52;
  const losses = new Float64Array(count);
  const brier = new Float64Array(count);
  const confidences = new Float64Array(count);
  const right: boolean[] = [];
  for (let n = 0; n < count; n++) {
    const row = n * classes;
    const p = probabilities[row + labels[n]];
    losses[n] = -log(Math.min(Math.max(p, epsilon), 1 - epsilon));
    for (let c = 0; c < classes; c++) {
      const error = probabilities[row + c] - (c === labels[n] ? 1 : 0);
      brier[n] += error * error;
    }
    confidences[n] = probabilities[row + predicted[n]];
    right.push(predicted[n] === labels[n]);
  }
  return { losses, brier, confidences, right };
}

/** Running counts over documents; all figures follow from them, in O(C). */
class Sums {
  /** `[C]` documents predicted right, by class. */
  readonly hits: Float64Array;
  /** `[C]` documents by true class. */
  readonly truth: Float64Array;
  /** `[C]` documents by predicted class. */
  readonly predicted: Float64Array;
  #count = 0;
  #loss = 0;
  #brier = 0;

  constructor(classes: number) {
    this.hits = new Float64Array(classes);
    this.truth = new Float64Array(classes);
    this.predicted = new Float64Array(classes);
  }

  reset(): void {
    this.hits.fill(0);
    this.truth.fill(0);
    this.predicted.fill(0);
    this.#count = this.#loss = this.#brier = 0;
  }

  add(label: number, predicted: number, loss: number, brier: number): void {
    this.truth[label]++;
    this.predicted[predicted]++;
    if (label === predicted) this.hits[label]++;
    this.#count++;
    this.#loss += loss;
    this.#brier += brier;
  }

  /** Writes the figures in the order of `intervalMetrics`, then the F1 of each class. */
  figures(out: Float64Array): void {
    const { hits, truth, predicted } = this;
    const count = this.#count;
    let right = 0;
    let present = 0;
    const macro = [0, 0, 0];
    const weighted = [0, 0, 0];
    let both = 0; // Σ_k t_k p_k, as MCC needs it; likewise the squares
    let truthSquares = 0;
    let predictedSquares = 0;
    for (let c = 0; c < hits.length; c++) {
      const f1 = ratio(2 * hits[c], truth[c] + predicted[c]);
      const values = [ratio(hits[c], predicted[c]), ratio(hits[c], truth[c]), f1];
      if (truth[c] + predicted[c] > 0) present++;
      for (let k = 0; k < 3; k++) {
        macro[k] += values[k]; // a class that does not occur adds 0
        weighted[k] += values[k] * truth[c];
      }
      right += hits[c];
      both += truth[c] * predicted[c];
      truthSquares += truth[c] * truth[c];
      predictedSquares += predicted[c] * predicted[c];
      out[intervalMetrics.length + c] = f1;
    }
    const spread = (count * count - predictedSquares) * (count * count - truthSquares);
    out[0] = right / count;
    for (let k = 0; k < 3; k++) {
      out[1 + k] = macro[k] / present;
      out[4 + k] = weighted[k] / count;
    }
    out[7] = spread === 0 ? 0 : (right * count - both) / Math.sqrt(spread);
    out[8] = this.#loss / count;
    out[9] = this.#brier / count;
  }
}

/** a / b; 0 where b is 0. */
function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}

function checkPredictions({ labels, probabilities, labelNames }: Predictions): void {
  const classes = labelNames.length;
  if (probabilities.length !== labels.length * classes) {
    throw new ShapeError(
      `[evaluate] probabilities must hold documents × classes = ${labels.length} × ${classes} values, but got ${probabilities.length}.`,
    );
  }
  if (labels.length === 0) {
    throw new DataError(
      '[evaluate] there must be at least one labelled document, but got none. Check the data or the split.',
    );
  }
  for (let n = 0; n < labels.length; n++) {
    if (!(labels[n] >= 0 && labels[n] < classes)) {
      throw new DataError(
        `[evaluate] labels must be class ids from 0 to ${classes - 1}, but document ${n} has ${labels[n]}. Leave out documents whose label the model does not know.`,
      );
    }
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const p = probabilities[n * classes + c];
      sum += p >= -1e-6 ? p : NaN;
    }
    if (!(Math.abs(sum - 1) <= 1e-3)) {
      throw new DataError(
        `[evaluate] the probabilities of a document must not be negative and must sum to 1, but those of document ${n} do not. Pass the softmax of the logits.`,
      );
    }
  }
}
