/** A source of config values (preset, file, command line) that remembers where each value was written. */
import { isRange } from '../tune/space/search-space.ts';
import type { SettingsKeys } from './keys.ts';

/** A step of a path into a configuration. */
export type PathStep = string | number;

/** One source of values. Later layers win over earlier ones. */
export interface ConfigLayer {
  /** The values: sections of keys; unchecked. */
  readonly values: unknown;
  /** Where the value at `path` was written, for messages: `config.yaml line 7`, `--train.lr`. */
  where(path: readonly PathStep[]): string;
  /**
   * Whether missing keys have the schema's default instead of following from the data: true for presets. Default
   * false.
   */
  readonly complete?: boolean;
  /** Whether it is a preset, which gives way to a type of model that the user names. Default false. */
  readonly preset?: boolean;
}

/** True for a mapping: not a list, not null, not a class instance. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The value at `path`, or undefined. */
export function valueAt(values: unknown, path: readonly PathStep[]): unknown {
  let value = values;
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isMapping(value) && Object.hasOwn(value, step)) value = value[step];
    else return undefined;
  }
  return value;
}

/**
 * Merges `upper` over `lower`: mappings are merged key by key, anything else is replaced.
 *
 * A key such as `train.schedule` holds a type and its options, or the type's name alone. Options without a type
 * belong to the type that is there; another type replaces the whole, since its options mean something else.
 */
export function mergeValues(
  keys: SettingsKeys,
  lower: unknown,
  upper: unknown,
  path: readonly string[] = [],
): unknown {
  if (upper === undefined) return lower;
  // a range is one value: ranges are not merged
  if (!isMapping(upper) || isRange(upper) || isRange(lower)) return upper;
  let base = isMapping(lower) ? lower : {};
  if (hasType(keys, path)) {
    if (typeof lower === 'string') base = { type: lower };
    if (upper.type !== undefined && upper.type !== base.type) return upper;
  }
  // null prototype: a key called __proto__ stays a key, and is refused as an unknown one
  const merged: Record<string, unknown> = Object.assign(Object.create(null) as object, base);
  for (const [key, value] of Object.entries(upper)) {
    merged[key] = mergeValues(keys, merged[key], value, [...path, key]);
  }
  return merged;
}

/** Whether the value at `path`, below the sections, is a type with options. */
function hasType(keys: SettingsKeys, path: readonly string[]): boolean {
  return path.length >= 2 && keys.schemasAt(path).some((schema) => schema.properties?.type !== undefined);
}

/** A layer of values that were not read from a file, such as those of a call from code. */
export function plainLayer(values: unknown, name: string): ConfigLayer {
  return { values, where: () => name };
}

/** Where the value at `path`, or the nearest thing around it, was written; undefined for a default. */
export function originOf(layers: readonly ConfigLayer[], path: readonly PathStep[]): string | undefined {
  for (let length = path.length; length > 0; length--) {
    const prefix = path.slice(0, length);
    const layer = layers.findLast(({ values }) => valueAt(values, prefix) !== undefined);
    if (layer) return layer.where(prefix);
  }
  return undefined;
}
