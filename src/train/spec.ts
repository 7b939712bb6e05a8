/** From the `train` section of a config to what a session learns with. */
import { ConfigError } from '../core/errors.ts';
import type { TrainingSpec } from '../models/trainable.ts';
import { lossOptions, optimizerOptions } from './describe.ts';
import type { TrainOptions } from './options.ts';

/**
 * Class weights as scikit-learn's `balanced`: n / (C · n_c), so that every class weighs the same in all.
 * @param labels Class ids of the training documents.
 */
export function balancedWeights(labels: Int32Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]++;
  // a class without training documents has no loss to weigh
  return counts.map((count) => (count > 0 ? labels.length / (classes * count) : 1));
}

/**
 * [C] weights of the classes; undefined where all weigh the same.
 * @throws ConfigError for class weights that do not fit the classes
 */
export function trainingWeights(
  { class_weights: weights }: Pick<TrainOptions, 'class_weights'>,
  labels: Int32Array,
  classes: number,
): readonly number[] | undefined {
  if (Array.isArray(weights) && weights.length !== classes) {
    throw new ConfigError(
      `[train.class_weights] must have one number for each of the ${classes} classes, but has ${weights.length}.`,
      { key: 'train.class_weights' },
    );
  }
  return weights === 'balanced' ? balancedWeights(labels, classes) : weights === 'none' ? undefined : weights;
}

/**
 * The training specification of a session.
 * @throws ConfigError for class weights that do not fit the classes, and for options of another optimiser or loss.
 */
export function trainingSpec(options: TrainOptions, labels: Int32Array, classes: number): TrainingSpec {
  const classWeights = trainingWeights(options, labels, classes);
  return {
    loss: lossOptions(options),
    ...(classWeights && { classWeights }),
    optimizer: optimizerOptions(options),
    clipNorm: options.clip_norm,
    seed: options.seed,
  };
}
