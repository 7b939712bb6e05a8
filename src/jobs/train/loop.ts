/** The training of a run in its folder: checkpoints, one line of `metrics.jsonl` an epoch, and a stop when it is asked for. */
import type { Prepared, PreparedTexts } from '../../classifier/parts.ts';
import { pretrainedOf } from '../../classifier/plan.ts';
import { renderConfig } from '../../config/render.ts';
import type { Config } from '../../config/schema.ts';
import { InterruptedError } from '../../core/errors.ts';
import { splitIds } from '../../data/splits.ts';
import type { LearningClassifier } from '../../models/trainable.ts';
import {
  appendMetrics,
  keepMetricsUpTo,
  type NewDescription,
  resumeCommand,
  type RunFolder,
  trainingCommand,
  writeDescription,
  writeResolvedConfig,
  writeSplits,
} from '../../run/index.ts';
import { trainClassifier, type TrainingCheckpointStore, type TrainingResult } from '../../train/index.ts';
import { openStore } from '../checkpoints.ts';
import { type Job, stoppable } from '../context.ts';
import { warmUpOf } from './warm-up.ts';

/** A run about to train. */
export interface Training<Parts extends PreparedTexts = Prepared> {
  readonly run: RunFolder;
  readonly config: Config;
  readonly prepared: Parts;
  readonly description: NewDescription;
}

/** Writes the files of a run that exist before its first step. */
export function writeStart({ run, config, prepared, description }: Training<PreparedTexts>): void {
  writeResolvedConfig(run, renderConfig(config));
  const { train, val, test } = splitIds(prepared.dataset, prepared.splits);
  const rows = { train: Int32Array.from(train), val: Int32Array.from(val), test: Int32Array.from(test) };
  writeSplits(run.paths.splits, rows, { dataHash: prepared.dataset.hash });
  writeDescription(run.paths.description, description);
}

/**
 * Trains, with checkpoints, and a stop at the next batch when it is asked for.
 * @throws InterruptedError where it was stopped, with the state saved
 * @throws NonFiniteError where the loss is not finite
 */
export async function runTraining(
  { run, config, prepared, description }: Training,
  session: LearningClassifier,
  job: Job,
): Promise<TrainingResult> {
  const warmUp = warmUpOf(run, config, prepared, job);
  const result = await stoppable(job, 'training', () =>
    trainClassifier({
      session,
      train: prepared.train,
      val: prepared.val,
      options: config.train,
      pretrained: pretrainedOf(config, prepared),
      reading: config.text,
      warmUp,
      store: storeOf(run, job),
      resume: run.resumed,
      now: job.now,
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      interrupted: () => job.stop.aborted,
      listener: (event) => {
        if (event.type === 'epoch') {
          const { type: _type, ...record } = event;
          appendMetrics(run.paths.metrics, record);
        }
        job.emit(event);
      },
    }),
  );
  if (result.reason === 'interrupted') {
    throw new InterruptedError(
      `[train] stopped on request in epoch ${result.epochs}, after step ${result.steps}; everything is saved in ${run.path}. ` +
        `Resume it with: ${resumeCommand(trainingCommand(run), description.data, run.path)}`,
    );
  }
  job.emit({
    type: 'trained',
    reason: result.reason,
    epochs: result.epochs,
    bestEpoch: result.bestEpoch,
    seconds: result.seconds,
    monitor: config.train.monitor,
    patience: config.train.patience,
  });
  return result;
}

/** The checkpoints of a run; metrics of epochs after the one that is loaded are forgotten. */
function storeOf({ paths }: RunFolder, { emit, notice }: Job): TrainingCheckpointStore {
  return openStore(paths.checkpoints, ({ notices, epoch, found }) => {
    for (const sentence of notices) notice(sentence);
    keepMetricsUpTo(paths.metrics, epoch);
    emit({ type: 'resumed', epoch: found ? epoch + 1 : null });
  });
}
