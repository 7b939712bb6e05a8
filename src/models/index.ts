/**
 * Models: the classifier, sessions that give it memory and threads, and model files.
 * @module
 */
export { createClassifier } from './recurrent/classifier.ts';
export type { BatchResult, ClassifierPlan, ClassifierShape, TrainingSpec } from './recurrent/plan.ts';
export { modelOptions, type ModelOptions } from './options.ts';
export { capacityFor, packBatches, predictSequences, scoreAll, type Scores } from './predict.ts';
export {
  createSession,
  type Session,
  sessionBytes,
  type SessionOptions,
  type TrainableClassifier,
} from './session.ts';
export * from './files/index.ts';
