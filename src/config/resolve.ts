/** Lays config sources over the defaults and checks the result. Runs anywhere; reading files is in `load.ts`. */
import * as z from 'zod';
import { ConfigError } from '../core/errors.ts';
import { isRange } from '../tune/space/search-space.ts';
import { describeIssue } from './issues.ts';
import { type ConfigLayer, merge, type PathStep, valueAt } from './layer.ts';
import { type Config, type ConfigInput, configSchema } from './schema.ts';

/** Default types, so that one of their options may be set alone: `train.schedule.patience`. */
export const defaults = { train: { schedule: { type: 'plateau' } } } satisfies ConfigInput;

/**
 * The complete configuration: defaults, then each layer over the ones before it.
 * A ConfigError names the first key that cannot be used, what it must be and where it was written.
 */
export function resolveConfig(...layers: readonly ConfigLayer[]): Config {
  const { tune: _, ...merged } = layers.reduce<unknown>(
    (lower, layer) => merge(lower, layer.values),
    defaults,
  ) as Record<string, unknown>;
  const parsed = configSchema.safeParse(merged);
  if (parsed.success) return parsed.data;
  throw problemOf(parsed.error, merged, layers);
}

/**
 * One section, from what the layers say of it together.
 * @throws ConfigError that names the first key that cannot be used, and where it was written
 */
export function resolveSection<T>(
  schema: z.ZodType<T>,
  name: string,
  merged: unknown,
  layers: readonly ConfigLayer[],
): T {
  const parsed = z.object({ [name]: schema }).safeParse({ [name]: merged });
  if (parsed.success) return parsed.data[name];
  throw problemOf(parsed.error, { [name]: merged }, layers);
}

function problemOf(error: z.ZodError, merged: unknown, layers: readonly ConfigLayer[]): ConfigError {
  const { path, text } = describeIssue(error.issues[0], merged);
  const origin = originOf(layers, path);
  const key = path.join('.');
  const range = isRange(valueAt(merged, path)) ? ' Ranges are for unroll tune.' : '';
  return new ConfigError(`[config] ${key} ${text}${origin ? ` (${origin})` : ''}${range}`, { key });
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
