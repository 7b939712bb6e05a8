/**
 * How good a classifier is on labelled documents: every metric as scikit-learn computes it, each metric with a
 * bootstrap interval. The result is plain JSON.
 */
import { DataError, ShapeError } from '../core/errors.ts';
import { createRng, type Rng } from '../core/rng.ts';
import { type JudgedDocuments, riskCoverage, type RiskCoveragePoint } from './abstention.ts';
import { calibrationBins, type CalibrationBin } from './calibration.ts';
import { argmaxRows, confusionMatrix, type ConfusionMatrix } from './confusion.ts';
import {
  checkConfidence,
  distanceInterval,
  percentileInterval,
  resampledValues,
  wilsonInterval,
  type Interval,
} from './intervals.ts';
import { classCounter, type ClassCounts, f1, precision, recall } from './metrics/class-counts.ts';
import { type Metric, type MetricName, metrics } from './metrics/index.ts';

/** A key such as `accuracy_ci95`: the metric, and the confidence level in percent. */
export type IntervalKey = `${MetricName | 'precision' | 'recall' | 'f1'}_ci${number}`;

/** Labels and predicted probabilities of N documents in C classes. */
export interface Predictions {
  /** `[N]` true class ids in [0, C). */
  readonly labels: Int32Array;
  /** `[N × C]` row-major, each row a distribution over the classes. */
  readonly probabilities: Float32Array | Float64Array;
  /** `[C]` class names. */
  readonly labelNames: readonly string[];
  /** The probabilities before temperature scaling, where there was any: their calibration is measured beside. */
  readonly unscaled?: { readonly temperature: number; readonly probabilities: Float64Array } | undefined;
}

/** How probabilities are calibrated. */
export interface CalibrationResult {
  /** Mean of -ln p(true class), in nats. */
  readonly log_loss: number;
  /** Mean squared distance to the one-hot truth. */
  readonly brier_score: number;
  /** Over 15 bins of equal mass, in [0, 1]. */
  readonly expected_calibration_error: number;
  /** 15 bins of equal width over the highest probability. */
  readonly calibration_bins: readonly CalibrationBin[];
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
  /** Proportion of the documents predicted as this class that belong to it. */
  readonly precision: number;
  /** Proportion of this class's documents that were found: the per-class accuracy. */
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
 * A whole evaluation: every metric by its name. Intervals stand beside, the confidence level in the key: `accuracy_ci95`,
 * `macro_f1_ci95`, … (`accuracy_ci90` for confidence 0.9); absent where no bootstrap was asked for.
 */
export interface Evaluation extends Readonly<Record<MetricName, number>> {
  /** N. */
  readonly documents: number;
  /** `[C]` class names, in the order of `per_class` and `confusion_matrix`. */
  readonly labels: readonly string[];
  /** Confidence level of the intervals. */
  readonly confidence: number;
  /** Resamples behind the intervals of the metrics; 0 for none. */
  readonly bootstrap_samples: number;
  /** 15 bins of equal width over the highest probability, for the reliability diagram. */
  readonly calibration_bins: readonly CalibrationBin[];
  /** How many labels are wrong if only the surest documents get one; evaluations of before lack it. */
  readonly risk_coverage?: readonly RiskCoveragePoint[];
  /** Accuracy of a network that reads less of each document, the shortest reading first; left out for other models. */
  readonly tokens_read?: readonly TokensReadPoint[];
  /** Before temperature scaling; left out where there was none. */
  readonly before_scaling?: CalibrationResult & { readonly temperature: number };
  /** `[C]` metrics of each class. */
  readonly per_class: readonly ClassEvaluation[];
  /** `[C][C]` counts: rows are the truth, columns the predictions. */
  readonly confusion_matrix: ConfusionMatrix;
  readonly [interval: IntervalKey]: Interval | undefined;
}

/** Documents read up to a number of tokens. */
export interface TokensReadPoint {
  /** Tokens that are read, at most. */
  readonly tokens: number;
  /** Documents measured. */
  readonly documents: number;
  /** How many of them are classified correctly. */
  readonly correct: number;
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
  const measures = metrics.map((metric) => measureOf(metric, predictions, predicted));
  const countClasses = classCounter(labels, predicted, classes);

  // the metrics in the order of their list, then the F1 of each class
  const values = new Float64Array(metrics.length + classes);
  const compute = (documents: Int32Array, out: Float64Array) => {
    const counts = countClasses(documents);
    for (const [k, measure] of measures.entries()) out[k] = measure(counts, documents);
    for (let c = 0; c < classes; c++) out[metrics.length + c] = f1(counts, c);
  };
  const named = (found: Record<string, Interval>) =>
    Object.fromEntries(
      Object.entries(found).map(([metric, interval]) => [`${metric}_${suffix(confidence)}`, interval]),
    ) as Record<IntervalKey, Interval>;
  const columns =
    bootstrap_samples > 0
      ? resampledValues(labels.length, values.length, compute, { samples: bootstrap_samples, rng })
      : undefined;
  const all = Int32Array.from(labels, (_, n) => n);
  compute(all, values);
  const counts = countClasses(all);
  const intervalFrom = (resampled: Float64Array, k: number): Interval => {
    const metric = k < metrics.length ? metrics[k] : undefined;
    if (metric?.needs === 'sample' && metric.biasedUp)
      return distanceInterval(resampled, values[k], { confidence, most: metric.range[1] });
    const interval = percentileInterval(resampled, confidence);
    // resamples of documents without an error have none either, which says nothing of other documents
    return metric?.needs === 'labels' && metric.proportion && interval[0] === interval[1]
      ? wilsonInterval(values[k] * labels.length, labels.length, confidence)
      : interval;
  };
  const intervals = columns?.map(intervalFrom);

  const byName = <T>(list: ArrayLike<T>) =>
    Object.fromEntries(metrics.map(({ type }, k) => [type, list[k]])) as Record<MetricName, T>;
  return {
    documents: labels.length,
    labels: [...labelNames],
    confidence,
    bootstrap_samples,
    ...byName(values),
    ...named(intervals ? byName(intervals) : {}),
    calibration_bins: binsOf(predictions, predicted),
    risk_coverage: riskCoverage(judged(predictions, predicted)),
    ...beforeScaling(predictions),
    per_class: labelNames.map((label, c) => ({
      label,
      precision: precision(counts, c),
      recall: recall(counts, c),
      f1: values[metrics.length + c],
      support: counts.truth[c],
      predicted: counts.predicted[c],
      ...named({
        precision: wilsonInterval(counts.hits[c], counts.predicted[c], confidence),
        recall: wilsonInterval(counts.hits[c], counts.truth[c], confidence),
        ...(intervals ? { f1: intervals[metrics.length + c] } : {}),
      }),
    })),
    confusion_matrix: confusionMatrix(labels, predicted, classes),
  };
}

/** The highest probability of each document, and whether its class is the true one. */
function judged({ labels, probabilities, labelNames }: Predictions, predicted: Int32Array): JudgedDocuments {
  return {
    confidences: Array.from(predicted, (c, n) => probabilities[n * labelNames.length + c]),
    right: Array.from(predicted, (c, n) => c === labels[n]),
  };
}

function binsOf(predictions: Predictions, predicted: Int32Array): CalibrationBin[] {
  const { confidences, right } = judged(predictions, predicted);
  return calibrationBins(confidences, right);
}

function beforeScaling({
  unscaled,
  labels,
  labelNames,
}: Predictions): Pick<Evaluation, 'before_scaling'> | undefined {
  if (!unscaled) return undefined;
  const { temperature, probabilities } = unscaled;
  const { log_loss, brier_score, expected_calibration_error, calibration_bins } = evaluatePredictions(
    { labels, labelNames, probabilities },
    { bootstrap_samples: 0 },
  );
  return {
    before_scaling: { temperature, log_loss, brier_score, expected_calibration_error, calibration_bins },
  };
}

/** The interval of a metric, whatever its confidence level; undefined where none was computed. */
export function intervalOf(
  evaluation: Pick<Evaluation, IntervalKey>,
  metric: MetricName | 'precision' | 'recall' | 'f1',
  confidence = 0.95,
): Interval | undefined {
  return evaluation[`${metric}_${suffix(confidence)}`];
}

/** `ci95` for 0.95, `ci99.5` for 0.995. */
function suffix(confidence: number): `ci${number}` {
  return `ci${Number((confidence * 100).toFixed(6))}`;
}

/** A metric of drawn documents, whose counts are at hand. */
type Measure = (counts: ClassCounts, documents: Int32Array) => number;

function measureOf(
  metric: Metric,
  { labels, probabilities, labelNames }: Predictions,
  predicted: Int32Array,
): Measure {
  if (metric.needs === 'labels') return (counts) => metric.compute(counts);
  const classes = labelNames.length;
  if (metric.needs === 'sample') {
    const measure = metric.measure({ labels, predicted, probabilities, classes });
    return (_counts, documents) => measure(documents);
  }
  const scores = Float64Array.from(labels, (label, n) =>
    metric.score({ probabilities, row: n * classes, classes, label }),
  );
  return (_counts, documents) => {
    let sum = 0;
    for (let i = 0; i < documents.length; i++) sum += scores[documents[i]];
    return sum / documents.length;
  };
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
        `[evaluate] labels must be class ids from 0 to ${classes - 1}, but document ${n} has ${labels[n]}. Remove documents whose label the model does not know.`,
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
