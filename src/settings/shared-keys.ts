/** The keys of text, model and training that do not only concern networks. */

/** Keys that also apply to a model that is fitted at once. */
export const USED_AT_ONCE: ReadonlySet<string> = new Set([
  'text.tokenizer',
  'text.normalization',
  'text.lowercase',
  'train.class_weights',
  'train.class_weights_beta',
  'train.seed',
  'train.thresholds',
  'train.baseline',
]);

/** Whether a key has no effect on a model that is fitted at once. */
export function isUnusedAtOnce(key: string): boolean {
  return /^(text|train)\./.test(key) && !USED_AT_ONCE.has(key);
}

/** Keys about how a training runs, not what it learns. */
const HOW = new Set([
  'train.threads',
  'train.device',
  'train.gpu_weights',
  'train.checkpoint_seconds',
  'train.calibrate',
  'train.refit',
]);

/** Whether setting a key implies that a network is wanted. */
export function asksForNetwork(key: string): boolean {
  return /^(text|model|train)\./.test(key) && !USED_AT_ONCE.has(key) && !HOW.has(key);
}
