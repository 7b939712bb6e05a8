/**
 * Export: a trained model as files for other programs. Runs in a browser.
 * @module
 */
export {
  type HeldOut,
  type Measure,
  measureQuantised,
  openFiles,
  type Quantised,
  quantiseFiles,
} from './int8.ts';
export { madeUpTexts } from './made-up-texts.ts';
export type { Check, Exported, ExportInput, ExportTarget, Programs } from './target.ts';
export { exportTargetNames, exportTargetOf, exportTargets } from './targets/index.ts';
