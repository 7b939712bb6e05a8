/** From the `train` section of a config to what a session learns with. */
import { ConfigError } from '../core/errors.ts';
import { tally } from '../core/lists.ts';
import type { TrainingSpec } from '../models/trainable.ts';
import { optimizerOptions } from './describe.ts';
import type { TrainOptions } from './options.ts';
import { phaseLosses } from './phases.ts';
import { epochLabels } from './sampling.ts';

/** The options that class weights follow from. */
type WeightOptions = Pick<TrainOptions, 'class_weights' | 'class_weights_beta'>;

/** β of Cui et al. where none is set. */
const BETA = 0.999;

/**
 * Class weights as scikit-learn's `balanced`: n / (C · n_c), so that every class weighs the same in all.
 * @param labels Class ids of the training documents.
 */
export function balancedWeights(labels: Int32Array, classes: number): number[] {
  // a class without training documents has no loss to weigh
  return tally(labels, classes).map((count) => (count > 0 ? labels.length / (classes * count) : 1));
}

/**
 * Class weights by the effective number of documents (Cui et al. 2019): (1 - β) / (1 - β^n_c), scaled to the sum C.
 * @param beta β in [0, 1): 0 weighs all classes the same, towards 1 by 1 / n_c.
 * @param labels Class ids of the training documents.
 */
export function effectiveWeights(labels: Int32Array, classes: number, beta: number): number[] {
  const raw = tally(labels, classes).map((count) => {
    if (count === 0) return 0; // no loss to weigh
    let power = 1;
    for (let n = 0; n < count && power > 1e-300; n++) power *= beta;
    return (1 - beta) / (1 - power);
  });
  const present = raw.filter((weight) => weight > 0);
  const sum = present.reduce((total, weight) => total + weight, 0);
  return raw.map((weight) => (weight > 0 ? (present.length * weight) / sum : 1));
}

/** [C] The proportion of each class in the training documents; a class without any counts as half a document. */
export function classPriors(labels: Int32Array, classes: number): number[] {
  return tally(labels, classes).map((count) => Math.max(count, 0.5) / Math.max(labels.length, 1));
}

/**
 * [C] weights of the classes; undefined where all weigh the same.
 * @throws ConfigError for class weights that do not fit the classes
 */
export function trainingWeights(
  { class_weights: weights, class_weights_beta: beta }: WeightOptions,
  labels: Int32Array,
  classes: number,
): readonly number[] | undefined {
  if (beta !== null && weights !== 'effective') {
    throw new ConfigError(
      `[train.class_weights_beta] must be left out with train.class_weights ${Array.isArray(weights) ? 'as a list' : weights}, but got ${beta}. It belongs to effective.`,
      { key: 'train.class_weights_beta' },
    );
  }
  if (Array.isArray(weights) && weights.length !== classes) {
    throw new ConfigError(
      `[train.class_weights] must have one number for each of the ${classes} classes, but has ${weights.length}. List them in the order of the classes.`,
      { key: 'train.class_weights' },
    );
  }
  switch (weights) {
    case 'none':
      return undefined;
    case 'balanced':
      return balancedWeights(labels, classes);
    case 'effective':
      return effectiveWeights(labels, classes, beta ?? BETA);
    default:
      return weights;
  }
}

/**
 * The training specification of a session. Class weights and frequencies are those of an epoch's documents.
 * @param given Class ids of the training documents.
 * @param soft Whether they have soft labels.
 * @throws ConfigError for class weights that do not fit the classes, for what cannot learn from soft labels, for options of another optimiser or loss, and for phases that
 * do not fit the epochs.
 */
export function trainingSpec(
  options: TrainOptions,
  given: Int32Array,
  classes: number,
  soft = false,
): TrainingSpec {
  const labels = epochLabels(given, options.sampling);
  const classWeights = trainingWeights(options, labels, classes);
  const { loss, phaseLosses: earlier } = phaseLosses(options);
  const adjusted = [loss, ...earlier].some((one) => Number(one['logit_adjustment'] ?? 0) > 0);
  if (soft) requireSoft([loss, ...earlier], options);
  return {
    loss,
    ...(soft && { softLabels: true }),
    ...(earlier.length > 0 && { phaseLosses: earlier }),
    ...(classWeights && { classWeights }),
    ...(adjusted && { classPriors: classPriors(labels, classes) }),
    optimizer: optimizerOptions(options),
    clipNorm: options.clip_norm,
    seed: options.seed,
    ...(options.adversarial > 0 && { adversarial: options.adversarial }),
    ...(options.mixup > 0 && { mixup: options.mixup }),
    ...(options.r_drop > 0 && { rDrop: options.r_drop }),
    ...(options.gpu_weights === 'f16' && { halfWeights: true }),
    ...(options.average.type !== 'none' && { average: true }),
  };
}

/** Refuses options that need classes as labels. */
function requireSoft(
  used: readonly { readonly type: string }[],
  { mixup }: Pick<TrainOptions, 'mixup'>,
): void {
  const other = used.find(({ type }) => type !== 'cross_entropy');
  if (!other && mixup === 0) return;
  const [key, must, got] = other ? ['loss', 'cross_entropy', other.type] : ['mixup', '0', String(mixup)];
  throw new ConfigError(
    `[train.${key}] must be ${must} for soft labels, whose loss is the cross-entropy against their probabilities, but is ${got}. Change it, or name a column of classes with --label-col.`,
    { key: `train.${key}` },
  );
}
