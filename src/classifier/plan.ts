/** What a training computes with: sizes, and room for the batches of its parts. */
import type { ModelPlan } from '../models/model.ts';
import { networkOptionsOf } from '../models/family.ts';
import { capacityFor } from '../models/predict.ts';
import type { Settings } from '../settings/sections.ts';
import { requireAugmentable } from '../train/augmentation/index.ts';
import { epochLengths, trainingSpec } from '../train/index.ts';
import type { TrainingRun } from '../train/training-run.ts';
import type { PlacedVectors } from '../vectors/place.ts';
import type { Prepared } from './parts.ts';

/** Sizes, memory and training of a run's classifier, whichever model it is. */
export function planOf(
  { model, train: options }: Pick<Settings, 'model' | 'train'>,
  { dataset, pipeline, train, val, test, vectors }: Prepared,
): Omit<ModelPlan, 'engine' | 'threads'> {
  requireAugmentable(model, options.augmentation);
  const { batch_size: batchSize } = options;
  const classes = dataset.labelNames.length;
  const sets = [
    { lengths: epochLengths(train, options.sampling), batchSize },
    ...[val, test].map(({ sequences }) => ({ lengths: sequences.map((ids) => ids.length), batchSize })),
  ];
  return {
    vocabularySize: pipeline.vocabulary.size,
    classes,
    capacity: capacityFor(sets),
    training: trainingSpec(options, train.labels, classes, train.targets !== undefined),
    ...(vectors && { pretrained: vectors.pretrained }),
  };
}

/** The settings with what the vectors decide: the size of the embedding. */
export function withVectors<S extends Pick<Settings, 'model'>>(
  settings: S,
  { vectors }: Pick<Prepared, 'vectors'>,
): S {
  return vectors && networkOptionsOf(settings.model)
    ? { ...settings, model: { ...settings.model, embedding_dim: vectors.dim } }
    : settings;
}

/** What training does with pretrained vectors; undefined without them. */
export function pretrainedOf(
  { model }: Pick<Settings, 'model'>,
  { vectors }: Pick<Prepared, 'vectors'>,
): TrainingRun['pretrained'] {
  const options = networkOptionsOf(model);
  if (!vectors || !options) return undefined;
  const { vectors_freeze: freeze, vectors_lr: rate } = options;
  const frozenEpochs = typeof freeze === 'number' ? freeze : 0;
  const { others, pretrained, spread } = vectors;
  const dim = options.embedding_dim;
  const own = withColumns(vectors, dim);
  const rows = { from: pretrained.from, others, vectors: own, dim };
  return { vectors: own, spread, rate, frozenEpochs, rows };
}

/**
 * [rows × dim] Vectors of as many numbers as the embedding has. Of very few words, those that are learned have as many
 * numbers as there are words: in the second training, or in another fold, more or fewer. The last numbers matter least.
 */
function withColumns({ vectors, dim: from }: PlacedVectors, dim: number): Float32Array {
  if (from === dim) return vectors;
  const rows = vectors.length / from;
  const resized = new Float32Array(rows * dim);
  for (let row = 0; row < rows; row++)
    resized.set(vectors.subarray(row * from, row * from + Math.min(from, dim)), row * dim);
  return resized;
}
