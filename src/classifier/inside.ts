/** The internals of a text classifier, for explanations and exports. */
import type { EngineChoice } from '../engine/choose.ts';
import type { Calibrated } from '../evaluate/thresholds.ts';
import type { FittedClassifier } from '../models/model.ts';
import type { ModelOptions } from '../models/options.ts';
import type { ClassifierShape } from '../models/recurrent/plan.ts';
import type { TrainableClassifier } from '../models/trainable.ts';
import type { TextOptions, TextPipeline } from '../text/pipeline.ts';

/** A model that reads token ids. */
export interface InsideSession {
  readonly kind: 'session';
  readonly session: TrainableClassifier;
  readonly model: ModelOptions;
  /** From texts to the ids that the session reads. */
  readonly pipeline: TextPipeline;
  /** What it computes on. */
  readonly engine: EngineChoice;
  /** Rows of the embedding with pretrained vectors; undefined without such. */
  readonly pretrained: ClassifierShape['pretrained'];
}

/** A model that reads texts itself. */
export interface InsideFitted {
  readonly kind: 'fitted';
  readonly fitted: FittedClassifier;
  /** How it normalises a text. */
  readonly text: TextOptions;
}

/** The weighted mean of the probabilities of several models. */
export interface InsideEnsemble {
  readonly kind: 'ensemble';
  readonly members: readonly {
    /** Its weight in the mean. */
    readonly weight: number;
    /** How its probabilities are calibrated before they are averaged. */
    readonly calibrated: Calibrated;
    readonly model: Inside;
  }[];
}

/** The model that scores texts. */
export type Inside = InsideSession | InsideFitted | InsideEnsemble;

/** How a classifier processes the probabilities of its model. */
export interface Insides {
  readonly model: Inside;
  /** [C] class frequencies, for texts without known tokens; undefined if not saved. */
  readonly frequencies: Float64Array | undefined;
}
