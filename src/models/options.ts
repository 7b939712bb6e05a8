/** The `model` section of a configuration: the keys of all models side by side; `type` says which of them count. */
import { flatOptions } from '../core/family.ts';
import { choice, completed, type GivenOptions, object, type OptionsByName } from '../core/options.ts';
import { parseOption, readOption } from '../core/read-options.ts';
import { modelOf, type ModelOptions, models, modelTypes } from './family.ts';
import type { recurrentShape, RecurrentModelOptions } from './recurrent/options.ts';

export type { ModelOptions } from './family.ts';
export type { RecurrentModelOptions } from './recurrent/options.ts';

const flat = flatOptions({ members: models as never }) as OptionsByName & typeof recurrentShape;

/** The `model.type` that lets the validation documents choose a model; complete settings have `train.auto` instead. */
export const AUTO_MODEL = 'auto';

/** Every key of the section; `type` says which of them count. */
const keys = object({
  type: choice([...modelTypes, AUTO_MODEL], {
    default: 'bilstm',
    doc: 'model; bilstm, bigru and birnn are the bidirectional recurrent networks; auto is train.auto',
  }),
  ...flat,
});

/**
 * Options of the classifier. The output has only the keys of its model, with layer and direction as separate keys:
 * `type: bilstm` becomes `type: lstm, bidirectional: true`.
 */
export const modelOptions = completed(keys, (given, refuse): ModelOptions => {
  const { type } = given;
  if (type === AUTO_MODEL)
    refuse('must name one model here; auto is for unroll train and unroll cv', ['type']);
  const definition = modelOf({ type: type === AUTO_MODEL ? modelTypes[0] : type });
  const own: Record<string, unknown> = {};
  for (const [key, option] of Object.entries<OptionsByName[string]>(flat)) {
    const value: unknown = given[key as keyof typeof given];
    if (key in definition.options) own[key] = value;
    else if (JSON.stringify(value) !== JSON.stringify(readOption(option, undefined).value))
      refuse(`must be left out with model.type ${type}, which does not know it`, [key]);
  }
  return definition.complete({ type, ...own }, (key, must) => void refuse(must, [key]));
});

/** Model options as they are given; any may be left out. */
export type ModelOptionsInput = GivenOptions<typeof keys.of>;

/** Completes model options. @throws ConfigError naming the key at fault */
export function completeModelOptions(given: unknown = {}): ModelOptions {
  return parseOption(modelOptions, given, 'model');
}

/** Complete options of a recurrent classifier, for code that builds only those. */
export function recurrentOptions(
  given: GivenOptions<typeof recurrentShape> & { readonly type?: string } = {},
): RecurrentModelOptions {
  return completeModelOptions({ type: 'bilstm', ...given }) as RecurrentModelOptions;
}
