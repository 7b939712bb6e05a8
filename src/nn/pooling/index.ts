import * as z from 'zod';
import { describedFamily, type TypeAndOptions } from '../../core/family.ts';
import { last } from './last.ts';
import { max } from './max.ts';
import { mean } from './mean.ts';
import type { PoolingDescription, PoolingFactory } from './pooling.ts';

export type {
  PooledRows,
  Pooling,
  PoolingDescription,
  PoolingFactory,
  PoolingMemory,
  PoolingShape,
} from './pooling.ts';

/** The poolings, by the name in `model.pooling`. To add one: a file beside these and a line in this list. */
export const poolings = describedFamily<readonly [], PoolingFactory, PoolingDescription>()('pooling', [
  last,
  mean,
  max,
]);

/** A pooling as a config gives it: its name, or its type with options. */
export type PoolingInput = string | TypeAndOptions;

/** A pooling's type with the options that the config gives. */
export function poolingOptions(given: PoolingInput): TypeAndOptions {
  return typeof given === 'string' ? { type: given } : given;
}

/** For people: `mean`, `attention (size 64)`. */
export function poolingName(given: PoolingInput): string {
  const { type, ...options } = poolingOptions(given);
  const named = Object.entries(options).map(([key, value]) => `${key.replaceAll('_', ' ')} ${String(value)}`);
  return named.length === 0 ? type : `${type} (${named.join(', ')})`;
}

/** With all options where the pooling has any; by its name alone where it has none. */
function complete({ type, ...rest }: TypeAndOptions): PoolingInput {
  const options = poolings.get(type).options.strict().parse(rest);
  return Object.keys(options).length === 0 ? type : { type, ...options };
}

const one = z.union([z.string(), poolings.schema]);

/** `model.pooling`: a name, a type with options, a list of these, or names joined by "+". */
export const poolingsOption = z
  .union([z.string(), poolings.schema, z.array(one)])
  .transform((given, context): readonly PoolingInput[] => {
    const list = Array.isArray(given) ? given : typeof given === 'string' ? namesOf(given) : [given];
    for (const [i, name] of list.entries()) {
      if (typeof name !== 'string' || poolings.names.includes(name)) continue;
      // of names joined by "+", the whole is the value that was given
      const path = Array.isArray(given) ? [i] : [];
      context.addIssue({ code: 'invalid_value', values: [...poolings.names], path, input: name });
      return z.NEVER;
    }
    return list.map((pooling) => complete(poolingOptions(pooling)));
  })
  .refine((list) => list.length > 0, 'must name at least one pooling')
  .refine(
    (list) => new Set(list.map((given) => poolingOptions(given).type)).size === list.length,
    'must name each pooling once',
  );

function namesOf(sum: string): string[] {
  return sum.split('+').map((name) => name.trim());
}
