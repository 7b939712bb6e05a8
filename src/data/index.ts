/**
 * Data: data sets from rows, their audit, copies, splits, folds and batches. Runs in a browser; reading files is in
 * `unrolled/data/node`.
 * @module
 */
export {
  type Audit,
  auditDataset,
  type AuditOptions,
  type ClassAudit,
  type ConflictAudit,
  type DuplicateAudit,
  type LeakageAudit,
  type TruncationAudit,
  type VocabularyAudit,
} from './audit.ts';
export { type BatchOptions, createBatches, evaluationBatches } from './batches.ts';
export {
  alignLabels,
  classCounts,
  createDataset,
  type Dataset,
  type DatasetOptions,
  type Row,
} from './dataset.ts';
export { type DuplicateOptions, type Duplicates, findDuplicates } from './duplicates.ts';
export { createFolds, type Fold, type FoldOptions, requireFoldable } from './folds.ts';
export { describeReadAs, type ReadAs, type ReadColumn } from './read-as.ts';
export { findOddRows, type OddRows } from './odd-rows.ts';
export {
  leaked,
  partNames,
  splitDataset,
  type SplitDuplicates,
  type SplitIds,
  splitIds,
  type SplitOptions,
  type Splits,
} from './splits.ts';
export { summarise, type Summary } from './summary.ts';
