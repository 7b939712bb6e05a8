/**
 * Explanations: how much each token of a text supports a class, by any trained classifier. Runs in a browser.
 * @module
 */
export { type ClassWord, type ClassWords, classWords } from './class-words.ts';
export {
  type Deletion,
  DELETION_COUNTS,
  deletionOf,
  type DeletionOptions,
  meanDeletion,
} from './deletion.ts';
export { explain, explainInTurns, type TurnOptions } from './explain.ts';
export {
  type ExplainBaseline,
  explainBaselines,
  type ExplainedToken,
  type ExplainMethod,
  explainMethods,
  type ExplainOptions,
  type Explanation,
} from './explanation.ts';
export { type GradientThroughTime, gradientThroughTime } from './through-time.ts';
export { type UnitOptions, unitOverText, type UnitOverText } from './unit.ts';
