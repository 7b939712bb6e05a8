/** What a recurrent classifier is made of, and how it learns. */
import type { TypeAndOptions } from '../../core/family.ts';
import type { Capacity } from '../../nn/batch.ts';
import type { RecurrentModelOptions } from './options.ts';

/** What a classifier is made of. */
export interface ClassifierShape {
  /** Options of the network. */
  readonly model: RecurrentModelOptions;
  /** V, entries of the vocabulary including padding and unknown. */
  readonly vocabularySize: number;
  /** C, number of classes. */
  readonly classes: number;
  /**
   * The loss that it was trained with, which says how outputs become probabilities. Default: that of `training`, else
   * cross-entropy, whose probabilities are the softmax.
   */
  readonly loss?: TypeAndOptions;
}

/** How a classifier learns. */
export interface TrainingSpec {
  /** A member of the family of losses with its options. */
  readonly loss: TypeAndOptions;
  /** [C] weights of the classes in the loss. */
  readonly classWeights?: readonly number[];
  /** A member of the family of optimisers with its options. */
  readonly optimizer: TypeAndOptions;
  /** Largest norm of the gradient of all parameters; null = no clipping. */
  readonly clipNorm: number | null;
  /** Seed of dropout. */
  readonly seed: number;
}

/** What {@link createClassifier} needs. */
export interface ClassifierPlan {
  /** The network. */
  readonly shape: ClassifierShape;
  /** The largest batch. */
  readonly capacity: Capacity;
  /** From 1. */
  readonly threads: number;
  /** Left out: the classifier only predicts, with a fraction of the memory. */
  readonly training?: TrainingSpec;
}

/** Result of one batch. */
export interface BatchResult {
  /** Mean loss of the batch; NaN for a mere prediction. */
  loss: number;
  /** Its weight among batches: Σ loss·weight / Σ weight is the loss over all. */
  weight: number;
  /** Euclidean norm of the gradient before clipping; NaN where nothing asked for it. */
  gradientNorm: number;
}

/** The loss whose probabilities a classifier gives. */
export function lossOf({ shape, training }: Pick<ClassifierPlan, 'shape' | 'training'>): TypeAndOptions {
  return training?.loss ?? shape.loss ?? { type: 'cross_entropy' };
}
