/** JSON Schema of settings, made from their zod schema: help texts, suggestions and the merging of layers read it. */
import * as z from 'zod';

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

/** The JSON Schema (draft 2020-12) of what a zod schema takes. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return withoutSafeIntegers(z.toJSONSchema(schema, { io: 'input' })) as JsonSchema;
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
