/** zod schemas of options, for configs: layers, JSON Schema and help texts are made from them. Nothing that only predicts needs this file. */
import * as z from 'zod';
import type { Bounds, Length, Option, OptionFamily, OptionsByName, RefuseOption } from './options.ts';

/** The schema of an option. */
export function schemaOf<Out, In>(option: Option<Out, In>): z.ZodType<Out, In> {
  const { complete, nullable, optional, default: value, doc } = option;
  let schema = ofKind(option);
  if (complete)
    schema = schema.transform((read, context) => complete(read as never, refuseIn(read, context)));
  if (nullable) schema = schema.nullable();
  if (optional) schema = schema.optional();
  if (value !== undefined) schema = complete ? schema.prefault(value) : schema.default(value);
  if (doc !== undefined) schema = schema.describe(doc);
  return schema as z.ZodType<Out, In>;
}

/** The schemas of several options, by name. */
export function schemasOf(options: OptionsByName): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(options).map(([key, option]) => [key, schemaOf(option)]));
}

function refuseIn(value: unknown, context: z.core.$RefinementCtx): RefuseOption {
  return (must, path = []) => {
    const input = path.reduce<unknown>((inner, step) => (inner as Record<string, unknown>)[step], value);
    const at = { path: [...path], input };
    context.addIssue(
      typeof must === 'string'
        ? { code: 'custom', message: must, ...at }
        : { code: 'invalid_value', values: [...must], ...at },
    );
  };
}

function ofKind(option: Option): z.ZodType {
  switch (option.kind) {
    case 'anything':
      return z.unknown();
    case 'null':
      return z.null();
    case 'boolean':
      return z.boolean();
    case 'number':
      return bounded(z.number(), option);
    case 'integer':
      return bounded(z.int(), option);
    case 'text':
      return ofLength(z.string(), option);
    case 'choice':
      return option.words.length === 1 ? z.literal(option.words[0]) : z.enum(option.words);
    case 'list':
      return ofLength(z.array(schemaOf(option.of)), option);
    case 'tuple':
      return z.tuple(option.of.map((one) => schemaOf(one)) as [z.ZodType]);
    case 'map':
      return z.record(z.string(), schemaOf(option.of));
    case 'object':
      return OBJECTS[option.unknown](schemasOf(option.of));
    case 'either':
      return z.union(option.of.map((one) => schemaOf(one)));
    case 'member':
      return ofMember(option.of);
    default:
      return option satisfies never;
  }
}

/** By name, not `z[name]`: a bundle would then hold all of zod. */
const OBJECTS = { refuse: z.strictObject, drop: z.object, keep: z.looseObject };

function bounded(schema: z.ZodNumber, { min, above, max, below }: Bounds): z.ZodNumber {
  let bounds = schema;
  if (min !== undefined) bounds = bounds.min(min);
  if (above !== undefined) bounds = bounds.gt(above);
  if (max !== undefined) bounds = bounds.max(max);
  if (below !== undefined) bounds = bounds.lt(below);
  return bounds;
}

function ofLength<T extends z.ZodString | z.ZodArray>(schema: T, { min, max }: Length): T {
  let bounds = schema;
  if (min !== undefined) bounds = bounds.min(min) as T;
  if (max !== undefined) bounds = bounds.max(max) as T;
  return bounds;
}

/** `{ type, ...options }` of any member. */
function ofMember({ names, get }: OptionFamily): z.ZodType {
  const members = names.map((type) =>
    z.strictObject({ ...schemasOf(get(type).options), type: z.literal(type) }),
  );
  return z.discriminatedUnion('type', members as never);
}
