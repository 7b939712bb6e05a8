/** Evaluation: metrics, confusion, calibration and intervals. Runs in a browser. */
export { calibrationBins, type CalibrationBin } from './calibration.ts';
export {
  argmaxRows,
  confusionMatrix,
  countCorrect,
  mostFrequentConfusions,
  type Confusion,
  type ConfusionMatrix,
} from './confusion.ts';
export {
  fewestDocuments,
  promisePrecision,
  riskCoverage,
  type Abstention,
  type JudgedDocuments,
  type RiskCoveragePoint,
} from './abstention.ts';
export { conformalRule, predictionSet, setMethods, type SetMethod, type SetRule } from './conformal.ts';
export {
  findLabelErrors,
  labelScores,
  needsMargins,
  type LabelErrors,
  type LabelledDocuments,
  type LabelScore,
} from './label-errors.ts';
export { noneOfThese, typicalOf, type TypicalDocuments } from './typical.ts';
export { scaleProbabilities, temperatureOf, type ProbableDocuments } from './temperature.ts';
export {
  bootstrapIntervals,
  clopperPearsonLower,
  normalQuantile,
  quantile,
  wilsonInterval,
  type Interval,
} from './intervals.ts';
export {
  evaluatePredictions,
  intervalOf,
  type CalibrationResult,
  type ClassEvaluation,
  type Evaluation,
  type EvaluationOptions,
  type IntervalKey,
  type Predictions,
  type TokensReadPoint,
} from './evaluation.ts';
export {
  headlineMetrics,
  type ClassCounts,
  type LabelMetric,
  type Metric,
  type MetricName,
  metrics,
  type PredictedDocuments,
  type ProbabilityMetric,
  type SampleMetric,
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
export { type StudentTest } from './student.ts';
export { applyThresholds, chooseThresholds, THRESHOLDS } from './thresholds.ts';
