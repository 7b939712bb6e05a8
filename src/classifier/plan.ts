/** What a training computes with: sizes, and room for the batches of its parts. */
import type { ModelPlan } from '../models/model.ts';
import { capacityFor } from '../models/predict.ts';
import type { Settings } from '../settings/sections.ts';
import { trainingSpec } from '../train/index.ts';
import type { Prepared } from './parts.ts';

/** Sizes, memory and training of a run's classifier, whichever model it is. */
export function planOf(
  { train: options }: Pick<Settings, 'train'>,
  { dataset, pipeline, train, val, test }: Prepared,
): Omit<ModelPlan, 'engine' | 'threads'> {
  const { batch_size: batchSize } = options;
  const classes = dataset.labelNames.length;
  const sets = [train, val, test].map(({ sequences }) => ({
    lengths: sequences.map((ids) => ids.length),
    batchSize,
  }));
  return {
    vocabularySize: pipeline.vocabulary.size,
    classes,
    capacity: capacityFor(sets),
    training: trainingSpec(options, train.labels, classes),
  };
}
