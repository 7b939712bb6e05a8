/** The `model` section of a configuration: the keys of all models side by side; `type` says which of them count. */
import * as z from 'zod';
import { flatOptions } from '../core/family.ts';
import { modelOf, type ModelOptions, models, modelTypes } from './family.ts';
import type { recurrentShape, RecurrentModelOptions } from './recurrent/options.ts';

export type { ModelOptions } from './family.ts';
export type { RecurrentModelOptions } from './recurrent/options.ts';

const flat = flatOptions({ members: models as never }) as Readonly<Record<string, z.ZodType>> &
  typeof recurrentShape.shape;

/**
 * Options of the classifier. The output has the keys of its model alone, and names layer and direction apart:
 * `type: bilstm` becomes `type: lstm, bidirectional: true`.
 */
export const modelOptions = z
  .strictObject({
    type: z
      .enum(modelTypes)
      .default('bilstm')
      .describe('model; bilstm, bigru and birnn are the bidirectional recurrent networks'),
    ...flat,
  })
  .transform((given, context): ModelOptions => {
    const { type } = given;
    const definition = modelOf({ type });
    const refuse = (key: string, message: string) => {
      context.addIssue({ code: 'custom', path: [key], input: given[key as keyof typeof given], message });
    };
    const own: Record<string, unknown> = {};
    for (const [key, field] of Object.entries<z.ZodType>(flat)) {
      const value: unknown = given[key as keyof typeof given];
      if (key in definition.options.shape) own[key] = value;
      else if (JSON.stringify(value) !== JSON.stringify(field.safeParse(undefined).data))
        refuse(key, `must be left out with model.type ${type}, which does not know it`);
    }
    return definition.complete({ type, ...own }, refuse) as ModelOptions;
  });

/** Complete options of a recurrent classifier, for code that builds no other. */
export function recurrentOptions(
  given: z.input<typeof recurrentShape> & { readonly type?: string } = {},
): RecurrentModelOptions {
  return modelOptions.parse({ type: 'bilstm', ...given }) as RecurrentModelOptions;
}
