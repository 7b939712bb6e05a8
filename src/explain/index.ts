/**
 * Explanations: what the tokens of a text say for a class, by any trained classifier. Runs in a browser.
 * @module
 */
export { explain } from './explain.ts';
export {
  type ExplainBaseline,
  explainBaselines,
  type ExplainedToken,
  type ExplainMethod,
  explainMethods,
  type ExplainOptions,
  type Explanation,
} from './explanation.ts';
