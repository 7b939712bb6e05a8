/** Run folders, model folders and checkpoints on disk. Node only. */
export { recoverFolder, writeFileAtomic, writeFolderAtomic, type Content, type WritingFs } from './atomic.ts';
export {
  createCheckpointStore,
  type Checkpoint,
  type CheckpointStore,
  type LoadedCheckpoint,
  removeCheckpoints,
} from './checkpoints.ts';
export {
  describeMachine,
  describeVersions,
  readDescription,
  writeDescription,
  type NewDescription,
  type RunDescription,
} from './description.ts';
export { fileError, withFileErrors } from './file-errors.ts';
export { makeFolder } from './folders.ts';
export { readJson, toJson, writeJson } from './json-file.ts';
export { appendMetrics, keepMetricsUpTo, readMetrics, type MetricsRecord } from './metrics-file.ts';
export {
  findModelFolder,
  readModelFolder,
  readRegularFile,
  whatIsThere,
  writeFilesAtomic,
  writeModelFolder,
} from './model-folder.ts';
export { type AttendedDocuments, readAttention, writeAttention } from './attention-file.ts';
export {
  csvField,
  escapeFormula,
  predictionLines,
  writePredictions,
  type PredictionRows,
  type PredictionsOptions,
} from './predictions-file.ts';
export { makeOwnFolder, type OwnFolder } from './own-folder.ts';
export {
  programName,
  resumeCommand,
  resumeSearchCommand,
  resumeTypedCommand,
  STDIN,
  trainingCommand,
} from './resume-command.ts';
export {
  createRunFolder,
  type HeldRunFolder,
  holdRunFolder,
  makeNumbered,
  newestRun,
  openRunFolder,
  type PlaceToBegin,
  placeToBegin,
  runEntries,
  safeName,
  writeResolvedConfig,
  type RunFolder,
  type RunFolderOptions,
} from './run-folder.ts';
export { lockRun, type RunLock } from './run-lock.ts';
export { readRunConfig } from './run-config.ts';
export { readScratch, type ScratchFile, writeScratch } from './scratch-file.ts';
export { type Keeping, keepings, readSeeds, SEEDS_FILE, type SeedsState, writeSeeds } from './seeds-file.ts';
export { readSplits, writeSplits, type SplitRows } from './splits-file.ts';
export { type ChoiceRecord, readChoice, writeChoice } from './choice-file.ts';
export { type BaselineResults, readBaseline, writeBaseline } from './baseline-file.ts';
export { readValidation, writeValidation, type ValidationPredictions } from './validation-file.ts';
export { readTestResults, writeTestResults, type TestResults } from './test-file.ts';
export {
  type ClassScore,
  loadClassifier,
  type LoadClassifierOptions,
  modelFolderOf,
  type TextClassifier,
} from './text-classifier.ts';
export { readStrongest, strongestOf, type StrongestFeatures, writeStrongest } from './strongest-file.ts';
