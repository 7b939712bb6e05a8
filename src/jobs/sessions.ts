/** The classifier of a run, on the threads of this machine. */
import { availableParallelism } from 'node:os';
import type { Prepared } from '../classifier/parts.ts';
import { MOST_THREADS } from '../classifier/platform.ts';
import { type Device, openDevice } from '../classifier/device.ts';
import { planOf } from '../classifier/plan.ts';
import type { Config } from '../config/schema.ts';
import { chooseEngine } from '../engine/index.ts';
import { openModel } from '../models/family.ts';
import type { TrainableClassifier } from '../models/trainable.ts';
import type { Job } from './context.ts';

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

/** Where the run learns: on the CPU, or on the GPU. Errors as `openDevice`. */
export function openRunDevice(
  session: TrainableClassifier,
  { train: options }: Pick<Config, 'train'>,
  { train }: Pick<Prepared, 'train'>,
  { now, notice }: Pick<Job, 'now' | 'notice'>,
): Promise<Device> {
  return openDevice(session, { options, train, now, notice, gpu: loadGpu });
}

/** Loads the GPU code, which few runs need. */
export const loadGpu = () => import('../models/recurrent/gpu/session.ts');

/** The number of threads that `train.threads` stands for on this machine. */
export function threadCount(threads: Config['train']['threads']): number {
  return threads === 'auto' ? Math.min(MOST_THREADS, availableParallelism()) : threads;
}
