/**
 * Search: studies of trials, samplers that choose their parameters, pruners that stop unpromising ones early. Names
 * and semantics are Optuna's. Runs in a browser; databases are in `unrolled/tune/node`.
 * @module
 */
export type { AskOptions, AskTell, Objective, Space, TellOptions } from './study/ask-tell.ts';
export { bestTrial, bestTrials } from './study/best.ts';
export { constraintsOf, isFeasible } from './trial/constraints.ts';
export { distributionFromJson, distributionToJson } from './space/distribution-json.ts';
export {
  categoricalDistribution,
  type CategoricalDistribution,
  type Choice,
  contains,
  type Distribution,
  equalDistributions,
  floatDistribution,
  type FloatDistribution,
  intDistribution,
  type IntDistribution,
  isSingle,
  type ParamValue,
  type RangeOptions,
  toExternal,
  toInternal,
} from './space/distributions.ts';
export { TrialFinishedError, TrialPruned } from './trial/end.ts';
export {
  type Attribute,
  type Attributes,
  type Direction,
  type FrozenTrial,
  isFinished,
  lastStep,
  trialParams,
  type TrialState,
} from './trial/frozen-trial.ts';
export { hypervolume } from './study/hypervolume.ts';
export { type ImportanceOptions, paramImportances } from './importance/ped-anova.ts';
export {
  copyStudy,
  createStudy,
  type CreateStudyOptions,
  deleteStudy,
  loadStudy,
  type StudyOptions,
  type StudyPlace,
} from './study/open.ts';
export type { Catch, OptimizeOptions, OptimizeResult, StopReason } from './study/optimize.ts';
export { dominates, type Losses, nonDominationRanks, toLosses } from './study/pareto.ts';
export { type PruneDecision, type Pruner, pruners } from './pruners/index.ts';
export { firstAttempt, isRetry, lastAttempts, retryHistory, type RetryOptions } from './trial/retry.ts';
export {
  NO_RELATIVE,
  type RelativeSample,
  type Sampler,
  type SamplerContext,
  samplers,
} from './samplers/index.ts';
export { fromUnit } from './samplers/uniform.ts';
export {
  configOf,
  parseSpace,
  type SearchSpace,
  spaceDistributions,
  type SpaceParam,
  suggestFromSpace,
} from './space/search-space.ts';
export type { StudyRecord, StudyStorage, TrialChanges, TrialTemplate } from './storage/contract.ts';
export { MemoryStorage, type MemoryStorageOptions } from './storage/memory.ts';
export { Study } from './study/study.ts';
export { type EnqueueOptions, StoredStudy } from './study/stored-study.ts';
export type { SamplingView, StudyView } from './study/view.ts';
export type { Timers } from './study/timers.ts';
export { Trial } from './trial/trial.ts';
export type { FinalState, ObjectiveValue } from './trial/end.ts';
export type { TrialRecord } from './trial/record.ts';
