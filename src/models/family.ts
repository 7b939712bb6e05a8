/** The family of models, with functions that dispatch on the options of a `model` section. */
import { ConfigError } from '../core/errors.ts';
import type { TypeAndOptions } from '../core/family.ts';
import { bagModel } from './bag.ts';
import type { LossDescription } from '../nn/losses/index.ts';
import type {
  FlowchartFacts,
  ModelDescription,
  ModelFlowchart,
  ModelSizes,
  ParameterFact,
  TrainingDescription,
} from './description.ts';
import { linearModel } from './linear/definition.ts';
import type { FittedClassifier, FittedModel, ModelDefinition, ModelPlan, SavedFit } from './model.ts';
import { majorityModel } from './majority.ts';
import { recurrentModel } from './recurrent/definition.ts';
import type { RecurrentModelOptions, NetworkOptions } from './recurrent/options.ts';
import { scratchModel } from './scratch/definition.ts';
import type { TrainableClassifier } from './trainable.ts';

/** The models. To add one: a file or folder beside these, and a line in this list. */
const list = [recurrentModel, bagModel, scratchModel, linearModel, majorityModel] as const;

/** Complete options of any model, discriminated by `type`. */
export type ModelOptions = ReturnType<(typeof list)[number]['complete']>;

/** The models, in the order of their list. */
export const models = list as unknown as readonly ModelDefinition[];

/** Every value of `model.type`. */
export const modelTypes: readonly string[] = models.flatMap(({ types }) => types);

/** The values of `model.type` for networks on token vectors. */
export const networkTypes: readonly string[] = models.flatMap(({ types, options }) =>
  'word_dropout' in options ? types : [],
);

/** The model that `type` names. */
export function modelOf({ type }: Pick<TypeAndOptions, 'type'>): ModelDefinition {
  const found = models.find(({ types }) => types.includes(type));
  if (found) return found;
  throw new ConfigError(`[model] type must be one of ${modelTypes.join(', ')}, but got "${type}".`);
}

/** Title, sentence, equations and flowchart. */
export function describeModel(options: ModelOptions): ModelDescription {
  return modelOf(options).describe(options);
}

/** The parameters that are trained. */
export function parametersOf(options: ModelOptions, sizes: ModelSizes): readonly ParameterFact[] {
  return modelOf(options).parameters(options, sizes);
}

/** What {@link flowchartOf} needs in addition to the options. */
export type FlowchartInput = ModelSizes & { readonly maxLength: number; readonly loss: LossDescription };

/** The flowchart with its parameters, and the training. */
export function flowchartOf(
  options: ModelOptions,
  input: FlowchartInput,
): ModelFlowchart & {
  readonly parameters: readonly ParameterFact[];
  readonly training: TrainingDescription;
} {
  const { flowchart, training } = describeModel(options);
  const facts: FlowchartFacts = { ...input, parameters: parametersOf(options, input) };
  return { ...flowchart(facts), parameters: facts.parameters, training: training(facts) };
}

/** The options that a model folder saves, so that every command can read it. */
export function savedOptions(options: ModelOptions): TypeAndOptions {
  return modelOf(options).saved?.(options) ?? options;
}

/** The options of the recurrent network that a model is, or is saved as; undefined for other models. */
export function asRecurrent(options: ModelOptions): RecurrentModelOptions | undefined {
  const saved = savedOptions(options);
  return recurrentModel.types.includes(saved.type) ? (saved as RecurrentModelOptions) : undefined;
}

/** The options of a network of token vectors, also of one that a model is saved as; undefined for any other model. */
export function networkOptionsOf(options: ModelOptions): NetworkOptions | undefined {
  const saved = savedOptions(options);
  return networkTypes.includes(saved.type) ? (saved as TypeAndOptions & NetworkOptions) : undefined;
}

/** Whether a model is fitted to all documents at once; its definition then reads texts itself. */
export function fittedAtOnce(options: TypeAndOptions): FittedModel<TypeAndOptions> | undefined {
  const definition = modelOf(options);
  return definition.learns === 'at once' ? definition : undefined;
}

/** A classifier that is fitted at once, from what it saved. @throws ShapeError where tensors or state do not fit */
export function restoreFitted(options: TypeAndOptions, saved: SavedFit): FittedClassifier | undefined {
  return fittedAtOnce(options)?.restore(options, saved);
}

/**
 * A classifier that learns in steps, or only predicts; its parameters are zero until `initialise` or `load`.
 * @throws ConfigError where the model is fitted at once instead, or cannot do what the plan says
 */
export async function openModel(options: ModelOptions, plan: ModelPlan): Promise<TrainableClassifier> {
  const definition = modelOf(options);
  if (definition.learns === 'in steps') return definition.open(options, plan);
  throw new ConfigError(
    `[model.type] must name a model that learns in steps, but ${options.type} is fitted to all documents at once.`,
    { key: 'model.type' },
  );
}
