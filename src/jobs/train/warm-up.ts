/** The warm-up of a run, with checkpoints beside those of the training behind it. */
import { join } from 'node:path';
import type { Prepared } from '../../classifier/parts.ts';
import { warmUpOf as createWarmUp } from '../../classifier/warm-up.ts';
import type { Config } from '../../config/schema.ts';
import { chooseEngine } from '../../engine/index.ts';
import type { RunFolder } from '../../run/index.ts';
import type { TrainingRun } from '../../train/training-run.ts';
import { openStore } from '../checkpoints.ts';
import type { Job } from '../context.ts';
import { threadCount } from '../sessions.ts';

/**
 * What the settings ask for before the first epoch; undefined without it.
 * @param name Folder of its checkpoints.
 */
export function warmUpOf(
  { paths }: RunFolder,
  { model, train }: Pick<Config, 'model' | 'train'>,
  { train: part, pipeline, vectors, others }: Prepared,
  job: Job,
  name = 'warm-up',
): TrainingRun['warmUp'] {
  return createWarmUp(
    { model, train },
    { train: part, vocabularySize: pipeline.vocabulary.size, ...(vectors && { vectors }) },
    others,
    {
      engine: chooseEngine(job.now, job.engine),
      threads: threadCount(train.threads),
      store: openStore(join(paths.checkpoints, name)),
      now: job.now,
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      interrupted: () => job.stop.aborted,
      listener: (event) => job.emit(event.type === 'notice' ? { level: 'info', ...event } : event),
    },
  );
}
