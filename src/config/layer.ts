/** A source of config values (preset, file, command line) that remembers where each value was written. */

/** A step of a path into a configuration. */
export type PathStep = string | number;

/** One source of values. Later layers win over earlier ones. */
export interface ConfigLayer {
  /** The values: sections of keys; unchecked. */
  readonly values: unknown;
  /** Where the value at `path` was written, for messages: `config.yaml line 7`, `--train.lr`. */
  where(path: readonly PathStep[]): string;
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
 * Lays `upper` over `lower`: mappings are merged key by key, anything else is replaced. A mapping that names
 * another `type` replaces the whole mapping, since the options of one type mean nothing to another.
 */
export function merge(lower: unknown, upper: unknown, depth = 0): unknown {
  if (upper === undefined) return lower;
  if (!isMapping(upper)) return upper;
  const base = isMapping(lower) ? lower : {};
  // sections have a `type` key too (model.type), so that only what is inside a section is replaced whole
  if (depth >= 2 && 'type' in upper && upper.type !== base.type) return upper;
  // null prototype: a key called __proto__ stays a key, and is refused as an unknown one
  const merged: Record<string, unknown> = Object.assign(Object.create(null) as object, base);
  for (const [key, value] of Object.entries(upper)) merged[key] = merge(merged[key], value, depth + 1);
  return merged;
}
