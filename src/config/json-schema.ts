/**
 * The configuration's JSON Schema, made from the zod schema. Editors complete and check a config file with it;
 * help texts, "did you mean" and the typing of command-line overrides read it too.
 */
import { type JsonSchema, jsonSchemaOf } from '../settings/json-schema.ts';
import { searchSchema } from './schema.ts';

/** The JSON Schema (draft 2020-12) of a configuration file. */
export function configJsonSchema(): JsonSchema {
  const { $schema, ...rest } = jsonSchemaOf(searchSchema) as JsonSchema & { readonly $schema: string };
  return {
    $schema,
    title: 'Unroll configuration',
    description: 'Configuration of an Unroll run. Keys that are left out take their defaults.',
    ...rest,
    properties: {
      $schema: { type: 'string', description: 'location of this schema, for editors' },
      ...rest.properties,
    },
  } as JsonSchema;
}

/** Sections whose keys may be searched. */
export const SEARCHABLE: readonly string[] = ['text', 'model', 'train'];
/** Keys of these sections that are the same in all trials: they decide how a trial is run or scored. */
export const NOT_SEARCHABLE: readonly string[] = [
  'train.seed',
  'train.threads',
  'train.device',
  'train.gpu_weights',
  'train.checkpoint_seconds',
  'train.monitor',
  'train.calibrate',
  'train.baseline',
  'train.auto',
];

/** The JSON Schema that editors read: as `configJsonSchema`, and a value that may be searched may be a range. */
export function fileJsonSchema(): JsonSchema {
  const { properties = {}, ...rest } = configJsonSchema();
  const sections = Object.entries(properties).map(([section, schema]): [string, JsonSchema] => {
    if (!SEARCHABLE.includes(section)) return [section, schema];
    const keys = Object.entries(schema.properties ?? {}).map(([key, value]): [string, JsonSchema] => [
      key,
      NOT_SEARCHABLE.includes(`${section}.${key}`) ? value : orRange(value),
    ]);
    return [section, { ...schema, properties: Object.fromEntries(keys) }];
  });
  return { ...rest, properties: Object.fromEntries(sections), $defs: { range } } as JsonSchema;
}

function orRange({ description, default: value, ...schema }: JsonSchema): JsonSchema {
  const ref = { $ref: '#/$defs/range' } as JsonSchema;
  return {
    ...(description !== undefined && { description }),
    ...(value !== undefined && { default: value }),
    anyOf: [...(schema.anyOf && Object.keys(schema).length === 1 ? schema.anyOf : [schema]), ref],
  };
}

/** A range in place of a value; `src/tune/space/search-space.ts` reads it. */
const range = (() => {
  const when = {
    type: 'object',
    description: 'keys and their values, such as model.type: [lstm, gru], for which this one exists',
  };
  const numbers = (type: 'float' | 'int', number: 'number' | 'integer') => ({
    type: 'object',
    additionalProperties: false,
    required: ['type', 'low', 'high'],
    properties: {
      type: { const: type },
      low: { type: number },
      high: { type: number, description: 'included' },
      log: { type: 'boolean', default: false, description: 'uniform on a logarithmic scale; without a step' },
      step: { type: number, exclusiveMinimum: 0, description: 'distance between neighbouring values' },
      when,
    },
  });
  return {
    description: 'values to search, for unroll tune',
    oneOf: [
      numbers('float', 'number'),
      numbers('int', 'integer'),
      {
        type: 'object',
        additionalProperties: false,
        required: ['type', 'choices'],
        properties: {
          type: { const: 'categorical' },
          choices: { type: 'array', minItems: 1, items: { type: ['string', 'number', 'boolean', 'null'] } },
          when,
        },
      },
    ],
  };
})();
