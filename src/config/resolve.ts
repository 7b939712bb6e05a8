/** Merges config sources over the defaults, and validates the result. Runs anywhere; reading files is in `load.ts`. */
import * as z from 'zod';
import type { ConfigLayer } from '../settings/layer.ts';
import { mergeLayers, resolveValues } from '../settings/resolve.ts';
import { fileKeys } from './keys.ts';
import { type Config, configSchema } from './schema.ts';

export { originOf, plainLayer } from '../settings/layer.ts';
export { defaults } from '../settings/resolve.ts';

/**
 * The complete configuration: defaults, then each layer over the ones before it.
 * A ConfigError names the first key that cannot be used, what it must be and where it was written.
 */
export function resolveConfig(...layers: readonly ConfigLayer[]): Config {
  const { tune: _, ...merged } = mergeLayers(fileKeys, layers);
  return resolveValues({ schema: configSchema, keys: fileKeys }, merged, layers);
}

/**
 * One section, merged from all layers.
 * @throws ConfigError that names the first key that cannot be used, and where it was written
 */
export function resolveSection<T>(
  schema: z.ZodType<T>,
  name: string,
  merged: unknown,
  layers: readonly ConfigLayer[],
): T {
  const form = { schema: z.object({ [name]: schema }), keys: fileKeys };
  return resolveValues(form, { [name]: merged }, layers)[name];
}
