/** The family of figures: adding one is a file and a line in the list. */
import { ConfigError } from '../core/errors.ts';
import { didYouMean, nearest } from '../core/nearest.ts';
import { accuracyCurve } from './accuracy-curve.ts';
import { attentionWeights } from './attention-weights.ts';
import { classCounts } from './class-counts.ts';
import { classWordsFigure } from './class-words.ts';
import { curvesOfSettings } from './curves-of-settings.ts';
import { confusionMatrixNormalised } from './confusion-matrix-normalised.ts';
import { confusionMatrixCounts } from './confusion-matrix.ts';
import { deletionCurve } from './deletion-curve.ts';
import { explainedTexts } from './explained-texts.ts';
import type { ListedFigure } from './figure.ts';
import { foldScores } from './fold-scores.ts';
import { gates } from './gates.ts';
import { gradientFlow } from './gradient-flow.ts';
import { gradientThroughTimeFigure } from './gradient-through-time.ts';
import { lengthHistogram } from './length-histogram.ts';
import { lossCurve } from './loss-curve.ts';
import { lrSchedule } from './lr-schedule.ts';
import { modelFlowchart } from './model-flowchart.ts';
import { modelsWithIntervals } from './models-with-intervals.ts';
import { perClassAccuracy } from './per-class-accuracy.ts';
import { perClassScores } from './per-class-scores.ts';
import { reliability } from './reliability.ts';
import { riskCoverage } from './risk-coverage.ts';
import { type Sources, type Subject, subjectOf } from './sources.ts';
import { strongestNgrams } from './strongest-ngrams.ts';
import { contour } from './study/contour.ts';
import { edf } from './study/edf.ts';
import { intermediateValues } from './study/intermediate-values.ts';
import { optimizationHistory } from './study/optimization-history.ts';
import { parallelCoordinate } from './study/parallel-coordinate.ts';
import { paramImportances } from './study/param-importances.ts';
import { paretoFront } from './study/pareto-front.ts';
import { slice } from './study/slice.ts';
import { timeline } from './study/timeline.ts';
import { tokensRead } from './tokens-read.ts';
import { toyLoss } from './toy-loss.ts';
import { toyPredictions } from './toy-predictions.ts';
import { trainingFlowchart } from './training-flowchart.ts';
import { vocabularyCoverage } from './vocabulary-coverage.ts';

/** All figures, in the order in which a report shows them. */
export const figures: readonly ListedFigure[] = [
  modelsWithIntervals,
  curvesOfSettings,
  toyLoss,
  toyPredictions,
  gradientFlow,
  classCounts,
  lengthHistogram,
  vocabularyCoverage,
  modelFlowchart,
  trainingFlowchart,
  lossCurve,
  accuracyCurve,
  lrSchedule,
  confusionMatrixCounts,
  confusionMatrixNormalised,
  perClassAccuracy,
  perClassScores,
  reliability,
  riskCoverage,
  tokensRead,
  strongestNgrams,
  attentionWeights,
  paretoFront,
  optimizationHistory,
  edf,
  paramImportances,
  slice,
  contour,
  parallelCoordinate,
  intermediateValues,
  timeline,
  foldScores,
  explainedTexts,
  classWordsFigure,
  deletionCurve,
  gates,
  gradientThroughTimeFigure,
];

/** The names of all figures. */
export const figureTypes: readonly string[] = figures.map((figure) => figure.type);

/** The figures of a run, a study or a comparison, in their order. */
export function figuresOf(subject: Subject): ListedFigure[] {
  return figures.filter(({ needs }) => subjectOf(needs) === subject);
}

/**
 * The number of each figure that can be drawn from these sources, from 1 in the order of the list: commands and reports
 * take the numbers from here, so that "Figure 3" is the same everywhere.
 */
export function figureNumbers(sources: Sources): ReadonlyMap<string, number> {
  const drawn = figures.filter((figure) => figure.lacks(sources) === undefined);
  return new Map(drawn.map(({ type }, i) => [type, i + 1]));
}

/** The figure called `type`. @throws ConfigError that lists the names */
export function getFigure(type: string): ListedFigure {
  const found = figures.find((figure) => figure.type === type);
  if (found) return found;
  const guess = nearest(type, figureTypes);
  throw new ConfigError(
    `[figures] the figure must be one of ${figureTypes.join(', ')}, but got "${type}".${didYouMean(guess)}`,
  );
}

export {
  accuracyCurve,
  attentionWeights,
  classCounts,
  classWordsFigure,
  confusionMatrixCounts,
  confusionMatrixNormalised,
  contour,
  curvesOfSettings,
  deletionCurve,
  edf,
  explainedTexts,
  foldScores,
  gates,
  gradientFlow,
  gradientThroughTimeFigure,
  intermediateValues,
  lengthHistogram,
  lossCurve,
  lrSchedule,
  modelFlowchart,
  modelsWithIntervals,
  optimizationHistory,
  parallelCoordinate,
  paramImportances,
  paretoFront,
  perClassAccuracy,
  perClassScores,
  reliability,
  riskCoverage,
  slice,
  strongestNgrams,
  timeline,
  tokensRead,
  toyLoss,
  toyPredictions,
  trainingFlowchart,
  vocabularyCoverage,
};
export { dataFacts } from './data-facts.ts';
export {
  type BoundFigure,
  defineFigure,
  type DrawOptions,
  type Figure,
  type FigureDefinition,
  type ListedFigure,
} from './figure.ts';
export type {
  AttendedDocument,
  ClassWordFacts,
  ComparedModel,
  ComparisonFacts,
  DataFacts,
  DeletionFacts,
  Ending,
  EpochRecord,
  ExplainedDocument,
  ExplainedFacts,
  FigureSources,
  FoldFacts,
  FoldsOfConfiguration,
  History,
  ModelFacts,
  NgramFacts,
  ScratchFacts,
  Sources,
  StudyFacts,
  Subject,
  TrainingFacts,
} from './sources.ts';
export { subjectOf } from './sources.ts';
export { contrast, type Theme, type ThemeName, themes } from './chart/theme.ts';
