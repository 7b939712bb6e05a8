/**
 * One trial: a network trained on each fold, with early stopping, with a callback after each epoch that decides
 * whether to continue.
 */
import { evaluatePredictions } from '../../evaluate/evaluation.ts';
import { type MetricName, metrics } from '../../evaluate/metrics/index.ts';
import type { ModelOptions } from '../../models/options.ts';
import { capacityFor, predictSequences } from '../../models/predict.ts';
import type { EngineChoice } from '../../engine/choose.ts';
import { openModel } from '../../models/family.ts';
import type { TrainableClassifier } from '../../models/trainable.ts';
import { requireAugmentable } from '../../train/augmentation/index.ts';
import type { TrainingCheckpointStore } from '../../train/checkpoint.ts';
import type { EpochEvent } from '../../train/events.ts';
import type { TrainingPart } from '../../train/epoch-documents.ts';
import { trainClassifier } from '../../train/loop.ts';
import type { TrainingResult, TrainingRun } from '../../train/training-run.ts';
import type { TrainOptions } from '../../train/options.ts';
import { epochLengths } from '../../train/sampling.ts';
import { trainingSpec } from '../../train/spec.ts';
import type { TrialFold } from './documents.ts';

/** The settings of a trial. */
export interface TrialConfig {
  readonly model: ModelOptions;
  readonly train: TrainOptions;
  /** How texts were truncated; phases truncate them further in the same way. */
  readonly text?: TrainingRun['reading'];
}

/** The metrics on the documents that a trial is scored on. */
export type TrialFigures = Readonly<Record<MetricName, number>>;

/** How the training on one fold went. */
export interface FoldOutcome extends TrialFigures {
  /** Loss of the best epoch as training defines it, with its smoothing. */
  readonly loss: number;
  readonly epochs: number;
  /** The epoch whose weights were kept, from 1. */
  readonly bestEpoch: number;
  /** How often the schedule lowered the learning rate. */
  readonly lrReductions: number;
  readonly reason: TrainingResult['reason'];
}

/** How a trial went. */
export interface TrialOutcome {
  /** `done` with all folds; `pruned` and `interrupted` before. */
  readonly ended: 'done' | 'pruned' | 'interrupted';
  /** The completed folds, and the last one as far as it went. */
  readonly folds: readonly FoldOutcome[];
  /** Parameters of the network. */
  readonly params: number;
  /** Milliseconds per document on one thread; null if not requested. */
  readonly latency: number | null;
  readonly seconds: number;
}

/** What {@link trainTrial} needs. */
export interface TrialTask {
  readonly config: TrialConfig;
  readonly folds: readonly TrialFold[];
  readonly classes: number;
  readonly engine: EngineChoice;
  /** Clock in milliseconds. */
  readonly now: () => number;
  /** An additional metric for the events of epochs. Default none. */
  readonly metric?: MetricName;
  /** Whether to measure how long a document takes. Default false. */
  readonly latency?: boolean;
  /** The warm-up of a fold that the configuration asks for. */
  readonly warmUp?: (fold: number) => TrainingRun['warmUp'];
  /** Where checkpoints of a fold go; none are kept otherwise. */
  readonly store?: (fold: number) => TrainingCheckpointStore;
  /** Called after each epoch of each fold; false ends the trial. */
  readonly onEpoch: (fold: number, epoch: EpochEvent) => boolean;
  /** Called after each fold but the last; false ends the trial. */
  readonly onFold?: (fold: number, outcome: FoldOutcome) => boolean;
  /** Called after each batch; true saves a checkpoint and ends the trial. */
  readonly interrupted?: () => boolean;
}

/**
 * Trains a trial on this thread.
 * @throws NonFiniteError where the loss is not finite
 * @throws ConfigError where the configuration contradicts itself
 */
export async function trainTrial(task: TrialTask): Promise<TrialOutcome> {
  const { folds, now } = task;
  const started = now();
  const outcomes: FoldOutcome[] = [];
  let params = 0;
  let latency: number | null = null;
  const end = (ended: TrialOutcome['ended']): TrialOutcome => ({
    ended,
    folds: outcomes,
    params,
    latency,
    seconds: (now() - started) / 1000,
  });
  for (const [i, fold] of folds.entries()) {
    const session = await openTrialSession(task, fold);
    try {
      params = session.parameters.count;
      const outcome = await trainFold(task, i, fold, session);
      outcomes.push(outcome);
      if (outcome.reason === 'interrupted') return end('interrupted');
      if (outcome.reason === 'stopped') return end('pruned');
      if (task.latency && latency === null) latency = measureLatency(session, fold.val, now);
    } finally {
      await session.close();
    }
    if (i + 1 < folds.length && task.onFold?.(i, outcomes[i]) === false) return end('pruned');
  }
  return end('done');
}

/** A session of one thread with room for the batches of a fold. */
export function openTrialSession(
  { config: { model, train }, classes, engine }: Pick<TrialTask, 'config' | 'classes' | 'engine'>,
  { train: documents, val, vocabularySize, vectors }: TrialFold,
): Promise<TrainableClassifier> {
  const { batch_size: batchSize, sampling } = train;
  requireAugmentable(model, train.augmentation);
  return openModel(model, {
    engine,
    threads: 1,
    capacity: capacityFor(
      [epochLengths(documents, sampling), val.sequences.map((ids) => ids.length)].map((lengths) => ({
        lengths,
        batchSize,
      })),
    ),
    vocabularySize,
    classes,
    training: trainingSpec(train, documents.labels, classes, documents.targets !== undefined),
    ...(vectors?.placed && { pretrained: vectors.placed }),
  });
}

async function trainFold(
  { config, store, warmUp, now, metric, onEpoch, interrupted }: TrialTask,
  index: number,
  { train, val, vectors }: TrialFold,
  session: TrainableClassifier,
): Promise<FoldOutcome> {
  const own = store?.(index);
  const result = await trainClassifier({
    session,
    train,
    val,
    options: config.train,
    pretrained: vectors?.training,
    reading: config.text,
    warmUp: warmUp?.(index),
    now,
    ...(own && { store: own, resume: true }),
    ...(metric && { metric }),
    ...(interrupted && { interrupted }),
    listener(event) {
      return event.type === 'epoch' ? onEpoch(index, event) : true;
    },
  });
  const { reason, epochs, bestEpoch, lrReductions } = result;
  return {
    ...figuresOf(session, val),
    loss: result.val?.loss ?? NaN,
    epochs,
    bestEpoch,
    lrReductions,
    reason,
  };
}

function figuresOf(session: TrainableClassifier, { sequences, labels }: TrainingPart): TrialFigures {
  const labelNames = Array.from({ length: session.plan.shape.classes }, (_, c) => String(c));
  const evaluation = evaluatePredictions(
    { labels, probabilities: predictSequences(session, sequences), labelNames },
    { bootstrap_samples: 0 },
  );
  return Object.fromEntries(metrics.map(({ type }) => [type, evaluation[type]])) as TrialFigures;
}

/** Number of timed documents; the first ones are for warm-up and do not count. */
const TIMED = 48;
const WARM_UP = 8;

/** Median milliseconds for a document alone in its batch. */
function measureLatency(
  session: TrainableClassifier,
  { sequences }: TrainingPart,
  now: () => number,
): number {
  const times = Array.from({ length: TIMED + WARM_UP }, (_, i) => {
    const before = now();
    session.predict([sequences[i % sequences.length]]);
    return now() - before;
  });
  const counted = times.slice(WARM_UP).sort((a, b) => a - b);
  return counted[counted.length >> 1];
}
