/**
 * Unroll in one import, for Node: from a labelled file to a trained and measured classifier. Each area has an entry
 * point of its own (`unrolled/text`, `unrolled/train`, ...), and those that need no files run in a browser.
 * @module
 */
export { type Config, defineConfig, resolveConfig } from './config/index.ts';
export { createRng, UnrollError } from './core/index.ts';
export { auditDataset, createDataset, type Dataset, splitDataset, type Splits } from './data/index.ts';
export { readDataset } from './data/node.ts';
export { chooseEngine } from './engine/index.ts';
export { type Evaluation, evaluatePredictions } from './evaluate/index.ts';
export { capacityFor, createSession, predictSequences, type Session } from './models/index.ts';
export { openRunFolder, type RunFolder } from './run/index.ts';
export { buildPipeline, encodeTexts, type TextPipeline } from './text/index.ts';
export { trainClassifier, type TrainEvent, type TrainingResult, trainingSpec } from './train/index.ts';
export { createStudy, loadStudy, type Study, type Trial } from './tune/index.ts';
export { exportJournal, importJournal, openStorage } from './tune/node.ts';
