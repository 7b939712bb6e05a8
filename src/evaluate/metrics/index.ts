/** The family of metrics: adding one is a file and a line in the list. */
import { accuracy } from './accuracy.ts';
import { brierScore } from './brier-score.ts';
import { expectedCalibrationError } from './calibration-error.ts';
import { macroF1, weightedF1 } from './f1.ts';
import { logLoss } from './log-loss.ts';
import { mcc } from './mcc.ts';
import type { Metric } from './metric.ts';
import { macroPrecision, weightedPrecision } from './precision.ts';
import { macroRecall, weightedRecall } from './recall.ts';

export type {
  LabelMetric,
  Metric,
  PredictedDocuments,
  ProbabilityMetric,
  SampleMetric,
  ScoredDocument,
} from './metric.ts';
export type { ClassCounts } from './class-counts.ts';

/**
 * In the order of `test.json`. There is no micro average: with one label per document, micro precision, recall and F1 all
 * equal the accuracy.
 */
const list = [
  accuracy,
  macroPrecision,
  macroRecall,
  macroF1,
  weightedPrecision,
  weightedRecall,
  weightedF1,
  mcc,
  logLoss,
  brierScore,
  expectedCalibrationError,
] as const;

/** The name of a metric: its key in an `Evaluation`. */
export type MetricName = (typeof list)[number]['type'];

/** All metrics, by the key in `test.json`. */
export const metrics: readonly Metric<MetricName>[] = list;

/** Those that are reported wherever there is room for a few numbers. */
export const headlineMetrics = metrics.filter(({ rank }) => rank === 'headline');

/** Those that describe a model in full, the headlines among them; each may be watched in training and searched for. */
export const tableMetrics = metrics.filter(({ rank }) => rank !== 'detail');
