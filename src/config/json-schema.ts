/**
 * The configuration's JSON Schema, made from the zod schema. Editors complete and check a config file with it;
 * help texts, "did you mean" and the typing of command-line overrides read it too.
 */
import * as z from 'zod';
import { searchSchema } from './schema.ts';

/** The part of JSON Schema that our configuration uses. */
export interface JsonSchema {
  /** One, or a list of those that are allowed. */
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: boolean | JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** The JSON Schema (draft 2020-12) of a configuration file. */
export function configJsonSchema(): JsonSchema {
  const { $schema, ...rest } = withoutSafeIntegers(
    z.toJSONSchema(searchSchema, { io: 'input' }),
  ) as JsonSchema & {
    $schema: string;
  };
  return {
    $schema,
    title: 'Unroll configuration',
    description: 'Configuration of an Unroll run. Keys that are left out take their defaults.',
    ...rest,
    properties: {
      $schema: { type: 'string', description: 'where this schema is, for editors' },
      ...rest.properties,
    },
  } as JsonSchema;
}

/** Drops the bounds of float64 integers that zod writes for every integer: noise to a reader. */
function withoutSafeIntegers(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutSafeIntegers);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([, value]) => Math.abs(Number(value)) !== Number.MAX_SAFE_INTEGER)
      .map(([key, value]) => [key, withoutSafeIntegers(value)]),
  );
}
