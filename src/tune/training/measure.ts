/** Estimates the duration of a trial from a few steps. */
import { createRng } from '../../core/rng.ts';
import { createBatches } from '../../data/batches.ts';
import { scoreAll } from '../../models/predict.ts';
import type { TrialFold } from './documents.ts';
import { openTrialSession, type TrialTask } from './train-trial.ts';

/** The cost of a configuration. */
export interface TrialCost {
  /** Seconds of one epoch on one fold, its validation included. */
  readonly epochSeconds: number;
  /** Seconds of the whole trial, where neither early stopping nor pruning ends it. */
  readonly seconds: number;
  readonly params: number;
}

/** Number of timed steps, after one for warm-up. */
const STEPS = 3;

/** Measures a few steps and one validation. */
export async function measureTrial(
  task: Pick<TrialTask, 'config' | 'classes' | 'engine' | 'now'>,
  folds: readonly TrialFold[],
): Promise<TrialCost> {
  const [fold] = folds;
  const { train, val } = fold;
  const { batch_size: batchSize, bucket, epochs, lr, seed } = task.config.train;
  const session = await openTrialSession(task, fold);
  try {
    session.initialise(seed);
    const rng = createRng(seed).fork('measure');
    const batches = createBatches(train.sequences, { batchSize, rng, bucket });
    // evenly over the epoch: with buckets the batches differ in length
    const picked = Array.from(
      { length: STEPS + 1 },
      (_, i) => batches[Math.floor((i * batches.length) / (STEPS + 1))],
    );
    const times = picked.map((batch, step) => {
      const before = task.now();
      const documents = Array.from(batch, (n) => train.sequences[n]);
      session.step(documents, batch.map((n) => train.labels[n]), { step, lr }); // prettier-ignore
      return task.now() - before;
    });
    const perStep = times.slice(1).reduce((sum, time) => sum + time, 0) / STEPS / 1000;
    const before = task.now();
    await scoreAll(session, val.sequences, { labels: val.labels });
    const epochSeconds = perStep * batches.length + (task.now() - before) / 1000;
    return { epochSeconds, seconds: epochSeconds * epochs * folds.length, params: session.parameters.count };
  } finally {
    await session.close();
  }
}
