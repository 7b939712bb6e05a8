/**
 * The definition of a model, a member of the family in `family.ts`. It is one file (or folder) with the options, the
 * classifier, and its description for reports and figures.
 */
import type { TypeAndOptions } from '../core/family.ts';
import type { Method } from '../core/method.ts';
import type { OptionsByName, OptionsOf } from '../core/options.ts';
import type { StartWorker } from '../engine/workers.ts';
import type { EngineChoice } from '../engine/choose.ts';
import type { Capacity } from '../nn/batch.ts';
import type { TextOptions } from '../text/pipeline.ts';
import type { ModelDescription, ModelSizes, ParameterFact } from './description.ts';
import type { Tensor, TrainableClassifier, TrainingSpec } from './trainable.ts';

/** Reports an invalid option: its key in the `model` section, and what it must be. */
export type Refuse = (key: string, must: string) => void;

/** What every model supplies. `Options` are its complete options, with the `type` that was asked for. */
export interface ModelBasics<Shape extends OptionsByName, Options extends TypeAndOptions> {
  /** Name of the model in the tables of the docs. */
  readonly type: string;
  /** One sentence for help texts and the tables of the docs. */
  readonly summary: string;
  /** The method that reports name for it, with the works that they cite. Default: none. */
  readonly methods?: readonly Method[];
  /** The values of `model.type` that mean this model, one at least; no two models share one. */
  readonly types: readonly string[];
  /**
   * Keys of the `model` section, each with a default and a `doc`, without `type`. Models may share a key: it is the same
   * option then.
   */
  readonly options: Shape;
  /** The complete options, checked across keys. */
  complete(given: OptionsOf<Shape> & { readonly type: string }, refuse: Refuse): Options;
  /** The options that its model folder saves: those of another model that can read its tensors. Default: its own. */
  saved?(options: Options): TypeAndOptions;
  /** Its parameters, without those that are not trained. */
  parameters(options: Options, sizes: ModelSizes): readonly ParameterFact[];
  /** Title, sentence, equations, flowchart. */
  describe(options: Options): ModelDescription;
}

/** The plan of a classifier that learns in steps. */
export interface ModelPlan extends ModelSizes {
  /** The largest batch. */
  readonly capacity: Capacity;
  /** Left out: the classifier only predicts. */
  readonly training?: TrainingSpec;
  /** The loss that a saved model was trained with. Default: that of `training`, else cross-entropy. */
  readonly loss?: TypeAndOptions;
  /** The engine. */
  readonly engine: EngineChoice;
  /** Threads, from 1. Default 1. */
  readonly threads?: number;
  /** Starts a worker of a page, for threads there. */
  readonly worker?: StartWorker | undefined;
}

/** A model that learns in optimiser steps, from documents encoded to token ids. */
export interface StepwiseModel<Options extends TypeAndOptions> {
  /** Discriminator of the two kinds of models. */
  readonly learns: 'in steps';
  /** Makes a classifier; its parameters are zero until `initialise` or `load`. @throws ConfigError for a `training` that it cannot do */
  open(options: Options, plan: ModelPlan): Promise<TrainableClassifier>;
}

/** Documents with their classes. */
export interface LabelledTexts {
  /** The texts as in the data. */
  readonly texts: readonly string[];
  /** [N] class ids in [0, C). */
  readonly labels: Int32Array;
  /** [N × C] soft labels, used instead of the classes; `labels` are the most probable ones. */
  readonly targets?: Float64Array | undefined;
  /** C */
  readonly classes: number;
  /** [C] weights of the classes. Default: 1 each. */
  readonly classWeights?: readonly number[];
  /** [N] copies of a document have the same number, and stay on one side of any split. Default: no copies. */
  readonly groups?: Int32Array;
}

/** Probabilities of texts, and how much of each text the model knows. */
export interface TextScores {
  /** `[N × C]` probabilities, row-major. A text without anything that the model knows has the class frequencies of the training data. */
  readonly probabilities: Float64Array;
  /** `[N]` tokens of each text that the model reads. */
  readonly tokens: Int32Array;
  /** `[N]` how many of these it knows; 0 where nothing of the text is known. */
  readonly known: Int32Array;
}

/** A feature of texts and its weight for a class. */
export interface WeightedFeature {
  /** Such as an n-gram. */
  readonly feature: string;
  /** The larger, the more it supports the class. */
  readonly weight: number;
}

/** An n-gram where it stands in a text, and what it adds to the scores. */
export interface Occurrence {
  /** Whether it is an n-gram of words, not of characters. */
  readonly words: boolean;
  /** Where it begins: the number of its first word, or its first code unit, which is -1 for a blank before the text. */
  readonly from: number;
  /** Its words or code units. */
  readonly length: number;
  /** [C] what it adds to the scores. */
  readonly values: Float64Array;
}

/** How the scores of a text add up: score_c = bias_c + Σ values_c over all occurrences; the probabilities are softmax(scores / temperature). */
export interface ScoreParts {
  /** The text as it was read, and its words. */
  readonly text: string;
  readonly tokens: readonly string[];
  readonly occurrences: readonly Occurrence[];
  /** [C] */
  readonly bias: ArrayLike<number>;
  readonly temperature: number;
}

/** A classifier that reads texts itself. */
export interface FittedClassifier {
  /** C */
  readonly classes: number;
  /** V in {@link ModelSizes}: how many features it knows, at least 1. */
  readonly features: number;
  /** How many parameters it has. */
  readonly parameters: { readonly count: number };
  /** What was decided during the fit, a phrase each, without a capital letter or a full stop. */
  readonly decisions: readonly string[];
  /** Scores texts; each row of probabilities sums to 1. */
  score(texts: readonly string[]): TextScores;
  /** For each class, at most `most` features with the largest weights; left out if there are no features. */
  strongest?(most: number): readonly (readonly WeightedFeature[])[];
  /** How the scores of a text add up; left out if they are not sums over its features. */
  parts?(text: string): ScoreParts;
  /** Copies of its parameters, by name. */
  tensors(): Record<string, Tensor>;
  /** Other state to save, as JSON. */
  state(): unknown;
}

/** What a fit gets in addition to its documents. */
export interface FitControl {
  /** The `text` section: how a text is normalised and cut into words. */
  readonly text: TextOptions;
  /** Seed of every random choice. */
  readonly seed: number;
  /** Called with the proportion done, in [0, 1], and awaited; an error that it throws ends the fit. */
  readonly progress?: (done: number) => void | Promise<void>;
}

/** A model that reads texts itself and is fitted to all of them at once. */
export interface FittedModel<Options extends TypeAndOptions> {
  /** Discriminator of the two kinds of models. */
  readonly learns: 'at once';
  /** Fits it; the same documents, options and seed give the same bits. @throws DataError where nothing can be learned from them */
  fit(options: Options, documents: LabelledTexts, control: FitControl): Promise<FittedClassifier>;
  /** Restores a classifier. @throws ShapeError where tensors or state do not fit */
  restore(options: Options, saved: SavedFit): FittedClassifier;
}

/** What a fitted classifier saved. */
export interface SavedFit {
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** What {@link FittedClassifier.state} gave. */
  readonly state: unknown;
  /** The `text` section that it was fitted with. */
  readonly text: TextOptions;
}

/** A model's definition: a member of the model family. */
export type ModelDefinition<
  Shape extends OptionsByName = OptionsByName,
  Options extends TypeAndOptions = TypeAndOptions,
> = ModelBasics<Shape, Options> & (StepwiseModel<Options> | FittedModel<Options>);

/** Declares a model; the identity function, for the type inference. */
export function modelDefinition<
  Shape extends OptionsByName,
  Options extends TypeAndOptions,
  Kind extends StepwiseModel<Options> | FittedModel<Options>,
>(definition: ModelBasics<Shape, Options> & Kind): ModelBasics<Shape, Options> & Kind {
  return definition;
}
