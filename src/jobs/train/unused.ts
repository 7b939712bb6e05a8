/** Settings that have no effect on a model that is fitted at once. */
import { changedKeys } from '../../config/diff.ts';
import { resolveConfig } from '../../config/resolve.ts';
import type { Config } from '../../config/schema.ts';
import { isUnusedAtOnce } from '../../settings/shared-keys.ts';

/** A sentence on the settings that were changed and have no effect; none where there are none. */
export function unusedSettings(config: Config): readonly string[] {
  const unused = changedKeys(resolveConfig(), config).filter(isUnusedAtOnce);
  if (unused.length === 0) return [];
  const one = unused.length === 1;
  return [
    `${unused.join(', ')} ${one ? 'has' : 'have'} no effect with model.type ${config.model.type}: it reads whole documents and is fitted to all of them at once`,
  ];
}
