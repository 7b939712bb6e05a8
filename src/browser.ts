/**
 * Unroll in one import, in a browser: from texts and labels to a trained and measured classifier, and from a saved one to
 * predictions. In Node the same import also reads and writes files.
 * @module
 */
export {
  type ClassifierEvent,
  type ClassScore,
  load,
  type LoadOptions,
  type ModelSource,
  type TextClassifier,
  type TextScores,
  train,
  type TrainedClassifier,
  type TrainingTexts,
  type TrainTextsOptions,
} from './classifier/index.ts';
export { createRng, UnrollError } from './core/index.ts';
export { auditDataset, createDataset, type Dataset, splitDataset, type Splits } from './data/index.ts';
export { chooseEngine } from './engine/index.ts';
export { type Evaluation, evaluatePredictions } from './evaluate/index.ts';
export { capacityFor, createSession, predictSequences, type Session } from './models/index.ts';
export { buildPipeline, encodeTexts, type TextPipeline } from './text/index.ts';
export { trainClassifier, type TrainEvent, type TrainingResult, trainingSpec } from './train/index.ts';
export { createStudy, loadStudy, type Study, type Trial } from './tune/index.ts';
