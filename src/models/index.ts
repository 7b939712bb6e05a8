/**
 * Models: classifiers, sessions that give them memory and threads, and model files.
 * @module
 */
export type {
  FlowBox,
  FlowchartFacts,
  FlowStage,
  ModelDescription,
  ModelFlowchart,
  ModelSizes,
  ParameterFact,
} from './description.ts';
export {
  describeModel,
  modelOf,
  models,
  modelTypes,
  openModel,
  parametersOf,
  savedOptions,
} from './family.ts';
export type {
  FittedClassifier,
  FittedModel,
  LabelledTexts,
  ModelDefinition,
  ModelPlan,
  StepwiseModel,
} from './model.ts';
export { createClassifier } from './recurrent/classifier.ts';
export type { ClassifierPlan, ClassifierShape } from './recurrent/plan.ts';
export {
  completeModelOptions,
  modelOptions,
  type ModelOptions,
  recurrentOptions,
  type RecurrentModelOptions,
} from './options.ts';
export { capacityFor, packBatches, predictSequences, scoreAll, type Scores } from './predict.ts';
export { createSession, type Session, sessionBytes, type SessionOptions } from './session.ts';
export type { BatchResult, TrainableClassifier, TrainingSpec } from './trainable.ts';
export * from './files/index.ts';
