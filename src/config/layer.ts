/** Layers of a config: sources of values that remember where each was written. */
import { mergeValues } from '../settings/layer.ts';
import { fileKeys } from './keys.ts';

export {
  type ConfigLayer,
  isMapping,
  originOf,
  type PathStep,
  plainLayer,
  valueAt,
} from '../settings/layer.ts';

/** Merges `upper` over `lower`: `mergeValues` for the keys of a config file. */
export function merge(lower: unknown, upper: unknown): unknown {
  return mergeValues(fileKeys, lower, upper);
}
