/** Evaluation: metrics, confusion, calibration and intervals. Runs in a browser. */
export { calibrationBins, expectedCalibrationError, type CalibrationBin } from './calibration.ts';
export {
  argmaxRows,
  confusionMatrix,
  mostFrequentConfusions,
  type Confusion,
  type ConfusionMatrix,
} from './confusion.ts';
export { bootstrapIntervals, normalQuantile, quantile, wilsonInterval, type Interval } from './intervals.ts';
export {
  evaluatePredictions,
  intervalOf,
  type ClassEvaluation,
  type Evaluation,
  type EvaluationOptions,
  type IntervalKey,
  type Predictions,
} from './evaluation.ts';
export {
  headlineMetrics,
  type ClassCounts,
  type LabelMetric,
  type Metric,
  type MetricName,
  metrics,
  type ProbabilityMetric,
  type ScoredDocument,
  tableMetrics,
} from './metrics/index.ts';
export {
  comparePaired,
  holm,
  type McNemar,
  mcnemar,
  type PairedComparison,
  type PairedDifference,
  type PairedOptions,
  type PairedPredictions,
  type Verdict,
  verdictOf,
} from './paired.ts';
export {
  compareSeeds,
  compareSplitSeeds,
  meanOverSeeds,
  type SeedComparison,
  type SeededPredictions,
  type SeedPair,
} from './paired-seeds.ts';
export {
  compareResampled,
  meanOverResamples,
  type ResampledComparison,
  type ResampledMean,
  type ResampledOptions,
} from './resampled.ts';
export { type StudentTest } from './paired-student.ts';
