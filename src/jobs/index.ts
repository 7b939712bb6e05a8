/**
 * Jobs: what a person asks for, from data to files, without a terminal. Each takes a request and an optional context
 * (a listener for its events, a signal that stops it, a clock), and returns its results as data. Node only.
 * @module
 */
export { audit, type AuditRequest } from './audit.ts';
export { learnWordVectors, type LearnedFile, type VectorsRequest } from './vectors.ts';
export { beginJob, type Job, type JobContext } from './context.ts';
export {
  type DeletionResult,
  explainClasses,
  explainDeletion,
  type ExplainedText,
  type ExplainedTexts,
  type ExplainRequest,
  explainTexts,
} from './explain/explain.ts';
export { type DoubtfulDocument, type ErrorsRequest, findErrors, type FoundErrors } from './errors/errors.ts';
export { errorsWriter } from './errors/errors-file.ts';
export { evaluate, type Evaluated, type EvaluateRequest } from './evaluate/evaluate.ts';
export { crossValidate, type CrossValidated, type CvRequest } from './cv/cv.ts';
export type {
  CvBeginsEvent,
  CvEpochEvent,
  CvEvent,
  CvTraining,
  CvTrainingBeganEvent,
  CvTrainingEndedEvent,
} from './cv/events.ts';
export type { ConfigurationResult, CvComparison, CvState, MetricResult } from './cv/state.ts';
export type {
  BaselineEvent,
  ChoiceEvent,
  ChosenEvent,
  DataMissing,
  DataMissingEvent,
  DoubtEvent,
  FiguresEvent,
  FiguresMissingEvent,
  FinishedBeforeEvent,
  FitBeginsEvent,
  FittedEvent,
  FittingEvent,
  JobEvent,
  JobListener,
  MeasuringEvent,
  NoticeEvent,
  PreparedEvent,
  RefitBeginsEvent,
  ResumedEvent,
  RunBeginsEvent,
  SeedBeginsEvent,
  SeenEvent,
  Stoppable,
  StoppableEvent,
  TrainedEvent,
  PrecisionPromisedEvent,
  SetsCalibratedEvent,
  AbstainedEvent,
  UnknownTextsEvent,
  WarmUpEvent,
  WorkingEvent,
  WrittenEvent,
} from './events.ts';
export {
  findWrongLabels,
  type FoundLabels,
  type LabelsRequest,
  type QuestionedLabel,
} from './labels/labels.ts';
export { exportModel, type ExportedModel, type ExportRequest } from './export/export.ts';
export { drawFigures, type FiguresRequest } from './figures/figures.ts';
export { type ConfidenceRequest, type Judge, judgeOf } from './predict/confidence.ts';
export {
  createPredictionWriter,
  type OutputFormat,
  outputFormats,
  predictionObject,
  type PredictionRow,
  type PredictionWriter,
  roundScore,
  type WriterOptions,
} from './predict/output.ts';
export { openResultFile, type ResultFile } from './predict/result-file.ts';
export { predict, type Predictions, type PredictRequest } from './predict/predict.ts';
export { report, type Reported, type ReportRequest } from './report/report.ts';
export type { ScratchSettings } from './scratch/config.ts';
export {
  scratch,
  type ScratchOutcome,
  type ScratchRequest,
  warmUpAlone,
  type WarmUpRequest,
} from './scratch/scratch.ts';
export type { WarmUp } from './scratch/warm-up.ts';
export type {
  BestTrialEvent,
  ModelDiffersEvent,
  NothingLeftEvent,
  NothingPrunedEvent,
  SearchBeginsEvent,
  SearchCostEvent,
  SearchDocumentsEvent,
  SearchEndedEvent,
  SearchEvent,
  StudyOpenedEvent,
  TrialBeganEvent,
  TrialCounts,
  TrialEndedEvent,
  TrialEpochEvent,
  TrialFinishedEvent,
  WaitingEvent,
} from './search/events.ts';
export { type Found, summariseStudy } from './search/results.ts';
export { search, type SearchRequest } from './search/search.ts';
export { explainSettings } from './train/chosen.ts';
export type { Outcome } from './train/run.ts';
export type { RunSummary } from './train/save.ts';
export type { RunRequest, Settings } from './train/start.ts';
export { type SeedsOutcome, type SeedsRequest, trainSeeds } from './train/seeds.ts';
export type { Keeping, SeedsState } from '../run/index.ts';
export { train, type TrainRequest } from './train/train.ts';
export type {
  OwnDataEvent,
  OwnLabelsEvent,
  StageBeganEvent,
  StageEndedEvent,
  StagePlan,
  StagesEvent,
  StageSkippedEvent,
  StagesKeptEvent,
  WorkshopEvent,
} from './workshop/events.ts';
export type { WorkshopResults } from './workshop/results.ts';
export { workshop, type WorkshopRequest } from './workshop/workshop.ts';
