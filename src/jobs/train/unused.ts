/** Settings that a model which is fitted at once leaves out of account. */
import { changedKeys } from '../../config/diff.ts';
import { resolveConfig } from '../../config/resolve.ts';
import type { Config } from '../../config/schema.ts';

/** The keys of the sections of text and training that count. */
const USED = new Set([
  'text.tokenizer',
  'text.normalization',
  'text.lowercase',
  'train.class_weights',
  'train.class_weights_beta',
  'train.seed',
  'train.baseline',
]);

/** A sentence on the settings that were changed and have no effect; none where there are none. */
export function unusedSettings(config: Config): readonly string[] {
  const unused = changedKeys(resolveConfig(), config).filter(
    (key) => /^(text|train)\./.test(key) && !USED.has(key),
  );
  if (unused.length === 0) return [];
  const one = unused.length === 1;
  return [
    `${unused.join(', ')} ${one ? 'has' : 'have'} no effect with model.type ${config.model.type}: it reads whole documents and is fitted to all of them at once`,
  ];
}
