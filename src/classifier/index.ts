/**
 * Classifiers of texts in memory: from texts and labels to one that is trained and measured, from the files of a model to
 * one that predicts. `unrolled` exports them too, and in Node also reads and writes files.
 * @module
 */
export type { ClassifierEvent, DoubtEvent, NoticeEvent, PreparedEvent } from './events.ts';
export type { Inside, InsideEnsemble, InsideFitted, Insides, InsideSession } from './inside.ts';
export { load, type LoadOptions, type ModelSource, type PickedFile } from './load.ts';
export { type ModelFiles, readModelFiles, writeModelFiles } from './model-files.ts';
export {
  type ClassifierOptions,
  type ClassScore,
  createTextClassifier,
  type TextClassifier,
  type TextScores,
} from './text-classifier.ts';
export type { TokenWeights } from './token-weights.ts';
export { train, type TrainedClassifier } from './train.ts';
export type { TrainContext, TrainingTexts, TrainTextsOptions } from './train-arguments.ts';
export type { Settings, SettingsInput } from '../settings/sections.ts';
