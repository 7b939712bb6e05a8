/** The keys of settings with type, default and meaning, for help texts, suggestions and overrides. */
import type * as z from 'zod';
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts';

/** One key of the settings. */
export interface SettingsKey {
  /** Dotted path, such as `train.lr`. */
  readonly path: string;
  /** What a value looks like, such as `NUMBER` or `adam|adamw|sgd`. */
  readonly placeholder: string;
  /** One phrase. */
  readonly description: string;
  /** The default as written in a config; undefined if a missing key has a meaning of its own. */
  readonly default: unknown;
  /** Whether it is a boolean key. */
  readonly boolean: boolean;
  /** The range of a number, or of the numbers of a list, such as `[0, 1)` or `≥ 1`; empty where any is allowed. */
  readonly range: string;
}

/** The keys of a schema, and how to look them up. */
export interface SettingsKeys {
  /** The names of the sections, in order. */
  readonly sections: readonly string[];
  /** Every key of every section, in order. */
  readonly list: readonly SettingsKey[];
  /** The possible schemas of the value at `path`; empty if there is no such key. */
  schemasAt(path: readonly (string | number)[]): readonly JsonSchema[];
  /** The keys that an object at `path` may have. */
  knownAt(path: readonly (string | number)[]): readonly string[];
}

/** The keys of a schema of sections. */
export function keysOf(schema: z.ZodType): SettingsKeys {
  const root = jsonSchemaOf(schema);
  const sections = Object.keys(root.properties ?? {});
  const schemasAt = (path: readonly (string | number)[]) => {
    let schemas = branches(root);
    for (const step of path) schemas = schemas.flatMap((one) => child(one, step)).flatMap(branches);
    return schemas;
  };
  return {
    sections,
    list: sections.flatMap((section) =>
      Object.entries(root.properties?.[section].properties ?? {}).map(([key, one]) => ({
        path: `${section}.${key}`,
        placeholder: placeholder(one),
        description: one.description ?? '',
        default: one.default,
        boolean: one.type === 'boolean',
        range: rangeOf(one),
      })),
    ),
    schemasAt,
    knownAt: (path) => [...new Set(schemasAt(path).flatMap((one) => Object.keys(one.properties ?? {})))],
  };
}

/** A schema as the list of its alternatives. */
export function branches(schema: JsonSchema): readonly JsonSchema[] {
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return options.flatMap(branches);
  return typeof schema.type === 'object' ? schema.type.map((type) => ({ ...schema, type })) : [schema];
}

function child(schema: JsonSchema, step: string | number): readonly JsonSchema[] {
  const property = schema.properties?.[step];
  if (property) return [property];
  if (typeof schema.additionalProperties === 'object') return [schema.additionalProperties];
  const index = Number(step);
  if (schema.prefixItems && index < schema.prefixItems.length) return [schema.prefixItems[index]];
  if (typeof schema.items === 'object') return [schema.items];
  return [];
}

/** Bounds of a number: at least, greater than, at most, less than. */
interface Bounds {
  readonly min: number | undefined;
  readonly above: number | undefined;
  readonly max: number | undefined;
  readonly below: number | undefined;
}

/** Bounds as `[low, high)`, or as `≥ low` where there is only one; empty for none. */
export function rangeWords({ min, above, max, below }: Partial<Bounds>): string {
  const low = min === undefined ? above : min;
  const high = max === undefined ? below : max;
  if (low === undefined) return high === undefined ? '' : `${max === undefined ? '<' : '≤'} ${high}`;
  if (high === undefined) return `${min === undefined ? '>' : '≥'} ${low}`;
  return `${min === undefined ? '(' : '['}${low}, ${high}${max === undefined ? ')' : ']'}`;
}

/** The range of the numbers that a schema takes, those of its lists included. */
function rangeOf(schema: JsonSchema): string {
  const ranges = branches(schema).flatMap((branch) => {
    if (branch.type === 'array') {
      const one = branch.prefixItems?.[0] ?? branch.items;
      return typeof one === 'object' ? [rangeOf(one)] : [];
    }
    const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = branch;
    return [rangeWords({ min: minimum, above: exclusiveMinimum, max: maximum, below: exclusiveMaximum })];
  });
  return [...new Set(ranges.filter((range) => range !== ''))].join('; ');
}

function placeholder(schema: JsonSchema): string {
  const words = branches(schema).map((branch) => {
    if (branch.enum) return branch.enum.join('|');
    if (typeof branch.const === 'string') return branch.const;
    if (branch.type === 'integer') return 'N';
    if (branch.type === 'number') return 'NUMBER';
    if (branch.type === 'boolean') return 'true|false';
    if (branch.type === 'array') return 'LIST';
    if (branch.type === 'object') return 'OPTIONS';
    if (branch.type === 'null') return 'null';
    return 'TEXT';
  });
  return [...new Set(words)].join('|');
}
