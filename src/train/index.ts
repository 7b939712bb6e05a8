/**
 * Training: the loop with its events, early stopping and checkpoints.
 * @module
 */
export type { TrainingPart } from './epoch-documents.ts';
export { trainClassifier } from './loop.ts';
export type { TrainingResult, TrainingRun } from './training-run.ts';
export type { TrainingCheckpoint, TrainingCheckpointStore, TrainingState } from './checkpoint.ts';
export type {
  CheckpointEvent,
  EpochEvent,
  PhaseEvent,
  StepEvent,
  StopEvent,
  StopReason,
  TrainEvent,
  TrainListener,
} from './events.ts';
export { createEarlyStopping, type EarlyStopping, type EarlyStoppingOptions } from './early-stopping.ts';
export { type Monitor, monitorMode, MONITORS } from '../nn/schedules/index.ts';
export { scheduleMonitor, trainOptions, type TrainOptions } from './options.ts';
export { balancedWeights, classPriors, effectiveWeights, trainingSpec, trainingWeights } from './spec.ts';
export { epochLengths, type Sampling, SAMPLINGS } from './sampling.ts';
