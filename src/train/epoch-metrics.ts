/** The validation metrics of an epoch: which of them its event reports, and which a checkpoint keeps. */
import { evaluatePredictions } from '../evaluate/evaluation.ts';
import { headlineMetrics, type MetricName } from '../evaluate/metrics/index.ts';
import { scoreAll, type ScoreOptions } from '../models/predict.ts';
import type { LearningClassifier } from '../models/trainable.ts';
import { monitoredMetric } from '../nn/schedules/index.ts';
import type { TrainingState } from './checkpoint.ts';
import type { TrainingPart } from './epoch-documents.ts';
import type { EpochEvent } from './events.ts';
import { scheduleMonitor, type TrainOptions } from './options.ts';

/** All metrics on the validation part, and the loss with the smoothing and class weights of training. */
export type EpochMetrics = Readonly<Record<'loss' | MetricName, number>>;

/** Scores the documents of a part, and measures the scores. */
export async function measure(
  session: LearningClassifier,
  { sequences, labels }: TrainingPart,
  options: Pick<ScoreOptions, 'loss' | 'pause'>,
): Promise<EpochMetrics> {
  const { probabilities, loss } = await scoreAll(session, sequences, { labels, ...options });
  const labelNames = Array.from({ length: session.plan.shape.classes }, (_, c) => String(c));
  const evaluation = evaluatePredictions({ labels, probabilities, labelNames }, { bootstrap_samples: 0 });
  return { ...evaluation, loss };
}

const headlines = headlineMetrics.map(({ type }) => type);

/** The metrics in the event of an epoch: the headlines, the log loss, the monitored metric, and the requested one. */
export function reportedMetrics(
  metrics: EpochMetrics | null,
  options: TrainOptions,
  requested: MetricName | undefined,
): Pick<EpochEvent, `val_${MetricName}`> {
  const watched = [options.monitor, scheduleMonitor(options)].flatMap(
    (monitor) => monitoredMetric(monitor)?.type ?? [],
  );
  const reported = new Set<MetricName>([
    ...headlines,
    'log_loss',
    ...watched,
    ...(requested ? [requested] : []),
  ]);
  return Object.fromEntries(Array.from(reported, (name) => [`val_${name}`, metrics?.[name] ?? NaN])) as Pick<
    EpochEvent,
    `val_${MetricName}`
  >;
}

/** Those that a checkpoint keeps. */
export function savedMetrics(metrics: EpochMetrics | null): TrainingState['best'] {
  if (metrics === null) return null;
  const saved = Object.fromEntries(headlines.map((name) => [name, metrics[name]]));
  return { loss: metrics.loss, ...saved } as TrainingState['best'];
}
