/** The keys of the sections of text, model and training that do not concern a network alone. */

/** Those that a model which is fitted at once takes into account too. */
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

/** Those that say how a training runs, not what it learns. */
const HOW = new Set([
  'train.threads',
  'train.device',
  'train.checkpoint_seconds',
  'train.calibrate',
  'train.refit',
]);

/** Whether a key, where somebody sets it, says that a network is wanted. */
export function asksForNetwork(key: string): boolean {
  return /^(text|model|train)\./.test(key) && !USED_AT_ONCE.has(key) && !HOW.has(key);
}
