/** A preset under another type of model than its own. */
import { modelTypes } from '../models/family.ts';
import { modelOptions } from '../models/options.ts';
import { readOption } from '../core/read-options.ts';
import { trainingOf } from '../settings/training-of.ts';
import { isRange } from '../tune/space/search-space.ts';
import { type ConfigLayer, isMapping, valueAt } from './layer.ts';

/**
 * A preset without the `model` keys, and the values of ranges, that the type named by the layer above does not
 * have, such as `hidden_size` for `bag`, and without the `train` keys that this type has its own values of. A file stays as it
 * is: what the user wrote is refused.
 */
export function suited(layer: ConfigLayer, above: ConfigLayer): ConfigLayer {
  const type = valueAt(above.values, ['model', 'type']);
  const { values, preset } = layer;
  if (preset !== true || !isMapping(values) || !isMapping(values.model)) return layer;
  if (typeof type !== 'string' || !modelTypes.includes(type)) return layer;
  const suits = (key: string, value: unknown) =>
    readOption(modelOptions, { type, [key]: value }).problem === undefined;
  const model = Object.entries(values.model).flatMap(([key, value]) => {
    const left = key === 'type' ? type : suitedValue(value, (one) => suits(key, one));
    return left === undefined ? [] : [[key, left] as const];
  });
  const training = trainingOf(type) ?? {};
  const train = Object.entries(isMapping(values.train) ? values.train : {}).filter(
    ([key]) => !(key in training),
  );
  return {
    ...layer,
    values: { ...values, model: Object.fromEntries(model), train: Object.fromEntries(train) },
  };
}

/** What is left of a value, or of the choices or ends of a range; undefined where nothing is. */
function suitedValue(value: unknown, suits: (one: unknown) => boolean): unknown {
  if (!isRange(value)) return suits(value) ? value : undefined;
  const { choices, low, high } = value as Readonly<Record<string, unknown>>;
  if (!Array.isArray(choices)) return suits(low) && suits(high) ? value : undefined;
  const left = (choices as readonly unknown[]).filter(suits);
  return left.length > 1 ? { ...(value as object), choices: left } : left[0];
}
