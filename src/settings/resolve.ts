/** Merges settings over the defaults, and validates the result. */
import type * as z from 'zod';
import { ConfigError } from '../core/errors.ts';
import { isRange } from '../tune/space/search-space.ts';
import { describeIssue } from './issues.ts';
import { keysOf, type SettingsKeys } from './keys.ts';
import { AUTO_MODEL } from '../models/options.ts';
import { type ConfigLayer, isMapping, mergeValues, originOf, valueAt } from './layer.ts';
import { trainingOf } from './training-of.ts';
import { type Settings, type SettingsInput, settingsSchema } from './sections.ts';

/** Default types, so that one of their options may be set without the type: `train.schedule.patience`. */
export const defaults = { train: { schedule: { type: 'plateau' } } } satisfies SettingsInput;

/** A schema of sections, and what is known of its keys. */
export interface SettingsForm<T> {
  readonly schema: z.ZodType<T>;
  /** For suggestions and merging; may hold more sections than the schema. */
  readonly keys: SettingsKeys;
}

/**
 * The complete settings: defaults, then each layer over the ones before it.
 * @throws ConfigError that names the first key that cannot be used, what it must be and where it was written
 */
export function resolveSettings(...layers: readonly ConfigLayer[]): Settings {
  const form = { schema: settingsSchema, keys: keysOf(settingsSchema) };
  return resolveValues(form, mergeLayers(form.keys, layers), layers);
}

/**
 * The values of all layers merged over the defaults, otherwise unchecked.
 * @throws ConfigError for `model.type: auto` with `train.auto: false` over it
 */
export function mergeLayers(keys: SettingsKeys, layers: readonly ConfigLayer[]): Record<string, unknown> {
  const plain = layers.map(({ values }) => plainType(values));
  const type = plain.map((values) => valueAt(values, ['model', 'type'])).findLast((one) => one !== undefined);
  const training = trainingOf(type);
  const lowest = training ? { train: training } : defaults;
  const merged = plain.reduce((lower, values) => mergeValues(keys, lower, values), lowest);
  requireChoice(merged, layers);
  return merged as Record<string, unknown>;
}

function requireChoice(merged: unknown, layers: readonly ConfigLayer[]): void {
  const types = layers.map(({ values }) => valueAt(values, ['model', 'type']));
  const type = types.findLast((one) => one !== undefined);
  if (type !== AUTO_MODEL || valueAt(merged, ['train', 'auto']) !== false) return;
  throw new ConfigError(
    `[config] train.auto must be true where model.type is auto, which lets the validation documents choose the model, but got false (${originOf(layers, ['train', 'auto'])}). Leave out train.auto; or name the network, as in model.type bilstm.`,
    { key: 'train.auto' },
  );
}

/**
 * Replaces `model.type: auto` by its meaning: the network of the layers below, and `train.auto`. A layer that names
 * another model overrides an `auto` below it.
 */
function plainType(values: unknown): unknown {
  const type = valueAt(values, ['model', 'type']);
  if (!isMapping(values) || type === undefined) return values;
  const auto = type === AUTO_MODEL;
  const { type: _, ...others } = values['model'] as Record<string, unknown>;
  const train = values['train'] ?? {};
  return {
    ...values,
    ...(auto && { model: others }),
    // anything else is refused later
    train: isMapping(train) ? { auto, ...train } : train,
  };
}

/**
 * What the layers come to together.
 * @throws ConfigError that names the first key that cannot be used, and where it was written
 */
export function resolveValues<T>(
  { schema, keys }: SettingsForm<T>,
  merged: unknown,
  layers: readonly ConfigLayer[],
): T {
  const parsed = schema.safeParse(merged);
  if (parsed.success) return parsed.data;
  const { path, text } = describeIssue(parsed.error.issues[0], merged, keys);
  const origin = originOf(layers, path);
  const key = path.join('.');
  const range = isRange(valueAt(merged, path)) ? ' Ranges are for unroll tune.' : '';
  throw new ConfigError(`[config] ${key} ${text}${origin ? ` (${origin})` : ''}${range}`, { key });
}
