/** One training run in its folder: session, loop, events to progress and files, interruption. */
import type { Config } from '../../config/schema.ts';
import { renderConfig } from '../../config/render.ts';
import { InterruptedError } from '../../core/errors.ts';
import { splitIds } from '../../data/splits.ts';
import { chooseKernels } from '../../engine/index.ts';
import { capacityFor } from '../../models/predict.ts';
import { createSession, type Session, type TrainableClassifier } from '../../models/session.ts';
import {
  appendMetrics,
  createCheckpointStore,
  describeMachine,
  describeVersions,
  floatTensors,
  keepMetricsUpTo,
  type NewDescription,
  type RunFolder,
  writeDescription,
  writeResolvedConfig,
  writeSplits,
} from '../../run/index.ts';
import {
  type TrainEvent,
  trainClassifier,
  type TrainingCheckpointStore,
  type TrainingResult,
  trainingSpec,
} from '../../train/index.ts';
import { watchInterrupt } from '../interrupt.ts';
import type { Io } from '../io.ts';
import type { Say } from '../load-data.ts';
import type { Progress } from '../progress.ts';
import { keepSource, resumeCommand, trainingCommand } from '../source.ts';
import { packageVersion } from '../version.ts';
import type { Part, Prepared } from './prepare.ts';
import { threadCount } from './start.ts';

/** A run about to train. */
export interface TrainingJob {
  readonly run: RunFolder;
  readonly config: Config;
  readonly prepared: Prepared;
  readonly description: NewDescription;
  readonly io: Io;
  readonly say: Say;
  readonly progress: Progress;
  /** Aborted where training is to stop; without it, Ctrl-C is watched for while it runs. */
  readonly stop?: AbortSignal | undefined;
}

/** A session with room for the batches of a run. */
export async function openSession({
  config,
  prepared,
  io,
}: Pick<TrainingJob, 'config' | 'prepared' | 'io'>): Promise<Session> {
  const { train, dataset, pipeline } = prepared;
  const { batch_size: batchSize } = config.train;
  const lengths = ({ sequences }: Part) => sequences.map((ids) => ids.length);
  const parts = [train, prepared.val, prepared.test].filter((part) => part.sequences.length > 0);
  const classes = dataset.labelNames.length;
  return createSession({
    kernels: chooseKernels(io.now),
    threads: threadCount(config.train.threads),
    capacity: capacityFor(parts.map((part) => ({ lengths: lengths(part), batchSize }))),
    shape: { model: config.model, vocabularySize: pipeline.vocabulary.size, classes },
    training: trainingSpec(config.train, train.labels, classes),
  });
}

/** The description of a run that starts now. */
export function describeRun(
  {
    config,
    prepared,
    session,
  }: { config: Config; prepared: Prepared; session: Pick<Session, 'kernel' | 'threads'> },
  { argv, source, started }: { argv: readonly string[]; source: string; started: string },
): NewDescription {
  const { name, hash, texts } = prepared.dataset;
  return {
    command: [...argv],
    status: 'running',
    started,
    versions: describeVersions(packageVersion()),
    machine: describeMachine(),
    kernel: session.kernel,
    threads: session.threads,
    seed: config.train.seed,
    // with the source the run can be taken up again
    data: { name, ...keepSource(source), hash, documents: texts.length },
  };
}

/** Writes what a run holds before its first step. */
export function writeStart({ run, config, prepared, description }: TrainingJob): void {
  writeResolvedConfig(run, renderConfig(config));
  const { train, val, test } = splitIds(prepared.dataset, prepared.splits);
  const rows = { train: Int32Array.from(train), val: Int32Array.from(val), test: Int32Array.from(test) };
  writeSplits(run.paths.splits, rows, { dataHash: prepared.dataset.hash });
  writeDescription(run.paths.description, description);
}

/**
 * Trains, with one line of `metrics.jsonl` an epoch, checkpoints, and a stop at the next batch on Ctrl-C.
 * @throws InterruptedError after Ctrl-C, with the state saved
 * @throws NonFiniteError where the loss is not finite
 */
export async function runTraining(job: TrainingJob, session: TrainableClassifier): Promise<TrainingResult> {
  const { run, config, prepared, description, io, say, progress } = job;
  const watch = job.stop
    ? undefined
    : watchInterrupt(() => {
        progress.note('Stopping after this batch and saving; Ctrl-C again ends the program immediately.');
      });
  const stop = job.stop ?? watch?.signal;
  try {
    const result = await trainClassifier({
      session,
      train: prepared.train,
      val: prepared.val,
      options: config.train,
      store: openStore(run, say),
      resume: run.resumed,
      now: io.now,
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      interrupted: () => stop?.aborted ?? false,
      listener: (event) => hear(event, run, progress),
    });
    progress.end();
    if (result.reason === 'interrupted') {
      throw new InterruptedError(
        `[train] stopped on request in epoch ${result.epochs}, after step ${result.steps}; everything is saved in ${run.path}. ` +
          `Go on with: ${resumeCommand(trainingCommand(run), description.data, run.path)}`,
      );
    }
    return result;
  } finally {
    progress.end();
    watch?.release();
  }
}

/** The checkpoints of a run; metrics of epochs after the one that is loaded are forgotten. */
function openStore(run: RunFolder, say: Say): TrainingCheckpointStore {
  const store = createCheckpointStore(run.paths.checkpoints);
  return {
    save: (name, checkpoint) => store.save(name, checkpoint),
    load(name) {
      const loaded = store.load(name);
      for (const sentence of loaded?.notices ?? []) say(sentence);
      const { epoch = 0 } = (loaded?.state ?? {}) as { readonly epoch?: number };
      keepMetricsUpTo(run.paths.metrics, epoch);
      if (!loaded) {
        say('no checkpoint had been saved yet: starting from the beginning');
        return undefined;
      }
      say(`going on in epoch ${epoch + 1}`);
      return { tensors: floatTensors(loaded.tensors, loaded.file), state: loaded.state };
    },
  };
}

function hear(event: TrainEvent, run: RunFolder, progress: Progress): void {
  switch (event.type) {
    case 'step':
      progress.step(event);
      break;
    case 'epoch': {
      const { type: _type, ...record } = event;
      appendMetrics(run.paths.metrics, record);
      progress.epoch(event);
      break;
    }
    case 'checkpoint':
    case 'stop':
      break;
    default:
      event satisfies never;
  }
}
