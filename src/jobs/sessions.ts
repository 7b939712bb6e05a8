/** What a training computes with: room for the batches of its parts, and a session on threads. */
import { availableParallelism } from 'node:os';
import type { Config } from '../config/schema.ts';
import { chooseEngine } from '../engine/index.ts';
import { capacityFor } from '../models/predict.ts';
import { openModel } from '../models/family.ts';
import type { ModelPlan } from '../models/model.ts';
import type { TrainableClassifier } from '../models/trainable.ts';
import { trainingSpec } from '../train/index.ts';
import type { Job } from './context.ts';
import type { Prepared } from './parts.ts';

/** Sizes, memory and training of a run's classifier, whichever model it is. */
export function planOf(
  config: Config,
  { dataset, pipeline, train, val, test }: Prepared,
): Omit<ModelPlan, 'engine' | 'threads'> {
  const { batch_size: batchSize } = config.train;
  const classes = dataset.labelNames.length;
  const sets = [train, val, test].map(({ sequences }) => ({
    lengths: sequences.map((ids) => ids.length),
    batchSize,
  }));
  return {
    vocabularySize: pipeline.vocabulary.size,
    classes,
    capacity: capacityFor(sets),
    training: trainingSpec(config.train, train.labels, classes),
  };
}

/** The classifier of a run, with room for its batches. */
export async function openSession(
  config: Config,
  prepared: Prepared,
  { now, engine }: Pick<Job, 'now' | 'engine'>,
): Promise<TrainableClassifier> {
  return openModel(config.model, {
    engine: chooseEngine(now, engine),
    threads: threadCount(config.train.threads),
    ...planOf(config, prepared),
  });
}

/** The number of threads that `train.threads` stands for on this machine. */
export function threadCount(threads: Config['train']['threads']): number {
  // beyond four, waiting for each other costs more than another thread brings for models of this size
  return threads === 'auto' ? Math.min(4, availableParallelism()) : threads;
}
