/** The plan of a recurrent classifier: its options, sizes and training. */
import type { TypeAndOptions } from '../../core/family.ts';
import type { Capacity } from '../../nn/batch.ts';
import type { PretrainedRows } from '../../nn/layers/embedding.ts';
import type { TrainingSpec } from '../trainable.ts';
import type { RecurrentModelOptions } from './options.ts';

/** What a classifier is made of. */
export interface ClassifierShape {
  /** Options of the network. */
  readonly model: RecurrentModelOptions;
  /** V, entries of the vocabulary including padding and unknown. */
  readonly vocabularySize: number;
  /** C, number of classes. */
  readonly classes: number;
  /** Rows of the embedding with pretrained vectors. Default none. */
  readonly pretrained?: PretrainedRows;
  /**
   * The loss that it was trained with, which maps outputs to probabilities. Default: that of `training`, else
   * cross-entropy, whose probabilities are the softmax.
   */
  readonly loss?: TypeAndOptions;
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
  /** With memory for the gradient of the outputs with respect to the vectors of the tokens, without training. Default no. */
  readonly vectorGradients?: boolean;
}
